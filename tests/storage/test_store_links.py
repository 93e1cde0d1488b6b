"""Stories that follow upon others, and what an article's line in a story says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pagemaker import all_kept, keep, made, with_page
from storemaker import (
    HOUR,
    NOW,
    assign,
    decision,
    get,
    grouped,
    joins,
    new,
    polled,
    put,
    record,
    revise,
    source,
    source_id,
    store,
)

from aggregator.storage.protocol import Storage
from aggregator.types import ArticleText, Assignment, Manners, Story, StoryArticle
from aggregator.types.stories import StoryLink


def begins(article_id: int, *, continues: int | None = None) -> Assignment:
    return replace(joins(article_id, article_id), continues=continues)


def story(storage: Storage, story_id: int) -> Story:
    found = storage.story(story_id)
    assert found is not None
    return found


def linked(storage: Storage, story_id: int) -> tuple[list[int], list[int]]:
    """Ids of the stories that it continues, and of those that continue it."""
    found = story(storage, story_id)
    return (
        [one.story_id for one in found.continues],
        [one.story_id for one in found.continued_by],
    )


def chain(storage: Storage) -> list[int]:
    """Two stories that follow upon one of two articles."""
    articles = [new(str(number), published_at=NOW - (9 - number) * HOUR) for number in range(4)]
    ids = store(storage, *articles)
    assign(
        storage,
        begins(ids[1]),
        joins(ids[0], ids[1]),
        begins(ids[3], continues=ids[1]),
        begins(ids[2], continues=ids[1]),
    )
    return ids


def test_what_a_story_continues_and_what_continues_it(storage: Storage) -> None:
    ids = chain(storage)
    first = story(storage, ids[1])
    assert first.continues == ()
    assert first.continued_by == (
        StoryLink(story_id=ids[2], title="Headline 2", first_at=NOW - 7 * HOUR),
        StoryLink(story_id=ids[3], title="Headline 3", first_at=NOW - 6 * HOUR),
    )
    later = story(storage, ids[3])
    # Its first by time, not the one that started it.
    link = StoryLink(story_id=ids[1], title="Headline 0", first_at=NOW - 9 * HOUR)
    assert (later.continues, later.continued_by) == ((link,), ())
    assert {one.story_id: one for one in storage.stories(limit=9)} == {
        ids[place]: story(storage, ids[place]) for place in (1, 2, 3)
    }
    assert [item.continues for _, item in storage.window(span=99 * HOUR)] == [
        None,
        None,
        ids[1],
        ids[1],
    ]
    assert get(storage, ids[3]).assignment == begins(ids[3], continues=ids[1])
    assert storage.check() == []


def test_a_story_does_not_continue_one_that_is_not_there(storage: Storage) -> None:
    ids = store(storage, new("1"), new("2"), new("3"), new("4"), new("5"))
    stored = storage.assign(
        grouped(
            storage,
            begins(ids[0], continues=99),
            begins(ids[1], continues=ids[1]),
            begins(ids[2], continues=ids[4]),
            replace(joins(ids[3], ids[0]), continues=ids[1]),
            begins(ids[4], continues=ids[0]),
        ),
        now=NOW,
    )
    assert [item.continues for item in stored] == [None, None, None, None, ids[0]]
    assert storage.check() == []


def test_what_it_continues_may_end(storage: Storage) -> None:
    ids = chain(storage)
    revise(storage, ids[2], new("2", text="Another text altogether."), at=NOW)
    assert linked(storage, ids[1]) == ([], [ids[3]])
    put(storage, ids[3], *ids[:2])
    assert linked(storage, ids[3]) == ([], [])
    assert storage.check() == []


def test_links_of_a_story_that_is_taken_apart_are_forgotten(storage: Storage) -> None:
    [page] = keep(storage, with_page("a"))
    [later] = store(storage, new("1"))
    assign(storage, begins(page), begins(later, continues=page))
    storage.record_again([made(all_kept(storage)[0], "Another text.")], now=NOW)
    assert linked(storage, later) == ([], [])
    assert storage.check() == []


def test_links_follow_a_story_under_its_new_id(storage: Storage) -> None:
    ids = store(storage, *(new(str(number)) for number in range(4)))
    assign(
        storage,
        begins(ids[0]),
        begins(ids[1], continues=ids[0]),
        joins(ids[2], ids[1]),
        begins(ids[3], continues=ids[1]),
    )
    put(storage, ids[1], ids[1])
    assert linked(storage, ids[2]) == ([ids[0]], [ids[3]])
    assert linked(storage, ids[1]) == ([], [])
    # As it says itself when it is put somewhere.
    storage.place([begins(ids[1], continues=ids[3])], now=NOW)
    assert linked(storage, ids[1]) == ([ids[3]], [])
    put(storage, ids[1], ids[1])
    assert linked(storage, ids[1]) == ([ids[3]], [])
    storage.place([begins(ids[2], continues=ids[2])], now=NOW)
    assert linked(storage, ids[2]) == ([ids[0]], [ids[3]])
    storage.place([joins(ids[0], ids[1]), begins(ids[1], continues=ids[0])], now=NOW)
    assert linked(storage, ids[1]) == ([ids[3]], [])
    assert storage.check() == []


# --- what an article's line says


def line(storage: Storage, article_id: int) -> StoryArticle:
    summary = get(storage, article_id).summary
    assert summary.story_id is not None
    [found] = [
        item
        for item in story(storage, summary.story_id).articles
        if item.article.article_id == article_id
    ]
    return found


def test_a_line_says_what_the_text_names_as_its_origin(storage: Storage) -> None:
    page = ArticleText(
        title="",
        text="The page.",
        dateline="BAKU (Example)",
        credits=("Example", "Another"),
        published_at=NOW - HOUR,
        utc_offset=timedelta(hours=-3, minutes=-30),
    )
    [bare] = store(storage, new("1"))
    [full] = keep(storage, with_page("a"), page=page)
    assign(storage, begins(bare), begins(full))
    one, two = line(storage, bare), line(storage, full)
    assert (one.credits, one.dateline, one.utc_offset) == ((), None, None)
    assert (two.credits, two.dateline) == (("Example", "Another"), "BAKU (Example)")
    assert two.utc_offset == timedelta(hours=-3, minutes=-30)


@pytest.mark.parametrize("moves", [False, True])
def test_a_line_says_when_the_feed_was_last_read_without_the_article(
    storage: Storage, moves: bool
) -> None:
    """Not when it was read elsewhere."""
    wanted = source("A")
    storage.sync_sources([wanted], now=NOW)
    found = []
    for number in range(3):
        at = NOW + number * HOUR
        if moves and number == 2:
            storage.sync_sources([source("A", "https://new.example.org/feed")], now=at)
        one = {source_id(storage, "A")}
        storage.wake(one, now=at, force=True)
        [work] = storage.due_hosts(now=at, limit=1)
        [taken] = storage.claim_feeds(work.host, now=at, lease=HOUR)
        what = polled(taken, decision([new(str(number))]), at=at, body_hash="h")
        stored = storage.record_poll(what)
        storage.release_host(work.host, lease_until=taken.lease_until, free_at=at)
        assign(storage, *(begins(article_id) for article_id in stored))
        found += [line(storage, article_id).unseen_at for article_id in stored]
    assert found == [None, NOW, None if moves else NOW + HOUR]


def test_a_feed_that_failed_was_not_read(storage: Storage) -> None:
    storage.sync_sources([source("A")], now=NOW)
    for at, fields, articles in (
        (NOW, {"body_hash": "h"}, []),
        (NOW + HOUR, {"body_hash": "h", "last_ok_at": NOW, "failures": 1.0}, []),
        (NOW + 2 * HOUR, {"body_hash": "i"}, [new("1")]),
    ):
        storage.wake(None, now=at, force=True)
        [taken] = storage.claim_feeds("a.example.com", now=at, lease=HOUR)
        record(storage, polled(taken, decision(articles), at=at, **fields))
    [waiting] = storage.unassigned(limit=9)
    assign(storage, begins(waiting.article_id))
    assert line(storage, waiting.article_id).unseen_at == NOW


# --- what the user wants of a source's articles


def test_manners_are_kept_and_come_with_the_articles(storage: Storage) -> None:
    manners = Manners(grouped=False, never_join=frozenset({"*", "Another, really"}))
    [one] = store(storage, new("1"), wanted=source("A", manners=manners))
    [two] = store(storage, new("2"), wanted=source("B"))
    assert [status.source.manners for status in storage.source_statuses()] == [manners, Manners()]
    assert [item.manners for item in storage.unassigned(limit=9)] == [manners, Manners()]
    assign(storage, begins(one), begins(two))
    assert [item.manners for item, _ in storage.window(span=HOUR)] == [manners, Manners()]
    assert {item.article_id: item.manners for item in storage.recall([two, one])} == {
        one: manners,
        two: Manners(),
    }


def test_a_window_is_to_be_read_anew_when_manners_change(storage: Storage) -> None:
    wanted = source("A", manners=Manners(grouped=False))
    store(storage, new("1"), wanted=wanted)
    state = storage.grouping_state()
    storage.sync_sources([replace(wanted, weight=2.0)], now=NOW)
    assert storage.grouping_state() == state
    report = storage.sync_sources([source("A")], now=NOW)
    assert report.changed == ("A",)
    assert storage.grouping_state() != state
    assert [item.manners for item in storage.unassigned(limit=9)] == [Manners()]


def test_articles_are_recalled_as_they_were_assigned(storage: Storage) -> None:
    ids = store(storage, *(new(str(number)) for number in range(700)))
    pairs = grouped(storage, begins(ids[0]), begins(ids[1]))
    storage.assign(pairs, now=NOW)
    put(storage, ids[0], ids[1])
    one, two = sorted(storage.recall(ids), key=lambda item: int(item.article_id))
    assert one == replace(pairs[0][0], version=0)
    assert two == replace(pairs[1][0], version=0, placed_with=ids[0], placed_in=ids[0])
    assert storage.recall([]) == []
    assert storage.recall([ids[5], 99_999]) == []
