"""Ends processes whose starter is gone, even when that was killed and could not tidy up.

Started by `tools.processes`, which tells it by lines on its standard input: `+123` that the session of
process 123 has begun, `-123` that it has ended. The end of the input is the end of the starter.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable


def main(lines: Iterable[str]) -> None:
    """Listen until the starter is gone, then end what it has left.

    Args:
        lines: What it says.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sessions: set[int] = set()
    for line in lines:
        change = sessions.add if line.startswith("+") else sessions.discard
        change(int(line[1:]))
    if sessions:
        # Only now: it takes a moment, and is hardly ever needed.
        from tools.processes import kill_session

        for session in sessions:
            kill_session(session)


if __name__ == "__main__":
    main(sys.stdin)
