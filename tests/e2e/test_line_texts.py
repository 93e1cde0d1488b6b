"""Full texts, from a site on loopback to the store: what is fetched of an article, what is taken
for one, and what becomes of it later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from newssite import NewsSite, Page

from aggregator.config import Config, parse
from aggregator.core.query import parse as parse_query
from aggregator.service.extracting import extract_again
from aggregator.service.runtime import open_runtime
from aggregator.service.update import UpdateSummary, update
from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import open_storage
from aggregator.types import Article, PageKind, TextOrigin, TextState

pytestmark = pytest.mark.usefixtures("quick_readers")

T = TypeVar("T")
HOUR = timedelta(hours=1)
TOLD = (
    "The harbour board of Orrinmouth has voted to deepen the eastern channel before the winter "
    "storms, so that the new ferry can leave Skerry Point at any tide, and has set aside a fifth "
    "of its yearly income for the dredging and for the families of the oyster fishers."
)
"""What the feed says of every article."""
NAMES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")


def prose(subject: str, paragraphs: int = 6) -> list[str]:
    """Paragraphs that no other subject has, about what the feed announces."""
    return [
        f"The harbour board of Orrinmouth heard from {NAMES[number]} of the {subject} on how the "
        f"eastern channel would be deepened by {number + 3} metres before the winter storms. The "
        f"new ferry to Skerry Point, said the {subject}, could then leave at any tide, and the "
        f"oyster fishers of pier {number + 1} would be paid for each of the days they lose."
        for number in range(paragraphs)
    ]


def article(
    paragraphs: list[str], *, head: str = "", foot: str = "", title: str = "Channel to be deepened"
) -> Page:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    text = (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head><body>"
        f"<main><article><h1>{title}</h1>{body}</article>{foot}</main></body></html>"
    )
    return Page(text.encode(), type="text/html; charset=utf-8")


def linked_data(**fields: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps(fields)}</script>"


@dataclass
class Paper:
    """A site, and those who read it with a store of their own."""

    site: NewsSite
    folder: Path
    options: str = ""
    """Further keys of its source in feeds.yaml, indented by two."""
    keep_pages: str = "7d"
    later: timedelta = timedelta()
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.later

    @property
    def config(self) -> Config:
        text = (
            f"storage: {self.folder / 'aggregator.db'}\nallow: [127.0.0.0/8]\nhost_delay: 0s\n"
            f"keep_pages: {self.keep_pages}\n"
            f"sources:\n- url: {self.site.url('/feed.xml')}\n  name: Paper\n{self.options}"
        )
        return parse(text, file="feeds.yaml", folder=self.folder, environ={})

    def announce(self, *paths: str, told: str = TOLD) -> None:
        """What the feed has: addresses of articles, the newest last."""
        urls = [path if path.startswith("http") else self.site.url(path) for path in paths]
        times = [self.began_at - HOUR + timedelta(minutes=number) for number in range(len(urls))]
        items = "".join(
            f"<item><title>Channel to be deepened</title><link>{url}</link><guid>{url}</guid>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{told}</description></item>"
            for url, at in zip(urls, times, strict=True)
        )
        feed = f"<rss version='2.0'><channel><title>Paper</title>{items}</channel></rss>"
        self.site.pages["/feed.xml"] = Page(feed.encode())

    def read(self) -> UpdateSummary:
        """One pass; the feed is polled whether it is due or not."""

        async def work() -> UpdateSummary:
            async with open_runtime(
                self.config, report=lambda _event: None, clock=self.clock
            ) as runtime:
                return await update(runtime, force=True)

        summary = run(work())
        assert summary.crashed == []
        assert summary.failed == []
        return summary

    @contextmanager
    def opened(self) -> Iterator[Storage]:
        storage = open_storage(self.folder / "aggregator.db", read_only=True)
        try:
            yield storage
        finally:
            storage.close()

    def articles(self) -> dict[str, Article]:
        """By path, or by address where it is another site's."""
        with self.opened() as storage:
            count = storage.counts().articles
            found = [storage.article(number) for number in range(1, count + 1)]
        here = self.site.url("")
        return {(one.summary.url or "").removeprefix(here): one for one in found if one}

    def asked(self) -> list[str]:
        """Paths of pages, in order."""
        return [path for path in self.site.asked if path not in {"/feed.xml", "/robots.txt"}]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with NewsSite() as site:
        yield Paper(site, tmp_path)


# --- one pass over all kinds of pages

DAWN, NOON, DUSK = prose("dawn watch"), prose("noon watch"), prose("dusk watch")
CONSENT = (
    "<!doctype html><html><head><title>Before you continue</title></head><body>"
    "<div id='cookie-consent'><h1>We value your privacy</h1><p>We and our 812 partners use cookies "
    "to store and access information on your device. By clicking Accept all you agree to our use "
    "of cookies. You can change your cookie settings at any time.</p>"
    "<button>Accept all cookies</button><button>Reject all</button></div></body></html>"
)
CHALLENGE = (
    "<!doctype html><html><head><title>Just a moment...</title></head><body>"
    "<h1>Checking your browser before you go on</h1><p>Enable JavaScript and cookies to continue. "
    "Verify you are human.</p><div class='cf-turnstile'></div></body></html>"
)
STUB = "The harbour board of Orrinmouth has voted on the eastern channel."
WALL = (
    "<div class='paywall'><p>This article is for subscribers only. Subscribe to read on.</p></div>"
)


