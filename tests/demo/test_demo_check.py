"""That the demo says what it has found wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from aggregator.cli.demo_check import is_right
from aggregator.demo.press import Press
from aggregator.storage.protocol import Storage
from aggregator.types import Article, ArticleSummary, Relation, Story, StoryArticle

NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
FERRY = "orrinmouth-ferry"


class Shelf:
    """What the check reads of a store."""

    def __init__(self, stories: list[Story]) -> None:
        self._stories = stories

    def stories(self, *, limit: int) -> list[Story]:
        return self._stories[:limit]

    def article(self, _article_id: int) -> Article | None:
        return None


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    with Press(NOW) as press:
        yield press


@pytest.fixture(scope="module")
def stories(press: Press) -> dict[str, Story]:
    """As they ought to be found, by the press's name for them."""
    members: dict[str, list[StoryArticle]] = {}
    in_order = sorted(press.truth().items(), key=lambda pair: pair[1].published_at)
    for number, (url, known) in enumerate(in_order, 1):
        relation = Relation.NEW if known.relation == "first" else Relation(known.relation)
        summary = ArticleSummary(
            article_id=number,
            source_id=1,
            source=known.outlet,
            url=url,
            title=known.title,
            published_at=known.published_at,
            first_seen_at=NOW,
            language=known.language,
            story_id=None,
        )
        members.setdefault(known.story, []).append(
            StoryArticle(
                article=summary,
                relation=relation,
                of=None,
                score=1.0,
                why="",
                weight=1.0,
                words=1,
                excerpt="",
            )
        )
    return {
        name: Story(story_id=number, articles=tuple(found))
        for number, (name, found) in enumerate(members.items(), 1)
    }


def said_of(
    stories: dict[str, Story], press: Press, capsys: pytest.CaptureFixture[str]
) -> tuple[bool, str]:
    right = is_right(cast("Storage", Shelf(list(stories.values()))), press)
    return right, capsys.readouterr().out


def test_what_is_right_is_called_right(
    stories: dict[str, Story], press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    right, said = said_of(stories, press, capsys)
    assert right
    assert said.startswith("Checked: all 90 articles")


def test_a_wrong_relation_is_named(
    stories: dict[str, Story], press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *others = stories[FERRY].articles
    changed = (first, replace(second, relation=Relation.REPORT), *others)
    right, said = said_of(
        {**stories, FERRY: replace(stories[FERRY], articles=changed)}, press, capsys
    )
    assert not right
    assert said == (
        f"wrong relation: {second.article.title} (Wexcombe Evening Post) is report, not copy\n"
    )


def test_a_wrong_first_outlet_is_named(
    stories: dict[str, Story], press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *others = stories[FERRY].articles
    changed = (second, first, *others)
    right, said = said_of(
        {**stories, FERRY: replace(stories[FERRY], articles=changed)}, press, capsys
    )
    assert not right
    assert "wrong first outlet" in said
    assert "Wexcombe Evening Post instead of Tessmark" in said


def test_a_torn_story_is_named(
    stories: dict[str, Story], press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = stories[FERRY].articles
    parted = {
        FERRY: replace(stories[FERRY], articles=(first,)),
        "rest": Story(story_id=9_999, articles=tuple(others)),
    }
    right, said = said_of({**stories, **parted}, press, capsys)
    assert not right
    assert said == f"torn apart: {FERRY}\n"
