"""Which section of a digest a story stands in, and how much of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from aggregator.core.source_keys import tag_key
from aggregator.types import DigestSection, DigestStory, SectionKind, SectionRule

Takes = Callable[[DigestStory], bool]


def takers(
    rules: Sequence[SectionRule],
    tags_of: Mapping[str, frozenset[str]],
    matches: Mapping[str, frozenset[int]],
) -> list[Takes]:
    """Of each section whether it takes a story.

    `tags_of`: the tags, folded, of each source; `matches`: of each query the ids of the articles
    that it finds.
    """
    found: list[Takes] = []
    for rule in rules:
        match rule.kind:
            case SectionKind.TAG:
                tag = tag_key(rule.value)
                sources = frozenset(name for name, tags in tags_of.items() if tag in tags)
                found.append(_of_source(sources))
            case SectionKind.WATCH:
                found.append(_of_watch(rule.value.casefold()))
            case SectionKind.QUERY:
                found.append(_of_article(matches[rule.value]))
    return found


def in_sections(
    ranked: Sequence[DigestStory], takes: Sequence[Takes], *, titles: Sequence[str], most: int
) -> tuple[DigestSection, ...]:
    """Each story, they are by points, in the first section that takes it; what none takes stands
    last. Those that take nothing are left out.

    Of all sections together the first `most` are in full, as many again in brief, and the others
    counted; so a section may have nothing but a count.
    """
    rest = len(takes)
    full: list[list[DigestStory]] = [[] for _ in range(rest + 1)]
    brief: list[list[DigestStory]] = [[] for _ in range(rest + 1)]
    left_out = [0] * (rest + 1)
    for place, one in enumerate(ranked):
        section = next((number for number, take in enumerate(takes) if take(one)), rest)
        if place < most:
            full[section].append(one)
        elif place < 2 * most:
            brief[section].append(one)
        else:
            left_out[section] += 1
    return tuple(
        DigestSection(
            title=title, stories=tuple(full[n]), brief=tuple(brief[n]), left_out=left_out[n]
        )
        for n, title in enumerate((*titles, None))
        if full[n] or brief[n] or left_out[n]
    )


def _of_source(names: frozenset[str]) -> Takes:
    return lambda one: any(item.article.source in names for item in one.story.articles)


def _of_watch(name: str) -> Takes:
    return lambda one: any(watch.casefold() == name for watch in one.watches)


def _of_article(numbers: frozenset[int]) -> Takes:
    return lambda one: any(item.article.article_id in numbers for item in one.story.articles)
