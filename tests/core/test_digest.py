from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from storymaker import NOON, article, story

from aggregator.core.digest import build_digest, new_articles, rank, trouble
from aggregator.types import Digest, FeedState, Relation, Source, SourceStatus, Story, StoryArticle

UNTIL = NOON + timedelta(hours=12)
SINCE = UNTIL - timedelta(days=1)
COPY, REPORT, SAME = Relation.COPY, Relation.REPORT, Relation.SAME
REWRITE, TRANSLATION = Relation.REWRITE, Relation.TRANSLATION


def build(
    *stories: Story,
    statuses: tuple[SourceStatus, ...] = (),
    max_stories: int = 10,
    max_items: int = 10,
) -> Digest:
    return build_digest(
        stories,
        statuses,
        title="News",
        local_date=date(2026, 3, 30),
        since_at=SINCE,
        until_at=UNTIL,
        timezone="UTC",
        max_stories=max_stories,
        max_items=max_items,
    )


def score(*articles: StoryArticle) -> float:
    return rank(story(*articles), since_at=SINCE, until_at=UNTIL)


def status(
    *,
    error: str | None = None,
    failures: float = 0.0,
    ok_at: datetime | None = UNTIL,
    newest_at: datetime | None = UNTIL,
) -> SourceStatus:
    return SourceStatus(
        source_id=1,
        source=Source(name="A", url="https://example.org/feed"),
        state=FeedState(next_poll_at=UNTIL, last_ok_at=ok_at, last_error=error, failures=failures),
        articles=1,
        newest_at=newest_at,
    )


# --- what is in it


def test_stories_of_two_outlets_are_stories_and_the_rest_are_items() -> None:
    both = story(article(1, "A", 0), article(2, "B", 5, COPY, 1), number=1)
    alone = story(article(3, "A", 7), article(4, "A", 9, SAME, 3), number=3)
    digest = build(both, alone)
    assert digest.stories == (both,)
    assert [item.article.article_id for item in digest.singles] == [3]
    assert digest.left_out == 0
    assert not digest.is_empty


def test_nothing_is_an_empty_digest() -> None:
    assert build().is_empty


def test_the_period_is_half_open_and_by_first_seen() -> None:
    at_since = story(article(1, "A", 0, seen=-12 * 60), number=1)
    at_until = story(article(2, "A", 0, seen=12 * 60), number=2)
    before = story(article(3, "A", -13 * 60), number=3)
    found_late = story(article(4, "A", -20 * 60, seen=0), number=4)
    digest = build(at_since, at_until, before, found_late)
    assert {item.article.article_id for item in digest.singles} == {1, 4}


def test_the_backlog_of_a_new_source_is_no_news() -> None:
    days = 24 * 60
    fresh, late, old = (
        story(article(number, "One", -age * days, seen=0))
        for number, age in ((1, 0.5), (2, 3.4), (3, 3.6))
    )

    digest = build(fresh, late, old)

    assert {item.article.article_id for item in digest.singles} == {1, 2}


def test_a_known_story_comes_back_only_when_it_grew() -> None:
    old = (article(1, "A", -20 * 60), article(2, "B", -19 * 60, REPORT, 1))
    assert build(story(*old)).is_empty
    assert build(story(*old, article(3, "A", 0, SAME, 1))).is_empty
    grown = story(*old, article(3, "C", 0, REPORT, 1))
    assert build(grown).stories == (grown,)
    assert [i.article.article_id for i in new_articles(grown, since_at=SINCE, until_at=UNTIL)] == [
        3
    ]


def test_an_outlet_that_follows_up_its_own_story_gives_the_new_item() -> None:
    digest = build(story(article(1, "A", -20 * 60), article(2, "A", 0, REPORT, 1)))
    assert [item.article.article_id for item in digest.singles] == [2]


def test_what_is_beyond_the_caps_is_counted() -> None:
    stories = [
        story(article(n, "A", 0), article(n + 1, "B", 1, REPORT, n), number=n)
        for n in range(10, 60, 10)
    ]
    items = [story(article(100 + n, "A", n), number=100 + n) for n in range(7)]
    digest = build(*stories, *items, max_stories=2, max_items=3)
    assert (len(digest.stories), len(digest.singles), digest.left_out) == (2, 3, 3 + 4)
    assert [item.article.article_id for item in digest.singles] == [104, 105, 106]


