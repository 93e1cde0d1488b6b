"""Why an article is where it is: sentences that a person can check against the texts."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.core.copies import Likeness
from aggregator.core.features import Features, unpack
from aggregator.core.text import shorten
from aggregator.types import ArticleSummary, Fingerprint, GroupInput


def same_address(other: GroupInput) -> str:
    return f"has the address of {name_of(other)}"


def same_headline(other: GroupInput) -> str:
    return f"has the headline of {name_of(other)}, and neither came with a text"


def shared_text(found: Features, likeness: Likeness) -> str:
    """For same, copy and rewrite."""
    return shared_wording(
        found.item.fingerprint,
        likeness.other.item.fingerprint,
        name_of(likeness.other.item),
        containment=likeness.containment,
        shorter=likeness.shorter,
    )


def shared_wording(
    one: Fingerprint, other: Fingerprint, name: str, *, containment: float, shorter: bool
) -> str:
    """By whole sentences where most of those of the shorter text are in both, else by word
    sequences; `name` is the other's, `shorter`: the first one is."""
    mine, theirs = set(unpack(one.sentences).tolist()), set(unpack(other.sentences).tolist())
    both, total = len(mine & theirs), len(mine if shorter else theirs)
    if total and 2 * both >= total:
        if shorter:
            return f"shares {both} of its {total} sentences with {name}"
        return f"has {both} of the {total} sentences of {name}"
    percent = _percent(containment)
    if shorter:
        return f"{percent} of its word sequences are in {name}"
    return f"has {percent} of the word sequences of {name}"


def passage(likeness: Likeness, words: int) -> str:
    """For a report: all the text that the two share."""
    other = name_of(likeness.other.item)
    return f"a passage of {words} words in common with {other}, and the rest in words of its own"


def background(likeness: Likeness, words: int) -> str:
    other = name_of(likeness.other.item)
    return f"a passage of {words} words in common with {other}, and the rest about something else"


def same_event(other: GroupInput, shared: Sequence[str], score: float) -> str:
    named = f": {', '.join(shared)}" if shared else ", by its wording"
    return f"same event as {name_of(other)}{named}; {score:.2f}"


def other_language(other: GroupInput, shared: Sequence[str], score: float) -> str:
    named = f": {', '.join(shared)}" if shared else ", by what it means"
    return f"same event as {name_of(other)} in another language{named}; {score:.2f}"


def by_way_of(other: GroupInput, foreign: GroupInput, shared: Sequence[str], score: float) -> str:
    named = f": {', '.join(shared)}" if shared else ""
    return f"same event as {name_of(other)}, by way of {name_of(foreign)}{named}; {score:.2f}"


def follows(other: GroupInput, likeness: float) -> str:
    return f"a new event that follows upon {name_of(other)}; likeness {likeness:.2f}"


def nothing_like_it() -> str:
    return "nothing in the window resembles it"


def not_near_enough(other: GroupInput, score: float, least: float) -> str:
    return f"nearest is {name_of(other)} at {score:.2f}, and {least:.3g} is needed"


def from_template(other: GroupInput) -> str:
    return f"worded like {name_of(other)}, with other names or numbers"


def from_series(other: GroupInput) -> str:
    return f"another part of the series of {name_of(other)}, to judge by the headlines"


def says_nothing() -> str:
    return "its headline says nothing about an event, and it came without a text"


def column() -> str:
    return "its headline is the name of a column and says nothing about an event"


def other_version() -> str:
    return "was prepared by another version of this program, and cannot be compared"


def not_grouped() -> str:
    return "its source stays out of stories (`stories: off`)"


def placed_alone() -> str:
    return "begins a story of its own because a person wants it so"


def placed(measured: str) -> str:
    return f"put here by hand; {measured}" if measured else "put here by hand"


def name_of(item: GroupInput | ArticleSummary) -> str:
    """An article, as a sentence calls it."""
    title = shorten(item.title, 90) or "an article without a headline"
    return f"“{title}” ({shorten(item.source, 40)})" if item.source else f"“{title}”"


def _percent(share: float) -> str:
    """Rounded down, so that 100 % means all of it."""
    return f"{int(share * 100 + 1e-9)} %"
