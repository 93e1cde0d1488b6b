"""Which article of a story was out first, and whether that is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.core.moments import in_one_minute, is_before, moment_of
from aggregator.core.outlet_names import outlet_keys, same_outlet
from aggregator.types import Story, StoryArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    outlets: tuple[str, ...]
    """Those that may have been first, the likeliest one at the head, then in order of time."""
    certain: bool
    """There is only one."""
    at_once: bool
    """There are several, and all give the same minute."""


def in_order(articles: Sequence[StoryArticle]) -> list[StoryArticle]:
    """The articles in the order in which they came out, as far as can be told.

    - An article stands where it was certainly out: at the end of its interval (`moment_of`). So
      the day alone, or a time that speaks against what was seen, never wins over a plain time.
      Of two with one end the one with the earlier beginning comes first, one whose beginning is
      not known last; then by when they were first seen, then by id.
    - An article that credits another outlet of the story comes after that outlet's earliest
      article, unless this was certainly out later: the outlet's article moves up before it.

    The order is total, and does not depend on that of `articles`.
    """
    by_time = sorted(articles, key=_key)
    if not any(item.credits for item in by_time):
        return by_time
    earliest = _earliest_by_name(by_time)
    entered: set[int] = set()
    ordered: list[StoryArticle] = []
    for item in by_time:
        moment = moment_of(item)
        pending: list[tuple[StoryArticle, Iterator[StoryArticle]]] = []
        above: StoryArticle | None = item if item.article.article_id not in entered else None
        while above is not None or pending:
            if above is not None:
                entered.add(above.article.article_id)
                pending.append((above, _credited_in(above, earliest)))
            above = next(
                (
                    other
                    for other in pending[-1][1]
                    if other.article.article_id not in entered
                    and not is_before(moment, moment_of(other))
                ),
                None,
            )
            if above is None:
                ordered.append(pending.pop()[0])
    return ordered


def first_outlets(story: Story) -> First:
    """The outlet of the first article, and those that may have been earlier.

    It is certainly first if its interval ends before those of all other outlets begin, but for
    articles that credit it.
    """
    first = story.first
    rivals = [item for item in story.articles[1:] if may_precede(item, first)]
    outlets = tuple(dict.fromkeys(item.article.source for item in (first, *rivals)))
    at_once = all(in_one_minute(moment_of(item), moment_of(first)) for item in rivals)
    return First(outlets=outlets, certain=not rivals, at_once=bool(rivals) and at_once)


def may_precede(item: StoryArticle, first: StoryArticle) -> bool:
    """Whether `item`, of another outlet, may have come out before `first`, by time and credits."""
    if item.article.source == first.article.source or credits_outlet(item, first.article.source):
        return False
    return not is_before(moment_of(first), moment_of(item))


def credited(item: StoryArticle) -> tuple[str, ...]:
    """The agencies and outlets that the text names as its origin, without its own outlet."""
    if not item.credits:
        return ()
    own = item.article.source
    return tuple(name for name in item.credits if not same_outlet(name, own))


def credits_outlet(item: StoryArticle, outlet: str) -> bool:
    """Whether the text names this outlet as its origin."""
    return any(same_outlet(name, outlet) for name in item.credits)


def _earliest_by_name(by_time: Sequence[StoryArticle]) -> dict[str, list[StoryArticle]]:
    """Of each outlet its earliest article, by what its name is compared by."""
    earliest: dict[str, StoryArticle] = {}
    for item in by_time:
        earliest.setdefault(item.article.source, item)
    found: dict[str, list[StoryArticle]] = {}
    for source, item in earliest.items():
        for key in outlet_keys(source):
            found.setdefault(key, []).append(item)
    return found


def _credited_in(
    item: StoryArticle, earliest: Mapping[str, list[StoryArticle]]
) -> Iterator[StoryArticle]:
    """What is there of the outlets that it credits, in the order of its credits."""
    for name in credited(item):
        for key in sorted(outlet_keys(name)):
            yield from earliest.get(key, ())


def _key(item: StoryArticle) -> tuple[datetime, bool, datetime, datetime, int]:
    article, moment = item.article, moment_of(item)
    return (
        moment.latest,
        moment.earliest is None,
        moment.earliest or moment.latest,
        article.first_seen_at,
        article.article_id,
    )