def test_no_source_crowds_out_the_others() -> None:
    busy = [story(article(n, "Busy", 500 + n), number=n) for n in range(50)]
    quiet = [story(article(100 + n, f"Quiet {n}", n), number=100 + n) for n in range(4)]
    digest = build(*busy, *quiet, max_items=8)
    found = Counter(item.article.source for item in digest.singles)
    assert found == {"Busy": 4, "Quiet 0": 1, "Quiet 1": 1, "Quiet 2": 1, "Quiet 3": 1}


@given(
    st.lists(st.tuples(st.sampled_from("abC"), st.integers(0, 600)), max_size=30),
    st.integers(0, 20),
)
def test_items_are_by_source_and_time_and_none_is_lost(
    made: list[tuple[str, int]], limit: int
) -> None:
    stories = [story(article(n, name, at), number=n) for n, (name, at) in enumerate(made)]
    digest = build(*stories, max_items=limit)
    keys = [(item.article.source.casefold(), item.article.at) for item in digest.singles]
    assert keys == sorted(keys)
    assert len(digest.singles) == min(limit, len(made))
    assert len(digest.singles) + digest.left_out == len(made)


# --- in which order


def test_a_report_counts_twice_a_rewrite_and_four_times_a_copy() -> None:
    minutes = (UNTIL - NOON).total_seconds() / 60
    first = article(1, "A", minutes)
    assert score(first) == pytest.approx(1.0)
    assert score(first, article(2, "B", minutes, COPY, 1)) == pytest.approx(1.25)
    assert score(first, article(2, "B", minutes, REWRITE, 1)) == pytest.approx(1.5)
    assert score(first, article(2, "B", minutes, REPORT, 1)) == pytest.approx(2.0)
    assert score(first, article(2, "B", minutes, TRANSLATION, 1)) == pytest.approx(2.0)


def test_two_that_run_reports_of_one_agency_are_no_two_reports() -> None:
    minutes = (UNTIL - NOON).total_seconds() / 60
    first = article(1, "A", minutes, credit=("AFP",))
    assert score(first, article(2, "B", minutes, REPORT, 1, credit=("AFP",))) == pytest.approx(1.5)


def test_the_weight_of_a_source_counts_once_however_much_it_writes() -> None:
    light = score(article(1, "A", 0), article(2, "B", 0, REPORT, 1))
    heavy = score(article(1, "A", 0, weight=3), article(2, "B", 0, REPORT, 1))
    chatty = score(article(1, "A", 0), *(article(n, "B", 0, REPORT, 1) for n in range(2, 9)))
    assert heavy == pytest.approx(2 * light)
    assert chatty == pytest.approx(light)


def test_two_days_halve_and_what_readers_know_counts_half() -> None:
    fresh = score(article(1, "A", 12 * 60))
    old = score(article(1, "A", -36 * 60, seen=0))
    assert old == pytest.approx(fresh / 2)
    known = score(article(1, "A", -13 * 60), article(2, "B", 12 * 60, REPORT, 1))
    assert known == pytest.approx(1.5)


def test_equal_stories_go_by_size_then_time_then_id() -> None:
    small = story(article(10, "A", 0), article(11, "B", 5, REPORT, 10), number=10)
    large = story(
        article(20, "A", 0),
        article(21, "B", 5, REPORT, 20),
        article(22, "B", 5, REPORT, 20),
        number=20,
    )
    twin = story(article(30, "A", 0), article(31, "B", 5, REPORT, 30), number=30)
    assert [s.story_id for s in build(twin, small, large).stories] == [20, 10, 30]


# --- what needs a person


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (status(), None),
        (status(error="It answers 404.", failures=0.5), None),
        (status(error="It answers 404.", failures=1.0), "It answers 404."),
        (status(newest_at=UNTIL - timedelta(days=30)), None),
        (
            status(newest_at=UNTIL - timedelta(days=31)),
            "Nothing new for 31 days, although the feed can be read.",
        ),
        (status(newest_at=None), "The feed can be read but has had no article yet."),
        (status(ok_at=None, newest_at=None), None),
    ],
)
def test_trouble_is_a_sentence(state: SourceStatus, sentence: str | None) -> None:
    assert trouble(state, now=UNTIL) == sentence
    assert build(statuses=(state,)).troubles == ((state,) if sentence else ())
