from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from storemaker import (
    HOUR,
    LEASE,
    NOW,
    OpenStore,
    assign,
    claim,
    decision,
    fetched,
    get,
    joins,
    new,
    polled,
    record,
    record_page,
    revise,
    source,
    source_id,
    store,
)

from aggregator.errors import ClaimLost
from aggregator.storage.protocol import Storage
from aggregator.types import (
    ArticleText,
    FeedText,
    HostWork,
    PageRules,
    TextClaim,
    TextOrigin,
    TextState,
)

HOST = "pages.example.org"
PAGE = ArticleText(
    title="The page's title",
    text="The whole text of the page.",
    html="<p>The whole text of the page.</p>",
    authors=("Page Author",),
    published_at=NOW - 2 * HOUR,
    updated_at=NOW - HOUR,
    language="fr",
    image_url="https://example.org/page.png",
)


def take(storage: Storage, *, limit: int = 10, at: object = NOW) -> list[TextClaim]:
    assert isinstance(at, type(NOW))
    return storage.claim_texts(HOST, now=at, lease=LEASE, limit=limit)


def test_pages_are_claimed_newest_first(storage: Storage) -> None:
    wanted = source(language="de")
    ids = store(
        storage,
        *(new(f"p{number}", page_host=HOST) for number in range(3)),
        new("q", page_host="other.example.org"),
        new("ready"),
        wanted=wanted,
    )
    assert storage.due_text_hosts(now=NOW, limit=9) == [
        HostWork(host="other.example.org", due=1, oldest_at=NOW),
        HostWork(host=HOST, due=3, oldest_at=NOW),
    ]
    assert len(storage.due_text_hosts(now=NOW, limit=1)) == 1
    taken = take(storage, limit=2)
    assert [one.article_id for one in taken] == [ids[2], ids[1]]
    assert taken[0] == TextClaim(
        article_id=ids[2],
        source_id=source_id(storage, "Example"),
        url="https://example.com/p2",
        title="Headline p2",
        language="de",
        feed=FeedText(
            title="Headline p2",
            text="Text of p2.",
            html="<p>Text of p2.</p>",
            origin=TextOrigin.CONTENT,
        ),
        attempts=0,
        headers=(),
        lease_until=NOW + LEASE,
        origin=TextOrigin.CONTENT,
        text="Text of p2.",
        first_seen_at=NOW,
        revised_at=NOW,
    )
    assert storage.counts().pending_texts == 4


def test_the_headers_of_a_source_are_for_its_own_host(storage: Storage) -> None:
    wanted = source(url="https://news.example.com/feed", headers=(("X-Key", "1"),))
    hosts = ("news.example.com", "example.com", HOST)
    pages = [new(host, url=f"https://{host}/a", page_host=host) for host in hosts]
    plain = new("plain", url="http://news.example.com/b", page_host="news.example.com")
    store(storage, plain, *pages, wanted=wanted)
    sent = {
        taken.url: taken.headers
        for host in hosts
        for taken in storage.claim_texts(host, now=NOW, lease=LEASE, limit=9)
    }
    assert sent == {
        "https://news.example.com/a": (("X-Key", "1"),),
        "http://news.example.com/b": (),
        "https://example.com/a": (),
        f"https://{HOST}/a": (),
    }


def test_the_headers_of_its_rules_are_for_its_other_hosts_too(storage: Storage) -> None:
    rules = PageRules(body=("main",), headers=(("Cookie", "paid=1"),))
    wanted = source(
        url="https://rss.example.com/feed",
        headers=(("Cookie", "a=b"), ("X-Key", "1")),
        rules=rules,
    )
    taken = claim(storage, wanted)
    hosts = ("rss.example.com", "www.example.com", "m.example.net", "example.org")
    entries = [new(host, url=f"https://{host}/a", page_host=host) for host in hosts]
    site = "https://www.example.net/"
    record(storage, polled(taken, decision(entries), site_url=site, next_poll_at=NOW + HOUR))
    claims = [
        one for host in hosts for one in storage.claim_texts(host, now=NOW, lease=LEASE, limit=9)
    ]
    assert [one.headers for one in claims] == [
        (("X-Key", "1"), ("Cookie", "a=b; paid=1")),
        (("Cookie", "paid=1"),),
        (("Cookie", "paid=1"),),
        (),
    ]
    assert {one.rules for one in claims} == {rules}


