"""What watches look at, and what they have caught."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from alertmaker import hit, notice
from storemaker import (
    HOUR,
    NOW,
    OpenStore,
    assign,
    claim,
    fetched,
    joins,
    new,
    polled,
    put,
    record,
    record_page,
    revise,
    singles,
    source,
    source_id,
    store,
)

from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    NewArticle,
    Relation,
    WatchCursor,
    WatchHit,
    WatchItem,
)

DAY = timedelta(days=1)
PATIENCE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=1)
BEGIN = WatchCursor(seq=0, article_id=0)


def fresh(key: str, **fields: object) -> NewArticle:
    """Published an hour ago."""
    plain = new(key, published_at=NOW - HOUR)
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a NewArticle


def looked(
    storage: Storage, cursor: WatchCursor = BEGIN, *, limit: int = 99, now: datetime = NOW
) -> tuple[list[WatchItem], WatchCursor]:
    return storage.to_watch(cursor, limit=limit, now=now, patience=PATIENCE)


def ids_of(items: list[WatchItem]) -> list[int]:
    return [one.article_id for one in items]


# --- what is looked at


def test_an_article_comes_with_its_story(storage: Storage) -> None:
    wanted = source("Gulf", tags=("Sea", "Trade"))
    one, two = store(
        storage,
        fresh("a", text="Wheat is in.", authors=("Ada",), image_url="https://example.com/a.png"),
        fresh("b", text="Wheat is in."),
        wanted=wanted,
    )
    assign(storage, joins(two, two), joins(one, two))
    items, after = looked(storage)
    assert ids_of(items) == [two, one]  # as they were assigned
    assert after.seq > 0
    assert items[1] == WatchItem(
        article_id=one,
        story_id=two,
        relation=Relation.COPY,
        outlets=1,
        is_first=True,  # both are of the same time
        source_id=source_id(storage, "Gulf"),
        source="Gulf",
        tags=("Sea", "Trade"),
        url="https://example.com/a",
        title="Headline a",
        text="Wheat is in.",
        authors=("Ada",),
        language="en",
        image_url="https://example.com/a.png",
        at=NOW - HOUR,
        first_seen_at=NOW,
    )
    assert looked(storage, after) == ([], after)


def test_the_first_of_a_story_is_the_earliest_by_time(storage: Storage) -> None:
    late, early = store(storage, fresh("a"), new("b", published_at=NOW - 2 * HOUR))
    [other] = store(storage, fresh("c"), wanted=source("Other"))
    assign(storage, joins(late, late), joins(early, late), joins(other, late))
    assert [(one.is_first, one.outlets) for one in looked(storage)[0]] == [
        (False, 2),
        (True, 2),
        (False, 2),
    ]
    assert ids_of(storage.watch_items(late, limit=9)) == [early, late, other]
    assert ids_of(storage.watch_items(late, limit=1)) == [early]
    assert storage.watch_items(99, limit=9) == []


def test_it_goes_on_where_it_ended(storage: Storage) -> None:
    ids = store(storage, *(fresh(str(n)) for n in range(5)))
    singles(storage, ids)
    seen, cursor = [], BEGIN
    while (step := looked(storage, cursor, limit=2))[1] != cursor:
        assert len(step[0]) <= 2
        seen += ids_of(step[0])
        cursor = step[1]
    assert seen == ids


def test_long_texts_come_a_few_at_a_time(storage: Storage) -> None:
    ids = store(storage, *(fresh(str(n), text="wheat " * 10_000) for n in range(120)))
    singles(storage, ids)
    seen, cursor = [], BEGIN
    while (step := looked(storage, cursor, limit=500))[1] != cursor:
        assert 0 < len(step[0]) < 120
        seen += ids_of(step[0])
        cursor = step[1]
    assert seen == ids


def test_an_article_waits_for_its_page_and_then_no_longer(storage: Storage) -> None:
    ready, pending = store(storage, fresh("r"), fresh("p", page_host="x"))
    singles(storage, [ready])
    items, cursor = looked(storage)
    assert ids_of(items) == [ready]
    assert looked(storage, cursor, now=NOW + PATIENCE - timedelta(microseconds=1))[0] == []
    [item], cursor = looked(storage, cursor, now=NOW + PATIENCE)
    assert (item.article_id, item.story_id, item.relation) == (pending, None, None)
    assert (item.outlets, item.is_first, item.text) == (1, False, "Text of p.")
    assert looked(storage, cursor, now=LATER) == ([], cursor)
    # Its page comes, and with it a story: it is looked at again.
    [taken] = storage.claim_texts("x", now=LATER, lease=HOUR, limit=9)
    record_page(storage, "x", fetched(taken, _page("The whole text."), at=LATER))
    singles(storage, [pending])
    [item], _ = looked(storage, cursor, now=LATER)
    assert (item.article_id, item.story_id, item.text) == (pending, pending, "The whole text.")


def test_an_article_waits_for_its_story_no_longer(storage: Storage) -> None:
    """Whatever keeps it from being given one."""
    ids = store(storage, fresh("a"), fresh("b"))
    items, cursor = looked(storage, now=LATER)
    assert ids_of(items) == ids
    assert [one.story_id for one in items] == [None, None]
    assert looked(storage, cursor, now=LATER) == ([], cursor)
    singles(storage, ids)
    assert ids_of(looked(storage, cursor, now=LATER)[0]) == ids


def test_those_that_wait_come_some_at_a_time(storage: Storage) -> None:
    ids = store(storage, *(fresh(str(n), page_host="x") for n in range(5)))
    first, cursor = looked(storage, limit=2, now=LATER)
    second, cursor = looked(storage, cursor, limit=9, now=LATER)
    assert (ids_of(first), ids_of(second)) == (ids[:2], ids[2:])
    assert cursor.article_id == ids[-1]


def test_nothing_is_passed_over_for_one_that_came_later(storage: Storage) -> None:
    """While a younger article has a smaller number, those beyond it wait with it."""
    [young] = store(storage, fresh("y", page_host="x"), at=NOW + HOUR)
    [old] = store(storage, fresh("o", page_host="x"), at=NOW)
    assert looked(storage, now=LATER) == ([], BEGIN)
    assert ids_of(looked(storage, now=NOW + 2 * HOUR)[0]) == [young, old]


def _page(text: str) -> ArticleText:
    return ArticleText(title="", text=text, html=f"<p>{text}</p>")


# --- what is news


def second_reading(storage: Storage, *articles: NewArticle, at: datetime = NOW) -> list[int]:
    """Of a feed that was read before."""
    record(storage, polled(claim(storage, source(), at=at - HOUR), at=at - HOUR, body_hash="h"))
    return store(storage, *articles, at=at)


def test_what_was_published_days_before_it_was_seen_is_no_news(storage: Storage) -> None:
    ids = second_reading(
        storage,
        new("old", published_at=NOW - timedelta(days=3, seconds=1)),
        new("late", published_at=NOW - timedelta(days=3)),
        new("undated"),
    )
    singles(storage, ids)
    items, after = looked(storage)
    assert ids_of(items) == ids[1:]
    assert looked(storage, after) == ([], after)


def test_the_first_reading_of_a_feed_is_news_of_one_day(storage: Storage) -> None:
    ids = store(
        storage,
        new("old", published_at=NOW - DAY - timedelta(seconds=1)),
        new("today", published_at=NOW - DAY),
        new("undated"),
    )
    singles(storage, ids)
    assert ids_of(looked(storage)[0]) == [ids[1]]


def test_what_was_seen_a_week_ago_is_no_news_even_if_it_changes(storage: Storage) -> None:
    [one] = second_reading(storage, fresh("a"))
    singles(storage, [one])
    _, cursor = looked(storage)
    revise(storage, one, new("a", text="It was corrected."), at=NOW + 6 * DAY)
    singles(storage, [one])
    assert looked(storage, cursor, now=NOW + 7 * DAY)[0] != []
    assert looked(storage, cursor, now=NOW + 8 * DAY)[0] == []


# --- from where on


def test_watches_begin_after_what_is_stored(open_store: OpenStore) -> None:
    storage = open_store()
    ids = store(storage, *(fresh(str(n)) for n in range(3)))
    singles(storage, ids)
    assert storage.watch_cursor() == storage.latest_cursor()
    assert storage.latest_cursor().article_id == ids[-1]
    assert storage.sync_watches(["baku"], ["desk"], now=NOW) == {"baku": ids[-1]}
    begun = storage.watch_cursor()
    more = store(storage, fresh("more"), at=LATER)
    singles(storage, more)
    assert storage.watch_cursor() == begun != storage.latest_cursor()
    assert ids_of(looked(open_store(), begun)[0]) == more


def test_each_watch_looks_at_what_came_after_it_was_set_up(storage: Storage) -> None:
    assert storage.sync_watches(["a"], [], now=NOW) == {"a": 0}
    [one] = store(storage, fresh("1"))
    assert storage.sync_watches(["a", "b"], [], now=NOW) == {"a": 0, "b": one}
    [two] = store(storage, fresh("2"))
    assert storage.sync_watches(["a", "b"], [], now=NOW) == {"a": 0, "b": one}
    # One that comes back begins anew.
    assert storage.sync_watches(["b"], [], now=NOW) == {"b": one}
    assert storage.sync_watches(["a", "b"], [], now=NOW) == {"a": two, "b": one}


def test_without_watches_nothing_is_looked_at_later(storage: Storage) -> None:
    storage.sync_watches(["a"], [], now=NOW)
    storage.sync_watches([], [], now=NOW)
    singles(storage, store(storage, fresh("1")))
    storage.sync_watches(["a"], [], now=NOW)
    assert storage.watch_cursor() == storage.latest_cursor()


def test_a_watch_that_is_gone_leaves_nothing_to_tell(storage: Storage) -> None:
    storage.sync_watches(["a", "b"], [], now=NOW)
    hits = [hit(1, "a"), hit(1, "b"), hit(2, "a")]
    storage.record_hits(hits, cursor=None)
    storage.put_notices([], hits[:1], now=NOW)
    storage.sync_watches(["b"], [], now=NOW)
    assert storage.open_hits() == hits[1:2]
    assert storage.record_hits([hits[0]], cursor=None) == 0  # told is told


# --- what was caught


def test_a_hit_is_stored_once_and_with_its_cursor(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    first, second = hit(1), hit(2)
    cursor = WatchCursor(seq=7, article_id=9)
    assert one.record_hits([first, replace(first, snippet="again")], cursor=cursor) == 1
    assert two.watch_cursor() == cursor
    assert two.record_hits([first, second, hit(1, "other")], cursor=cursor) == 2
    assert one.open_hits() == [first, second, hit(1, "other")]
    assert one.open_hits(["other", "none"]) == [hit(1, "other")]
    assert one.open_hits([]) == []


def test_two_that_store_the_same_at_once_store_it_once(open_store: OpenStore) -> None:
    hits = [hit(number) for number in range(200)]
    stores = [open_store(), open_store()]
    with ThreadPoolExecutor(len(stores)) as pool:
        caught = list(
            pool.map(
                lambda one: one[0].record_hits(one[1], cursor=None),
                zip(stores, (hits, hits[::-1]), strict=True),
            )
        )
        made = list(
            pool.map(
                lambda one: one[0].put_notices([notice(one[1])], hits, now=NOW),
                zip(stores, ("a", "b"), strict=True),
            )
        )
    assert sum(caught) == len(hits)
    assert sorted(made) == [0, 1]
    assert stores[0].open_hits() == []


def test_the_cursor_does_not_go_back(storage: Storage) -> None:
    storage.record_hits([], cursor=WatchCursor(seq=7, article_id=9))
    storage.record_hits([], cursor=WatchCursor(seq=5, article_id=10))
    assert storage.watch_cursor() == WatchCursor(seq=7, article_id=10)


def story_hit(article_id: int, story: int) -> WatchHit:
    return hit(article_id, subject=f"story:{story}")


def test_a_story_is_caught_once_whatever_its_id_becomes(storage: Storage) -> None:
    one, two, three = store(storage, fresh("1"), fresh("2"), fresh("3"))
    assign(storage, joins(one, one), joins(two, one))
    assert storage.record_hits([story_hit(two, one)], cursor=None) == 1
    assert storage.record_hits([story_hit(one, one)], cursor=None) == 0
    put(storage, one, one)  # by itself; the other goes on under its own id
    assign(storage, joins(three, two))
    assert storage.record_hits([story_hit(three, two)], cursor=None) == 0
    assert storage.record_hits([story_hit(one, one)], cursor=None) == 0
    assert storage.record_hits([replace(story_hit(three, two), watch="x")], cursor=None) == 1


def test_a_message_tells_of_things_as_they_are(storage: Storage) -> None:
    [one] = store(storage, fresh("1"), wanted=source("Gulf"))
    [two] = store(storage, fresh("2"), wanted=source("Other"))
    hits = [hit(two), hit(77), hit(None, subject="silent:1:5", source_id=1), hit(one)]
    before = storage.notice_items(hits)
    assert [item.headline for item in before] == ["Headline 2", "Gulf is silent", "Headline 1"]
    assert {item.snippet for item in before} == {hits[0].snippet}
    assert (before[1].article_id, before[1].source) == (None, "Gulf")
    assign(storage, joins(one, one), joins(two, one))
    after = storage.notice_items(hits[:1])[0]
    assert (after.story_id, after.outlets, after.relation) == (one, 2, Relation.COPY)
    assert (after.at, after.url, after.source) == (NOW - HOUR, "https://example.com/2", "Other")


def test_what_was_caught_is_known_for_months(storage: Storage) -> None:
    old = hit(1)
    silent = hit(None, subject="silent:1:5")
    storage.record_hits([old, silent, hit(2, at=NOW + 90 * DAY)], cursor=None)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.record_hits([old, silent], cursor=None) == 0
    storage.record_hits([hit(3, at=NOW + 91 * DAY)], cursor=None)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    # That a source is silent stays known until its next silence.
    assert storage.record_hits([old, silent], cursor=None) == 1
    again = hit(None, subject="silent:1:9", at=NOW + 92 * DAY)
    storage.record_hits([again], cursor=None)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert [one.subject for one in storage.open_hits()] == [
        "article:2",
        "article:3",
        "silent:1:9",
    ]
