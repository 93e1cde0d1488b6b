"""What is new of a story that a digest has told before. Nothing is told twice: a story comes back
only if it grew, and then its digest says what is new.

It grew if, since it was told,

- an outlet that it did not have has a report of its own, a rewrite or a translation; or
- new outlets that only copied, and old ones with a new text that is no copy, are together at least
  as many as the outlets that had been told: the story has doubled.

Counted is what no edition has told, not only what came in since the last one, so that a story
that grows slowly comes back, too. An outlet's same article again, and old news (`LATE`), count for
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.core.story_texts import Standing, standings
from aggregator.types import DigestStory, Relation, StoryArticle

LATE = timedelta(days=3)
"""What was published so long before the period is old news, though it was first seen in it: the
backlog of a new source does not fill the digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """New since a story was told; one article of each outlet, its best, in the story's order."""

    reports: tuple[StoryArticle, ...]
    """Of further outlets: reports of their own, and an agency's that they ran first."""
    translations: tuple[StoryArticle, ...]
    """Of further outlets: reports in another language."""
    rewrites: tuple[StoryArticle, ...]
    """Of further outlets that have nothing better."""
    copies: tuple[StoryArticle, ...]
    """Of further outlets that have nothing better."""
    updates: tuple[StoryArticle, ...]
    """Of outlets that had been told: new texts that are no copies."""
    outlets_told: int
    """How many outlets the story had when it was told."""

    @property
    def is_enough(self) -> bool:
        """Whether the story comes back."""
        if self.reports or self.translations or self.rewrites:
            return True
        return len(self.copies) + len(self.updates) >= self.outlets_told


def growth_of(one: DigestStory, *, since_at: datetime) -> Growth | None:
    """What no former edition has told of it; None: none has told anything of it.

    `since_at`: when the period begins.
    """
    if not one.told:
        return None
    articles = one.story.articles
    known = {item.article.source for item in articles if item.article.article_id in one.told}
    standing = standings(one.story)
    best: dict[str, StoryArticle] = {}
    for item in articles:
        number = item.article.article_id
        if number in one.told or item.relation is Relation.SAME:
            continue
        if item.article.at < since_at - LATE:
            continue
        rival = best.setdefault(item.article.source, item)
        if standing[number].rank < standing[rival.article.article_id].rank:
            best[item.article.source] = item
    groups: dict[str, list[StoryArticle]] = {name: [] for name in _GROUPS}
    for item in articles:
        if best.get(item.article.source) is item:
            own = standing[item.article.article_id]
            groups[_group(item, own, known=item.article.source in known)].append(item)
    return Growth(
        reports=tuple(groups["reports"]),
        translations=tuple(groups["translations"]),
        rewrites=tuple(groups["rewrites"]),
        copies=tuple(groups["copies"]),
        updates=tuple(groups["updates"]),
        outlets_told=len(known),
    )


_GROUPS = ("reports", "translations", "rewrites", "copies", "updates", "")


def _group(item: StoryArticle, standing: Standing, *, known: bool) -> str:
    """ "": it counts for nothing."""
    if known:
        return "" if standing is Standing.COPY else "updates"
    if standing is Standing.COPY:
        return "copies"
    if standing is Standing.REWRITE:
        return "rewrites"
    return "translations" if item.relation is Relation.TRANSLATION else "reports"