def test_only_some_sources(storage: Storage) -> None:
    store(storage, new("a", page_host=HOST), wanted=source("A"))
    store(storage, new("b", page_host=HOST), wanted=source("B"))
    only = {source_id(storage, "B")}
    assert storage.due_text_hosts(now=NOW, limit=9, only=only) == [
        HostWork(host=HOST, due=1, oldest_at=NOW)
    ]
    assert storage.due_text_hosts(now=NOW, limit=9, only=set()) == []
    [taken] = storage.claim_texts(HOST, now=NOW, lease=LEASE, limit=9, only=only)
    assert taken.title == "Headline b"


def test_of_two_claimants_one_wins(open_store: OpenStore) -> None:
    stores = [open_store(), open_store()]
    store(stores[0], *(new(f"p{number}", page_host=HOST) for number in range(5)))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda one: len(take(one, limit=3)), stores * 8))
    assert sorted(found) == [0] * 15 + [3]
    # Two are left, but the host is being served.
    assert stores[0].due_text_hosts(now=NOW, limit=9) == []


def test_a_page_gives_the_text_and_what_the_feed_left_out(storage: Storage) -> None:
    bare = new("bare", title="", language=None, page_host=HOST)
    full = new(
        "full",
        title="The feed's title",
        authors=("Feed Author",),
        published_at=NOW - HOUR,
        updated_at=NOW,
        language="en",
        image_url="https://example.com/feed.png",
        page_host=HOST,
    )
    ids = store(storage, bare, full)
    for taken in take(storage):
        storage.record_text(fetched(taken, PAGE))
    one, two = get(storage, ids[0]), get(storage, ids[1])
    for article in (one, two):
        assert (article.text, article.html) == (PAGE.text, PAGE.html)
        assert (article.text_state, article.text_origin) == (TextState.READY, TextOrigin.PAGE)
        assert (article.revision, article.revisions) == (1, ())
    assert (one.summary.title, one.authors) == ("The page's title", ("Page Author",))
    assert (one.summary.published_at, one.updated_at) == (NOW - 2 * HOUR, NOW - HOUR)
    assert (one.summary.language, one.image_url) == ("fr", "https://example.org/page.png")
    assert (two.summary.title, two.authors) == ("The feed's title", ("Feed Author",))
    assert (two.summary.published_at, two.updated_at) == (NOW - HOUR, NOW)
    assert (two.summary.language, two.image_url) == ("en", "https://example.com/feed.png")
    assert storage.due_text_hosts(now=NOW + HOUR, limit=9) == []
    assert storage.counts().pending_texts == 0
    # What the feed says is still compared with what the feed said.
    [known] = storage.known_entries(two.summary.source_id, {"full"})
    assert known.content_hash == full.content_hash


def test_a_failed_page_is_tried_again(storage: Storage) -> None:
    [article_id] = store(storage, new("p", page_host=HOST))
    [taken] = take(storage)
    retry_at = NOW + timedelta(minutes=30)
    storage.record_text(
        fetched(taken, None, state=TextState.RETRY, error="The server was busy.", retry_at=retry_at)
    )
    article = get(storage, article_id)
    assert (article.text, article.text_state) == ("Text of p.", TextState.RETRY)
    assert (article.text_error, article.text_origin) == ("The server was busy.", TextOrigin.CONTENT)
    assert storage.due_text_hosts(now=NOW, limit=9) == []
    [again] = take(storage, at=retry_at)
    assert again.attempts == 1
    storage.record_text(fetched(again, PAGE, at=retry_at))
    article = get(storage, article_id)
    assert (article.text, article.text_state, article.text_error) == (
        PAGE.text,
        TextState.READY,
        None,
    )


