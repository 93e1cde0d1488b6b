"""Where a story comes from: what its texts say, and what copying shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from aggregator.core.agencies import agency
from aggregator.core.enumerating import enumerate_names
from aggregator.core.moments import is_before, moment_of
from aggregator.core.outlet_names import OutletIndex, outlet_keys
from aggregator.core.precedence import credited, may_precede
from aggregator.core.story_texts import (
    Named,
    by_outlet,
    named_origins,
    origins_of_text,
    texts_of,
)
from aggregator.types import Relation, Story, StoryArticle

_DERIVED = frozenset({Relation.SAME, Relation.COPY, Relation.REWRITE})
_FEW = 4


class How(StrEnum):
    CREDITED = "credited"
    """Texts name it."""
    COPIED = "copied"
    """Others have its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    names: tuple[str, ...]
    """Agencies by their one name, outlets as the user's sources have them, else as credited."""
    article: StoryArticle | None
    """Its own, the first one in the story; None: none of the story's outlets is it."""
    how: How
    why: str
    """A sentence that a person can check."""


def origin_of(story: Story) -> Origin | None:
    """By these rules; None: nothing shows where it comes from, however many reported it.

    1. What is looked at is the story's main text: articles linked as copies, rewrites or the same
       again, of two outlets or more. It is that of the first article, else one that more than half
       of the story's outlets have.
    2. If a quarter of its outlets or more name an agency or an outlet, that is the origin; several
       are, if each has at least half as many voices as the one in front. An outlet that names
       itself does not count.
    3. If there is no such text, the origin is whom the first article names, else whom half of the
       story's outlets or more do, two at least.
    4. A name whose own article is in the story, and was certainly out later than those that name
       it, is mentioned and passed over. Not so an agency: its customers have a report before it
       is on its own pages.
    5. A name that itself names another of them hands on what that one had, and is passed over.
    6. Where nobody is named, the earliest article of the main text is the origin.
    """
    group = _main_text(story)
    named = origins_of_text(group) if group else _of_reports(story)
    articles = by_outlet(story)
    passed = _later(named, story, articles)
    later = tuple(one for one in named if one.name in passed)
    named = _without_middlemen(tuple(one for one in named if one.name not in passed), articles)
    aside = f"; {_who_credits(later)}, whose article here is later" if later else ""
    if named:
        return _credited(named, story, articles, group, aside)
    return _copied(group, aside) if group else None


def _main_text(story: Story) -> tuple[StoryArticle, ...]:
    """Of two outlets or more; empty: there is none."""
    first, *others = texts_of(story, linked=_DERIVED)
    if _outlets(first) > 1:
        return first
    largest = max(others, key=_outlets, default=first)
    return largest if _outlets(largest) * 2 > max(len(story.outlets), 2) else ()


def _of_reports(story: Story) -> tuple[Named, ...]:
    said_first = named_origins(story.articles[:1])
    if said_first:
        return said_first
    every = named_origins(story.articles)
    return tuple(one for one in every if len(one.by) >= 2 and one.share >= 0.5)


def _later(
    named: Sequence[Named], story: Story, articles: OutletIndex[StoryArticle]
) -> frozenset[str]:
    """The names whose own article was certainly out later than the first one that names them."""
    crediting: OutletIndex[StoryArticle] = OutletIndex()
    for item in story.articles if named else ():
        for name in item.credits:
            crediting.add(name, item)
    found = set()
    for one in named:
        own, earliest = articles.first(one.name), crediting.first(one.name)
        if own is None or earliest is None or agency(one.name):
            continue
        if is_before(moment_of(earliest), moment_of(own)):
            found.add(one.name)
    return frozenset(found)


def _credited(
    named: Sequence[Named],
    story: Story,
    articles: OutletIndex[StoryArticle],
    group: Sequence[StoryArticle],
    aside: str,
) -> Origin:
    theirs = [articles.first(one.name) for one in named]
    names = tuple(
        one.name if item is None else item.article.source
        for one, item in zip(named, theirs, strict=True)
    )
    own = next((item for item in theirs if item is not None), None)
    said = _who_credits(named, names)
    if group and own is group[0] and len(named) == 1:
        said = _who_has(group, crediting=named[0].by)
    elif own is None:
        ran = (group or story.articles)[0].article.source
        said += f"; no article of {_either(names)} is here, and {ran} ran it first"
    elif own is not (group or story.articles)[0]:
        said += f"; the article of {own.article.source} here is later than the first one"
    return Origin(names=names, article=own, how=How.CREDITED, why=f"{said}{aside}.")


def _without_middlemen(
    named: tuple[Named, ...], articles: OutletIndex[StoryArticle]
) -> tuple[Named, ...]:
    meant = frozenset().union(*(outlet_keys(one.name) for one in named))
    ends = tuple(
        one
        for one in named
        if all(meant.isdisjoint(outlet_keys(name)) for name in _said_by(one.name, articles))
    )
    return ends or named  # each names another


def _said_by(name: str, articles: OutletIndex[StoryArticle]) -> tuple[str, ...]:
    """Whom the first article of the outlet with this name credits."""
    own = articles.first(name)
    return credited(own) if own else ()


def _who_credits(named: Sequence[Named], names: Sequence[str] | None = None) -> str:
    """ "A and B credit C, D credits E". `names`: what these are called; None: as they are said."""
    names = [one.name for one in named] if names is None else names
    by: dict[tuple[str, ...], list[str]] = {}
    for one, name in zip(named, names, strict=True):
        by.setdefault(one.by, []).append(name)
    return ", ".join(
        f"{enumerate_names(outlets, most=_FEW)} {_verb('credit', outlets)} {enumerate_names(said)}"
        for outlets, said in by.items()
    )


def _who_has(group: Sequence[StoryArticle], *, crediting: Sequence[str] = ()) -> str:
    """ "B, C and D have its text, and C credits it": of the first article's."""
    own = group[0].article.source
    others = tuple(
        dict.fromkeys(item.article.source for item in group if item.article.source != own)
    )
    rewritten = any(item.relation is Relation.REWRITE for item in group[1:])
    has = "copied or rewrote" if rewritten else _verb("have", others)
    said = f"{enumerate_names(others, most=_FEW)} {has} its text"
    if not crediting:
        return said
    by = f", and {enumerate_names(crediting, most=_FEW)}" if tuple(crediting) != others else " and"
    return f"{said}{by} {_verb('credit', crediting)} it"


def _copied(group: Sequence[StoryArticle], aside: str) -> Origin:
    first = group[0]
    sure = not any(may_precede(item, first) for item in group[1:])
    said = f"{_who_has(group)}, and it was out first{'' if sure else ', as far as can be told'}"
    names = (first.article.source,)
    return Origin(names=names, article=first, how=How.COPIED, why=f"{said}{aside}.")


def _outlets(items: Sequence[StoryArticle]) -> int:
    return len({item.article.source for item in items})


def _either(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else "them"


def _verb(word: str, subjects: Sequence[str]) -> str:
    if len(subjects) > 1:
        return word
    return "has" if word == "have" else f"{word}s"
