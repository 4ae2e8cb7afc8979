"""Where things are, and the environment in which Airflow runs here: its own, whatever the caller's is."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIRFLOW = ROOT / ".airflow"
EXAMPLE_DAGS = ROOT / "example_dags"
LOOPBACK = "127.0.0.1"

_LOCAL_SETTINGS = Path(__file__).with_name("airflow_local_settings.py")
_FOREIGN = ("AIRFLOW_", "PYTHONPATH", "PYTHONHOME")


def fresh_home(name: str) -> Path:
    """Make an empty home for one Airflow below `.airflow`; what the last run left there is removed.

    Args:
        name: Name of the folder.

    Returns:
        The folder.
    """
    home = AIRFLOW / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return home


def furnish(home: Path) -> None:
    """Put what every Airflow here is set up with into its home.

    Args:
        home: Its home.
    """
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    shutil.copy(_LOCAL_SETTINGS, config)


def airflow_environment(home: Path, dags: Path, **settings: str) -> dict[str, str]:
    """Give the environment of an Airflow that knows nothing of any other on this machine.

    Args:
        home: Its home.
        dags: Its folder of DAGs.
        settings: More variables; they win.

    Returns:
        The whole environment of its processes.
    """
    furnish(home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    commands = Path(sys.executable).parent
    return {
        **kept,
        "PATH": f"{commands}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": f"{LOOPBACK},localhost",
        "no_proxy": f"{LOOPBACK},localhost",
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        **settings,
    }


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on.

    Returns:
        The port.
    """
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Say whether a port of the loopback interface can be listened on.

    Args:
        port: The port.

    Returns:
        Whether it can.
    """
    with socket.socket() as probe:
        # As servers do: what a server that has just ended leaves behind does not keep the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
