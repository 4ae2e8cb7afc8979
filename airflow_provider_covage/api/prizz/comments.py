"""Comment threads (prizz-extranet.txt, "Comment")."""

from __future__ import annotations

from typing import Unpack

from airflow_provider_covage.api.bodies import body
from airflow_provider_covage.api.calls import AnyTransport, Call, Listing, Record, listing, operation
from airflow_provider_covage.api.prizz.models import ThreadFilters
from airflow_provider_covage.api.prizz.request import Id, number, path
from airflow_provider_covage.api.prizz.resource import PrizzResource


class CommentThread(PrizzResource[AnyTransport]):
    """Comment threads of offers, contracts, invoices and companies."""

    @operation
    def get(self, thread_id: Id) -> Call[Record]:
        """Read a thread.

        Args:
            thread_id: The thread.

        Returns:
            The thread; `comments` is a tree of `comment` and `children`.

        Raises:
            NotFoundError: There is no such thread.
        """
        return self._read(path("comments", "threads", number(thread_id, "thread_id")))

    @listing
    def list(self, **filters: Unpack[ThreadFilters]) -> Listing:
        """List the threads of an object.

        Args:
            **filters: `entity_class`, whose values are not documented, and `entity_id`.

        Returns:
            An iterator over the threads.

        Raises:
            InputError: A field is missing or not of its kind; nothing was sent.
        """
        return self._array(
            path("comments", "threads"), body(ThreadFilters, filters, of="comment_thread.list")
        )
