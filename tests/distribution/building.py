"""Building and installing, as strangers do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tools.environment import ROOT


def build(source: Path, target: Path, *options: str) -> list[Path]:
    """Build from a folder with a `pyproject.toml`; give what was built, by name."""
    _run([sys.executable, "-m", "hatchling", "build", "--directory", str(target), *options], source)
    return sorted(target.iterdir())


class Environment:
    """A virtual environment for the Airflow that the tests run with, and an Airflow's home in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "bin" / "python"
        _run([sys.executable, "-m", "venv", "--without-pip", str(folder)], folder.parent)

    def install(self, *wanted: str) -> None:
        self._change("install", *wanted)

    def uninstall(self, *names: str) -> None:
        self._change("uninstall", *names)

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run its Python, which sees nothing of this one, nor of the folder that it is run in."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        home = {"AIRFLOW_HOME": str(self.folder / "home"), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
        command = [str(self.python), "-I", *arguments]
        environment = kept | home | variables
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    def _change(self, verb: str, *names: str) -> None:
        """By uv, out of its cache; by pip where uv does not reach the index, as in `tools/bootstrap.py`."""
        uv = [str(Path(sys.executable).with_name("uv")), "pip", verb, "--python", str(self.python), *names]
        pip = [sys.executable, "-m", "pip", "--python", str(self.python), verb, *names]
        if verb == "uninstall":
            pip.append("--yes")
        try:
            _run(uv, self.folder)
        except AssertionError:
            _run(pip, self.folder)


def _run(command: list[str], folder: Path) -> None:
    pins = str(_pins())
    wanted = {"UV_CONSTRAINT": pins, "PIP_CONSTRAINT": pins}
    environment = {"UV_SYSTEM_CERTS": "true", **os.environ, **wanted}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def _pins() -> Path:
    """What is pinned for the Airflow that the tests run with."""
    series = ".".join(version("apache-airflow").split(".")[:2])
    older = ROOT / "constraints" / f"airflow-{series}.txt"
    return older if older.exists() else ROOT / "constraints.txt"
