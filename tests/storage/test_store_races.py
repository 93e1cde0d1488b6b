"""What two processes can do to each other, on two stores that share a database.

On SQLite one waits for the other; on PostgreSQL they meet.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import pytest
from pagemaker import keep, made, with_page
from readermaker import WHOLE, access_token, unread
from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    OpenStore,
    assign,
    claim,
    decision,
    delivery,
    fetched,
    get,
    grouped,
    joins,
    kept_digest,
    new,
    polled,
    record,
    release,
    singles,
    source,
    store,
)

from aggregator.errors import ClaimLost, UsageError
from aggregator.storage.protocol import Storage
from aggregator.types import AccessToken, ArticleText, Revision, TextState

ROUNDS = 15
A1, A2 = source("A1", "https://a.example.com/1"), source("A2", "https://a.example.com/2")
HOST = "pages.example.org"
PAGE = ArticleText(title="", text="The whole text of the page.")


@pytest.fixture
def two(open_store: OpenStore) -> tuple[Storage, Storage]:
    return open_store(), open_store()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each returns, or the ClaimLost that it raises."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        ready.wait()
        try:
            return call()
        except ClaimLost as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_host_goes_to_one_of_two(two: tuple[Storage, Storage]) -> None:
    two[0].sync_sources([A1, A2], now=NOW)
    for number in range(ROUNDS):
        now = NOW + number * HOUR
        results = at_once(
            *(
                partial(storage.claim_feeds, "a.example.com", now=now, lease=LEASE)
                for storage in two
            )
        )
        [taken] = [result for result in results if result]
        assert isinstance(taken, list)
        assert [one.source for one in taken] == [A1, A2]
        release(two[0], taken[0], at=now)
    assert two[0].check() == []


def test_a_host_goes_to_its_feeds_or_to_its_pages(two: tuple[Storage, Storage]) -> None:
    feed = source("Feed", f"https://{HOST}/feed")
    store(two[0], new("p", page_host=HOST), wanted=feed)
    two[0].wake(None, now=NOW, force=True)
    for number in range(ROUNDS):
        now = NOW + number * HOUR
        results = at_once(
            partial(two[0].claim_feeds, HOST, now=now, lease=LEASE),
            partial(two[1].claim_texts, HOST, now=now, lease=LEASE, limit=9),
        )
        assert sorted(len(result) for result in results if isinstance(result, list)) == [0, 1]
        two[0].release_host(HOST, lease_until=now + LEASE, free_at=now)
    assert two[0].check() == []


def test_a_late_poll_is_recorded_before_the_next_claim_or_not_at_all(
    two: tuple[Storage, Storage],
) -> None:
    now, host = NOW, "example.example.com"
    for number in range(ROUNDS):
        taken = claim(two[0], source(), at=now)
        late = now + 2 * LEASE
        record = polled(taken, decision([new(str(number))]), at=late, etag=f'"{number}"')
        recorded, claimed = at_once(
            partial(two[0].record_poll, record),
            partial(two[1].claim_feeds, host, now=late, lease=LEASE),
        )
        assert isinstance(claimed, list)
        assert isinstance(recorded, ClaimLost) == (len(claimed) == 1)
        two[0].release_host(host, lease_until=late + LEASE, free_at=late)
        now = late + 2 * HOUR
    assert two[0].check() == []


def test_a_poll_is_recorded_once(two: tuple[Storage, Storage]) -> None:
    for number in range(ROUNDS):
        now = NOW + number * 2 * HOUR
        taken = claim(two[0], source(), at=now)
        record = polled(taken, decision([new(str(number)), new(f"{number}b")]), at=now)
        results = at_once(*(partial(storage.record_poll, record) for storage in two))
        assert sum(isinstance(result, ClaimLost) for result in results) == 1
        assert two[1].counts().articles == 2 * (number + 1)
        release(two[0], taken, at=now)
    assert two[0].check() == []


def changed(ids: Sequence[int], keys: Sequence[str]) -> list[Revision]:
    """The same new text for all."""
    return [
        Revision(article_id=article_id, article=new(key, text="Newer."))
        for article_id, key in zip(ids, keys, strict=True)
    ]


@pytest.mark.parametrize("in_company", [False, True])
def test_a_revision_meets_the_page_of_the_same_article(
    two: tuple[Storage, Storage], in_company: bool
) -> None:
    one, other = two
    for number in range(ROUNDS):
        now = NOW + number * 3 * HOUR
        keys = (f"p{number}", f"q{number}")
        ids = store(one, *(new(key, page_host=HOST) for key in keys), at=now)
        for page in one.claim_texts(HOST, now=now, lease=LEASE, limit=9):
            one.record_text(fetched(page, None, state=TextState.RETRY, retry_at=now, at=now))
        one.release_host(HOST, lease_until=now + LEASE, free_at=now)
        if in_company:
            assign(one, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
        else:
            singles(one, ids)
        one.wake(None, now=now, force=True)
        feed = claim(one, at=now)
        pages = one.claim_texts(HOST, now=now, lease=LEASE, limit=9)
        assert len(pages) == 2
        poll = polled(feed, decision(revised=changed(ids, keys)), at=now)
        at_once(
            partial(one.record_poll, poll),
            *(partial(other.record_text, fetched(page, PAGE, at=now)) for page in pages),
        )
        for article_id, key in zip(ids, keys, strict=True):
            article = get(one, article_id)
            # The feed has the last word, whoever came first.
            assert (article.text, article.text_state) == ("Newer.", TextState.READY)
            assert article.revisions[-1].text in (PAGE.text, f"Text of {key}.")
        waiting = {item.article_id for item in other.unassigned(limit=99)}
        assert waiting == (set() if in_company else set(ids))
        singles(one, waiting)
        release(one, feed, at=now)
        other.release_host(HOST, lease_until=now + LEASE, free_at=now)
    assert one.check() == []


def test_an_assignment_meets_a_change_of_its_text(two: tuple[Storage, Storage]) -> None:
    one, other = two
    for number in range(ROUNDS):
        now = NOW + number * 3 * HOUR
        keys = [f"{number}-{place}" for place in range(4)]
        ids = store(one, *map(new, keys), at=now)
        made = grouped(one, *(joins(article_id, article_id) for article_id in ids))
        one.wake(None, now=now, force=True)
        feed = claim(one, at=now)
        poll = polled(feed, decision(revised=changed(ids[::-1], keys[::-1])), at=now)
        at_once(partial(one.assign, made, now=now), partial(other.record_poll, poll))
        # Left out, or assigned first and taken back: each awaits its story with the new text.
        assert [item.text for item in other.unassigned(limit=99)] == ["Newer."] * 4
        singles(one, ids)
        release(one, feed, at=now)
    assert one.check() == []


def test_texts_made_again_meet_everything_else(two: tuple[Storage, Storage]) -> None:
    one, other = two
    for number in range(ROUNDS):
        now = NOW + number * 3 * HOUR
        keys = [f"{number}-{place}" for place in range(6)]
        ids = keep(one, *(with_page(key) for key in keys), at=now)
        # Three are in two stories, from the last to the first; three await theirs.
        assign(one, joins(ids[2], ids[2]), joins(ids[0], ids[2]), joins(ids[1], ids[1]))
        waiting = grouped(one, *(joins(article_id, ids[2]) for article_id in ids[3:]))
        one.wake(None, now=now, force=True)
        feed = claim(one, at=now)
        revised = changed(ids[1::4], keys[1::4])
        poll = polled(feed, decision(revised=revised), at=now)
        kept = one.kept_articles(after=ids[0] - 1, limit=9)
        assert [item.article_id for item in kept] == ids
        made_again = [made(item, f"Read anew {item.article_id}.", furniture=b"x") for item in kept]
        at_once(
            partial(one.record_again, made_again, now=now),
            partial(other.assign, waiting, now=now),
            partial(other.record_poll, poll),
            partial(one.clean_up, window=99 * HOUR, keep_pages=HOUR),
        )
        texts = [get(one, article_id).text for article_id in ids]
        assert texts == [
            "Newer." if article_id in ids[1::4] else f"Read anew {article_id}."
            for article_id in ids
        ]
        assert {item.article_id for item in one.unassigned(limit=99)} == set(ids)
        release(one, feed, at=now)
        singles(one, ids)
    assert one.check() == []


def test_two_that_assign_the_same(two: tuple[Storage, Storage]) -> None:
    one, other = two
    for number in range(ROUNDS):
        ids = store(one, *(new(f"{number}-{place}") for place in range(6)))
        apart = grouped(one, *(joins(article_id, article_id) for article_id in ids))
        together = grouped(one, *(joins(article_id, ids[-1]) for article_id in reversed(ids)))
        results = at_once(
            partial(one.assign, apart, now=NOW), partial(other.assign, together, now=NOW)
        )
        stored = [item for result in results if isinstance(result, list) for item in result]
        assert sorted(int(item.article_id) for item in stored) == ids
        for item in stored:
            assert get(one, int(item.article_id)).assignment == item
    assert one.check() == []
    assert list(one.window(span=HOUR)) == list(other.window(span=HOUR))


def test_two_that_assign_into_one_story(two: tuple[Storage, Storage]) -> None:
    one, other = two
    for number in range(ROUNDS):
        ids = store(one, *(new(f"{number}-{place}") for place in range(5)))
        singles(one, ids[:1])
        first, second = (
            grouped(one, *(joins(article_id, ids[0]) for article_id in half))
            for half in (ids[1:3], ids[3:])
        )
        at_once(partial(one.assign, first, now=NOW), partial(other.assign, second, now=NOW))
        story = one.story(ids[0])
        assert story is not None
        assert len(story.articles) == 5
    assert one.check() == []


def test_two_lists_of_sources(two: tuple[Storage, Storage]) -> None:
    urls = [f"https://example.com/{number}" for number in range(8)]
    there = [source(f"S{number}", url, tags=("x",)) for number, url in enumerate(urls)]
    back = [source(f"S{number}", url, tags=("y",)) for number, url in enumerate(reversed(urls))]
    for number in range(ROUNDS):
        lists = (there, [*back[:5], source("New", f"https://example.com/new{number % 2}")])
        at_once(
            *(
                partial(storage.sync_sources, wanted, now=NOW)
                for storage, wanted in zip(two, lists, strict=True)
            )
        )
        stored = {status.source.name: status.source for status in two[0].source_statuses()}
        assert stored in [{one.name: one for one in wanted} for wanted in lists]
    assert two[0].check() == []


def test_sources_change_while_they_are_polled(two: tuple[Storage, Storage]) -> None:
    sources = [source(f"S{number}", f"https://a.example.com/{number}") for number in range(5)]
    slower = [replace(one, interval=2 * HOUR) for one in sources]
    two[0].sync_sources(sources, now=NOW)

    def poll(now: datetime) -> int:
        claims = two[1].claim_feeds("a.example.com", now=now, lease=LEASE)
        for taken in claims:
            articles = [new(f"{now}-{taken.source_id}")]
            two[1].record_poll(polled(taken, decision(articles), at=now))
        release(two[1], claims[0], at=now)
        return len(claims)

    for number in range(ROUNDS):
        now = NOW + number * 3 * HOUR
        wanted = (sources, slower)[number % 2]
        polls, _ = at_once(partial(poll, now), partial(two[0].sync_sources, wanted, now=now))
        assert polls == 5
    assert two[0].counts().articles == 5 * ROUNDS
    assert two[0].check() == []


def test_a_digest_is_prepared_once(two: tuple[Storage, Storage]) -> None:
    one = delivery()
    for number in range(ROUNDS):
        edition = replace(EDITION, slot=1 + number)
        messages = [
            replace(one, recipient=f"{name}@example.com", edition=edition)
            for name in ("ann", "bo", "cy", "di")
        ]
        results = at_once(
            partial(two[0].prepare_deliveries, messages, now=NOW),
            partial(two[1].prepare_deliveries, messages[::-1], now=NOW),
        )
        assert sum(result for result in results if isinstance(result, int)) == 4
        assert two[1].deliveries(edition) == messages


def test_an_edition_is_kept_once(two: tuple[Storage, Storage]) -> None:
    """The same one by two, who tell other things, and another one of the same digest meanwhile."""
    for number in range(ROUNDS):
        kept = kept_digest(replace(EDITION, slot=1 + number))
        rival = replace(kept, title="Of another process")
        other = kept_digest(replace(EDITION, local_date=date(2026, 6, 1), slot=1 + number))
        first = 100 * number
        told = range(first, first + 60)
        stored = at_once(
            partial(two[0].keep_digest, kept, told),
            partial(two[1].keep_digest, rival, [*reversed(told), first + 99]),
            partial(two[0].keep_digest, other, [*reversed(told)]),
        )
        assert stored[0] == stored[1] == two[0].digest(kept.edition)
        assert stored[2] == other
        expected = {*told, first + 99} if stored[0] == rival else set(told)
        assert two[1].told(EDITION.digest, range(first, first + 100)) == expected


def test_articles_are_marked_by_two_at_once(two: tuple[Storage, Storage]) -> None:
    """While a third reads everything up to some article, and the two are cleaned up after."""
    ids = store(two[0], *(new(str(number)) for number in range(100)))
    for _ in range(ROUNDS):
        some, others, _, _ = at_once(
            partial(two[0].mark_read, ids[:60], now=NOW),
            partial(two[1].mark_read, ids[20:][::-1], now=NOW),
            partial(two[0].mark_all_read, None, until=ids[40], now=NOW),
            partial(two[1].clean_up, window=HOUR, keep_pages=HOUR),
        )
        assert two[0].unread() == {}
        assert isinstance(some, int)
        assert isinstance(others, int)
        assert some + others <= 100
        again = at_once(
            partial(two[0].mark_unread, ids, now=NOW),
            partial(two[1].mark_unread, ids[::-1], now=NOW),
        )
        assert sorted(again, key=str) == [0, 100]
        assert unread(two[1]) == ids


def test_what_is_stored_while_all_is_marked_as_read_is_unread_or_was_there(
    two: tuple[Storage, Storage],
) -> None:
    one, other = two
    for number in range(ROUNDS):
        taken = claim(one, source(), at=NOW + number * HOUR)
        what = polled(taken, decision([new(f"{number}")]), at=NOW + number * HOUR)
        ids, marked = at_once(
            partial(record, one, what),
            partial(other.mark_all_read, None, until=WHOLE, now=NOW),
        )
        # It may come after they were counted, and before they are marked.
        assert (marked, unread(other)) in [(1, []), (0, ids), (0, [])]
        other.mark_all_read(None, until=WHOLE, now=NOW)


def test_a_name_is_given_to_one_token(two: tuple[Storage, Storage]) -> None:
    for number in range(ROUNDS):
        tokens = [
            access_token(str(number), hash=bytes([number, one]), fever_hash=bytes([one, number, 0]))
            for one in range(2)
        ]
        results = at_once(*(partial(_added, two[one], tokens[one]) for one in range(2)))
        assert sorted(results, key=str) == [False, True]
    assert len(two[0].tokens()) == ROUNDS


def _added(storage: Storage, token: AccessToken) -> bool:
    try:
        return storage.add_token(token).hash == token.hash
    except UsageError:
        return False


def test_cleaning_up_meets_everything_else(two: tuple[Storage, Storage]) -> None:
    one, other = two
    for number in range(ROUNDS):
        now = NOW + number * 100 * HOUR
        keys = [f"{number}-{place}" for place in range(6)]
        ids = store(one, *map(new, keys), at=now)
        singles(one, ids[:3])
        made = grouped(one, *(joins(article_id, article_id) for article_id in ids[3:]))
        one.wake(None, now=now, force=True)
        feed = claim(one, at=now)
        poll = polled(feed, decision(revised=changed(ids[:3], keys[:3])), at=now)
        at_once(
            partial(one.assign, made, now=now),
            partial(other.clean_up, window=HOUR, keep_pages=HOUR),
            partial(other.record_poll, poll),
        )
        release(one, feed, at=now)
        singles(one, ids[:3])
    assert one.check() == []
