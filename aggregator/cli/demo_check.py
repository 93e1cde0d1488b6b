"""Whether the demo has found what its press knows of its articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aggregator.cli.output import Cell, line

if TYPE_CHECKING:
    from aggregator.demo.press import Press
    from aggregator.storage.protocol import Storage
    from aggregator.types import Article, PageKind, Story


def is_right(storage: Storage, press: Press) -> bool:
    """Whether stories, relations, first outlets and texts are right; says so, or what is wrong."""
    stories = storage.stories(limit=100_000)
    found = {item.article.url: story.story_id for story in stories for item in story.articles}
    wrong = [*_missing(found, press)] or [*_torn_or_mixed(found, press)]
    wrong = wrong or [*_mistaken(stories, press)]
    wrong += _furniture_left(_articles(storage, stories), press)
    for what, which in wrong:
        line(Cell(f"{what}: ", "bad"), which)
    if not wrong:
        line(
            Cell("Checked: ", "good"),
            f"all {len(found)} articles are stored, each in the story that the press knows it to "
            f"belong to ({len(stories)} stories), after the outlet that was first and in the "
            "right relation. No text has what recurs on the pages of its outlet.",
        )
    return not wrong


def kinds_found(storage: Storage) -> dict[PageKind, int]:
    """The id of an article of each kind."""
    found = _articles(storage, storage.stories(limit=100_000))
    return {article.kind: article.summary.article_id for article in found}


def _articles(storage: Storage, stories: Iterable[Story]) -> Iterable[Article]:
    ids = (item.article.article_id for story in stories for item in story.articles)
    return [article for article in map(storage.article, ids) if article is not None]


def _missing(found: dict[str | None, int], press: Press) -> Iterable[tuple[str, str]]:
    for url, truth in press.truth().items():
        if url not in found:
            yield "missing", f"{truth.title} ({truth.outlet})"


def _torn_or_mixed(found: dict[str | None, int], press: Press) -> Iterable[tuple[str, str]]:
    labels: dict[str, set[int]] = {}
    stories: dict[int, set[str]] = {}
    for url, truth in press.truth().items():
        labels.setdefault(truth.story, set()).add(found[url])
        stories.setdefault(found[url], set()).add(truth.story)
    yield from (("torn apart", label) for label, ids in labels.items() if len(ids) > 1)
    yield from (("wrongly joined", f"story {one}") for one, of in stories.items() if len(of) > 1)


def _mistaken(stories: Iterable[Story], press: Press) -> Iterable[tuple[str, str]]:
    """Relations and first outlets, of stories that have the right articles."""
    truth = press.truth()
    for story in stories:
        for item in story.articles:
            known = truth.get(item.article.url or "")
            if known is None:
                continue
            source, first = item.article.source, known.relation == "first"
            if first and story.first != item:
                said = f"{story.first.article.source} instead of {source}"
                yield "wrong first outlet", f"{known.title}: {said}"
            right = "new" if first else known.relation
            if item.relation.value != right:
                yield "wrong relation", f"{known.title} ({source}) is {item.relation}, not {right}"


def _furniture_left(articles: Iterable[Article], press: Press) -> Iterable[tuple[str, str]]:
    recurring = {outlet.name: outlet.furniture for outlet in press.outlets}
    for article in articles:
        for text in recurring[article.summary.source]:
            if text in article.text:
                yield f"article {article.summary.article_id} still has", text
