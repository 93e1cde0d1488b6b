"""Why an article is where it is: sentences that a person can check against the texts."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.core.copies import Likeness
from aggregator.core.text import shorten
from aggregator.core.window import Member
from aggregator.types import GroupInput


def same_address(member: Member) -> str:
    return f"has the address of {_of(member.item)}"


def same_headline(member: Member) -> str:
    return f"has the headline of {_of(member.item)}, and neither came with a text"


def shared_text(likeness: Likeness) -> str:
    """For same, copy and rewrite."""
    percent = _percent(likeness.containment)
    other = _of(likeness.member.item)
    if likeness.shorter:
        return f"{percent} of its word sequences are in {other}"
    return f"holds {percent} of the word sequences of {other}"


def same_event(member: Member, shared: Sequence[str], score: float) -> str:
    named = f": {', '.join(shared)}" if shared else ", by its wording"
    return f"same event as {_of(member.item)}{named}; {score:.2f}"


def other_language(member: Member, shared: Sequence[str], score: float) -> str:
    return (
        f"the names and numbers of {_of(member.item)} in another language: "
        f"{', '.join(shared)}; {score:.2f}"
    )


def nothing_like_it() -> str:
    return "nothing in the window resembles it"


def not_near_enough(member: Member, score: float, least: float) -> str:
    return f"nearest is {_of(member.item)} at {score:.2f}, and {least:.2f} is needed"


def from_template(member: Member) -> str:
    return f"worded like {_of(member.item)}, with other names or numbers"


def other_version() -> str:
    return "was prepared by another version of this program, and cannot be compared"


def _of(item: GroupInput) -> str:
    title = shorten(item.title, 90) or "an article without a headline"
    return f"“{title}” ({shorten(item.source, 40)})" if item.source else f"“{title}”"


def _percent(share: float) -> str:
    """Rounded down, so that 100 % means all of it."""
    return f"{int(share * 100 + 1e-9)} %"
