"""A client of server-sent events, as browsers read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    event: str
    data: Any
    last_id: str
    """The last that was given, by this event or one before."""


@contextmanager
def listening(
    client: httpx.Client, address: str, headers: Mapping[str, str]
) -> Iterator[Iterator[Told]]:
    """What is told at this address, one after the other."""
    with client.stream("GET", address, headers=dict(headers)) as answered:
        assert answered.status_code == 200, answered.read()
        assert answered.headers["content-type"].startswith("text/event-stream")
        yield _read(answered.iter_lines())


def _read(lines: Iterator[str]) -> Iterator[Told]:
    event, data, last_id = "message", "", ""
    for line in lines:
        field, _, value = line.partition(": ")
        match field:
            case "event":
                event = value
            case "data":
                data += value
            case "id":
                last_id = value
            case "" if not line and data:
                yield Told(event=event, data=json.loads(data), last_id=last_id)
                event, data = "message", ""
