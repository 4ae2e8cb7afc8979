"""Pin what the environments here are made of, in `constraints.txt` and `constraints/`.

python -m tools.pins 3.1 3.2           # the newest of everything, and beside each older Airflow
python -m tools.pins --keep 3.1 3.2    # only what a change in pyproject.toml makes necessary
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.requirements import Requirement

from tools.environment import ROOT

NEWEST = ROOT / "constraints.txt"
FOLDER = ROOT / "constraints"
LOWEST = FOLDER / "lowest.txt"

_INSTALLERS = ("uv", "hatchling", "hatch-fancy-pypi-readme", "editables")
"""What installs and builds the package: pinned, but no part of any environment's requirements."""

_UNSAID = {"3.2": ("fastapi<0.137", "cadwyn<8"), "lowest": ("structlog<25.5",)}
"""What an older Airflow does not run with, and does not say."""

_QUIET = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-header",
    "--no-annotate",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all the files.

    Args:
        arguments: The command line.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.pins", description=__doc__.partition("\n")[0])
    parser.add_argument("airflow", nargs="+", help="older series of Airflow, the oldest first: 3.1 3.2")
    parser.add_argument("--keep", action="store_true", help="keep every pin that still fits")
    options = parser.parse_args(arguments)
    upgrade = [] if options.keep else ["--upgrade"]
    everything = ["--all-extras", "--group=dev", *upgrade]
    try:
        _pin(NEWEST, _INSTALLERS, *everything, "--group=docs")
        for series in options.airflow:
            airflow = (f"apache-airflow~={series}.0", *_UNSAID.get(series, ()))
            _pin(_older(series), [*_INSTALLERS, *airflow], *everything)
        _pin_lowest(_older(options.airflow[0]))
    except subprocess.CalledProcessError as error:
        # How uv came to its conclusion can fill a book; that stands at the end.
        print("uv could not pin everything:", *error.stderr.splitlines()[-5:], sep="\n", file=sys.stderr)
        return 1
    return 0


def _older(series: str) -> Path:
    return FOLDER / f"airflow-{series}.txt"


def _pin_lowest(oldest: Path) -> None:
    """Pin the lowest of what the package itself requires; all else is as beside the oldest Airflow.

    With everything at its lowest, Airflow's own requirements would be tried, not those of the package.
    """
    found = _compiled([], "--all-extras", "--resolution=lowest-direct")
    wanted = _required()
    floors = [line for line in found.splitlines() if Requirement(line).name in wanted]
    draft = LOWEST.with_suffix(".draft")
    draft.write_text(oldest.read_text())
    try:
        _pin(draft, [*_INSTALLERS, *_UNSAID["lowest"], *floors], "--all-extras", "--group=dev")
        draft.replace(LOWEST)
    finally:
        draft.unlink(missing_ok=True)


def _required() -> set[str]:
    """Give the names of what `pyproject.toml` requires, extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return {Requirement(one).name for group in (project["dependencies"], *extras) for one in group}


def _pin(file: Path, also: Iterable[str], *options: str) -> None:
    _compiled(also, f"--output-file={file.relative_to(ROOT)}", *options)


def _compiled(also: Iterable[str], *options: str) -> str:
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", *_QUIET, *options]
    done = subprocess.run(  # noqa: S603
        [*command, "pyproject.toml", "-"],
        cwd=ROOT,
        input="\n".join(also),
        env={"UV_SYSTEM_CERTS": "true", **os.environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