def fill(paper: Paper) -> None:
    pages = paper.site.pages
    pages["/split"] = article(
        DAWN, head="<link rel='next' href='/split/2'>", foot="<a href='/split/2'>Next page</a>"
    )
    pages["/split/2"] = article(
        NOON, head="<link rel='next' href='/split/3'>", foot="<a href='/split/3'>Next page</a>"
    )
    pages["/split/3"] = article(DUSK)
    pages["/short"] = article(
        ["The harbour board of Orrinmouth has voted to deepen the eastern channel, as we learn."],
        head="<link rel='amphtml' href='/short/amp'>",
    )
    pages["/short/amp"] = article(prose("pilots"))
    pages["/consent"] = Page(CONSENT.encode(), type="text/html; charset=utf-8")
    pages["/challenge"] = Page(CHALLENGE.encode(), type="text/html; charset=utf-8")
    locked = linked_data(
        **{"@context": "https://schema.org", "@type": "NewsArticle"}, isAccessibleForFree=False
    )
    pages["/stub"] = article([STUB], head=locked, foot=WALL)
    paper.announce("/split", "/short", "/consent", "/challenge", "/stub")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paper]:
    with NewsSite() as site:
        paper = Paper(site, tmp_path_factory.mktemp("texts"))
        fill(paper)
        paper.read()
        yield paper


def test_a_split_article_is_joined_in_order(filled: Paper) -> None:
    assert [path for path in filled.asked() if path.startswith("/split")] == [
        "/split", "/split/2", "/split/3",
    ]  # fmt: skip
    found = filled.articles()["/split"]
    assert (found.text_state, found.text_error) == (TextState.READY, None)
    places = [found.text.find(text) for text in (*DAWN, *NOON, *DUSK)]
    assert -1 not in places
    assert places == sorted(places)
    assert found.text_why


def test_the_amp_page_is_used_when_the_page_yields_little(filled: Paper) -> None:
    found = filled.articles()["/short"]
    assert found.text_origin is TextOrigin.AMP
    assert all(text in found.text for text in prose("pilots"))


@pytest.mark.parametrize(
    ("path", "kind"), [("/consent", PageKind.CONSENT), ("/challenge", PageKind.CHALLENGE)]
)
def test_what_is_no_article_is_marked_and_the_feeds_text_stays(
    filled: Paper, path: str, kind: PageKind
) -> None:
    found = filled.articles()[path]
    assert found.kind is kind
    assert found.kind_why
    assert found.text == TOLD
    assert found.text_state is TextState.RETRY
    assert found.text_error == found.kind_why
    assert found.summary.story_id is not None


def test_a_paywall_stub_keeps_the_feeds_longer_text(filled: Paper) -> None:
    found = filled.articles()["/stub"]
    assert found.kind is PageKind.PAYWALL
    assert (found.text, found.text_state) == (TOLD, TextState.READY)
    assert found.text_origin.is_feed


# --- later visits


def test_a_challenge_is_tried_again_and_gives_way(paper: Paper) -> None:
    paper.site.pages["/a"] = Page(CHALLENGE.encode(), type="text/html")
    paper.announce("/a")
    assert paper.read().texts == 0
    assert paper.read().texts == 0
    assert paper.asked() == ["/a"]  # not due again yet
    paper.site.pages["/a"] = article(DAWN)
    paper.later = HOUR
    assert paper.read().texts == 1
    found = paper.articles()["/a"]
    assert (found.kind, found.text_origin) == (PageKind.ARTICLE, TextOrigin.PAGE)
    assert (found.text_error, found.revision) == (None, 1)


def test_a_live_blog_gets_revisions_while_it_grows(paper: Paper) -> None:
    live = linked_data(**{"@context": "https://schema.org", "@type": "LiveBlogPosting"})
    paper.announce("/live")
    for hours, posts in ((0, 4), (1, 6), (2, 6), (4, 8)):
        paper.site.pages["/live"] = article(DAWN[:1] + prose("live desk", posts), head=live)
        paper.later = hours * HOUR
        paper.read()
    assert paper.asked() == ["/live"] * 4
    found = paper.articles()["/live"]
    assert found.kind is PageKind.LIVE
    assert (found.revision, len(found.revisions)) == (3, 2)
    assert prose("live desk", 8)[-1] in found.text
    assert prose("live desk", 8)[-1] not in found.revisions[-1].text


# --- rules


