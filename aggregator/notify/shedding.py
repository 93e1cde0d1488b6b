"""Taking things off a digest that is too long for a mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from aggregator.types import Digest, DigestSection, DigestStory, StoryArticle

STEPS = 64


def shed(digest: Digest, kept: int) -> Digest:
    """The digest with about `kept` of 64 parts of what it shows; with 64 of them it is unchanged.

    Of the stories in full those with the most points stay, the others are in brief; of those in
    brief then and of the single items the same share stays. Sources take turns, the newest item of
    each first. What is taken off is counted as left out.
    """
    if kept >= STEPS:
        return digest
    ranked = sorted(digest.stories, key=_by_points)
    full = {id(one) for one in ranked[: _part(len(ranked), kept)]}
    lesser = sorted((one for one in _shown(digest.sections) if id(one) not in full), key=_by_points)
    brief = {id(one) for one in lesser[: _part(len(lesser), kept)]}
    singles = _in_turns(digest.singles)[: _part(len(digest.singles), kept)]
    stay = {id(item) for item in singles}
    left = Counter(digest.singles_left_out)
    left.update(item.article.source for item in digest.singles if id(item) not in stay)
    return replace(
        digest,
        sections=tuple(_section(section, full, brief) for section in digest.sections),
        singles=tuple(item for item in digest.singles if id(item) in stay),
        singles_left_out={source: left[source] for source in sorted(left)},
    )


def _section(section: DigestSection, full: set[int], brief: set[int]) -> DigestSection:
    everything = (*section.stories, *section.brief)
    stories = tuple(one for one in section.stories if id(one) in full)
    lesser = tuple(sorted((one for one in everything if id(one) in brief), key=_by_points))
    lost = len(everything) - len(stories) - len(lesser)
    return replace(section, stories=stories, brief=lesser, left_out=section.left_out + lost)


def _shown(sections: Sequence[DigestSection]) -> list[DigestStory]:
    return [one for section in sections for one in (*section.stories, *section.brief)]


def _in_turns(items: Sequence[StoryArticle]) -> list[StoryArticle]:
    """The newest item of each source, then the second newest of each, and so on."""
    of_source: dict[str, list[StoryArticle]] = defaultdict(list)
    for item in items:
        of_source[item.article.source].append(item)
    turns = [
        (turn, item)
        for group in of_source.values()
        for turn, item in enumerate(sorted(group, key=lambda item: item.article.at, reverse=True))
    ]
    return [item for _, item in sorted(turns, key=lambda one: one[0])]


def _by_points(one: DigestStory) -> float:
    return -one.points


def _part(number: int, kept: int) -> int:
    return -(-number * kept // STEPS)
