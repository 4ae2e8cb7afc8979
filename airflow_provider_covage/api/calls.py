"""How an operation of an API is written down once and served by every kind of client.

A method of a resource builds a `Call`: a request and how to read its answer. What calling the method does
depends on the transport that the resource was made with: the synchronous one returns the result, the
asynchronous one an awaitable of it, and `Recorder` the call itself, for procedures that several drivers run.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from airflow_provider_covage.api.files import Sink
from airflow_provider_covage.api.request import Answer, Request

if TYPE_CHECKING:
    from airflow_provider_covage.api.async_transport import AsyncTransport
    from airflow_provider_covage.api.transport import Transport

Record = dict[str, Any]
"""A record as the API sent it, unknown fields included."""

P = ParamSpec("P")
T = TypeVar("T")
AnyTransport = TypeVar("AnyTransport", bound="Performer")


@dataclasses.dataclass(frozen=True)
class Reading:
    """Another way to say a request, where the documents leave open which one the API takes.

    Args:
        name: What is read in two ways; a client remembers by it which one has worked.
        request: The request in the other way.
        statuses: Answers to the first way that mean that it was not understood, and so did nothing.
    """

    name: str
    request: Request
    statuses: frozenset[int]


@dataclasses.dataclass(frozen=True)
class Call(Generic[T]):
    """A request and how its answer becomes a result.

    Args:
        request: What to send.
        read: Makes the result of the answer; raises when it is not what the API sends.
        sink: Where the body goes, for downloads.
        other: Another way to say the same, tried when the first is not understood.
    """

    request: Request
    read: Callable[[Answer], T]
    sink: Sink | None = None
    other: Reading | None = None


@dataclasses.dataclass(frozen=True)
class Listing:
    """All pages of a list.

    Args:
        request: The request for the first page.
        within: Name of the array of records in an answer that is an object.
    """

    request: Request
    within: str = "results"


@dataclasses.dataclass(frozen=True)
class Find:
    """A step of a procedure: the first record of a list that fits, or None.

    Args:
        listing: The list to go through, page by page.
        fits: Says whether a record is the wanted one.
    """

    listing: Listing
    fits: Callable[[Record], bool]


@dataclasses.dataclass(frozen=True)
class Collect:
    """A step of a procedure: all records of a list.

    Args:
        listing: The list.
    """

    listing: Listing


ProcedureStep = Call[Any] | Find | Collect

Procedure = Generator[ProcedureStep, Any, T]
"""Several calls, one after the other, written once for every driver: yields steps, is sent their results."""


class Performer(Protocol):
    """What resources need of a transport."""

    def perform(self, call: Call[Any]) -> Any:
        """Carry out a call.

        Args:
            call: The call.
        """

    def iterate(self, listing: Listing) -> Any:
        """Go through a list.

        Args:
            listing: The list.
        """


class Recorder:
    """A transport that sends nothing: methods of its resources return the call itself."""

    def perform(self, call: Call[T]) -> Call[T]:
        """Hand the call back.

        Args:
            call: The call.

        Returns:
            The same call.
        """
        return call

    def iterate(self, listing: Listing) -> Listing:
        """Hand the listing back.

        Args:
            listing: The listing.

        Returns:
            The same listing.
        """
        return listing


class Resource(Generic[AnyTransport]):
    """Base of all resources.

    Args:
        transport: What carries out the calls.
        page_size: Records per page to ask for; None leaves it to the API.
    """

    def __init__(self, transport: AnyTransport, *, page_size: int | None = None) -> None:
        self._transport = transport
        self._page_size = page_size

    def _listing(self, path: str, filters: Mapping[str, Any]) -> Listing:
        return Listing(Request("GET", path, params={**filters, "page_size": self._page_size}))


class operation(Generic[P, T]):  # noqa: N801 - used as a decorator
    """Make a method that builds a `Call` one that has it carried out by the resource's transport.

    Args:
        build: The method; its keyword arguments may be one unpacked TypedDict.
    """

    def __init__(self, build: Callable[Concatenate[Any, P], Call[T]]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = _operation_name(owner, name)

    @overload
    def __get__(self, obj: Resource[Transport], owner: type) -> Callable[P, T]: ...
    @overload
    def __get__(self, obj: Resource[AsyncTransport], owner: type) -> Callable[P, Awaitable[T]]: ...
    @overload
    def __get__(self, obj: Resource[Recorder], owner: type) -> Callable[P, Call[T]]: ...
    @overload
    def __get__(self, obj: None, owner: type) -> operation[P, T]: ...
    def __get__(self, obj: Resource[Any] | None, owner: type) -> Any:
        """Bind the method to a resource.

        Args:
            obj: The resource, or None when asked on the class.
            owner: The class.

        Returns:
            The bound method.
        """
        return self if obj is None else _bound(self._build, self._name, obj, obj._transport.perform)


class listing(Generic[P]):  # noqa: N801 - used as a decorator
    """The same for a method that builds a `Listing`.

    Args:
        build: The method.
    """

    def __init__(self, build: Callable[Concatenate[Any, P], Listing]) -> None:
        self._build = build
        self._name = build.__name__
        self.__doc__ = build.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = _operation_name(owner, name)

    @overload
    def __get__(self, obj: Resource[Transport], owner: type) -> Callable[P, Iterator[Record]]: ...
    @overload
    def __get__(self, obj: Resource[AsyncTransport], owner: type) -> Callable[P, AsyncIterator[Record]]: ...
    @overload
    def __get__(self, obj: Resource[Recorder], owner: type) -> Callable[P, Listing]: ...
    @overload
    def __get__(self, obj: None, owner: type) -> listing[P]: ...
    def __get__(self, obj: Resource[Any] | None, owner: type) -> Any:
        """Bind the method to a resource.

        Args:
            obj: The resource, or None when asked on the class.
            owner: The class.

        Returns:
            The bound method.
        """
        return self if obj is None else _bound(self._build, self._name, obj, obj._transport.iterate)


def _operation_name(owner: type, name: str) -> str:
    """Name an operation as it is called: `quote_item.accept` for `QuoteItem.accept`."""
    return f"{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', owner.__name__).lower()}.{name}"


def _bound(build: Callable[..., Any], name: str, obj: Resource[Any], carry_out: Callable[[Any], Any]) -> Any:
    @functools.wraps(build)
    def method(*args: Any, **kwargs: Any) -> Any:
        made = build(obj, *args, **kwargs)
        request = dataclasses.replace(made.request, operation=name)
        return carry_out(dataclasses.replace(made, request=request))

    method.__signature__ = explicit_signature(build)  # type: ignore[attr-defined]
    # Kept with the resource, where it is found from now on: making it costs more than a call.
    obj.__dict__[build.__name__] = method
    return method


@functools.cache
def explicit_signature(build: Callable[..., Any]) -> inspect.Signature:
    """Spell out the keyword arguments that a method takes as one unpacked TypedDict.

    Args:
        build: The method, with `self`.

    Returns:
        Its signature without `self`, each field a keyword-only parameter.
    """
    hints = typing.get_type_hints(build, include_extras=True)
    parameters: list[inspect.Parameter] = []
    for parameter in list(inspect.signature(build).parameters.values())[1:]:
        fields = typing.get_args(hints.get(parameter.name))
        if parameter.kind is inspect.Parameter.VAR_KEYWORD and fields:
            parameters += _keywords(fields[0])
        else:
            parameters.append(parameter.replace(annotation=hints.get(parameter.name, parameter.annotation)))
    returned = hints.get("return", inspect.Signature.empty)
    result = typing.get_args(returned)[0] if typing.get_origin(returned) is Call else Iterator[Record]
    return inspect.Signature(parameters, return_annotation=result)


def _keywords(fields: Any) -> list[inspect.Parameter]:
    hints = typing.get_type_hints(fields)
    required = fields.__required_keys__
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if name in required else None,
            annotation=hint if name in required else hint | None,
        )
        for name, hint in hints.items()
    ]
