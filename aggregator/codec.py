"""Our types as bytes, for pipes and the store, and as JSON for people's scripts.

The bytes are msgpack: plain data, so reading them never runs code. Times are aware and come back
as UTC; the members of a frozenset are in no order.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")

_WORDS = frozenset({str, int, float, bool, type(None)})
"""What nearly all values are, and JSON has a word for."""


def encode(value: object) -> bytes:
    """As msgpack: dataclasses by field name, enums by value. Raises ValueError or TypeError for
    what has no place in it, as text with lone surrogates or a number beyond 64 bits."""
    return msgspec.msgpack.encode(value)


def decode(data: bytes | bytearray | memoryview, kind: type[T]) -> T:
    """Read what `encode` wrote and check it against the annotations of `kind`.

    Fields that `kind` does not have are ignored, so that an older version reads a newer one's
    data. Raises ValueError for anything that is no `kind`.
    """
    try:
        value: T = _decoder(cast("Hashable", kind)).decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not a readable {getattr(kind, '__name__', kind)}: {error}") from error
    return value


def from_json(text: str | bytes, kind: type[T]) -> T:
    """Read what `to_json` wrote, checked as in `decode`. Raises ValueError."""
    try:
        value: T = _json_decoder(cast("Hashable", kind)).decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not a readable {getattr(kind, '__name__', kind)}: {error}") from error
    return value


def to_json(value: object) -> str:
    """One line of JSON: dataclasses as objects, times as ISO 8601 in UTC with a Z, durations in
    seconds, enums by value, sets sorted, bytes in base64. Letters stay as they are.

    Raises ValueError for a time without a zone.
    """
    return msgspec.json.encode(_plain(value)).decode()


def written(value: object) -> object:
    """The JSON of a value, which `to_json` puts as it is wherever this stands: what goes into
    several is written once. Raises ValueError as `to_json`."""
    return msgspec.Raw(msgspec.json.encode(_plain(value)))


@cache
def _decoder(kind: Hashable) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(cast("type[Any]", kind))


@cache
def _json_decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", kind), strict=False)  # durations are numbers


def _plain(value: object) -> object:
    """What JSON has a word for; the rest (dates, bytes) msgspec writes itself."""
    kind: Any = type(value)
    if kind in _WORDS:
        return value
    if isinstance(value, Enum):
        return value.value
    names = _field_names(kind)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _plain_rest(value)


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """None: it is no dataclass."""
    return tuple(item.name for item in fields(kind)) if is_dataclass(kind) else None


def _plain_rest(value: object) -> object:
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=repr)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC)
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    return value
