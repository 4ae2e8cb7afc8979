"""Attachments: described over the API, fetched by links that work for a while and want no token."""

from __future__ import annotations

import secrets
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from airflow_provider_covage.sandbox.clock import format_date
from airflow_provider_covage.sandbox.errors import REQUIRED, ApiError, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.pdf import pdf
from airflow_provider_covage.sandbox.prizz import files, lists
from airflow_provider_covage.sandbox.prizz.answers.records import Attachment
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record, StoredFile

ENTITIES = ("invoice", "commercial_offer", "service_contract")
ENTITY = (
    query("entityId", {"type": "integer"}, required=True),
    query("entityType", {"type": "string", "enum": list(ENTITIES)}, required=True),
)
LINK = (
    query("expires", {"type": "number"}, required=True),
    query("signature", {"type": "string"}, required=True),
)


class Attachments:
    """The operations `attachment.*`, and the storage that their links lead to."""

    def __init__(self, world: World) -> None:
        self.world = world

    def get(self, id: str, request: Request) -> Json:
        """Read the description of an attachment, with a fresh link to its content."""
        return self._shown(self.world.get("attachment", id), request)

    def of_entity(self, request: Request) -> Json:
        """List the attachments of an invoice, a commercial offer or a service contract."""
        asked = request.query_params
        missing = {name: REQUIRED for name in ("entityId", "entityType") if not asked.get(name)}
        if missing:
            raise invalid(**missing)
        kind = lists.choice("entityType", asked["entityType"], ENTITIES)
        entity = self.world.get(kind, lists.whole("entityId", asked["entityId"]))
        return self._listed((kind, entity.data["id"]), request)

    def public(self, request: Request) -> Json:
        """List the attachments that every customer is offered."""
        return self._listed(None, request)

    def content(self, id: str, request: Request) -> Response:
        """Send the content of an attachment to whoever has the link; with a token it is refused."""
        asked = request.query_params
        if "authorization" in request.headers:
            raise ApiError(400, {"detail": "Only one way to authorise is allowed: the link, or a header."})
        record = self.world.get("attachment", id)
        signature, expires = asked.get("signature", ""), asked.get("expires", "")
        if record.data["links"].get(signature) != expires:
            raise ApiError(403, {"detail": "The signature does not match."})
        if float(expires) < self.world.clock.now():
            raise ApiError(403, {"detail": "The link has expired."})
        return files.send(record.files["content"])

    def attach(self, entity: Record | None, file: StoredFile, category: str) -> Record:
        """Attach a file to a record, or offer it to everybody."""
        data: Json = {
            "name": file.name,
            "category": category,
            "mimeType": file.content_type,
            "entity": (entity.kind, entity.data["id"]) if entity else None,
            "links": {},
        }
        record = self.world.dated("attachment", data)
        record.files["content"] = file
        return record

    def fill(self) -> None:
        """Offer a file to everybody."""
        lines = ["General terms and conditions of the sandbox: nothing is ever delivered."]
        self.attach(None, StoredFile("terms.pdf", pdf(lines), files.PDF), "public")

    def _listed(self, entity: tuple[str, int] | None, request: Request) -> Json:
        found = [record for record in self.world.listed("attachment") if record.data["entity"] == entity]
        return {"attachments": [self._shown(record, request) for record in found]}

    def _shown(self, record: Record, request: Request) -> Json:
        """Describe an attachment, with a link that nobody had before."""
        now, validity = self.world.clock.now(), self.world.timing.link_validity
        expires, signature = f"{now + validity:.3f}", secrets.token_hex(32)
        kept = {s: until for s, until in record.data["links"].items() if float(until) >= now}
        record.data["links"] = {**kept, signature: expires}
        base = f"{request.url.scheme}://{request.url.netloc}/storage/{quote(record.id)}"
        link = f"{base}?{urlencode({'expires': expires, 'signature': signature})}"
        speed = self.world.clock.speed or 1.0
        until = self.world.today() + validity / speed
        return {**shape(self.world, Attachment, record), **_link(link, until)}


def _link(link: str, until: float) -> Json:
    return {"presignedUrl": link, "presignedUrlExpires": format_date(until, milliseconds=False)}
