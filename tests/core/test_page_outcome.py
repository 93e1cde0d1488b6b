"""What is stored after a visit to an article's page, and when it is visited again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.core.page_outcome import PageYield, Shortfall, text_record
from aggregator.core.schedule import PERMANENT_TEXT_DELAYS, TEXT_DELAYS
from aggregator.types import (
    ArticleText,
    Extraction,
    FeedText,
    PageCopy,
    PageKind,
    PageRole,
    TextClaim,
    TextOrigin,
    TextRecord,
    TextState,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = FeedText(title="Ferry", text="It is back.", html="<p>It is back.</p>")
PAGE = PageCopy(
    role=PageRole.PAGE, url="https://example.org/a", content_type="text/html", body=b"..."
)
NEW = TextClaim(
    article_id=1,
    source_id=1,
    url="https://example.org/a",
    title="Ferry",
    language=None,
    feed=FEED,
    attempts=0,
    headers=(),
    lease_until=NOW + HOUR,
    text="It is back.",
    first_seen_at=NOW - HOUR,
    revised_at=NOW - HOUR,
)
LIVE = replace(NEW, kind=PageKind.LIVE, origin=TextOrigin.PAGE, text="It sails.")
PARTLY = replace(NEW, origin=TextOrigin.PAGE, text="It sails.", attempts=1)
"""A split article whose further pages are still to come."""


def found(
    text: str = "It sails again.",
    kind: PageKind = PageKind.ARTICLE,
    origin: TextOrigin = TextOrigin.PAGE,
) -> Extraction:
    article = ArticleText(title="Ferry", text=text)
    return Extraction(article=article, kind=kind, kind_why="So it says.", origin=origin, why="So.")


def after(
    claim: TextClaim,
    extraction: Extraction | None,
    *,
    failed: Shortfall | None = None,
    keep: bool = True,
) -> TextRecord:
    pages = (PAGE,) if extraction else ()
    got = PageYield(pages=pages, found=extraction, shortfall=failed)
    return text_record(claim, got, now=NOW, keep=keep)


def shortfall(*, lasting: bool = False) -> Shortfall:
    return Shortfall(why="the server answered 503", lasting=lasting)


def test_an_article_is_ready_and_kept_for_ever_as_it_is() -> None:
    record = after(NEW, found())
    assert (record.state, record.error, record.retry_at) == (TextState.READY, None, None)
    assert not record.revises
    assert record.keep is not None
    assert (record.keep.feed, record.keep.pages) == (FEED, (PAGE,))
    assert after(NEW, found(), keep=False).keep is None


@pytest.mark.parametrize("kind", [kind for kind in PageKind if kind.has_article])
def test_the_feeds_longer_text_may_be_the_answer(kind: PageKind) -> None:
    record = after(NEW, found(FEED.text, kind, TextOrigin.CONTENT))
    assert record.state is TextState.READY
    assert record.extracted is not None


@pytest.mark.parametrize(
    ("kind", "first_wait"),
    [
        (PageKind.CONSENT, TEXT_DELAYS[0]),
        (PageKind.CHALLENGE, TEXT_DELAYS[0]),
        (PageKind.ERROR, PERMANENT_TEXT_DELAYS[0]),
        (PageKind.LINKS, None),
    ],
)
def test_a_page_without_an_article_is_marked_and_perhaps_tried_again(
    kind: PageKind, first_wait: timedelta | None
) -> None:
    extraction = found(FEED.text, kind, TextOrigin.SUMMARY)
    record = after(NEW, extraction)
    assert record.retry_at == (None if first_wait is None else NOW + first_wait)
    assert record.state is (TextState.FAILED if first_wait is None else TextState.RETRY)
    assert record.error == "So it says."
    assert record.extracted == extraction
    assert record.keep is not None
    assert after(replace(NEW, attempts=4), extraction).state is TextState.FAILED


@pytest.mark.parametrize(("lasting", "tries"), [(False, 4), (True, 1)])
def test_a_page_that_cannot_be_had_is_tried_again_for_a_while(lasting: bool, tries: int) -> None:
    states = [
        after(replace(NEW, attempts=n), None, failed=shortfall(lasting=lasting)).state
        for n in range(tries + 1)
    ]
    assert states == [TextState.RETRY] * tries + [TextState.FAILED]


def test_pages_that_could_not_be_read_are_kept() -> None:
    got = PageYield(pages=(PAGE,), shortfall=shortfall(lasting=True))
    record = text_record(NEW, got, now=NOW, keep=True)
    assert record.keep is not None
    assert record.extracted is None


# --- a further page that is missing


def test_what_there_is_of_a_split_article_is_stored_until_the_rest_can_be_had() -> None:
    record = after(NEW, found(), failed=shortfall())
    assert record.state is TextState.RETRY
    assert record.extracted is not None
    assert record.retry_at == NOW + TEXT_DELAYS[0]
    assert record.error == "the server answered 503"


@pytest.mark.parametrize(("attempts", "lasting"), [(4, False), (0, True)])
def test_and_is_all_in_the_end(attempts: int, lasting: bool) -> None:
    record = after(replace(NEW, attempts=attempts), found(), failed=shortfall(lasting=lasting))
    assert (record.state, record.retry_at) == (TextState.READY, None)
    assert record.error


def test_a_later_failure_leaves_what_there_is() -> None:
    record = after(PARTLY, found(FEED.text, PageKind.CONSENT, TextOrigin.SUMMARY))
    assert record.state is TextState.RETRY
    assert record.extracted is None
    assert record.keep is None
    given_up = after(replace(PARTLY, attempts=4), None, failed=shortfall())
    assert (given_up.state, given_up.retry_at) == (TextState.READY, None)


def test_the_rest_of_an_article_is_no_revision_of_it() -> None:
    record = after(PARTLY, found())
    assert (record.state, record.revises) == (TextState.READY, False)


# --- live blogs


def test_a_live_blog_is_ready_and_visited_again() -> None:
    record = after(NEW, found(kind=PageKind.LIVE))
    assert record.state is TextState.READY
    assert record.retry_at == NOW + timedelta(minutes=15)
    assert not record.revises


def test_one_that_grew_is_revised() -> None:
    record = after(LIVE, found(kind=PageKind.LIVE))
    assert record.revises
    assert record.retry_at == NOW + timedelta(minutes=15)


def test_one_that_did_not_grow_is_asked_for_less() -> None:
    record = after(LIVE, found("It\n\nsails. ", PageKind.LIVE))
    assert not record.revises
    assert record.retry_at == NOW + HOUR
    quiet = replace(LIVE, revised_at=NOW - 12 * HOUR)
    assert after(quiet, found("It sails.", PageKind.LIVE)).retry_at is None


def test_one_that_has_become_an_article_is_revised_for_the_last_time() -> None:
    record = after(LIVE, found())
    assert record.revises
    assert record.retry_at is None


@pytest.mark.parametrize(
    "got",
    [
        PageYield(shortfall=shortfall()),
        PageYield(shortfall=shortfall(lasting=True)),
        PageYield(pages=(PAGE,), found=found("", PageKind.CONSENT, TextOrigin.SUMMARY)),
        PageYield(pages=(PAGE,), found=found("", PageKind.LINKS, TextOrigin.SUMMARY)),
        PageYield(pages=(PAGE,), found=found("", PageKind.PAYWALL, TextOrigin.SUMMARY)),
    ],
)
def test_a_failed_visit_keeps_the_text_and_goes_on(got: PageYield) -> None:
    record = text_record(LIVE, got, now=NOW, keep=True)
    assert record.state is TextState.READY
    assert record.error
    assert (record.extracted, record.keep, record.revises) == (None, None, False)
    assert record.retry_at == NOW + HOUR


def test_one_whose_page_never_gave_more_than_the_feed_comes_to_rest_too() -> None:
    claim = replace(NEW, kind=PageKind.LIVE)
    extraction = found(FEED.text, PageKind.LIVE, TextOrigin.CONTENT)
    assert after(claim, extraction).retry_at == NOW + HOUR
    record = after(claim, found(kind=PageKind.LIVE))
    assert not record.revises
    assert record.retry_at == NOW + timedelta(minutes=15)
