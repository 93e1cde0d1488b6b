"""What an extraction makes of an article, at the first visit to its page and at later ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pagemaker import HOST, PAGE, take, visit, with_page
from storemaker import (
    HOUR,
    NOW,
    assign,
    extraction,
    get,
    joins,
    new,
    revise,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.protocol import Storage
from aggregator.types import ArticleText, Extraction, PageKind, PastRevision, TextOrigin, TextState

WHOLE = ArticleText(
    title="The page's title",
    text="The whole text.",
    html="<p>The whole text.</p>",
    published_at=NOW - HOUR,
    utc_offset=timedelta(hours=-3, minutes=-30),
    image_url="https://img.example.org/a.png?w=1200",
    image_alt="A ferry",
    site_name="Example News",
    canonical_url="https://example.org/a",
    dateline="BAKU (Example)",
    credits=("Example", "Δελτίο"),
)


def test_everything_that_the_page_says_is_stored(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a"))
    known = extraction(
        WHOLE, kind=PageKind.PAYWALL, origin=TextOrigin.LINKED_DATA, confidence=0.1 + 0.2
    )
    visit(storage, known)
    article = get(storage, article_id)
    assert (article.kind, article.kind_why) == (PageKind.PAYWALL, "It is one text.")
    assert (article.text_origin, article.text_why) == (
        TextOrigin.LINKED_DATA,
        "The page has the whole text.",
    )
    assert article.confidence == 0.1 + 0.2
    assert (article.summary.published_at, article.utc_offset) == (NOW - HOUR, WHOLE.utc_offset)
    assert (article.image_url, article.image_alt) == (WHOLE.image_url, "A ferry")
    assert (article.site_name, article.canonical_url) == ("Example News", WHOLE.canonical_url)
    assert (article.dateline, article.credits) == ("BAKU (Example)", ("Example", "Δελτίο"))


def test_of_an_article_whose_page_was_not_fetched_nothing_is_said(storage: Storage) -> None:
    [article_id] = store(storage, new("a"))
    article = get(storage, article_id)
    assert (article.kind, article.kind_why, article.text_why) == (PageKind.ARTICLE, "", "")
    assert (article.confidence, article.utc_offset, article.image_alt) == (None, None, "")
    assert (article.site_name, article.canonical_url, article.dateline) == (None, None, None)
    assert article.credits == ()


@pytest.mark.parametrize(
    ("image", "alt"),
    [
        (None, "A ferry"),
        ("https://img.example.org/a.png?w=1200", "A ferry"),
        ("https://IMG.example.org/a.png?w=300#x", "A ferry"),
        ("https://img.example.org/b.png?w=1200", ""),
    ],
)
def test_the_alternative_text_is_that_of_the_image(
    storage: Storage, image: str | None, alt: str
) -> None:
    [article_id] = store(storage, with_page("a", image_url=image))
    visit(storage, WHOLE)
    article = get(storage, article_id)
    assert (article.image_url, article.image_alt) == (image or WHOLE.image_url, alt)


@pytest.mark.parametrize(
    ("by_the_feed", "offset"),
    [
        (NOW - HOUR, WHOLE.utc_offset),
        (NOW - HOUR + timedelta(seconds=59), WHOLE.utc_offset),
        (NOW - HOUR - timedelta(minutes=1), None),
        (NOW - 2 * HOUR, None),
    ],
)
def test_the_time_zone_is_that_of_the_date(
    storage: Storage, by_the_feed: object, offset: object
) -> None:
    [article_id] = store(storage, with_page("a", published_at=by_the_feed))
    visit(storage, WHOLE)
    article = get(storage, article_id)
    assert (article.summary.published_at, article.utc_offset) == (by_the_feed, offset)


def test_a_text_that_is_the_feeds_own_in_the_end(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a", text_origin=TextOrigin.CONTENT))
    taken = take(storage)
    storage.release_host(HOST, lease_until=taken.lease_until, free_at=NOW)
    own = extraction(
        ArticleText(title="", text=taken.feed.text, html=taken.feed.html),
        origin=TextOrigin.CONTENT,
        why="The page yields less.",
    )
    visit(storage, own, retry_at=NOW)
    article = get(storage, article_id)
    assert (article.text, article.html) == (taken.feed.text, taken.feed.html)
    assert (article.text_origin, article.text_why) == (TextOrigin.CONTENT, "The page yields less.")
    assert take(storage).feed == taken.feed


@pytest.mark.parametrize("kind", [kind for kind in PageKind if not kind.has_article])
def test_what_is_no_article_is_marked_and_changes_nothing_else(
    storage: Storage, kind: PageKind
) -> None:
    [article_id] = store(storage, with_page("a"))
    before = get(storage, article_id)
    other = extraction(WHOLE, kind=kind, kind_why="It asks for consent.", confidence=0.5)
    visit(storage, other, state=TextState.FAILED, error="It asks for consent.")
    assert get(storage, article_id) == replace(
        before,
        summary=replace(before.summary, kind=kind),
        kind_why="It asks for consent.",
        text_state=TextState.FAILED,
        text_error="It asks for consent.",
    )


def test_the_publishers_revision_forgets_what_the_page_said_of_the_former_text(
    storage: Storage,
) -> None:
    [article_id] = store(storage, with_page("a"))
    visit(storage, extraction(WHOLE, kind=PageKind.PAYWALL, confidence=0.5))
    newer = with_page(
        "a", text="Newer.", published_at=NOW, image_url="https://img.example.org/new.png"
    )
    revise(storage, article_id, newer, at=NOW + HOUR)
    article = get(storage, article_id)
    assert (article.kind, article.kind_why, article.text_why) == (PageKind.ARTICLE, "", "")
    assert (article.confidence, article.dateline, article.credits) == (None, None, ())
    assert (article.utc_offset, article.image_alt) == (None, "")
    # Of the address and the outlet it says nothing new.
    assert (article.site_name, article.canonical_url) == ("Example News", WHOLE.canonical_url)


# --- pages that go on


LIVE = extraction(PAGE, kind=PageKind.LIVE)
LATER = NOW + HOUR


def grown(text: str, *, updated_at: datetime | None = None) -> Extraction:
    page = replace(PAGE, text=text, html=f"<p>{text}</p>", updated_at=updated_at)
    return replace(LIVE, article=page)


def test_a_live_blog_is_visited_again(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a"))
    visit(storage, LIVE, retry_at=LATER)
    assert get(storage, article_id).text_state is TextState.READY
    assert storage.counts().pending_texts == 0
    assert storage.due_text_hosts(now=LATER - timedelta(microseconds=1), limit=9) == []
    [work] = storage.due_text_hosts(now=LATER, limit=9)
    assert (work.host, work.due, work.oldest_at) == (HOST, 1, LATER)
    taken = take(storage, at=LATER)
    assert (taken.kind, taken.attempts) == (PageKind.LIVE, 0)
    assert (taken.first_seen_at, taken.revised_at) == (NOW, NOW)


def test_its_former_text_becomes_a_revision(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a"))
    first = replace(LIVE, article=replace(PAGE, updated_at=NOW))
    visit(storage, first, retry_at=LATER)
    more = grown("The whole text. And more.", updated_at=LATER)
    visit(storage, more, at=LATER, retry_at=LATER, revises=True)
    article = get(storage, article_id)
    assert (article.text, article.revision) == ("The whole text. And more.", 2)
    assert article.updated_at == LATER
    assert article.revisions == (
        PastRevision(number=1, title="Headline a", text=PAGE.text, seen_at=NOW),
    )
    assert take(storage, at=LATER).revised_at == LATER
    # What the feed says is compared with what the feed said.
    assert len(storage.search(parse("more", now=NOW), limit=9).hits) == 1
    assert storage.check() == []


def test_a_visit_that_only_reads_better_makes_no_revision(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a"))
    visit(storage, LIVE, retry_at=LATER)
    visit(storage, LIVE, at=LATER, retry_at=LATER, revises=True)
    visit(storage, grown("Read better."), at=LATER, retry_at=LATER)
    article = get(storage, article_id)
    assert (article.text, article.revision, article.revisions) == ("Read better.", 1, ())


def test_a_later_visit_that_fails_leaves_the_text(storage: Storage) -> None:
    [article_id] = store(storage, with_page("a"))
    visit(storage, LIVE, retry_at=LATER)
    before = get(storage, article_id)
    for number in (1, 2):
        visit(storage, None, at=LATER, error="The server was busy.", retry_at=LATER)
        assert get(storage, article_id) == replace(before, text_error="The server was busy.")
        taken = take(storage, at=LATER)
        assert taken.attempts == number
        storage.release_host(HOST, lease_until=taken.lease_until, free_at=LATER)
    visit(storage, LIVE, at=LATER, retry_at=LATER)
    assert get(storage, article_id) == before
    assert take(storage, at=LATER).attempts == 0


def test_a_single_that_grows_is_assigned_anew_one_in_company_is_not(storage: Storage) -> None:
    [live] = store(storage, with_page("a"))
    [other] = store(storage, new("b"))
    visit(storage, LIVE, retry_at=NOW)
    assign(storage, joins(live, live), joins(other, other))
    visit(storage, grown("More."), retry_at=NOW, revises=True)
    assert [one.article_id for one in storage.unassigned(limit=9)] == [live]
    assign(storage, joins(live, other))
    visit(storage, grown("Still more."), retry_at=NOW, revises=True)
    assert storage.unassigned(limit=9) == []
    assert storage.check() == []
