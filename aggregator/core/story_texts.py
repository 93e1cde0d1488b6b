"""The texts of a story: which are independent reports, which are rewritten, which are copied.

Ten outlets that run one text are one report. So are two that run the text of an agency which is
none of the user's sources, although neither has it from the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from aggregator.core.agencies import agency
from aggregator.core.outlet_names import OutletIndex
from aggregator.core.precedence import credited
from aggregator.types import Relation, Story, StoryArticle

_SHARE = 4
"""A text is credited to whom one in so many of its outlets names: many cut the credit off."""


class Standing(StrEnum):
    """What an outlet's text is to the count of reports; the best first."""

    OWN = "own"
    """Its own report, in whatever language."""
    CARRIED = "carried"
    """An agency's report that it ran first among the story's outlets; the agency is none of
    them. It counts as an independent report, though not the outlet's."""
    REWRITE = "rewrite"
    """Derived from another outlet's text, rephrased or extended; or another text of an agency whose
    report is counted already."""
    COPY = "copy"
    """Another's text."""

    @property
    def rank(self) -> int:
        """0 is the best."""
        return _RANKS[self]


_RANKS = {standing: rank for rank, standing in enumerate(Standing)}


INDEPENDENT = frozenset({Standing.OWN, Standing.CARRIED})
_COPIED = frozenset({Relation.SAME, Relation.COPY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name that texts give as their origin."""

    name: str
    """An agency's one name, or an outlet as it is credited first."""
    by: tuple[str, ...]
    """The outlets whose texts do, in order of time."""
    share: float
    """Of the outlets that could: all but the one that is named."""


def texts_of(
    story: Story, *, linked: Collection[Relation] = _COPIED
) -> list[tuple[StoryArticle, ...]]:
    """The articles, those of one text together, all in order of time: one is of the text of which
    it hangs by one of these relations; by default copies and the same again."""
    texts: dict[int, list[StoryArticle]] = {}
    roots: dict[int, int] = {}
    for item in story.articles:
        number = item.article.article_id
        other = item.of if item.relation in linked else None
        roots[number] = number if other is None else roots.get(other, number)
        texts.setdefault(roots[number], []).append(item)
    return [tuple(text) for text in texts.values()]


def named_origins(items: Sequence[StoryArticle]) -> tuple[Named, ...]:
    """The names that these articles credit, those that most outlets credit first.

    Every outlet has one voice a name, and none for itself.
    """
    outlets = dict.fromkeys(item.article.source for item in items)
    voices: dict[str, dict[str, None]] = {}
    known: OutletIndex[str] = OutletIndex()
    for item in items:
        for name in credited(item):
            first = known.first(name)
            if first is None:
                known.add(name, first := name)
            voices.setdefault(first, {})[item.article.source] = None
    if not voices:
        return ()
    could = _could(outlets)
    named = [
        Named(name=name, by=tuple(by), share=len(by) / could(name)) for name, by in voices.items()
    ]
    return tuple(sorted(named, key=lambda one: -len(one.by)))


def origins_of_text(items: Sequence[StoryArticle]) -> tuple[Named, ...]:
    """Those of `named_origins` that the text is credited to: by a quarter of its outlets or more,
    and half as many as the name in front."""
    named = named_origins(items)
    return tuple(
        one for one in named if one.share * _SHARE >= 1 and len(one.by) * 2 >= len(named[0].by)
    )


def standings(story: Story) -> dict[int, Standing]:
    """Of each article, by its id.

    A text's first article has the standing of the text, the others are copies. A text is a rewrite
    if it is linked as one. It is the report of an agency if it is credited to one; then it counts
    for the agency if that is an outlet of the story, even where its own article came later, for
    agencies give a report to their customers before they show it; else for the first outlet of the
    story that runs a report of this agency. Another text of the same agency is like a rewrite. Any
    other text is its outlet's own report.
    """
    found: dict[int, Standing] = {}
    counted: set[str] = set()
    agencies: list[StoryArticle] = []
    articles = cache(lambda: by_outlet(story))  # most stories credit nobody
    for text in texts_of(story):
        root = text[0].article.article_id
        found |= {item.article.article_id: Standing.COPY for item in text}
        named = next((one.name for one in origins_of_text(text) if agency(one.name)), None)
        own = None if named is None else articles().first(named)
        if own is not None:
            agencies.append(own)
        found[root] = _standing(text, named, counted, own)
    return found | {item.article.article_id: Standing.OWN for item in agencies}


def outlet_standings(story: Story) -> dict[str, Standing]:
    """Of each outlet the best of its articles', in order of its first article."""
    by_article = standings(story)
    best: dict[str, Standing] = {}
    for item in story.articles:
        own = by_article[item.article.article_id]
        known = best.setdefault(item.article.source, own)
        if own.rank < known.rank:
            best[item.article.source] = own
    return best


def by_outlet(story: Story) -> OutletIndex[StoryArticle]:
    """The articles by their outlets: `first` is the first one of the outlet that a name means."""
    articles: OutletIndex[StoryArticle] = OutletIndex()
    for item in story.articles:
        articles.add(item.article.source, item)
    return articles


def independent_outlets(story: Story) -> tuple[str, ...]:
    """Outlets with a report of their own or the first run of an agency's, by first article: the
    number of independent reports, for a further one of the same outlet is none."""
    return _with(story, *INDEPENDENT)


def carried_outlets(story: Story) -> tuple[str, ...]:
    """Those of `independent_outlets` whose report is an agency's, by first article."""
    return _with(story, Standing.CARRIED)


def rewriting_outlets(story: Story) -> tuple[str, ...]:
    """Outlets that ran a rewritten text and none of their own, by first article."""
    return _with(story, Standing.REWRITE)


def copying_outlets(story: Story) -> tuple[str, ...]:
    """Outlets that ran nothing but another's text, by first article."""
    return _with(story, Standing.COPY)


def _with(story: Story, *wanted: Standing) -> tuple[str, ...]:
    return tuple(
        outlet for outlet, standing in outlet_standings(story).items() if standing in wanted
    )


def _standing(
    text: Sequence[StoryArticle], named: str | None, counted: set[str], own: StoryArticle | None
) -> Standing:
    """`named`: the agency that the text is credited to, `own`: its article; `counted`: agencies
    that have been counted so far."""
    relation = text[0].relation
    if relation in _COPIED or own in text:
        return Standing.COPY
    if relation is Relation.REWRITE or own is not None or named in counted:
        return Standing.REWRITE
    if named is None:
        return Standing.OWN
    counted.add(named)
    return Standing.CARRIED


def _could(outlets: Iterable[str]) -> Callable[[str], int]:
    """How many outlets could credit a name, one at least: all but the one that it means."""
    others: OutletIndex[str] = OutletIndex()
    for outlet in outlets:
        others.add(outlet, outlet)
    return lambda name: len(others) - others.count(name) or 1
