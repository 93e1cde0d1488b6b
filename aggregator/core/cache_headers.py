"""Until when an answer's own caching headers ask to be left alone (RFC 9111)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.dates import parse_date
from aggregator.core.durations import format_duration

MAX_WAIT = timedelta(days=1)
"""Neither headers nor a feed keep its next poll away for longer."""

_DIRECTIVE = re.compile(r"""([\w-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;]*)))?""")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBefore:
    """When the publisher is ready for the next poll."""

    at: datetime | None
    """None: nothing is asked."""
    why: str
    """A sentence for the log."""


def not_before(headers: Mapping[str, str], *, now: datetime, fetched_at: datetime) -> NotBefore:
    """What the headers of an answer say of when to come back.

    Names are in lower case. `max-age` less `Age` counts, else `Expires` relative to `Date`; and
    `no-cache` and `no-store` speak of the answer's use, and say nothing about when. At most
    MAX_WAIT after `fetched_at`; what is not after `now` asks for nothing.
    """
    directives = _directives(headers.get("cache-control", ""))
    if unfit := directives.keys() & {"no-cache", "no-store"}:
        why = f"Cache-Control is {' and '.join(sorted(unfit))}, which says nothing about when"
        return NotBefore(at=None, why=f"{why} to come back.")
    if "max-age" in directives:
        lifetime, said = _of_max_age(directives["max-age"], headers)
    else:
        lifetime, said = _of_expires(headers, fetched_at)
    if lifetime is None:
        return NotBefore(at=None, why=said)
    capped = min(lifetime, MAX_WAIT)
    at = fetched_at + capped
    if at <= now or lifetime <= timedelta():
        return NotBefore(at=None, why=f"{said}, which is over.")
    cap = f", counted as {format_duration(MAX_WAIT)}" if capped < lifetime else ""
    return NotBefore(at=at, why=f"{said}{cap}: not before {at:%Y-%m-%d %H:%M} UTC.")


def _directives(value: str) -> dict[str, str]:
    """Of those that come twice, the smaller number."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        name, argument = match[1].lower(), (match[2] or match[3] or "").strip()
        if name in found and _seconds(found[name]) <= _seconds(argument):
            continue
        found[name] = argument
    return found


def _of_max_age(argument: str, headers: Mapping[str, str]) -> tuple[timedelta | None, str]:
    if not _is_number(argument):
        return None, "Cache-Control has a max-age that is no number of seconds."
    lifetime = _seconds(argument)
    age = headers.get("age", "").strip()
    if _is_number(age) and _seconds(age):
        left = max(lifetime - _seconds(age), timedelta())
        return left, f"Cache-Control allows {_span(lifetime)}, of which {_span(left)} are left"
    return lifetime, f"Cache-Control allows {_span(lifetime)}"


def _of_expires(headers: Mapping[str, str], fetched_at: datetime) -> tuple[timedelta | None, str]:
    if "expires" not in headers:
        return None, "No header says when to come back."
    expires = parse_date(headers["expires"])
    if expires is None:
        return None, "Expires is no date, so it is over."
    sent_at = parse_date(headers.get("date", "")) or fetched_at
    lifetime = max(expires - sent_at, timedelta())
    return lifetime, f"Expires is {_span(lifetime)} after Date"


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _seconds(value: str) -> timedelta:
    """At most a hundred years; zero for what is no number."""
    return (
        timedelta(seconds=min(int(value[:20]), 3_153_600_000)) if _is_number(value) else timedelta()
    )


def _span(value: timedelta) -> str:
    return format_duration(timedelta(seconds=value // timedelta(seconds=1)))
