"""Small charts without axes, as paths of SVG."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

_LEAST: Final = 1.0
"""What is not nothing is at least so high."""


def days_before(day: date, number: int) -> tuple[date, ...]:
    """The last `number` days up to `day`, in order."""
    return tuple(day - timedelta(days=ago) for ago in reversed(range(number)))


def heights(counts: Sequence[int], *, height: float) -> list[float]:
    """Of a bar for each: the highest takes all the height, none at all has none."""
    highest = max(counts, default=0)
    return [max(_LEAST, count / highest * height) if count > 0 else 0.0 for count in counts]


def bars(counts: Sequence[int], *, width: float, height: float, gap: float = 1.0) -> str:
    """The attribute `d` of one path with a bar for each, on the line at the bottom of a picture of
    this size; empty: there is nothing to draw. Steps are rounded to a tenth."""
    if not counts:
        return ""
    step = width / len(counts)
    thick = max(step - gap, step / 2)
    parts = []
    for at, high in enumerate(heights(counts, height=height)):
        if high:
            left = _number(at * step + (step - thick) / 2)
            parts.append(
                f"M{left} {_number(height)}v-{_number(high)}h{_number(thick)}v{_number(high)}z"
            )
    return "".join(parts)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
