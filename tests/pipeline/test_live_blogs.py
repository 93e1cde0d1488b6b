"""Pages that grow, pages without an article, and what the store has of them afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pagehouse import House, opened, page

from aggregator.pipeline import assign_stories
from aggregator.types import PageKind, TextOrigin, TextState

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
POSTS = [
    "The gates of the lock are open.",
    "The first ship has passed.",
    "The mayor breaks a bottle.",
    "The band plays on.",
]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        made.publish(("lock", "Lock opens", "Follow it live."))
        made.poll()
        yield made


def grown(house: House, posts: int, *, kind: str = "live") -> None:
    house.put("/lock", page("\n\n".join(POSTS[:posts]), kind))


def wait(house: House) -> timedelta | None:
    """Until the page is due again; time passes. None: it is not."""
    due = house.next_due(within=DAY)
    if due is None:
        return None
    passed, house.now = due - house.now, due
    return passed


def test_each_addition_to_a_live_blog_is_a_revision(house: House) -> None:
    for number in range(1, 5):
        grown(house, number)
        (fetched,) = house.enrich()
        assert (fetched.state, fetched.kind) == (TextState.READY, PageKind.LIVE)
        assert wait(house) == 15 * MINUTE
    article = house.article()
    assert article.kind is PageKind.LIVE
    assert article.text == "\n\n".join(POSTS)
    assert article.revision == 4
    said = [past.text.count("\n\n") + 1 for past in article.revisions]
    assert said == [1, 2, 3]


def test_one_that_rests_is_asked_for_ever_less_and_then_no_more(house: House) -> None:
    grown(house, 1)
    waits = []
    for _ in range(20):
        assert len(house.enrich()) == 1
        passed = wait(house)
        if passed is None:
            break
        waits.append(passed)
    assert waits == [15 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR] + [2 * HOUR] * 5
    assert house.article().revision == 1
    assert len(house.storage.kept_articles(after=0, limit=9)) == 1


def test_one_that_grows_without_end_is_left_alone_after_three_days(house: House) -> None:
    began = house.now
    for number in range(1_000):
        house.put("/lock", page(f"This is post number {number} of many.", "live"))
        house.enrich()
        if wait(house) is None:
            break
    assert 3 * DAY <= house.now - began <= 3 * DAY + 2 * HOUR
    assert house.article().revision < 80


def test_a_visit_that_fails_keeps_the_text_and_the_next_one_goes_on(house: House) -> None:
    grown(house, 2)
    house.enrich()
    kept = house.storage.kept_articles(after=0, limit=9)
    house.put("/lock", page("Accept all cookies?", "consent"))
    for failure in (None, 503, 404):
        if failure is not None:
            house.fail("/lock", failure)
        assert wait(house)
        (fetched,) = house.enrich()
        assert fetched.state is TextState.READY
        assert fetched.error
        article = house.article()
        assert article.text == "\n\n".join(POSTS[:2])
        assert (article.kind, article.text_error) == (PageKind.LIVE, fetched.error)
        assert house.storage.kept_articles(after=0, limit=9) == kept
    grown(house, 3)
    assert wait(house)
    (fetched,) = house.enrich()
    assert fetched.error is None
    article = house.article()
    assert article.text_error is None
    assert article.revision == 2
    assert [past.text for past in article.revisions] == ["\n\n".join(POSTS[:2])]


def test_one_that_has_become_an_article_is_not_visited_again(house: House) -> None:
    grown(house, 2)
    house.enrich()
    assert wait(house)
    grown(house, 3, kind="article")
    house.enrich()
    assert wait(house) is None
    assert house.article().revision == 2


def test_a_live_blog_has_its_story_from_the_first_visit_on(house: House) -> None:
    grown(house, 1)
    house.enrich()
    assert asyncio.run(assign_stories(house.line)) == 1
    assert house.article().summary.story_id is not None


# --- pages without an article


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        ("consent", [10 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR]),
        ("challenge", [10 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR]),
        ("error", [4 * HOUR]),
        ("links", []),
    ],
)
def test_the_feeds_text_stays_and_the_article_is_marked(
    house: House, kind: str, waits: list[timedelta]
) -> None:
    house.put("/lock", page("Accept all cookies? We value your privacy.", kind))
    (fetched,) = house.enrich()
    for number, expected in enumerate([*waits, None], start=1):
        state = TextState.FAILED if expected is None else TextState.RETRY
        assert (fetched.state, fetched.kind) == (state, PageKind(kind)), number
        assert fetched.error == f"It looks like {kind}."
        article = house.article()
        assert article.text == "Follow it live."
        assert (article.kind, article.kind_why) == (PageKind(kind), fetched.error)
        assert article.text_origin.is_feed
        assert wait(house) == expected
        if expected is not None:
            (fetched,) = house.enrich()


def test_one_that_gives_way_to_the_article_is_read(house: House) -> None:
    house.put("/lock", page("Are you human?", "challenge"))
    house.enrich()
    assert wait(house)
    grown(house, 3, kind="article")
    (fetched,) = house.enrich()
    assert (fetched.state, fetched.error) == (TextState.READY, None)
    article = house.article()
    assert (article.kind, article.text_origin) == (PageKind.ARTICLE, TextOrigin.PAGE)
    assert article.revision == 1


def test_a_stub_keeps_the_feeds_longer_text_and_is_done(house: House) -> None:
    house.put("/lock", page("Subscribe.", "paywall"))
    (fetched,) = house.enrich()
    assert (fetched.state, fetched.kind) == (TextState.READY, PageKind.PAYWALL)
    assert fetched.origin.is_feed
    assert house.article().text == "Follow it live."
    assert wait(house) is None


def test_nothing_is_kept_where_nothing_is_to_be(house: House) -> None:
    house.line.keep_pages = False
    grown(house, 1)
    house.enrich()
    assert house.storage.count_kept() == 0
