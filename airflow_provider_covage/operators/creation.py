"""Creating a record once, and what becomes of a second one with the same key.

A second one comes of two copies of a task that were both between look and creation, or of a gateway that has
delivered one request twice. The earliest is kept; the others are never confirmed by this package.

A key alone does not say that a record is the same: mapped tasks may come in another order in the next try,
or share a key of the user's own. What bears it and is for something else is neither adopted nor deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow_provider_covage.api.agreement import against
from airflow_provider_covage.api.covage.recognition import born
from airflow_provider_covage.api.errors import CovageError, NotFoundError, PermanentError, TransientError
from airflow_provider_covage.operators import keys
from airflow_provider_covage.operators.once import Once, Recall

if TYPE_CHECKING:
    from airflow_provider_covage.api.calls import Record

_MOMENT = timedelta(seconds=60)
"""What was made twice by no person was made within this time."""


@dataclass(frozen=True)
class Creation:
    """What is created.

    Args:
        what: The kind of thing, for the log: "quotation line".
        name: The thing: "quotation line with external_id X in basket Y".
        find: Finds what bears the key, the earliest first. It is told whether an earlier sending may have
            taken effect.
        send: Creates it.
        bears: Says whether a record certainly bears the key.
        read: Reads one by its identifier; None when it cannot be the one that was created.
        delete: Deletes one; None where the API cannot.
        agrees: Says whether nothing that a record shows speaks against its having been created by `send`.
        identity: The fields that say what it is for, such as its site. A record that bears the key and shows
            another one is something else.
    """

    what: str
    name: str
    find: Callable[[bool], list[Record]]
    send: Callable[[], Record]
    bears: Callable[[Record], bool]
    read: Callable[[str], Record | None]
    delete: Callable[[str], object] | None = None
    agrees: Callable[[Record], bool] = lambda record: True
    identity: Mapping[str, Any] = field(default_factory=dict)


def create_once(creation: Creation, once: Once, log: Any) -> Record:
    """Create a record, or adopt the one that is there.

    Args:
        creation: What is created.
        once: The order of steps.
        log: Where to tell what becomes of further ones.

    Returns:
        The record, which has an id.

    Raises:
        PermanentError: The answer to the creation has no id, so nothing can go on from here.
        CovageError: Whatever the API says.
    """
    return _Creating(creation, once, log).run()


class _Creating:
    """A creation on its way."""

    def __init__(self, creation: Creation, once: Once, log: Any) -> None:
        self._it = creation
        self._once = once
        self._log = log
        self._has_sent = False

    def run(self) -> Record:
        recall = Recall(
            note=lambda record: {"id": str(record["id"])},
            read=lambda noted: self._noted(noted.get("id", "")),
        )
        return self._once(self._it.name, look=self._look, act=self._act, recall=recall)

    def _noted(self, record_id: str) -> Record | None:
        record = self._it.read(record_id)
        return None if record is None or against(record, self._it.identity) else record

    def _look(self, doubt: bool) -> Record | None:
        bearing = self._it.find(doubt)
        if not bearing:
            return None
        same = [one for one in bearing if not against(one, self._it.identity)]
        if not same:
            raise keys.taken(
                self._it.name, {one.get("id"): against(one, self._it.identity) for one in bearing}
            )
        return self._keep_first(same, bearing)

    def _act(self) -> Record:
        self._has_sent = True
        record = self._it.send()
        if not record.get("id"):
            raise PermanentError(
                f"the answer to the creation of a {self._it.what} has no id: {sorted(record)}"
            )
        try:
            bearing = self._all_with(record)
            same = [one for one in bearing if _is(one, record) or not against(one, self._it.identity)]
            return self._keep_first(same, bearing)
        except TransientError as error:
            told = "%s %s is created, but cannot be read for the moment: %s"
            self._log.warning(told, self._it.what, record["id"], error)
            return record

    def _all_with(self, record: Record) -> list[Record]:
        """Look once more: what was just created is among what is returned, the earliest first."""
        bearing = self._it.find(False)
        if not _is_among(bearing, record) and self._it.bears(record):
            # Lists lag behind. What else they do not show yet may have been there first.
            self._once.settle()
            bearing = self._it.find(False)
        if _is_among(bearing, record):
            return bearing
        earlier = [one for one in bearing if _is_before(one, record)]
        later = [one for one in bearing if _is_before(record, one)]
        for one in bearing:
            if one not in earlier and one not in later:
                self._leave(record, one)
        return [*earlier, record, *later]

    def _keep_first(self, same: list[Record], bearing: list[Record]) -> Record:
        first, *others = same
        if not first.get("id"):
            raise PermanentError(f"a {self._it.what} has no id: {sorted(first)}")
        for other in bearing:
            if other not in same:
                told = "%s %s is adopted; %s bears the same key, but its %s: left alone"
                shown = ", its ".join(against(other, self._it.identity))
                self._log.warning(told, self._it.what, first["id"], other.get("id"), shown)
        for other in others:
            if self._it.delete is not None and (self._has_sent or self._is_same_moment(first, other)):
                self._delete(first, other, self._it.delete)
            else:
                self._leave(first, other)
        return first

    def _is_same_moment(self, first: Record, other: Record) -> bool:
        """Whether a record was certainly not copied by a person: that takes longer, and changes something.

        Within the try that has sent the creation there is no need to ask: it had looked before.
        """
        moments = born(first), born(other)
        return (
            moments[0] is not None
            and moments[1] is not None
            and abs(moments[1] - moments[0]) <= _MOMENT
            and keys.is_derived(other)
            and self._it.agrees(other)
        )

    def _delete(self, first: Record, other: Record, delete: Callable[[str], object]) -> None:
        self._log.warning(
            "%s %s was there first; deleting %s", self._it.what, first.get("id"), other.get("id")
        )
        try:
            delete(str(other.get("id")))
        except NotFoundError:
            self._log.info("%s %s is gone already", self._it.what, other.get("id"))
        except CovageError as error:
            told = "%s %s could not be deleted, do not confirm it: %s"
            self._log.warning(told, self._it.what, other.get("id"), error)

    def _leave(self, first: Record, other: Record) -> None:
        self._log.warning(
            "%s %s is adopted; %s bears the same key and is left alone: do not confirm it",
            self._it.what,
            first.get("id"),
            other.get("id"),
        )


def _is(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return str(one.get("id")) == str(other.get("id"))


def _is_among(records: list[Record], record: Mapping[str, Any]) -> bool:
    return any(_is(one, record) for one in records)


def _is_before(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    moments = born(one), born(other)
    return moments[0] is not None and moments[1] is not None and moments[0] < moments[1]
