"""The sandboxes of both APIs and a complete Airflow with the example DAGs, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from tools.airflow_api import AirflowApi
from tools.environment import AIRFLOW, EXAMPLE_DAGS, fresh_home, is_free
from tools.processes import signals_as_interrupt, wait_until
from tools.sandbox import SandboxServer
from tools.stack import PASSWORD, USER, Stack

USUAL_PORT = 8080
APIS = ("covage", "prizz")


def main() -> int:
    """Run all of it until it is told to end.

    Returns:
        The exit status.
    """
    options = _parser().parse_args()
    console = Console()
    AIRFLOW.mkdir(exist_ok=True)
    with (AIRFLOW / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("make up is already running for this checkout.")
            return 1
        port = _port(options.port)
        if port is None and options.port:
            console.print(f"Port {options.port} is taken; another one: make up PORT=8081")
            return 1
        try:
            with signals_as_interrupt():
                _run(console, port, options.speed)
        except KeyboardInterrupt:
            console.print("\nStopped: nothing is left running.")
        except (RuntimeError, TimeoutError) as error:
            console.print("[bold red]Airflow did not start, or did not stay:[/]")
            console.print(str(error), markup=False, highlight=False, soft_wrap=True)
            return 1
    return 0


def _run(console: Console, port: int | None, speed: float) -> None:
    began = time.monotonic()
    home = fresh_home("up")
    console.print("Starting the sandboxes and Airflow, half a minute ...")
    with (
        SandboxServer(home / "sandbox.log", speed, APIS) as sandbox,
        Stack(home, EXAMPLE_DAGS, port) as stack,
    ):
        for api, connection in sandbox.connections.items():
            _add_connection(stack.api, f"{api}_default", connection)
        console.print(_card(stack, sandbox, home), highlight=False, soft_wrap=True)
        console.print(f"Ready after {time.monotonic() - began:.0f} s. Stop with Ctrl-C.", highlight=False)
        everything = [sandbox.process, *stack.processes.values()]
        # Never true: ends by Ctrl-C, or when one of the processes does.
        wait_until(lambda: False, "Ctrl-C", float("inf"), 1, alive=everything)


def _add_connection(api: AirflowApi, conn_id: str, connection: Mapping[str, Any]) -> None:
    """Put a connection where people see it: in Airflow's own list, with its form and its test button."""
    fields = {name: value for name, value in connection.items() if name != "extra"}
    api.add_connection(conn_id, {**fields, "description": "The sandbox"}, connection["extra"])


def _card(stack: Stack, sandbox: SandboxServer, home: Path) -> str:
    covage, prizz = (sandbox.connections[api]["host"] for api in APIS)
    return f"""
  [bold]Airflow[/]      {stack.url}   login {USER}, password {PASSWORD}
  [bold]Try[/]          {stack.url}/dags/covage_quote_to_order   button Trigger
               {stack.url}/dags/prizz_offer_to_contract   asks for a code under Required actions
  [bold]Connections[/]  covage_default and prizz_default lead to the sandboxes

  [bold]Covage[/]       {covage}/docs   every operation
               {covage}/_sandbox/ledger   what it has been made to do
  [bold]Prizz[/]        {prizz}/docs, {prizz}/_sandbox/ledger   likewise
               {prizz}/_sandbox/messages   the codes to sign with

  [bold]Logs[/]         {home}
"""


def _port(wanted: int | None) -> int | None:
    """Give the port that was asked for, or else the usual one; None when it is taken."""
    port = wanted or USUAL_PORT
    return port if is_free(port) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--port", type=int, help=f"of Airflow (default: {USUAL_PORT}, or a free one)")
    parser.add_argument("--speed", type=float, default=1.0, help="of the sandbox (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
