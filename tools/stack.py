"""A complete Airflow on this machine: API server, scheduler, DAG processor and triggerer, all on loopback."""

from __future__ import annotations

import contextlib
import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import requests

from tools.airflow_api import AirflowApi
from tools.environment import LOOPBACK, airflow_environment, free_port
from tools.processes import Process, end_all, tail, wait_until

USER = "admin"
PASSWORD = "admin"  # noqa: S105 - listens on loopback only, with nothing but a sandbox behind it

SERVERS: dict[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    # Without their log servers, which would listen on all interfaces; logs are read from the disk here.
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}

SMALL = {
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__CORE__PARALLELISM": "4",
    "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
    "AIRFLOW__API__WORKERS": "1",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "10",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
}
"""For one person on a small machine."""

IMPATIENT = {
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
    "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "2",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "6",
    "AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "8",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "1",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
}
"""For tests: what is dead is noticed within seconds."""


class Stack:
    """Starts a complete Airflow and ends it, together with everything that it has started.

    Args:
        home: Its home: database, logs, password file.
        dags: Its folder of DAGs.
        port: Port of the API server; none for a free one.
        settings: More variables for its environment.
    """

    def __init__(self, home: Path, dags: Path, port: int | None = None, **settings: str) -> None:
        self.home = home
        self.url = f"http://{LOOPBACK}:{port or free_port()}"
        self.api = AirflowApi(self.url, USER, PASSWORD)
        self.processes: dict[str, Process] = {}
        passwords = home / "passwords.json"
        passwords.write_text(json.dumps({USER: PASSWORD}))
        self.environment = airflow_environment(
            home,
            dags,
            **SMALL,
            AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE=str(passwords),
            AIRFLOW__API__HOST=LOOPBACK,
            AIRFLOW__API__PORT=self.url.rpartition(":")[2],
            AIRFLOW__API__BASE_URL=self.url,
            # One secret for all of them, or they do not trust each other's tokens.
            AIRFLOW__API_AUTH__JWT_SECRET=secrets.token_hex(32),
        )
        self.environment.update(settings)

    def __enter__(self) -> Self:
        """Start, and wait until everything is healthy."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start everything and wait until it is healthy.

        Raises:
            RuntimeError: Something has ended; the text has its last words.
            TimeoutError: It takes too long.
        """
        self.command("db", "migrate")
        for name in SERVERS:
            self.start_server(name)
        wait_until(self._is_healthy, "a healthy Airflow", 120, alive=self.processes.values())

    def start_server(self, name: str) -> None:
        """Start one of the servers.

        Args:
            name: Which one.
        """
        log = self.home / f"{name}.log"
        self.processes[name] = Process(name, [_AIRFLOW, *SERVERS[name]], log, self.environment)

    def command(self, *arguments: str) -> str:
        """Run a command of Airflow to its end.

        Args:
            arguments: What stands after `airflow`.

        Returns:
            What it wrote to its standard output.

        Raises:
            RuntimeError: It failed; the text has what it wrote.
        """
        log = self.home / "commands.log"
        done = subprocess.run(  # noqa: S603
            [_AIRFLOW, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        with log.open("a") as text:
            text.write(f"{time.ctime()} {' '.join(arguments)}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            raise RuntimeError(f"airflow {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self) -> None:
        """End everything."""
        end_all(self.processes.values())
        self.processes.clear()

    def logs(self, lines: int = 40) -> str:
        """Give the last lines of each server's log, and of the logs of all tasks.

        Args:
            lines: How many lines of each.

        Returns:
            The lines, with the name of each log before them.
        """
        paths = sorted(self.home.glob("*.log")) + sorted(self.home.glob("logs/dag_id=*/**/*.log"))
        return "\n".join(f"--- {path.relative_to(self.home)}\n{tail(path, lines)}" for path in paths)

    def _is_healthy(self) -> bool:
        with contextlib.suppress(requests.RequestException, KeyError, ValueError):
            health = self.api.health()
            parts = ("metadatabase", "scheduler", "dag_processor", "triggerer")
            return all(health[part]["status"] == "healthy" for part in parts)
        return False


_AIRFLOW = Path(sys.executable).parent / "airflow"
