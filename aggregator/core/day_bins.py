"""Counts by day, drawn: days put together where there are too many to show each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_BARS = "▁▂▃▄▅▆▇█"
_LENGTHS = (1, 7, 28, 91, 364)
"""Days that are put together; beyond that, as many years."""


@dataclass(frozen=True, slots=True)
class Bin:
    first: date
    last: date
    """The same day where it is one."""
    count: int


def bins(by_day: Sequence[tuple[date, int]], *, most: int) -> list[Bin]:
    """All days from the first to the last of `by_day` (in order), also those that it leaves out,
    in at most `most` bins of equal length. The last one ends with the last day."""
    if not by_day:
        return []
    first, last = by_day[0][0], by_day[-1][0]
    days = (last - first).days + 1
    length = next((one for one in _LENGTHS if one * most >= days), 0)
    if not length:
        length = _LENGTHS[-1] * -(-days // (_LENGTHS[-1] * most))
    counts = [0] * -(-days // length)
    for day, count in by_day:
        counts[-1 - (last - day).days // length] += count
    drawn = []
    end = last
    for count in reversed(counts):
        begin = date.fromordinal(max(first.toordinal(), end.toordinal() - length + 1))
        drawn.append(Bin(begin, end, count))
        end = begin - timedelta(days=begin > date.min)
    return drawn[::-1]


def sparkline(counts: Sequence[int]) -> str:
    """A bar for each; the highest is full, none at all is a space."""
    highest = max(counts, default=0)
    return "".join(_BARS[(count * len(_BARS) - 1) // highest] if count else " " for count in counts)


def bar(count: int, highest: int, *, width: int) -> str:
    """At most `width` characters long; what is not nothing is at least a sliver."""
    eighths = max(1, round(count * width * 8 / highest)) if count else 0
    whole, rest = divmod(eighths, 8)
    return "█" * whole + " ▏▎▍▌▋▊▉"[rest].strip()
