"""What it takes to wait for a record: how to look at it, and which lists show it among others."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from airflow_provider_covage.api.calls import Listing, Procedure, Record
from airflow_provider_covage.api.errors import CovageError, MalformedRecordError
from airflow_provider_covage.api.lifecycle import Lifecycle


@dataclasses.dataclass(frozen=True)
class Observation:
    """What one look has shown.

    Args:
        record: The record as the API sent it.
        state: Its state, None where the API shows none. Mostly the record's own; `observe_...` say where not.
        reasons: The API's own words on why it is so.
        steps: What has happened on the way, oldest first.
        resource_id: The identifier to look with from now on, where a better one was found.
        result: What one who waits for it wants to have; None for the record.
    """

    record: Record
    state: str | None
    reasons: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    resource_id: str | None = None
    result: Any = None

    @property
    def outcome(self) -> Any:
        """What a sensor returns."""
        return self.record if self.result is None else self.result

    @property
    def created(self) -> float | None:
        """When the record was created, as far as it tells."""
        return created(self.record)


def _itself(resource_id: str, record: Mapping[str, Any]) -> str | None:
    return resource_id


def _its_state(record: Mapping[str, Any]) -> str | None:
    return record.get("state")


@dataclasses.dataclass(frozen=True)
class Window:
    """How a list is asked for what was created after a moment.

    Args:
        filters: Gives the filters; takes the moment, in seconds since the epoch.
        slack: Most seconds by which the records begin earlier.
    """

    filters: Callable[[float], Mapping[str, Any]]
    slack: float = 0.0


def _after(moment: float) -> Mapping[str, Any]:
    return {"creation_date_gt": datetime.fromtimestamp(moment, UTC).isoformat()}


BY_MOMENT = Window(_after)
"""The window of a list that takes moments of creation."""


@dataclasses.dataclass(frozen=True)
class Listed:
    """A list whose records tell whether something that is waited for has moved.

    Args:
        listing: Makes the request for the list; takes the list's filters.
        names: Fields by which a record of the list is known; the first one that is there counts, and the
            others, too.
        window: How it is asked for what was created after a moment; None where it cannot be.
        page_size: The parameter for the size of a page; None where the list comes whole.
        state: Gives the state of one of its records; None where the list does not show it.
        state_fields: Fields that `state` and `prefix` read.
        prefix: Gives what stands before the names of a record where these alone are not unique.
        key: Under which name the list shows what is waited for, given its identifier and its record as last
            seen; None while that is not known.
        lifecycle: States of the list's records, where these are of another kind than what is waited for.
    """

    listing: Callable[..., Listing]
    names: tuple[str, ...] = ("id",)
    window: Window | None = None
    page_size: str | None = "page_size"
    state: Callable[[Mapping[str, Any]], str | None] = _its_state
    state_fields: tuple[str, ...] = ("state",)
    prefix: Callable[[Mapping[str, Any]], str] = lambda record: ""
    key: Callable[[str, Mapping[str, Any]], str | None] = _itself
    lifecycle: Lifecycle | None = None

    def names_of(self, record: Mapping[str, Any]) -> list[str]:
        """Name a record of the list.

        Args:
            record: The record.

        Returns:
            Its names, those that it has.
        """
        before = self.prefix(record)
        return [f"{before}{record[name]}" for name in self.names if record.get(name)]


@dataclasses.dataclass(frozen=True)
class Watch:
    """A kind of record that can be waited for.

    Args:
        lifecycle: Its states.
        observe: Takes the identifier of one record, gives the procedure that looks at it.
        lists: Lists that tell, taken together, whether it has moved; none where each has to be asked for.
            The first one is that of the records themselves.
        derived: States that only a look tells, and what the first list shows of such a record.
    """

    lifecycle: Lifecycle
    observe: Callable[[str], Procedure[Observation]]
    lists: tuple[Listed, ...] = ()
    derived: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def look(self, resource_id: str) -> Procedure[Observation]:
        """Look at one record.

        Args:
            resource_id: Its identifier.

        Yields:
            Calls.

        Returns:
            What it shows.

        Raises:
            MalformedRecordError: It is not of the shape that the documents say: a wait goes on, as after any
                other answer that cannot be read.
        """
        try:
            seen = yield from self.observe(resource_id)
            return _sound(seen)
        except CovageError:
            raise
        except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
            raise MalformedRecordError(
                f"{self.lifecycle.name} {resource_id}: the record is not of the documented shape "
                f"({type(error).__name__}: {error})"
            ) from error


def _sound(seen: Observation) -> Observation:
    if not isinstance(seen.state, str | None):
        raise TypeError(f"its state is no text but {seen.state!r:.100}")
    return dataclasses.replace(seen, reasons=tuple(map(str, seen.reasons)), steps=tuple(map(str, seen.steps)))


def created(record: Mapping[str, object]) -> float | None:
    """Say when a record was created.

    Args:
        record: The record.

    Returns:
        Seconds since the epoch; a day earlier where the API does not say in which time zone. None if the
        record does not tell.
    """
    try:
        shown = record["creation_date"] if "creation_date" in record else record["createDate"]
        moment = datetime.fromisoformat(str(shown))
    except (KeyError, ValueError):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC).timestamp() - 86400.0
    return moment.timestamp()
