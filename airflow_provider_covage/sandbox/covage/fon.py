"""FON (dark fibre) requests and their files (`covage-fon.txt`)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastapi import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_covage.sandbox.clock import PARIS
from airflow_provider_covage.sandbox.covage import files, paging
from airflow_provider_covage.sandbox.covage.bodies import FonBody, NoFields
from airflow_provider_covage.sandbox.covage.pricing import DRAFT
from airflow_provider_covage.sandbox.covage.render import FON, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import invalid
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

WORKING_DAYS = 5
TEMPLATE = StoredFile(
    "template_fon.csv",
    (
        b"site_a_name;site_a_street_number;site_a_street_name;site_a_postcode;site_a_city;"
        b"site_b_name;site_b_street_number;site_b_street_name;site_b_postcode;site_b_city;"
        b"number_of_fibres;comment\r\n"
    ),
    files.CSV,
)
"""The empty list of sites. Its columns are invented: no document shows the template."""


class Fon:
    """The operations `fon.*`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def template(self) -> Response:
        """Fetch the empty template."""
        return files.download(TEMPLATE)

    def create(self, body: FonBody | None = None) -> Json:
        """Create a request. It bears no key of the client's: a repeated call makes a second one."""
        fields = (body or FonBody()).model_dump()
        self._check(fields)
        request = self.new(fields)
        self._note(request)
        return render(self.world, FON, request)

    def new(self, fields: Json) -> Record:
        """Keep a new request."""
        data = {
            **fields,
            "reference": self.world.reference("QO", 8),
            "state": self.world.dialect.first_state,
            "sites_file": "",
            "trace_file": "",
            "created_by": self.world.settings.account.login,
            "creation_date": self.world.today(),
        }
        return self.world.add("fon", data)

    def update(self, id: str, body: FonBody | None = None) -> Json:
        """Change a draft request."""
        request = self._draft(id)
        changes = body.given() if body else {}
        self._check(changes)
        self.world.update(request, **changes)
        self._note(request)
        return render(self.world, FON, request)

    def delete(self, id: str) -> Json | None:
        """Delete a draft request."""
        request = self._draft(id)
        self.world.store["fon"].remove(request)
        self._note(request)
        return self._deleted("The request was deleted.")

    def list_all(self, request: Request) -> Json | list[Json]:
        """List requests. No filter is documented."""
        return paging.page(self.world, request, "fon", FON, paging.FON_REQUESTS)

    def get(self, id: str) -> Json:
        """Read a request."""
        return render(self.world, FON, self.world.find("fon", id))

    def confirm(self, id: str, body: NoFields | None = None) -> Json:
        """Send a request. Nothing is marked as needed for that, not even the sites (C57)."""
        request = self._draft(id)
        self.world.update(request, state="confirmed")
        self._note(request)
        return render(self.world, FON, request)

    def upload_sites(self, id: str, file: UploadFile) -> Json:
        """Attach the filled template."""
        request = self._draft(id)
        files.keep_csv(self.world, request, file)
        self._note(request)
        return render(self.world, FON, request)

    def upload_trace(self, id: str, file: UploadFile) -> Json:
        """Attach the link trace."""
        request = self._draft(id)
        files.keep_kmz(self.world, request, file)
        self._note(request)
        return render(self.world, FON, request)

    def download_sites(self, id: str) -> Response:
        """Fetch the filled template."""
        return files.download(self.world.find("fon", id).files.get("sites"))

    def download_trace(self, id: str) -> Response:
        """Fetch the link trace."""
        return files.download(self.world.find("fon", id).files.get("trace"))

    def delete_sites(self, id: str) -> Json | None:
        """Remove the filled template."""
        return self._delete_file(id, "sites")

    def delete_trace(self, id: str) -> Json | None:
        """Remove the link trace."""
        return self._delete_file(id, "trace")

    def _delete_file(self, id: str, role: str) -> Json | None:
        request = self._draft(id)
        files.remove(self.world, request, role)
        self._note(request)
        return self._deleted(f"The {role} file was deleted.")

    def _draft(self, id: str) -> Record:
        """Return a request that may still be changed: "in the status created", `acknowledged` (C8)."""
        request = self.world.find("fon", id)
        if request.state not in DRAFT:
            raise self.world.conflict(f"This request cannot be changed: it is {request.state}.")
        return request

    def _check(self, fields: Json) -> None:
        """Refuse a response expected sooner than the minimum of 5 working days."""
        expected = fields.get("expected_response_date")
        today = datetime.now(PARIS).date()
        if expected and date.fromisoformat(expected) < working_days_after(today, WORKING_DAYS):
            raise invalid(expected_response_date=[f"At least {WORKING_DAYS} working days are needed."])

    def _note(self, request: Record) -> None:
        self.world.ledger.effect({"fon": request.id}, request.data["note"] or request.data["reference"])

    def _deleted(self, detail: str) -> Json | None:
        return {"detail": detail} if self.world.dialect.deletions == "body" else None


def working_days_after(start: date, days: int) -> date:
    """Return the day that is so many working days (Monday to Friday) after another."""
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start
