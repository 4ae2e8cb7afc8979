"""The command `python -m airflow_provider_covage.sandbox`."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import signal
import sys
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from airflow_provider_covage.sandbox.covage.dialect import Dialect
from airflow_provider_covage.sandbox.covage.sandbox import Sandbox
from airflow_provider_covage.sandbox.ledger import RequestEntry

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until it is interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        sandbox = _sandbox(options)
    except ValueError as error:
        parser.error(str(error))
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        sandbox.start()
    except OSError as error:
        print(
            f"error: cannot listen on {options.host} port {options.port}: {error.strerror}", file=sys.stderr
        )
        return 2
    _announce(sandbox, quiet=options.quiet)
    if options.host not in LOOPBACK:
        print("warning: this sandbox can be reached from other machines", file=sys.stderr)
    stop.wait()
    sandbox.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m airflow_provider_covage.sandbox",
        description="A sandbox of the Covage API. Nothing that is ordered here is ever delivered.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=8000, help="port, 0 takes a free one (default: %(default)s)")
    add("--speed", type=float, default=1.0, help="times faster than real time, 0 stops the clock")
    add("--login", default="sandbox", help="name of the service account (default: %(default)s)")
    add("--password", default="sandbox", help="its password (default: %(default)s)")
    add("--bearer-token", help="a token that is accepted besides those of the token endpoint")
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
    add("--seed", default="", metavar="quotes=N,lines_per_quote=N,orders=N", help="records to begin with")
    add("--quiet", action="store_true", help="print neither the connection nor the requests")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _sandbox(options: argparse.Namespace) -> Sandbox:
    sandbox = Sandbox(
        host=options.host,
        port=options.port,
        speed=options.speed,
        login=options.login,
        password=options.password,
        bearer_token=options.bearer_token,
        token_lifetime=options.token_lifetime,
        refresh_lifetime=options.refresh_lifetime,
        max_page_size=options.max_page_size,
        dialect=Dialect.named(*options.dialect),
    )
    for text in options.outcome:
        add_outcome(sandbox, text)
    for text in options.fault:
        add_fault(sandbox, text)
    if options.seed:
        sandbox.seed(**{name: int(value) for name, value in _pairs(options.seed.split(","))})
    if not options.quiet:
        sandbox.world.ledger.listener = _log
    return sandbox


def add_outcome(sandbox: Sandbox, text: str) -> None:
    """Add a rule written as `resource:outcome:field=value`; a value may have colons in it."""
    resource, _, rest = text.partition(":")
    outcome, _, rest = rest.partition(":")
    pairs = re.split(r":(?=\w+=)", rest) if rest else []
    sandbox.outcome(resource, outcome, **dict(_pairs(pairs)))


def add_fault(sandbox: Sandbox, text: str) -> None:
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


def _announce(sandbox: Sandbox, *, quiet: bool) -> None:
    """Say that the sandbox is ready, and how to use it from Airflow."""
    print(f"Covage sandbox ready at {sandbox.url}")
    if not quiet:
        connection = shlex.quote(sandbox.connection_json)
        print(f"API description: {sandbox.docs_url}")
        print("\nTo use it from Airflow, either of:\n")
        print(f"  export AIRFLOW_CONN_COVAGE_DEFAULT={connection}\n")
        print(f"  airflow connections add covage_default --conn-json {connection}\n")
        print("Stop with Ctrl+C.")
    sys.stdout.flush()


def _log(entry: RequestEntry) -> None:
    fault = f" [{entry.fault}]" if entry.fault else ""
    operation = entry.operation or "-"
    print(f"{entry.method} {entry.path} {operation} {entry.status or '-'}{fault}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
