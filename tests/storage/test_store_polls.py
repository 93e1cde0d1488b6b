from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    OpenStore,
    claim,
    decision,
    new,
    polled,
    record,
    revise,
    source,
    store,
)

from aggregator.errors import ClaimLost, StorageError
from aggregator.storage.protocol import Storage
from aggregator.types import FeedState, HostWork, KnownEntry, Revision, TextOrigin, TextState

A1, A2, B1 = (
    source("A1", "https://a.example.com/1"),
    source("A2", "https://a.example.com/2"),
    source("B1", "https://b.example.com/1"),
)


def test_hosts_come_longest_due_first(storage: Storage) -> None:
    storage.sync_sources([B1], now=NOW)
    storage.sync_sources([B1, A1, A2], now=NOW + HOUR)
    assert storage.due_hosts(now=NOW - HOUR, limit=9) == []
    assert storage.due_hosts(now=NOW + HOUR, limit=9) == [
        HostWork(host="b.example.com", due=1, oldest_at=NOW),
        HostWork(host="a.example.com", due=2, oldest_at=NOW + HOUR),
    ]
    assert len(storage.due_hosts(now=NOW + HOUR, limit=1)) == 1


def test_only_some_sources(storage: Storage) -> None:
    storage.sync_sources([A1, A2, B1], now=NOW)
    ids = {one.source.name: one.source_id for one in storage.source_statuses()}
    only = {ids["A2"]}
    assert storage.due_hosts(now=NOW, limit=9, only=only) == [
        HostWork(host="a.example.com", due=1, oldest_at=NOW)
    ]
    assert storage.due_hosts(now=NOW, limit=9, only=set()) == []
    taken = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE, only=only)
    assert [one.source for one in taken] == [A2]


def test_a_claim_carries_what_is_known(storage: Storage) -> None:
    wanted = source(headers=(("X-Key", "1"),), interval=2 * HOUR)
    taken = claim(storage, wanted)
    assert (taken.source, taken.lease_until) == (wanted, NOW + LEASE)
    state = FeedState(
        etag='W/"é"',
        last_modified="yesterday",
        body_hash="h",
        next_poll_at=NOW + HOUR,
        hold_until=NOW + HOUR,
        last_poll_at=NOW,
        last_ok_at=NOW - HOUR,
        last_error="It failed.",
        last_status=503,
        failures=1.25,
        title="Example",
        site_url="https://example.com/",
    )
    storage.record_poll(replace(polled(taken), state=state))
    assert claim(storage, at=NOW + HOUR).state == state


def test_of_two_claimants_one_wins(open_store: OpenStore) -> None:
    stores = [open_store(), open_store()]
    stores[0].sync_sources([A1, A2, B1], now=NOW)

    def race(storage: Storage) -> int:
        return len(storage.claim_feeds("a.example.com", now=NOW, lease=LEASE))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, stores * 8)) == [0] * 15 + [2]
    assert [work.host for work in stores[1].due_hosts(now=NOW, limit=9)] == ["b.example.com"]


def test_a_host_is_served_by_one_at_a_time(storage: Storage) -> None:
    storage.sync_sources([A1], now=NOW)
    [first] = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)
    storage.sync_sources([A1, A2], now=NOW)
    assert storage.due_hosts(now=NOW, limit=9) == []
    assert storage.claim_feeds("a.example.com", now=NOW, lease=LEASE) == []
    record(storage, polled(first))
    [second] = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)
    assert second.source == A2


