"""The sandbox and a complete Airflow with the example DAGs, until Ctrl-C."""

from __future__ import annotations

import argparse
import fcntl
import sys
import time
from pathlib import Path

from rich.console import Console

from tools.airflow_api import AirflowApi
from tools.environment import AIRFLOW, EXAMPLE_DAGS, fresh_home, is_free
from tools.processes import signals_as_interrupt, wait_until
from tools.sandbox import SandboxServer
from tools.stack import PASSWORD, USER, Stack

USUAL_PORT = 8080


def main() -> int:
    """Run both until they are told to end.

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
    console.print("Starting the sandbox and Airflow, half a minute ...")
    with (
        SandboxServer(home / "sandbox.log", speed) as sandbox,
        Stack(home, EXAMPLE_DAGS, port) as stack,
    ):
        _add_connection(stack.api, sandbox)
        console.print(_card(stack, sandbox, home), highlight=False, soft_wrap=True)
        console.print(f"Ready after {time.monotonic() - began:.0f} s. Stop with Ctrl-C.", highlight=False)
        everything = [sandbox.process, *stack.processes.values()]
        # Never true: ends by Ctrl-C, or when one of the processes does.
        wait_until(lambda: False, "Ctrl-C", float("inf"), 1, alive=everything)


def _add_connection(api: AirflowApi, sandbox: SandboxServer) -> None:
    """Put the connection where people see it: in Airflow's own list, with its form and its test button."""
    connection = sandbox.connection
    host = {name: connection[name] for name in ("conn_type", "host", "login", "password")}
    api.add_connection("covage_default", {**host, "description": "The sandbox"}, connection["extra"])


def _card(stack: Stack, sandbox: SandboxServer, home: Path) -> str:
    return f"""
  [bold]Airflow[/]     {stack.url}   login {USER}, password {PASSWORD}
  [bold]Try[/]         {stack.url}/dags/covage_quote_to_order   button Trigger
  [bold]Connection[/]  covage_default leads to the sandbox

  [bold]Sandbox[/]     {sandbox.url}/docs   every operation
              {sandbox.url}/_sandbox/ledger   what it has been made to do

  [bold]Logs[/]        {home}
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
