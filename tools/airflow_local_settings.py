"""Settings of the Airflows that are started here; each finds a copy of this file in its home.

Their databases are thrown away with them, so no commit has to wait for the disk. With a complete Airflow on a
small machine that is most of what it waits for. Who finds the database locked waits for more than 5 s:
all servers start at the same time, and with them whatever DAG is due.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@event.listens_for(Engine, "connect")
def wait_for_locks_but_not_for_the_disk(connection: Any, record: Any) -> None:
    """Tell a connection to SQLite to wait for locks, and to let the system write when it likes.

    Args:
        connection: What SQLAlchemy has opened.
        record: Its place in the pool.
    """
    if "sqlite" in type(connection).__module__:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA busy_timeout=60000")
        cursor.close()