def test_an_expired_lease_falls_due_again_and_its_record_is_refused(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    lost = claim(one, A1)
    later = NOW + LEASE
    [held] = two.claim_feeds("a.example.com", now=later, lease=LEASE)
    with pytest.raises(ClaimLost, match="A1 took longer"):
        one.record_poll(polled(lost, decision([new("a")]), etag='"lost"'))
    assert one.counts().articles == 0
    assert one.source_statuses()[0].state.etag is None
    two.record_poll(polled(held, decision([new("b")]), at=later))
    with pytest.raises(ClaimLost):
        two.record_poll(polled(held))


def test_an_expired_lease_that_nobody_took_may_still_be_recorded(storage: Storage) -> None:
    taken = claim(storage, A1)
    assert len(storage.record_poll(polled(taken, decision([new("a")]), at=NOW + 2 * LEASE))) == 1


def test_new_articles_are_stored_in_order(storage: Storage) -> None:
    full = new(
        "full",
        keys=frozenset({"guid:1", "url:1"}),
        guid="1",
        url="https://example.com/1",
        title="Ärger & Söhne",
        authors=("Ann Author", "Bo Writer"),
        published_at=NOW - HOUR,
        updated_at=NOW - HOUR / 2,
        language="de",
        image_url="https://example.com/1.png",
        categories=("a", "b"),
        html="<p>x</p>",
        text_origin=TextOrigin.SUMMARY,
    )
    bare = new("bare", guid=None, url=None, language=None, title="", html="")
    ids = store(storage, full, bare)
    assert ids == sorted(ids)
    one, two = (storage.article(article_id) for article_id in ids)
    assert one is not None
    assert two is not None
    assert one.summary.title == "Ärger & Söhne"
    assert (one.summary.source, one.summary.language) == ("Example", "de")
    assert (one.summary.published_at, one.summary.first_seen_at) == (NOW - HOUR, NOW)
    assert (one.guid, one.authors, one.categories) == ("1", ("Ann Author", "Bo Writer"), ("a", "b"))
    assert (one.updated_at, one.image_url) == (NOW - HOUR / 2, "https://example.com/1.png")
    assert (one.text, one.html, one.text_origin) == (full.text, "<p>x</p>", TextOrigin.SUMMARY)
    assert (one.text_state, one.revision, one.revisions) == (TextState.READY, 1, ())
    assert (two.guid, two.summary.url, two.summary.title) == (None, None, "")
    assert (two.summary.published_at, two.summary.language) == (None, None)
    assert storage.counts().articles == 2


def test_dates_from_year_1_to_9999(storage: Storage) -> None:
    for year in (1, 1969, 2099, 9999):
        at = datetime(year, 1, 1, tzinfo=UTC)
        [article_id] = store(storage, new(f"y{year}", published_at=at))
        article = storage.article(article_id)
        assert article is not None
        assert article.summary.published_at == at
        assert article.summary.at == min(at, NOW)


def test_known_entries(storage: Storage) -> None:
    one = new("1", keys=frozenset({"g:1", "u:1"}), published_at=NOW - HOUR)
    ids = store(storage, one, new("2"), wanted=A1)
    store(storage, new("other", keys=frozenset({"g:1"})), wanted=B1)
    a1 = next(x.source_id for x in storage.source_statuses() if x.source == A1)
    many = {f"x{number}" for number in range(2_000)}
    assert storage.known_entries(a1, {"g:1", "u:1", "u:9", *many}) == [
        KnownEntry(
            article_id=ids[0],
            keys=frozenset({"g:1", "u:1"}),
            guid="1",
            url="https://example.com/1",
            title="Headline 1",
            published_at=NOW - HOUR,
            content_hash=one.content_hash,
        )
    ]
    assert [known.article_id for known in storage.known_entries(a1, {"u:1", "2"})] == ids
    assert storage.known_entries(a1, set()) == []


def test_further_keys_are_learnt(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    storage.wake(None, now=NOW, force=True)
    taken = claim(storage)
    storage.record_poll(polled(taken, decision(new_keys=[(article_id, "later")])))
    [known] = storage.known_entries(taken.source_id, {"later"})
    assert known.article_id == article_id


def test_a_key_is_never_stored_twice_whatever_the_decision_says(storage: Storage) -> None:
    [first] = store(storage, new("1"))
    again = store(
        storage,
        new("1", title="Not new"),
        new("2"),
        new("3", keys=frozenset({"1", "alias"})),
        new("4", keys=frozenset({"2", "4"})),
    )
    assert len(again) == 1
    assert storage.counts().articles == 2
    source_id = storage.source_statuses()[0].source_id
    known = storage.known_entries(source_id, {"1", "alias"})
    assert [(one.article_id, one.keys) for one in known] == [(first, frozenset({"1", "alias"}))]
    assert store(storage, new("5", keys=frozenset({"alias"}))) == []


def test_many_threads_storing_the_same_store_it_once(storage: Storage) -> None:
    wanted = [source(f"S{number}") for number in range(8)]
    storage.sync_sources(wanted, now=NOW)
    claims = [
        storage.claim_feeds(work.host, now=NOW, lease=LEASE)[0]
        for work in storage.due_hosts(now=NOW, limit=9)
    ]
    articles = [new(f"k{number}") for number in range(5)]

    def record(number: int) -> int:
        try:
            return len(storage.record_poll(polled(claims[number % 8], decision(articles))))
        except ClaimLost:
            return -1

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(record, range(24)))
    assert sorted(results) == [-1] * 16 + [5] * 8
    assert storage.counts().articles == 40
    assert storage.check() == []


def test_revisions_keep_what_was_said_before(storage: Storage) -> None:
    first = new(
        "1", title="One", text="First text.", authors=("Ann Author",), published_at=NOW - HOUR
    )
    [article_id] = store(storage, first)
    second = new("1", title="Two", text="Second text.", authors=(), language=None, html="<p>2</p>")
    revise(storage, article_id, second, at=NOW + HOUR)
    revise(storage, article_id, new("1", title="Three", text="Third text."), at=NOW + 2 * HOUR)
    article = storage.article(article_id)
    assert article is not None
    assert (article.summary.title, article.text, article.revision) == ("Three", "Third text.", 3)
    assert [(one.number, one.title, one.text, one.seen_at) for one in article.revisions] == [
        (1, "One", "First text.", NOW),
        (2, "Two", "Second text.", NOW + HOUR),
    ]
    # What the feed no longer says stays.
    assert (article.authors, article.summary.language) == (("Ann Author",), "en")
    assert article.summary.published_at == NOW - HOUR
    assert article.summary.first_seen_at == NOW
    source_id = article.summary.source_id
    assert storage.known_entries(source_id, {"1"})[0].title == "Three"


def test_a_revision_that_is_there_already_changes_nothing(storage: Storage) -> None:
    [article_id] = store(storage, new("1"))
    revise(storage, article_id, new("1"), at=NOW + HOUR)
    article = storage.article(article_id)
    assert article is not None
    assert article.revision == 1


def test_a_revision_of_an_unknown_article_is_refused_as_a_whole(storage: Storage) -> None:
    taken = claim(storage, source())
    revision = Revision(article_id=99, article=new("9"))
    with pytest.raises(StorageError, match="no article 99"):
        storage.record_poll(polled(taken, decision([new("1")], revised=[revision])))
    assert storage.counts().articles == 0
    storage.record_poll(polled(taken))  # the claim is still held


def test_an_article_whose_page_could_never_be_fetched_is_refused(storage: Storage) -> None:
    taken = claim(storage, source())
    with pytest.raises(ValueError, match="needs its"):
        storage.record_poll(polled(taken, decision([new("1", page_host="x", url=None)])))
    assert storage.counts().articles == 0


def test_a_lease_is_kept_to_the_microsecond(storage: Storage) -> None:
    taken = claim(storage, source(), at=NOW + timedelta(microseconds=1))
    wrong = replace(taken, lease_until=taken.lease_until - timedelta(microseconds=1))
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(wrong))
    storage.record_poll(polled(taken))


