"""Make `.venv` with everything that the project's commands need, unless it is there already.

    python3 tools/bootstrap.py           # .venv, with the newest Airflow
    python3 tools/bootstrap.py 3.1       # .venvs/3.1, with that one
    python3 tools/bootstrap.py lowest    # .venvs/lowest, with the lowest of all that the package requires

Runs with any Python 3 and nothing but the standard library. What was installed is noted in a stamp inside
the environment as the last step: without it, or when its reasons have changed, all of it is made anew, so a
set-up that was interrupted or broken heals at the next call.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WHICH = sys.argv[1] if len(sys.argv) > 1 else None
VENV = ROOT / ".venvs" / WHICH if WHICH else ROOT / ".venv"
STAMP = VENV / ".ready"
_PINS = {None: "constraints.txt", "lowest": "constraints/lowest.txt"}
CONSTRAINTS = str(ROOT / _PINS.get(WHICH, f"constraints/airflow-{WHICH}.txt"))
OLDEST = (3, 11)
OTHERS = ("python3.13", "python3.12", "python3.11")


class SetupError(Exception):
    """The set-up cannot be done; the text says what to do about it."""


def main() -> int:
    """Set up, and say in one line each what takes long.

    Returns:
        The exit status.
    """
    if sys.version_info < OLDEST:
        return _hand_over()
    try:
        with (ROOT / "pyproject.toml").open() as lock:
            # Two commands at once: the second waits and finds everything done. Freed when the process ends.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_ready():
                _make()
    except SetupError as error:
        print(f"Set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up interrupted; the next call starts it again.", file=sys.stderr)
        return 130
    return 0


def _hand_over() -> int:
    """Let a newer Python of this machine do it."""
    for name in OTHERS:
        found = shutil.which(name)
        # A version manager has commands for versions that are not installed: ask whether it answers.
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:  # noqa: S603
            os.execv(found, [found, *sys.argv])  # noqa: S606
    wanted = ".".join(map(str, OLDEST))
    print(f"Python {wanted} or newer is needed; python3 is {sys.version.split()[0]}.", file=sys.stderr)
    print("With another one: make PYTHON=/path/to/python3.11 ...", file=sys.stderr)
    return 1


def _reasons() -> str:
    """Everything that makes another `.venv` necessary when it changes: scripts in it hold its path, too."""
    texts = [
        (ROOT / "pyproject.toml").read_bytes(),
        Path(CONSTRAINTS).read_bytes(),
        Path(__file__).read_bytes(),
    ]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    return f"{digest} Python {sys.version.split()[0]} {VENV}\n"


def _is_ready() -> bool:
    try:
        if STAMP.read_text() != _reasons():
            return False
        answer = subprocess.run([VENV / "bin" / "python", "-c", "import airflow_provider_covage"])  # noqa: S603
    except OSError:
        return False
    return answer.returncode == 0


def _make() -> None:
    began = time.monotonic()
    place = VENV.relative_to(ROOT)
    print(f"Setting up {place} (this once; a minute or two when nothing is in the cache)", flush=True)
    STAMP.unlink(missing_ok=True)
    _run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        "python3 cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv",
    )
    print("  installing Airflow, the package and what checks it", flush=True)
    # By the environment, so that they hold for what builds the package as well.
    os.environ.update(PIP_CONSTRAINT=CONSTRAINTS, UV_CONSTRAINT=CONSTRAINTS, UV_BUILD_CONSTRAINT=CONSTRAINTS)
    wanted = ["--editable", ".[all]", *_development_tools()]
    if not _with_uv(wanted):
        print("  uv could not do it, trying pip, which is slower", flush=True)
        _run(_pip("install", "--quiet", *wanted), "packages could not be installed, see above")
    STAMP.write_text(_reasons())
    print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


def _with_uv(wanted: list[str]) -> bool:
    """Install with uv, which takes a fifth of pip's time; it does not know the settings of pip, though."""
    # The certificates that pip trusts: a company's own proxy is known to the machine, not to uv.
    os.environ.setdefault("UV_SYSTEM_CERTS", "true")
    get_uv = _pip("install", "--quiet", "uv")
    # Compiled now, once: where Python may not write bytecode, every process would compile all of Airflow.
    options = ["--quiet", "--compile-bytecode", "--python", str(VENV / "bin" / "python")]
    commands = (get_uv, [str(VENV / "bin" / "uv"), "pip", "install", *options, *wanted])
    return all(subprocess.run(command, cwd=ROOT).returncode == 0 for command in commands)  # noqa: S603


def _pip(*arguments: str) -> list[str]:
    return [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", *arguments]


def _run(command: list[str], advice: str) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:  # noqa: S603
        raise SetupError(advice)


def _development_tools() -> list[str]:
    import tomllib

    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return [str(requirement) for requirement in groups["dev"]]


if __name__ == "__main__":
    sys.exit(main())
