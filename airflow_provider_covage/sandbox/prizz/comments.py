"""Comments, in threads about offers, contracts, invoices and companies."""

from __future__ import annotations

from starlette.requests import Request

from airflow_provider_covage.sandbox.errors import REQUIRED, invalid
from airflow_provider_covage.sandbox.openapi import query
from airflow_provider_covage.sandbox.prizz import catalogue, lists
from airflow_provider_covage.sandbox.prizz.acts import done
from airflow_provider_covage.sandbox.prizz.answers.records import Comment, CommentThread
from airflow_provider_covage.sandbox.prizz.bodies import CommentBody
from airflow_provider_covage.sandbox.prizz.render import shape
from airflow_provider_covage.sandbox.prizz.world import World
from airflow_provider_covage.sandbox.store import Json, Record

CLASSES = {
    "commercial_offer": "CommercialOffer",
    "service_contract": "ServiceContract",
    "invoice": "Invoice",
    "client_legal_entity": "ClientLegalEntity",
}
"""The class of each kind that can have threads (not documented): its name, with or without namespace."""
THREADS = (
    query("entityClass", {"type": "string"}, required=True),
    query("entityId", {"type": "integer"}, required=True),
)


class Comments:
    """The operations `comment_thread.*` and those that add comments."""

    def __init__(self, world: World) -> None:
        self.world = world

    def to_offer(self, id: str, body: CommentBody | None = None) -> Json:
        """Add a comment to a commercial offer."""
        return self._add(self.world.get("commercial_offer", id), body or CommentBody())

    def to_contract(self, id: str, body: CommentBody | None = None) -> Json:
        """Add a comment to a service contract."""
        return self._add(self.world.get("service_contract", id), body or CommentBody())

    def get(self, id: str) -> Json:
        """Read a comment thread."""
        return self._shown(self.world.get("comment_thread", id))

    def list_all(self, request: Request) -> list[Json]:
        """List the comment threads of an object; a class that is not known has none."""
        asked = request.query_params
        missing = {name: REQUIRED for name in ("entityClass", "entityId") if not asked.get(name)}
        if missing:
            raise invalid(**missing)
        name = asked["entityClass"].rpartition("\\")[2].replace("_", "").casefold()
        number = lists.whole("entityId", asked["entityId"])
        return [
            self._shown(thread)
            for thread in self.world.listed("comment_thread")
            if thread.data["entityClass"].casefold() == name and thread.data["entityId"] == number
        ]

    def open(self, entity: Record, title: str | None) -> Record:
        """Open a thread about something."""
        data = {
            "owner": _author(),
            "title": title,
            "entityClass": CLASSES[entity.kind],
            "entityId": entity.data["id"],
            "public": True,
            "subscribers": [catalogue.USER["email"]],
        }
        return self.world.dated("comment_thread", data)

    def write(self, thread: Record, content: str, kind: str = "text", answer_to: int | None = None) -> Record:
        """Write a comment into a thread."""
        data = {"owner": _author(), "content": content, "contentType": kind, "answerTo": answer_to}
        self.world.modify(thread)
        return self.world.dated("comment", data, parent=thread)

    def _add(self, entity: Record, body: CommentBody) -> Json:
        if not body.content and self.world.dialect.required == "checked":
            raise invalid(content=REQUIRED)
        thread = self._thread(entity, body)
        if body.parentId is not None and str(body.parentId) not in thread.children:
            raise invalid(parentId=["There is no such comment in this thread."])
        comment = self.write(thread, body.content or "", body.contentType or "text", body.parentId)
        context = "Comment\\AddComment" if body.threadId else f"{CLASSES[entity.kind]}\\CreateCommentThread"
        effects = {"comment_thread": thread.data["id"]}
        return done(self.world, context, comment, entity, effects=effects)

    def _thread(self, entity: Record, body: CommentBody) -> Record:
        if body.threadId is None:
            return self.open(entity, body.title)
        thread = self.world.get("comment_thread", body.threadId)
        if thread.data["entityId"] != entity.data["id"]:
            raise invalid(threadId=["This thread is about something else."])
        return thread

    def _shown(self, thread: Record) -> Json:
        shown = shape(self.world, CommentThread, thread)
        public = thread.data["public"]
        shown["public"] = str(public).lower() if self.world.dialect.slips == "documented" else public
        if "comments" in shown:
            shown["comments"] = self._tree(thread, None)
        return shown

    def _tree(self, thread: Record, above: int | None) -> list[Json]:
        return [
            {
                "comment": shape(self.world, Comment, comment),
                "children": self._tree(thread, comment.data["id"]),
            }
            for comment in self.world.children(thread, "comment")
            if comment.data["answerTo"] == above
        ]


def _author() -> str:
    return f"{catalogue.USER['firstname']} {catalogue.USER['lastname']}"