def test_cookies_of_rules_reach_the_server_and_only_it(paper: Paper) -> None:
    paper.options = "  extract:\n    cookies: {consent: granted}\n    headers: {X-Reader: desk}\n"
    with NewsSite("127.0.0.2") as other:
        for site in (paper.site, other):
            site.pages["/a"] = article(DAWN)
        paper.announce("/a", other.url("/a"))
        assert paper.read().texts == 2
        (ours,) = [request for request in paper.site.requests if request.path == "/a"]
        assert ours.headers["cookie"] == "consent=granted"
        assert ours.headers["x-reader"] == "desk"
        assert [request.path for request in other.requests] == ["/robots.txt", "/a"]
        for request in other.requests:
            assert "cookie" not in request.headers
            assert "x-reader" not in request.headers


def test_nothing_is_kept_where_keep_pages_is_0(paper: Paper) -> None:
    paper.site.pages["/a"] = article(DAWN)
    paper.announce("/a")
    paper.keep_pages = "0s"
    paper.read()
    with paper.opened() as storage:
        assert storage.count_kept() == 0
    assert run(extract_again(paper.config)).seen == 0


def test_pages_that_are_to_be_kept_no_longer_go_with_the_next_pass(paper: Paper) -> None:
    paper.site.pages["/a"] = article(DAWN)
    paper.announce("/a")
    paper.read()
    with paper.opened() as storage:
        assert storage.count_kept() == 1
    paper.keep_pages = "0s"
    paper.read()
    with paper.opened() as storage:
        assert storage.count_kept() == 0


def test_new_rules_reach_stored_articles_search_and_stories_in_one_pass(paper: Paper) -> None:
    for path, subject in (("/a", "dawn watch"), ("/b", "dusk watch")):
        note = (
            f"Postscript of the {subject}: what was said of the channel is the quintessence of it."
        )
        aside = f"<section class='notes'><p>{note}</p></section>"
        paper.site.pages[path] = article([*prose(subject), aside])
    paper.announce("/a", "/b")
    paper.read()
    asked = len(paper.site.requests)
    before = paper.articles()
    quintessence = parse_query("quintessence", now=paper.clock())

    paper.options = "  extract:\n    body: .notes\n"
    told: list[tuple[int, int]] = []
    report = run(extract_again(paper.config, progress=lambda *counts: told.append(counts)))

    assert (report.seen, report.changed, report.failed) == (2, 2, ())
    assert told == [(1, 2), (2, 2)]
    assert not report.left_to_leader
    assert len(paper.site.requests) == asked
    after = paper.articles()
    for path, found in after.items():
        assert found.text_origin is TextOrigin.RULES
        assert found.text.startswith("Postscript of the ")
        assert found.text != before[path].text
        assert found.revision == 1
        assert found.summary.story_id is not None
    with paper.opened() as storage:
        assert len(storage.search(quintessence, limit=9).hits) == 2
        gone = parse_query('"oyster fishers"', now=paper.clock())
        assert storage.search(gone, limit=9).hits == ()
        assert storage.counts().unassigned == 0
        assert storage.check() == []


def test_only_the_sources_and_times_that_are_asked_for(paper: Paper) -> None:
    paper.site.pages["/a"] = article(DAWN)
    paper.announce("/a")
    paper.read()
    assert run(extract_again(paper.config, sources=["Pap"])).seen == 1
    assert run(extract_again(paper.config, since=paper.clock() + HOUR)).seen == 0


# --- the furniture of an outlet


SYLLABLES = ("ba", "ket", "lom", "ris", "dun", "vey", "gor", "sil", "tha", "mur", "pel", "nox")


def tale(number: int) -> list[str]:
    """Paragraphs of an article that has its words for itself."""

    def word(place: int) -> str:
        return "".join(SYLLABLES[(number * factor + place) % 12] for factor in (1, 5, 7)) + (
            SYLLABLES[number // 12] + SYLLABLES[place % 12]
        )

    return [
        f"{word(place).title()} gave {word(place + 1)} and {word(place + 2)} to {number} of the "
        f"{word(place + 3)}, while {word(place + 4)} {word(place + 5)} kept a {word(place + 6)}. "
        f"No {word(place + 7)} was {word(place + 8)} after {place + 2} {word(place + 9)} hours."
        for place in range(6)
    ]


def test_the_first_articles_of_an_outlet_lose_its_furniture_too(paper: Paper) -> None:
    appeal = "Have you seen something on the quay? Write to our night desk, and leave your number."
    tales = {f"/tale-{number}": tale(number) for number in range(24)}
    for path, paragraphs in tales.items():
        paper.site.pages[path] = article([*paragraphs, appeal], title=paragraphs[0][:40])
    paper.announce(*tales, told="A short report.")
    assert paper.read().texts == len(tales)
    found = paper.articles()
    assert [path for path, one in found.items() if "night desk" in one.text] == []
    for path, paragraphs in tales.items():
        assert all(paragraph in found[path].text for paragraph in paragraphs)
    with paper.opened() as storage:
        assert storage.counts().unassigned == 0
