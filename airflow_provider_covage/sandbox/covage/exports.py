"""Exports of quotation lines (`covage-quotation.txt`): tasks that make a CSV or PDF file after a while."""

from __future__ import annotations

import csv
import io
import secrets

from starlette.responses import Response

from airflow_provider_covage.sandbox.covage import files, paging
from airflow_provider_covage.sandbox.covage.bodies import ExportFilters, NoFields
from airflow_provider_covage.sandbox.covage.pricing import DRAFT
from airflow_provider_covage.sandbox.covage.render import EXPORT, QUOTE_ITEM_LISTED, render
from airflow_provider_covage.sandbox.covage.world import World
from airflow_provider_covage.sandbox.errors import ApiError, not_found
from airflow_provider_covage.sandbox.pdf import pdf
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

FILTERS = paging.Filters(equal=tuple(ExportFilters.model_fields))
COLUMNS = (
    "reference",
    "id",
    "external_id",
    "state",
    "end_customer_name",
    "customer_order_name",
    "business_sector",
    "project_id",
    "product_offerings",
    "product_offering_qualification_item_id",
    "creation_date",
    "order_date",
)
"""Columns of the CSV export (invented)."""


class Exports:
    """The operations `export.*` and those that start exports."""

    def __init__(self, world: World) -> None:
        self.world = world

    def line_pdf(self, quote_id: str, quote_item_id: str, body: NoFields | None = None) -> Json:
        """Start the PDF of the whole answer to a line."""
        line = self._answered(quote_id, quote_item_id)
        return self._start("pdf", {"quote_item": line.id}, {"quote_item_id": line.id})

    def price_pdf(
        self, quote_id: str, quote_item_id: str, product_id: str, body: NoFields | None = None
    ) -> Json:
        """Start the PDF of the answer for one product of a line."""
        line = self._answered(quote_id, quote_item_id)
        if all(price["product_id"] != product_id for price in line.data["prices"] or ()):
            raise not_found()
        return self._start(
            "price_pdf", {"quote_item": line.id}, {"quote_item_id": line.id, "product_id": product_id}
        )

    def lines_csv(self, body: ExportFilters | None = None) -> Json:
        """Start the CSV of the lines that pass the filters of the body."""
        given = body.given() if body else {}
        filters = {name: value for name, value in given.items() if value}
        return self._start("csv", {}, {"filters": filters})

    def status(self, task_id: str) -> Json:
        """Tell how far an export is."""
        task = self.world.find("export", task_id)
        shown = render(self.world, EXPORT, task)
        if task.data["stopped"] is None and self.world.dialect.export_success == "false":
            shown["success"] = False
        return shown

    def download(self, task_id: str) -> Response:
        """Fetch the file that an export made; the type of a PDF is not documented (C46)."""
        task = self.world.find("export", task_id)
        if task.data["stopped"] is None:
            raise self.world.conflict("This export is not finished.")
        if "result" not in task.files:
            raise ApiError(404, {"detail": "This export has failed."})
        return files.download(task.files["result"])

    def _answered(self, quote_id: str, quote_item_id: str) -> Record:
        basket = self.world.find("quote", quote_id)
        line = self.world.find("quote_item", quote_item_id, basket)
        if line.state in DRAFT or line.state == "confirmed":
            raise self.world.conflict(f"There is no answer to export: this line is {line.state}.")
        return line

    def _start(self, kind: str, ids: Json, about: Json) -> Json:
        """Start a task: it waits a little, runs, and stops (C52)."""
        task_id = self._new_id()
        dates = {"started": None, "stopped": None}
        data = {"task_id": task_id, "success": None, "kind": kind, "state": "waiting", **dates, **about}
        task = self.world.add("export", data, record_id=task_id)
        now, wait = self.world.clock.now(), self.world.timing.export
        wait = self.world.between(0.8 * wait, wait, task)
        self.world.store.schedule.at(now + wait / 5, task, self._run)
        self.world.store.schedule.at(now + wait, task, self._stop)
        self.world.ledger.effect({"export": task_id, **ids}, kind)
        return {"task_id": task_id}

    def _new_id(self) -> str:
        """Return an id that looks like the one of the example and was not given yet."""
        while self.world.store["export"].get(task_id := f"task_{secrets.randbelow(10**9):09d}"):
            pass
        return task_id

    def _run(self, task: Record, instant: float) -> None:
        self.world.update(task, state="running", started=self.world.clock.date(instant))

    def _stop(self, task: Record, instant: float) -> None:
        outcome = self.world.outcomes.of("export", task.data)
        if outcome != "never":
            self.finish(task, outcome, instant)

    def finish(self, task: Record, outcome: str, instant: float) -> None:
        """Stop a task with its file, or without it where it fails."""
        success, date = outcome == "success", self.world.clock.date(instant)
        if success:
            task.files["result"] = self._file(task)
        started = task.data["started"] or date
        self.world.update(task, state=outcome, success=success, started=started, stopped=date)

    def _file(self, task: Record) -> StoredFile:
        name = f"export_{task.id}"
        if task.data["kind"] == "csv":
            return StoredFile(f"{name}.csv", self._csv(task.data["filters"]), files.CSV)
        line = self.world.store["quote_item"].get(task.data["quote_item_id"])
        lines = _sentences(line, task.data.get("product_id")) if line else []
        return StoredFile(f"{name}.pdf", pdf(lines), files.PDF)

    def _csv(self, filters: dict[str, str]) -> bytes:
        """Return the lines that pass the filters, separated by semicolons, in UTF-8 (invented)."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(COLUMNS)
        for record in paging.select(self.world.store["quote_item"], filters, FILTERS):
            shown = render(self.world, QUOTE_ITEM_LISTED, record)
            values = (shown.get(name) for name in COLUMNS)
            writer.writerow([",".join(v) if isinstance(v, list) else v for v in values])
        return text.getvalue().encode()


def _sentences(line: Record, product_id: str | None) -> list[str]:
    prices = [p for p in line.data["prices"] or () if product_id in (None, p["product_id"])]
    return [
        f"Quotation {line.data['reference']}",
        f"Customer: {line.data['end_customer_name']}",
        f"State: {line.state}",
        *(f"{p['name']}: {p['monthly_price']} EUR a month, {p['setup_price']} EUR to set up" for p in prices),
    ]
