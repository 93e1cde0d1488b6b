"""What came whole of a JSON document that breaks off before its end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_PART = re.compile(r'"(?:[^"\\]++|\\.)*+("?)|[\[{]|[\]}]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def breaks_off(document: str) -> bool:
    """Whether something is still open at its end, be it a text, an object or a list."""
    depth = 0
    for part in _PART.finditer(document):
        first = part[0][0]
        if first == '"':
            if not part[1]:
                return True
        else:
            depth += 1 if first in "[{" else -1
    return depth > 0


def salvage(document: str, *, list_of: str) -> dict[str, Any]:
    """The members of an object up to where it breaks off: whole ones, and of the list with that
    name the whole values that come first.
    """
    members: dict[str, Any] = {}
    position = _after(document, 0, "{")
    while position is not None:
        try:
            name, end = _DECODER.raw_decode(document, _skip(document, position))
            begin = _after(document, end, ":")
            if begin is None or not isinstance(name, str):
                break
            begin = _skip(document, begin)
            if name == list_of and document[begin : begin + 1] == "[":
                kept: list[Any] = []
                members[name] = kept
                end = _values(document, begin, kept.append)
            else:
                members[name], end = _DECODER.raw_decode(document, begin)
                if _skip(document, end) == len(document):  # a number may go on
                    del members[name]
        except (ValueError, RecursionError):
            break
        position = _after(document, end, ",")
    return members


def _values(document: str, begin: int, keep: Callable[[Any], None]) -> int:
    """Where the list ends. Raises ValueError where it does not, with the whole values kept."""
    position: int | None = begin + 1
    while position is not None:
        start = _skip(document, position)
        if document[start : start + 1] == "]":
            return start + 1
        value, end = _DECODER.raw_decode(document, start)
        keep(value)
        position = _after(document, end, ",")
    closing = _after(document, end, "]")
    if closing is None:
        raise ValueError("the list does not end")
    return closing


def _skip(document: str, position: int) -> int:
    match = _SPACE.match(document, position)
    return match.end() if match else position


def _after(document: str, position: int, sign: str) -> int | None:
    """Behind a sign that comes next; None: it does not."""
    position = _skip(document, position)
    return position + 1 if document[position : position + 1] == sign else None
