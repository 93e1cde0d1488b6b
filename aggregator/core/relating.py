"""What articles that a person puts into a story are to the articles that are in it.

The person says where they belong; what they are there is read from the texts, by containment of
word 3-grams as in core.copies. Where no fingerprint is kept any more, an article is a report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aggregator.core import reasons
from aggregator.core.copies import COPY
from aggregator.core.derived import REWRITE
from aggregator.core.features import unpack
from aggregator.core.passages import at_step
from aggregator.types import ArticleSummary, Assignment, Fingerprint, Relation

LEAST = 3
"""Word sequences; fewer are in both by chance."""


@dataclass(frozen=True, slots=True)
class _Shared:
    """How much of its text an article shares with another one."""

    other: ArticleSummary
    why: str
    share: float
    """Containment, 0 to 1."""


def join_story(
    moved: Iterable[ArticleSummary],
    members: Sequence[ArticleSummary],
    prints: Mapping[int, Fingerprint],
    *,
    story: int,
) -> list[Assignment]:
    """What they are in that story. `members` are its articles, its first one first.

    `prints` by article; of what is missing there nothing is known but its language. Each is
    compared with the members and with those before it by time, so that copies that are moved
    together stay copies of each other.
    """
    there = list(members)
    found = []
    for article in in_order(moved):
        found.append(_joined(article, there, prints, story))
        there.append(article)
    return found


def begin_story(
    moved: Iterable[ArticleSummary], prints: Mapping[int, Fingerprint]
) -> list[Assignment]:
    """What they are in a story of their own, which the earliest of them begins."""
    first, *others = in_order(moved)
    begun = Assignment(
        article_id=first.article_id,
        story=first.article_id,
        relation=Relation.NEW,
        of=None,
        score=1.0,
        why=reasons.placed_alone(),
    )
    return [begun, *join_story(others, [first], prints, story=first.article_id)]


def in_order(articles: Iterable[ArticleSummary]) -> list[ArticleSummary]:
    """By time; of equals, the one that came first."""
    return sorted(articles, key=lambda article: (article.at, article.article_id))


def _joined(
    article: ArticleSummary,
    there: Sequence[ArticleSummary],
    prints: Mapping[int, Fingerprint],
    story: int,
) -> Assignment:
    nearest = _nearest(article, there, prints)
    if nearest is not None and nearest.share >= REWRITE:
        relation, of, score = _relation(article, nearest), nearest.other, nearest.share
        why = nearest.why
    else:
        of, score = there[0] if nearest is None else nearest.other, 1.0
        relation = Relation.TRANSLATION if _foreign(article, of) else Relation.REPORT
        why = f"another report than {reasons.name_of(of)}"
        if relation is Relation.TRANSLATION:
            why = f"in another language than {reasons.name_of(of)}"
        elif nearest is None:
            why = f"the texts are not compared with {reasons.name_of(of)} any more"
    return Assignment(
        article_id=article.article_id,
        story=story,
        relation=relation,
        of=of.article_id,
        score=round(score, 4),
        why=reasons.placed(why),
    )


def _nearest(
    article: ArticleSummary, there: Sequence[ArticleSummary], prints: Mapping[int, Fingerprint]
) -> _Shared | None:
    """The one with most of its text, of equals the earlier one; None: nothing can be compared."""
    own = prints.get(article.article_id)
    if own is None:
        return None
    found = [
        _shared(own, other, print_)
        for other in there
        if (print_ := prints.get(other.article_id)) and print_.version == own.version
    ]
    return max(found, key=lambda one: one.share, default=None)


def _shared(own: Fingerprint, other: ArticleSummary, theirs: Fingerprint) -> _Shared:
    step = max(own.step, theirs.step)
    mine, others = _text(own, step), _text(theirs, step)
    both = len(mine & others)
    share = both / min(len(mine), len(others)) if both >= LEAST else 0.0
    shorter = len(mine) <= len(others)
    name = reasons.name_of(other)
    why = reasons.shared_wording(own, theirs, name, containment=share, shorter=shorter)
    return _Shared(other, why, share)


def _text(fingerprint: Fingerprint, step: int) -> frozenset[int]:
    """Sampled by `step`."""
    return frozenset(at_step(unpack(fingerprint.shingles), step).tolist())


def _relation(article: ArticleSummary, nearest: _Shared) -> Relation:
    if nearest.share < COPY:
        return Relation.REWRITE
    return Relation.SAME if article.source == nearest.other.source else Relation.COPY


def _foreign(article: ArticleSummary, other: ArticleSummary) -> bool:
    return None not in (article.language, other.language) and article.language != other.language