def test_a_page_that_failed_for_good_is_left_alone(storage: Storage) -> None:
    [article_id] = store(storage, new("p", page_host=HOST))
    [taken] = take(storage)
    storage.record_text(fetched(taken, None, state=TextState.FAILED, error="It is gone."))
    assert get(storage, article_id).text_state is TextState.FAILED
    assert storage.due_text_hosts(now=NOW + 1000 * HOUR, limit=9) == []
    assert [item.article_id for item in storage.unassigned(limit=9)] == [article_id]


def test_a_lost_claim_writes_nothing(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    [article_id] = store(one, new("p", page_host=HOST))
    [lost] = take(one)
    [held] = take(two, at=NOW + LEASE)
    with pytest.raises(ClaimLost, match=r"example\.com/p took longer"):
        one.record_text(fetched(lost, PAGE))
    assert get(one, article_id).text == "Text of p."
    two.record_text(fetched(held, PAGE))
    with pytest.raises(ClaimLost):
        two.record_text(fetched(held, PAGE))


def test_a_revision_ends_the_fetching_of_the_former_page(storage: Storage) -> None:
    [article_id] = store(storage, new("p", page_host=HOST))
    [lost] = take(storage)
    revise(storage, article_id, new("p", text="Newer.", page_host=HOST), at=NOW + HOUR)
    with pytest.raises(ClaimLost):
        storage.record_text(fetched(lost, PAGE))
    article = get(storage, article_id)
    assert (article.text, article.text_state) == ("Newer.", TextState.PENDING)
    [again] = take(storage, at=NOW + HOUR)
    assert (again.feed.text, again.attempts) == ("Newer.", 0)


def test_a_single_whose_text_changes_is_assigned_anew(storage: Storage) -> None:
    [article_id] = store(storage, new("p", page_host=HOST))
    [taken] = take(storage)
    retry = fetched(taken, None, state=TextState.RETRY, error="Busy.", retry_at=NOW)
    record_page(storage, HOST, retry)
    assign(storage, joins(article_id, article_id))
    assert storage.unassigned(limit=9) == []
    [taken] = take(storage)
    record_page(storage, HOST, replace(retry, claim=taken))
    assert storage.unassigned(limit=9) == []  # the same text again
    [taken] = take(storage)
    storage.record_text(fetched(taken, PAGE))
    assert [item.article_id for item in storage.unassigned(limit=9)] == [article_id]
    assert storage.story(article_id) is None
    assert (storage.counts().stories, get(storage, article_id).assignment) == (0, None)
    assert storage.check() == []


def test_one_in_company_keeps_its_story_when_its_text_changes(storage: Storage) -> None:
    ids = store(storage, new("a"), new("b"))
    assign(storage, joins(ids[0], ids[0]), joins(ids[1], ids[0]))
    for article_id in ids:
        revise(storage, article_id, new("x", text=f"Changed {article_id}."), at=NOW + HOUR)
    assert storage.unassigned(limit=9) == []
    story = storage.story(ids[0])
    assert story is not None
    assert len(story.articles) == 2
    # What others are compared with is what it said when it was assigned.
    assert [item.fingerprint.length for item, _ in storage.window(span=HOUR)] == [3, 3]


def test_claims_end_with_the_process_that_held_them(storage: Storage) -> None:
    store(storage, new("p", page_host=HOST), wanted=source("A"))
    storage.sync_sources([source("A"), source("B")], now=NOW)
    feed = claim(storage)
    [page] = take(storage)
    assert storage.release_claims() == 2
    assert storage.release_claims() == 0
    with pytest.raises(ClaimLost):
        storage.record_poll(polled(feed))
    with pytest.raises(ClaimLost):
        storage.record_text(fetched(page, PAGE))
    assert len(storage.due_hosts(now=NOW, limit=9)) == 1
    assert len(storage.due_text_hosts(now=NOW, limit=9)) == 1