def test_a_host_is_served_by_one_task_whatever_it_fetches(storage: Storage) -> None:
    feed = source("A", "https://a.example.com/feed")
    store(storage, new("p", page_host="a.example.com"), wanted=feed)
    storage.wake(None, now=NOW, force=True)
    [page] = storage.claim_texts("a.example.com", now=NOW, lease=LEASE, limit=1)
    assert storage.due_hosts(now=NOW, limit=9) == []
    assert storage.claim_feeds("a.example.com", now=NOW, lease=LEASE) == []
    storage.release_host("a.example.com", lease_until=page.lease_until, free_at=NOW)
    [_] = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)
    assert storage.due_text_hosts(now=NOW, limit=9) == []
    assert storage.claim_texts("a.example.com", now=NOW, lease=LEASE, limit=1) == []


def test_the_next_one_learns_when_the_host_may_be_asked(storage: Storage) -> None:
    taken = claim(storage, A1)
    assert taken.free_at is None
    free_at = NOW + timedelta(seconds=5)
    storage.release_host("a.example.com", lease_until=taken.lease_until, free_at=free_at)
    assert claim(storage).free_at == free_at
    # A lease that runs out leaves it as it was.
    assert claim(storage, at=NOW + 2 * LEASE).free_at == free_at


def test_what_was_not_recorded_is_due_again_when_the_host_is_given_back(storage: Storage) -> None:
    storage.sync_sources([A1, A2], now=NOW)
    first, second = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)
    storage.record_poll(polled(first))
    storage.release_host("a.example.com", lease_until=first.lease_until, free_at=NOW)
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(second))
    assert storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)[0].source == second.source


