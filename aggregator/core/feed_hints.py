"""What a feed itself says of when it may be polled: `ttl`, `skipHours` and `skipDays` of RSS 2.0,
and the Syndication module (http://web.resource.org/rss/1.0/modules/syndication/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from aggregator.core.cache_headers import MAX_WAIT, NotBefore
from aggregator.core.dates import parse_date
from aggregator.core.durations import format_duration
from aggregator.types import PollHints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP = re.compile(r"<skip([Hh]ours|[Dd]ays)\s*>(.{0,2000}?)</skip\1\s*>", re.DOTALL)
_VALUE = re.compile(r"<(?:hour|day)\s*>\s*(\w{1,12})\s*</", re.IGNORECASE)
_ITEM = re.compile(r"<item[\s>]", re.IGNORECASE)
_HOUR = timedelta(hours=1)


def read_hints(channel: Mapping[str, Any], document: str) -> PollHints | None:
    """Of a channel as feedparser has it; None: it gives none.

    feedparser keeps but the last of the hours and days, so these are read from the document.
    """
    skipped = _skipped(document)
    hints = PollHints(
        ttl=_ttl(_text(channel, "ttl")),
        update_every=_update_every(channel),
        update_base=parse_date(_text(channel, "sy_updatebase")),
        skip_hours=_hours(skipped.get("hours", ())),
        skip_days=_days(skipped.get("days", ())),
    )
    return None if hints == PollHints(update_base=hints.update_base) else hints


def hinted(hints: PollHints, *, now: datetime, fetched_at: datetime) -> NotBefore:
    """What `ttl` and the Syndication module ask for, whichever is longer; at most MAX_WAIT after
    `fetched_at`. Where the feed gives a base, updates are counted from it.
    """
    asked = (
        [(fetched_at + hints.ttl, f"the feed's ttl is {format_duration(hints.ttl)}")]
        if hints.ttl
        else []
    )
    if every := hints.update_every:
        why = f"the feed is updated every {format_duration(every)}"
        asked.append((_next_update(every, hints.update_base, fetched_at), why))
    if not asked:
        return NotBefore(at=None, why="The feed does not say how often it is updated.")
    at, why = max(asked)
    at = min(at, fetched_at + MAX_WAIT)
    if at <= now:
        return NotBefore(at=None, why=f"{_sentence(why)}, which is over.")
    return NotBefore(at=at, why=f"{_sentence(why)}: not before {at:%Y-%m-%d %H:%M} UTC.")


def outside_skipped(hints: PollHints, due: datetime, *, fetched_at: datetime) -> NotBefore:
    """The first moment, from `due` on, in none of the hours and days that the feed skips.

    That is put off to MAX_WAIT after `fetched_at` at most, or to `due` if that is later still. `at`
    is None where nothing changes.
    """
    latest = max(fetched_at + MAX_WAIT, due)
    at = due
    while at < latest and _is_skipped(hints, at):
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    if at == due:
        return NotBefore(at=None, why="The feed skips no hour or day at that time.")
    at = min(at, latest)
    return NotBefore(
        at=at,
        why=f"The feed brings nothing at {due:%H} h UTC on {due:%A}s: "
        f"not before {at:%Y-%m-%d %H:%M} UTC.",
    )


def _is_skipped(hints: PollHints, at: datetime) -> bool:
    return at.hour in hints.skip_hours or at.weekday() in hints.skip_days


def _next_update(every: timedelta, base: datetime | None, fetched_at: datetime) -> datetime:
    if base is None:
        return fetched_at + every
    return base + ((fetched_at - base) // every + 1) * every


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- reading -------------------------------------------------------------------------------------


def _ttl(written: str) -> timedelta | None:
    """Minutes."""
    number = _number(written)
    return min(timedelta(minutes=number), timedelta(days=365)) if number else None


def _update_every(channel: Mapping[str, Any]) -> timedelta | None:
    """By default once a day, when the feed speaks of it at all."""
    period = _text(channel, "sy_updateperiod").lower()
    frequency = _number(_text(channel, "sy_updatefrequency"))
    if not period and not frequency:
        return None
    return _PERIODS.get(period, _PERIODS["daily"]) / (frequency or 1)


def _hours(values: tuple[str, ...]) -> tuple[int, ...]:
    """All of them are none: a feed that is never to be polled is not meant."""
    hours = {
        number % 24 for value in values if (number := _number(value)) is not None and number <= 24
    }
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def _days(values: tuple[str, ...]) -> tuple[int, ...]:
    days = {_DAYS.index(value.lower()) for value in values if value.lower() in _DAYS}
    return tuple(sorted(days)) if len(days) < 7 else ()


def _skipped(document: str) -> dict[str, tuple[str, ...]]:
    """The values by kind; what stands within items is an example, not a hint."""
    if "<skip" not in document:
        return {}
    first = _ITEM.search(document)
    last = document.rfind("</item")
    found: dict[str, tuple[str, ...]] = {}
    for match in _SKIP.finditer(document):
        if first is None or match.start() < first.start() or match.start() > last:
            found.setdefault(match[1].lower(), tuple(_VALUE.findall(match[2])))
    return found


def _text(channel: Mapping[str, Any], name: str) -> str:
    value = channel.get(name)
    return value.strip() if isinstance(value, str) else ""


def _number(written: str) -> int | None:
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else None
