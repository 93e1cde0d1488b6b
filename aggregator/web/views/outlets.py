"""The outlets of a story as pages name them: each once, by the best that it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aggregator.core.enumerating import enumerate_names
from aggregator.core.moments import moment_of
from aggregator.core.precedence import First
from aggregator.core.story_texts import INDEPENDENT, Standing
from aggregator.notify.links import safe_name
from aggregator.types import Story, StoryArticle
from aggregator.web.views.texts import isolated
from aggregator.web.views.times import Times, TimeView

MARKS = {
    Standing.OWN: "",
    Standing.CARRIED: "agency",
    Standing.REWRITE: "rewrite",
    Standing.COPY: "copy",
}
KINDS = {
    Standing.OWN: "own",
    Standing.CARRIED: "own",
    Standing.REWRITE: "rewrite",
    Standing.COPY: "copy",
}
"""By which marks are drawn: an agency's report that an outlet ran first is drawn as its own."""
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipView:
    name: str
    href: str
    """Of its article here."""
    mark: str
    """"first", "first?" where that is not certain, "agency", "rewrite", "copy", or ""."""
    kind: str
    """"first", "own", "rewrite" or "copy"."""
    time: TimeView


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstView:
    outlet: str
    time: TimeView
    doubt: str
    """As in "as far as can be told; X may have been earlier"; "" where it is certain."""


def chips_of(
    story: Story, standing: Mapping[str, Standing], first: First, times: Times, *, most: int
) -> tuple[ChipView, ...]:
    """In order of time, the first outlet first; if there are more than `most`, one less of them:
    there is to be room for how many more. `standing`: `outlet_standings`, `first`: `first_outlets`
    of the story."""
    shown: dict[str, StoryArticle] = {}
    for item in story.articles:
        shown.setdefault(item.article.source, item)
    outlets = tuple(shown.items()) if len(shown) <= most else tuple(shown.items())[: most - 1]
    return tuple(
        ChipView(
            name=safe_name(outlet),
            href=f"/articles/{item.article.article_id}",
            mark=("first" if first.certain else "first?")
            if number == 0
            else MARKS[standing[outlet]],
            kind="first" if number == 0 else KINDS[standing[outlet]],
            time=times.moment(moment_of(item)),
        )
        for number, (outlet, item) in enumerate(outlets)
    )


def first_of(story: Story, first: First, times: Times) -> FirstView:
    """Who was first, and how sure that is. `first`: `first_outlets` of the story."""
    names = [isolated(safe_name(name)) for name in first.outlets]
    doubt = ""
    if first.at_once:
        doubt = f"in the same minute as {enumerate_names(names[1:], most=_NAMED)}"
    elif not first.certain:
        others = enumerate_names(names[1:], most=_NAMED)
        doubt = f"as far as can be told; {others} may have been earlier"
    return FirstView(
        outlet=safe_name(first.outlets[0]), time=times.moment(moment_of(story.first)), doubt=doubt
    )


def counts_of(by_outlet: Mapping[str, Standing]) -> tuple[str, ...]:
    """As in ("9 outlets", "4 independent reports", "2 rewrites", "3 with copies only").
    `by_outlet`: `outlet_standings` of the story."""
    standing = tuple(by_outlet.values())
    parts = [counted(len(standing), "outlet")]
    if len(standing) > 1:
        independent = sum(one in INDEPENDENT for one in standing)
        rewrites, copies = standing.count(Standing.REWRITE), standing.count(Standing.COPY)
        parts += [counted(independent, "independent report")] if independent else []
        parts += [counted(rewrites, "rewrite")] if rewrites else []
        parts += [f"{copies} with copies only"] if copies else []
    return tuple(parts)


def counted(number: int, what: str) -> str:
    """As in "1 article", "1,200 articles"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
