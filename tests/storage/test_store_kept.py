"""Pages that are kept, from the visit until they are dropped."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from pagemaker import HOST, PAGE, all_kept, keep, page_copy, pages, take, visit, with_page
from storemaker import HOUR, NOW, extraction, fetched, get, record_page, revise, source, source_id
from storemaker import store as store_articles

from aggregator.storage.protocol import Storage
from aggregator.types import (
    FeedText,
    KeptArticle,
    PageKind,
    PageRole,
    PageRules,
    TextOrigin,
    TextState,
)

DAY = timedelta(days=1)
FEED = FeedText(
    title="Headline a",
    text="Text of a.",
    html="<p>Text of a.</p>",
    origin=TextOrigin.SUMMARY,
)


def kept_ids(storage: Storage, **filters: object) -> list[int]:
    found = storage.kept_articles(after=0, limit=99, **filters)  # type: ignore[arg-type]  # by name
    assert storage.count_kept(**filters) == len(found)  # type: ignore[arg-type]  # the same
    return [one.article_id for one in found]


def test_pages_come_back_as_they_were_served(storage: Storage) -> None:
    rules = PageRules(body=("main",), headers=(("Cookie", "a=b"),))
    [article_id] = store_articles(storage, with_page("a"), wanted=source(rules=rules))
    taken = take(storage)
    assert taken.feed == FEED
    copies = (
        page_copy(bytes(range(256)) * 500),
        page_copy(b"", role=PageRole.NEXT, url=None, content_type=None),
    )
    storage.record_text(fetched(taken, PAGE, keep=pages(taken.feed, *copies)))
    assert all_kept(storage) == [
        KeptArticle(
            article_id=article_id,
            host=HOST,
            title="Headline a",
            kept=pages(FEED, *copies),
            rules=rules,
            version=1,
        )
    ]


def test_what_is_not_kept_is_not_there(storage: Storage) -> None:
    store_articles(storage, with_page("a"))
    visit(storage, PAGE)
    assert kept_ids(storage) == []


@pytest.mark.parametrize("kind", [PageKind.CONSENT, PageKind.LIVE])
def test_a_page_is_kept_whatever_it_is(storage: Storage, kind: PageKind) -> None:
    [article_id] = keep(storage, with_page("a"), page=extraction(PAGE, kind=kind))
    assert kept_ids(storage) == [article_id]


def test_a_later_visit_replaces_what_was_kept_or_leaves_it(storage: Storage) -> None:
    store_articles(storage, with_page("a"))
    for body in (b"first", b"second"):
        kept = pages(FEED, page_copy(body))
        visit(storage, PAGE, keep=kept, retry_at=NOW)
        assert [one.kept for one in all_kept(storage)] == [kept]
        visit(storage, PAGE, retry_at=NOW)
        visit(storage, None, state=TextState.READY, error="The server was busy.", retry_at=NOW)
        assert [one.kept for one in all_kept(storage)] == [kept]


def test_a_page_that_is_visited_again_comes_with_what_the_feed_said(storage: Storage) -> None:
    store_articles(storage, with_page("a"))
    visit(storage, PAGE, keep=pages(FEED), retry_at=NOW)
    taken = take(storage)
    assert (taken.feed, taken.origin, taken.text) == (FEED, TextOrigin.PAGE, PAGE.text)
    record_page(storage, HOST, fetched(taken, PAGE, retry_at=NOW))
    storage.clean_up(window=HOUR, keep_pages=timedelta())
    taken = take(storage)
    assert taken.feed == FeedText(title="Headline a")
    assert (taken.origin, taken.text) == (TextOrigin.PAGE, PAGE.text)


def test_the_publishers_revision_ends_the_keeping(storage: Storage) -> None:
    [article_id] = keep(storage, with_page("a"))
    revise(storage, article_id, with_page("a", text="Newer."), at=NOW + HOUR)
    assert kept_ids(storage) == []


def test_kept_articles_of_some_sources_hosts_and_times(storage: Storage) -> None:
    first = keep(storage, with_page("a"), with_page("b", page_host="x"), wanted=source("A"))
    second = keep(storage, with_page("c"), wanted=source("B"), at=NOW + HOUR)
    ids = [*first, *second]
    a, b = source_id(storage, "A"), source_id(storage, "B")
    assert kept_ids(storage) == ids
    assert kept_ids(storage, only={a}) == first
    assert kept_ids(storage, only={a, b}) == ids
    assert kept_ids(storage, only=set()) == []
    assert kept_ids(storage, host="x") == ids[1:2]
    assert kept_ids(storage, host=HOST) == [ids[0], ids[2]]
    assert kept_ids(storage, host="nowhere") == []
    assert kept_ids(storage, since=NOW + HOUR) == second
    assert kept_ids(storage, since=NOW + timedelta(microseconds=1)) == second
    assert kept_ids(storage, only={a}, host=HOST, since=NOW) == ids[:1]
    some = storage.kept_articles(after=ids[0], limit=1)
    assert [one.article_id for one in some] == ids[1:2]
    assert storage.kept_articles(after=ids[-1], limit=9) == []


def test_no_more_pages_are_given_at_once_than_fit_into_memory(storage: Storage) -> None:
    # What counts is what they take unpacked: this packs to nothing.
    [big] = keep(storage, with_page("big"), body=b"x" * 9_000_000)
    small = keep(storage, *(with_page(f"{n}") for n in range(5)), body=b"x" * 1_500_000)
    found: list[int] = []
    sizes: list[int] = []
    while some := storage.kept_articles(after=max(found, default=0), limit=4):
        found += [one.article_id for one in some]
        sizes.append(len(some))
    assert found == [big, *small]
    assert sizes == [1, 2, 2, 1]
    store_articles(storage, with_page("grows"), with_page("last", page_host="x"))
    for size in (10, 9_000_000):
        visit(storage, PAGE, keep=pages(FEED, page_copy(b"x" * size)), retry_at=NOW)
    [last] = storage.claim_texts("x", now=NOW, lease=HOUR, limit=9)
    storage.record_text(fetched(last, PAGE, keep=pages(FEED)))
    assert len(storage.kept_articles(after=small[-1], limit=4)) == 1


def test_pages_are_dropped_after_their_time(storage: Storage) -> None:
    ids = [
        *keep(storage, with_page("a"), at=NOW),
        *keep(storage, with_page("b"), at=NOW + HOUR),
        *keep(storage, with_page("c"), at=NOW + DAY),
    ]
    report = storage.clean_up(window=HOUR, keep_pages=DAY)
    assert (report.pages, kept_ids(storage)) == (0, ids)  # not longer than a day
    assert storage.clean_up(window=HOUR, keep_pages=DAY - HOUR).pages == 1
    assert kept_ids(storage) == ids[1:]
    assert storage.clean_up(window=HOUR, keep_pages=timedelta()).pages == 2
    assert storage.clean_up(window=HOUR, keep_pages=timedelta()).pages == 0
    assert kept_ids(storage) == []
    # The articles stay as they are.
    assert {get(storage, one).text for one in ids} == {PAGE.text}
    assert storage.check() == []


def test_many_pages_are_dropped_at_once(storage: Storage) -> None:
    count = 1_203
    store_articles(storage, *(with_page(str(number)) for number in range(count)))
    claimed = storage.claim_texts(HOST, now=NOW, lease=HOUR, limit=count)
    for taken in claimed:
        storage.record_text(fetched(taken, PAGE, keep=pages(taken.feed)))
    assert storage.clean_up(window=HOUR, keep_pages=timedelta()).pages == count
    assert storage.count_kept() == 0


def test_random_pages_survive(storage: Storage) -> None:
    """What does not compress is kept all the same."""
    body = random.Random(5).randbytes(300_000)
    keep(storage, with_page("a"), body=body)
    [kept] = all_kept(storage)
    assert kept.kept.pages == (replace(page_copy(), body=body),)
