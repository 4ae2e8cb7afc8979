"""The command `python -m airflow_provider_covage.sandbox`."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from airflow_provider_covage.sandbox.controls import Controls
from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.ledger import RequestEntry
from airflow_provider_covage.sandbox.prizz.dialect import PrizzDialect
from airflow_provider_covage.sandbox.prizz.sandbox import PrizzSandbox
from airflow_provider_covage.sandbox.sandbox import ServedSandbox

APIS = ("covage", "prizz")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until it is interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        sandboxes = _sandboxes(options)
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        return _serve(sandboxes, stop, quiet=options.quiet)
    finally:
        for sandbox in sandboxes:
            sandbox.stop()


def _serve(sandboxes: Sequence[ServedSandbox], stop: threading.Event, *, quiet: bool) -> int:
    """Serve until somebody says stop; return the status of the command."""
    for sandbox in sandboxes:
        host, port = sandbox.address
        try:
            sandbox.start()
        except OSError as error:
            print(f"error: cannot listen on {host} port {port}: {error.strerror}", file=sys.stderr)
            return 2
        except ModuleNotFoundError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        _announce(sandbox, quiet=quiet)
    if not quiet:
        print("Stop with Ctrl+C.", flush=True)
    if host not in LOOPBACK:
        print("warning: this sandbox can be reached from other machines", file=sys.stderr)
    stop.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m airflow_provider_covage.sandbox",
        description="Sandboxes of the APIs. Nothing that is ordered here is ever delivered.",
        epilog="With --api both, an outcome, a fault or a dialect is for every API that knows it.",
    )
    add = parser.add_argument
    add("--api", choices=(*APIS, "both"), default="covage", help="which API (default: %(default)s)")
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add(
        "--port",
        type=_port,
        default=8000,
        help="port, 0 takes a free one (default: %(default)s); with --api both the second API has the next",
    )
    add("--speed", type=float, default=1.0, help="times faster than real time, 0 stops the clock")
    add("--login", help="name of the service account (default: sandbox), or e-mail address of the user")
    add("--password", default="sandbox", help="password of that (default: %(default)s)")
    add("--bearer-token", help="Covage: a token that is accepted besides those of the token endpoint")
    add("--api-token", default="sandbox-token", help="Prizz: the token of the user (default: %(default)s)")
    add("--token-lifetime", type=float, default=300.0, metavar="SECONDS", help="of access tokens")
    add("--refresh-lifetime", type=float, default=1800.0, metavar="SECONDS", help="of refresh tokens")
    add("--max-page-size", type=int, default=100, help="largest page that is served")
    add(
        "--outcome",
        action="append",
        default=[],
        metavar="RESOURCE:OUTCOME[:FIELD=VALUE]...",
        help="what becomes of records that match, for instance "
        "quote_item:unable_to_provide:end_customer_name=Acme*; repeatable",
    )
    add(
        "--fault",
        action="append",
        default=[],
        metavar="KIND:OPERATION[:NTH[:TIMES]][:OPTION=VALUE]...",
        help="what goes wrong, for instance close_after:quote_item.accept; TIMES * is forever; repeatable",
    )
    add("--dialect", action="append", default=[], metavar="NAME", help="for instance paging_url; repeatable")
    add(
        "--seed",
        default="",
        metavar="NAME=N[,NAME=N]...",
        help="records to begin with: quotes, lines_per_quote, orders of Covage; "
        "offers, contracts, invoices, tickets of Prizz",
    )
    add("--quiet", action="store_true", help="print neither the connection nor the requests")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _sandboxes(options: argparse.Namespace) -> list[ServedSandbox]:
    """Make what was asked for. Raises `ValueError` for what no API knows."""
    names = APIS if options.api == "both" else (options.api,)
    dialects = _dialects(names, options.dialect)
    sandboxes: list[ServedSandbox] = []
    for name, port in zip(names, (options.port, options.port and options.port + 1), strict=False):
        common = {
            "host": options.host,
            "port": port,
            "speed": options.speed,
            "password": options.password,
            "token_lifetime": options.token_lifetime,
            "max_page_size": options.max_page_size,
        }
        sandboxes.append(MAKERS[name](options, dialects[name], common))
    for text in options.outcome:
        _tell(sandboxes, add_outcome, text)
    for text in options.fault:
        _tell(sandboxes, add_fault, text)
    if options.seed:
        _tell(sandboxes, _seed, options.seed)
    for sandbox in sandboxes if not options.quiet else ():
        sandbox.world.ledger.listener = _log
    return sandboxes


def _covage(options: argparse.Namespace, dialect: list[str], common: dict[str, Any]) -> ServedSandbox:
    return Sandbox(
        **common,
        login=options.login or "sandbox",
        bearer_token=options.bearer_token,
        refresh_lifetime=options.refresh_lifetime,
        dialect=Dialect.named(*dialect),
    )


def _prizz(options: argparse.Namespace, dialect: list[str], common: dict[str, Any]) -> ServedSandbox:
    return PrizzSandbox(
        **common,
        email=options.login or "sandbox@example.com",
        api_token=options.api_token,
        dialect=PrizzDialect.named(*dialect),
    )


MAKERS = {"covage": _covage, "prizz": _prizz}


def _dialects(names: Iterable[str], wanted: Sequence[str]) -> dict[str, list[str]]:
    """Give each API the switches that it knows; what none knows is left to the first to refuse."""
    known = {"covage": Dialect.names(), "prizz": PrizzDialect.names()}
    given = {name: [switch for switch in wanted if switch in known[name]] for name in names}
    unknown = [switch for switch in wanted if all(switch not in switches for switches in given.values())]
    given[next(iter(given))] += unknown
    return given


def _tell(sandboxes: Sequence[Controls], tell: Callable[[Controls, str], None], text: str) -> None:
    """Tell something to every sandbox that understands it. Raises `ValueError` if none does."""
    errors = []
    for sandbox in sandboxes:
        try:
            tell(sandbox, text)
        except ValueError as error:
            errors.append(error)
    if len(errors) == len(sandboxes):
        raise errors[0]


def _seed(sandbox: Controls, text: str) -> None:
    counts = {name: int(value) for name, value in _pairs(text.split(","))}
    try:
        sandbox.seed(**counts)
    except TypeError:
        raise ValueError(f"{sandbox.blueprint.title} has no {' or '.join(counts)} to begin with") from None


def add_outcome(sandbox: Controls, text: str) -> None:
    """Add a rule written as `resource:outcome:field=value`; a value may have colons in it."""
    resource, _, rest = text.partition(":")
    outcome, _, rest = rest.partition(":")
    pairs = re.split(r":(?=\w+=)", rest) if rest else []
    sandbox.outcome(resource, outcome, **dict(_pairs(pairs)))


def add_fault(sandbox: Controls, text: str) -> None:
    """Add a fault written as `kind:operation:nth:times:option=value`."""
    kind, *parts = text.split(":")
    options = {name: _value(value) for name, value in _pairs(part for part in parts if "=" in part)}
    match, nth, times = ([part for part in parts if "=" not in part] + ["", "", ""])[:3]
    sandbox.fault(
        kind,
        match or "*",
        nth=int(nth or 1),
        times=None if times == "*" else int(times or 1),
        **options,
    )


def _value(text: str) -> Any:
    """Read a number or a flag where the text is one."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _pairs(parts: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"expected NAME=VALUE instead of {part!r}")
        pairs.append((name, value))
    return pairs


def _announce(sandbox: ServedSandbox, *, quiet: bool) -> None:
    """Say that the sandbox is ready, and how to use it from Airflow."""
    name = sandbox.blueprint.name
    print(f"{sandbox.blueprint.title} sandbox ready at {sandbox.url}")
    if not quiet:
        connection = shlex.quote(sandbox.connection_json)
        print(f"API description: {sandbox.docs_url}")
        print("\nTo use it from Airflow, either of:\n")
        print(f"  export AIRFLOW_CONN_{name.upper()}_DEFAULT={connection}\n")
        print(f"  airflow connections add {name}_default --conn-json {connection}\n")
    sys.stdout.flush()


def _log(entry: RequestEntry) -> None:
    fault = f" [{entry.fault}]" if entry.fault else ""
    operation = entry.operation or "-"
    print(f"{entry.method} {entry.path} {operation} {entry.status or '-'}{fault}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
