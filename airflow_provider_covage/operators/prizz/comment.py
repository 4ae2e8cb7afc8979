"""The operator that adds comments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import BadRequestError, ForbiddenError, InputError, NotFoundError
from airflow_provider_covage.api.prizz.lookup import comments_of
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.once import Recall
from airflow_provider_covage.operators.prizz.base import PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record

_CLASSES = {"commercial_offer": "CommercialOffer", "service_contract": "ServiceContract"}
"""What the classes of objects are called as long as nobody says otherwise."""


class PrizzAddCommentOperator(PrizzOperator):
    """Add a comment to a commercial offer or to a service contract.

    A comment bears no key. In place of one, a short mark in brackets is written at its end where it is known
    where to look (`thread_id`, or `entity_class` for all threads of the object), and the threads are searched
    for it. Otherwise, and with `mark=False`, a later try looks for the same text by the user of the
    connection, written since the run was to start; without `entity_class` in the threads of the class that
    the object has by its name. On Airflow 3.3 a task that is cleared knows by its note that it has written.
    What remains possible: where the API does not list the threads by that class, a comment whose answer was
    lost is written again by the next try. Returns the comment as it was found, else the API's answer, or of
    that the noted `id`.

    Args:
        content: The comment.
        commercial_offer_id: The offer; this or the contract.
        service_contract_id: The contract.
        title: Title of a new thread.
        thread_id: Thread to add to; a new one without.
        parent_id: Comment that is answered.
        content_type: `text` or `markdown`.
        entity_class: Class of the object, by which its threads are listed; the values are not documented.
            A later try assumes `CommercialOffer` and `ServiceContract`.
        mark: Whether to write the mark.
        **kwargs: Arguments of every Prizz operator.
    """

    template_fields: Sequence[str] = (
        "content",
        "commercial_offer_id",
        "service_contract_id",
        "title",
        "thread_id",
        "parent_id",
        *PrizzOperator.template_fields,
    )

    def __init__(
        self,
        *,
        content: str,
        commercial_offer_id: int | str | None = None,
        service_contract_id: int | str | None = None,
        title: str | None = None,
        thread_id: int | str | None = None,
        parent_id: int | str | None = None,
        content_type: str | None = None,
        entity_class: str | None = None,
        mark: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.content = content
        self.commercial_offer_id = commercial_offer_id
        self.service_contract_id = service_contract_id
        self.title = title
        self.thread_id = thread_id
        self.parent_id = parent_id
        self.content_type = content_type
        self.entity_class = entity_class
        self.mark = mark

    @property
    def portal_resource(self) -> str:  # type: ignore[override]
        """What the link to the extranet leads to: the object of the comment."""
        return "commercial_offer" if self.commercial_offer_id else "service_contract"

    def act(self, context: Context) -> Record:
        """Add the comment unless it is there.

        Args:
            context: The task's context.

        Returns:
            The comment, or the API's answer.
        """
        self.required("content")
        kind, number = self._object()
        can_look = bool(self.thread_id or self.entity_class)
        key = keys.derive(context) if self.mark and can_look else None
        mark = keys.mark(key) if key else None
        return self.once(context)(
            f"comment {mark or 'without mark'} on {kind.replace('_', ' ')} {number}",
            look=lambda doubt: self._look(kind, number, mark, context if doubt else None),
            act=lambda: self._add(kind, number, mark),
            recall=None if can_look else self._recall(number),
        )

    def _recall(self, number: int) -> Recall[Record]:
        """There may be no way to look at a comment: the note alone says that it was written."""
        identity = f"{number}\n{self.content}".encode()
        digest = hashlib.blake2b(identity, digest_size=8).hexdigest()
        return Recall(
            note=lambda comment: {
                "text": digest,
                **({"id": str(comment["id"])} if comment.get("id") else {}),
            },
            read=lambda noted: {"id": noted.get("id")} if noted.get("text") == digest else None,
        )

    def _object(self) -> tuple[str, int]:
        names = [name for name in ("commercial_offer_id", "service_contract_id") if getattr(self, name)]
        if len(names) != 1:
            raise InputError(
                f"{type(self).__name__}: either commercial_offer_id or service_contract_id is needed; "
                "nothing was sent"
            )
        self.numbers(*names)
        return names[0].removesuffix("_id"), getattr(self, names[0])

    def _look(self, kind: str, number: int, mark: str | None, doubt: Context | None) -> Record | None:
        if mark:
            return next((one for one in self._comments(kind, number) if _mark_of(one) == mark), None)
        if doubt is None:
            return None
        try:
            return self._same(kind, number, keys.run_began(doubt))
        except (BadRequestError, ForbiddenError, NotFoundError) as error:
            if self.thread_id or self.entity_class:
                raise
            self.log.info("threads cannot be listed by an assumed class: %s", error)
            return None

    def _same(self, kind: str, number: int, began: datetime | None) -> Record | None:
        """Find the same text, by the same user, in the same time."""
        same = [
            one
            for one in self._comments(kind, number)
            if str(one.get("content")).strip() == self.content.strip() and _is_since(began, one)
        ]
        user = self.client.user.me() if same else {}
        return next((one for one in same if _is_by(user, one)), None)

    def _comments(self, kind: str, number: int) -> Iterator[Record]:
        for thread in self._threads(self.entity_class or _CLASSES[kind], number):
            yield from comments_of(thread)

    def _threads(self, entity_class: str, number: int) -> Iterator[Record]:
        if self.thread_id:
            yield self.client.comment_thread.get(self.thread_id)
            return
        for thread in self.client.comment_thread.list(entity_class=entity_class, entity_id=number):
            # A list may show its elements in short.
            is_whole = isinstance(thread.get("comments"), list)
            yield thread if is_whole else self.client.comment_thread.get(thread["id"])

    def _add(self, kind: str, number: int, mark: str | None) -> Record:
        fields = given(
            content=f"{self.content} {mark}" if mark else self.content,
            title=self.title or None,
            thread_id=self.thread_id or None,
            parent_id=self.parent_id or None,
            content_type=self.content_type,
        )
        if kind == "commercial_offer":
            return self.client.commercial_offer.add_comment(number, **fields)
        return self.client.service_contract.add_comment(number, **fields)


def _mark_of(comment: Mapping[str, Any]) -> str | None:
    return keys.mark_in(comment.get("content"))


def _is_since(began: datetime | None, comment: Mapping[str, Any]) -> bool:
    """Say whether a comment may have been written since a moment; one without a date may."""
    try:
        written = datetime.fromisoformat(str(comment.get("createDate")))
    except ValueError:
        return True
    return began is None or written.tzinfo is None or written >= began


def _is_by(user: Mapping[str, Any], comment: Mapping[str, Any]) -> bool:
    """Say whether a user has written a comment; how `owner` names people is not documented."""
    owner = str(comment.get("owner") or "").casefold()
    shown = [str(user.get(name) or "").casefold() for name in ("email", "id")]
    names = [str(user.get(name) or "").casefold() for name in ("firstname", "lastname")]
    return not owner or owner in shown or all(name in owner for name in names)
