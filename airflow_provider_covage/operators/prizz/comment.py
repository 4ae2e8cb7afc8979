"""The operator that adds comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.errors import InputError
from airflow_provider_covage.api.prizz.lookup import comments_of
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.base import given
from airflow_provider_covage.operators.prizz.base import PrizzOperator

if TYPE_CHECKING:
    from airflow.sdk import Context

    from airflow_provider_covage.api.calls import Record


class PrizzAddCommentOperator(PrizzOperator):
    """Add a comment to a commercial offer or to a service contract.

    A comment bears no key. In place of one, a short mark in brackets is written at its end, and the thread
    (`thread_id`), or all threads of the object (`entity_class`), are searched for it. Without either, or with
    `mark=False`, a comment whose answer was lost is written again by the next try. Returns the comment as it
    was found, else the API's answer.

    Args:
        content: The comment.
        commercial_offer_id: The offer; this or the contract.
        service_contract_id: The contract.
        title: Title of a new thread.
        thread_id: Thread to add to; a new one without.
        parent_id: Comment that is answered.
        content_type: `text` or `markdown`.
        entity_class: Class of the object, by which its threads are listed; the values are not documented.
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

    def act(self, context: Context) -> Record:
        """Add the comment unless it is there.

        Args:
            context: The task's context.

        Returns:
            The comment, or the API's answer.
        """
        self.required("content")
        kind, number = self._object()
        key = keys.derive(context) if self.mark and (self.thread_id or self.entity_class) else None
        mark = keys.mark(key) if key else None
        return self.once(context)(
            f"comment {mark or 'without mark'} on {kind.replace('_', ' ')} {number}",
            look=lambda _: self._find(mark, number) if mark else None,
            act=lambda: self._add(kind, number, mark),
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

    def _find(self, mark: str, number: int) -> Record | None:
        comments = (one for thread in self._threads(number) for one in comments_of(thread))
        return next((one for one in comments if keys.mark_in(one.get("content")) == mark), None)

    def _threads(self, number: int) -> Iterator[Record]:
        if self.thread_id:
            yield self.client.comment_thread.get(self.thread_id)
            return
        for thread in self.client.comment_thread.list(entity_class=str(self.entity_class), entity_id=number):
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
