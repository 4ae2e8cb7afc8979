"""JSON as whatever keeps it takes it: Airflow's messages, PostgreSQL, files.

JSON can hold what these cannot, and one such value would stop more than its record: a message that cannot be
written ends the whole triggerer.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
"""What UTF-8 (half of a surrogate pair) or PostgreSQL (the character 0) has no place for."""

_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_LONG = b"0" * 19
"""As many digits as the shortest number beyond 64 bits, its sign included, has."""


def loads(body: bytes) -> Any:
    """Decode JSON so that it can be kept.

    A character that cannot be written becomes U+FFFD, a number beyond 64 bits the text of its digits, what is
    no number (NaN, infinities) None. All else is as Python's own decoder reads it.

    Args:
        body: The JSON.

    Returns:
        The content.

    Raises:
        ValueError: It is no JSON.
        RecursionError: It is nested too deep.
    """
    try:
        if b"\\u0000" not in body and _LONG not in body.translate(_ALIKE):
            # Four times as fast as Python's own decoder, and gives the same wherever both read a text.
            return msgspec.json.decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass  # it may be that only the other one reads it, or says what is wrong
    content = json.loads(body, parse_int=_integer, parse_float=_float, parse_constant=lambda _: None)
    return _writable(content)


def _integer(digits: str) -> int | str:
    # No number of 64 bits is longer, and int() refuses thousands of digits.
    number = int(digits) if len(digits) <= 20 else None
    return number if number is not None and -(2**63) <= number < 2**64 else digits


def _float(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _writable(content: Any) -> Any:
    if isinstance(content, str):
        return _UNWRITABLE.sub("\ufffd", content)
    if isinstance(content, dict):
        return {_writable(name): _writable(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_writable(value) for value in content]
    return content
