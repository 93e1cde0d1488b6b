"""The small picture of how a story spread, as numbers that an SVG is made from, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.core.enumerating import enumerate_names
from aggregator.core.spread import Spread, SpreadMark, spread_of
from aggregator.notify.links import safe_name
from aggregator.types import Story
from aggregator.web.views.outlets import KINDS, MARKS, counted
from aggregator.web.views.texts import isolated
from aggregator.web.views.times import Times, TimeView, span_in_words

_ACROSS = 20
"""Dots that have room beside each other where the picture is narrowest."""
_STEP = 12
"""Pixels from lane to lane."""
_EDGE = 7
"""Pixels between the axis and the lower edge."""
_MARGIN = 2.5
"""Per cent of the width, at both ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DotView:
    x: float
    """Per cent of the width, so that the picture takes what room there is and dots stay as large
    as they are."""
    y: float
    """Pixels from the top."""
    kind: str
    """"first", "own", "rewrite" or "copy": each has a shape of its own."""
    title: str
    """As in "Harbour Ledger, 06:12, copy"; "" where none is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadView:
    height: int
    """Pixels."""
    axis: float
    """Where the line of the axis is: pixels from the top."""
    dots: tuple[DotView, ...]
    starts: TimeView
    ends: TimeView
    says: str
    """The same in words."""


def spread_view(
    story: Story, times: Times, *, lanes: int, titles: bool = False
) -> SpreadView | None:
    """In at most so many lanes; None: one outlet ran it, it did not spread."""
    if len(story.outlets) < 2:
        return None
    spread = spread_of(story, across=_ACROSS, lanes=lanes)
    height = _STEP * spread.lanes + 2
    axis = height - _EDGE
    return SpreadView(
        height=height,
        axis=axis,
        dots=tuple(
            DotView(
                x=round(_MARGIN + (100 - 2 * _MARGIN) * mark.x, 1),
                y=axis - _STEP * mark.lane,
                kind="first" if mark.first else KINDS[mark.standing],
                title=_title(mark, times) if titles else "",
            )
            for mark in spread.marks
        ),
        starts=times.at(spread.starts_at),
        ends=times.at(spread.ends_at),
        says=_says(story, spread, times),
    )


def _title(mark: SpreadMark, times: Times) -> str:
    name = safe_name(mark.item.article.source)
    said = "first" if mark.first else MARKS[mark.standing] or "own report"
    return f"{name}, {times.hour(mark.item.article.at)}, {said}"


def _says(story: Story, spread: Spread, times: Times) -> str:
    """As in "Run by 9 outlets within 3 hours: A at 06:12, then B, C and 6 more"."""
    outlets = [isolated(safe_name(name)) for name in story.outlets]
    latest = max(mark.item.article.at for mark in spread.marks)
    span = span_in_words(latest - spread.starts_at)
    return (
        f"Run by {counted(len(outlets), 'outlet')} within {span}: {outlets[0]} at "
        f"{times.at(spread.starts_at).text}, then {enumerate_names(outlets[1:], most=4)}."
    )