def test_only_its_holder_gives_a_host_back(storage: Storage) -> None:
    taken = claim(storage, A1)
    storage.release_host("a.example.com", lease_until=NOW, free_at=NOW)
    storage.release_host("b.example.com", lease_until=taken.lease_until, free_at=NOW)
    assert storage.due_hosts(now=NOW, limit=9) == []
    storage.record_poll(polled(taken))


# --- a refresh that is asked for amid a poll

AMID, DONE = NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)


@pytest.mark.parametrize("force", [False, True])
def test_a_refresh_that_is_asked_for_amid_a_poll_is_due_when_that_has_ended(
    open_store: OpenStore, *, force: bool
) -> None:
    one, two = open_store(), open_store()
    taken = claim(one, A1)
    assert two.wake({taken.source_id}, now=AMID, force=force) == 1
    record(one, polled(taken, next_poll_at=DONE + HOUR))
    [again] = two.claim_feeds("a.example.com", now=DONE, lease=LEASE)
    assert again.state.next_poll_at == AMID
    # It is one poll more, no further ones.
    record(two, polled(again, at=DONE))
    assert one.due_hosts(now=DONE, limit=9) == []


def test_the_request_that_goes_out_after_a_refresh_was_asked_for_serves_it(
    storage: Storage,
) -> None:
    """The second feed of a host waits for the first."""
    storage.sync_sources([A1, A2], now=NOW)
    first, second = storage.claim_feeds("a.example.com", now=NOW, lease=LEASE)
    assert storage.wake(None, now=AMID, force=False) == 2
    storage.record_poll(polled(first))
    record(storage, polled(second, at=DONE))
    [again] = storage.claim_feeds("a.example.com", now=DONE, lease=LEASE)
    assert again.source == first.source


def test_a_publisher_who_answers_amid_a_refresh_that_he_wants_to_be_left_alone_is(
    storage: Storage,
) -> None:
    taken = claim(storage, A1)
    storage.wake(None, now=AMID, force=False)
    until = NOW + 6 * HOUR
    record(storage, polled(taken, next_poll_at=until, hold_until=until))
    assert storage.due_hosts(now=until - HOUR, limit=9) == []
    assert len(storage.due_hosts(now=until, limit=9)) == 1


def test_a_refresh_amid_a_poll_does_not_put_off_what_is_due_sooner(storage: Storage) -> None:
    taken = claim(storage, A1)
    storage.wake(None, now=DONE, force=False)
    record(storage, polled(taken, next_poll_at=AMID))
    assert claim(storage, at=DONE).state.next_poll_at == AMID
