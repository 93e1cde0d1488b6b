"""The feeds that a page itself names: in its head, in its links, inside links to readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from aggregator.core.candidates import Candidate, Rank
from aggregator.core.feed_addresses import feed_address, feed_key, looks_like_feed
from aggregator.core.feed_fields import clean_title
from aggregator.core.html import Element, document_base, line_text, parse_document
from aggregator.core.trees import text_of
from aggregator.core.urls import MAX_URL, normalise

MAX_LINKS = 20_000
"""Links of a page that are looked at."""


_FEED_TYPES = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/feed+json"),
        *("application/rdf+xml", "application/rss", "application/atom", "text/rss+xml"),
        *("application/x.atom+xml", "application/x-atom+xml", "application/x-rss+xml"),
        *("text/atom+xml", "text/rss", "text/atom", "application/rss-xml"),
    }
)
_OTHER_TYPES = frozenset({"application/json", "application/xml", "text/xml", ""})
_FEED_RELATIONS = frozenset({"alternate", "alternative", "feed", "service.feed"})
_NO_FEED = re.compile(
    r"/wp-json/|/wp/v2/|/oembed\b|[?&]oembed=|/xmlrpc\.php"
    r"|://(?:[\w-]+\.)*(?:twitter|x|facebook|instagram|linkedin)\.com/",
    re.IGNORECASE,
)
_COMMENT_ADDRESS = re.compile(
    r"/comments?/(?:feed|default|rss|atom)|/(?:feed|rss)/comments?\b|feed=comments|/comments?\.(?:xml|rss|atom)"
    r"|/[0-9]+/comments/default",
    re.IGNORECASE,
)
_COMMENT_TITLE = re.compile(
    r"\b(?:comments?|repl(?:y|ies)|kommentare?|kommentar(?:er)?|commentaires?|comentarios?"
    r"|comentários?|commenti|reacties|komentarze?|yorumlar)\b|комментари|коментар|コメント|评论|評論",
    re.IGNORECASE,
)
_FEED_TEXT = re.compile(
    r"\b(?:rss|atom|xml|json)(?:[- ]?(?:feeds?|flux|kanal))?\b|\b(?:news|web|podcast)?\s?feeds?\b"
    r"|\bflux\b|\bfils? rss\b",
    re.IGNORECASE,
)
_MAX_FEED_TEXT = 40
"""Characters; a longer text is a sentence about feeds."""
_READERS = re.compile(
    r"https?://(?:[\w-]+\.)*(?:feedly|inoreader|newsblur|netvibes|theoldreader|bloglovin|feedbin"
    r"|my\.yahoo|subtome|feeder)\.(?:com|co|net)/",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"https?://[^/]+/.*?\b(https?://[^\s&]+)", re.IGNORECASE)


class Page:
    """A page and what its links are relative to."""

    def __init__(self, html: str, url: str) -> None:
        self.url = normalise(url) or url
        self.root = parse_document(html)
        self.base = document_base(self.root, self.url)
        self.host = urlsplit(self.url).netloc.removeprefix("www.")
        kinds = (one.get("content", "") for one in self.root.iter("meta") if _is_kind(one))
        self.is_article = "article" in (kind.strip().lower() for kind in kinds)

    def resolve(self, href: str) -> str | None:
        return feed_address(href[:MAX_URL], base=self.base) if href.strip() else None


def _is_kind(meta: Element) -> bool:
    return meta.get("property", "").lower() == "og:type"


def announced(page: Page) -> Iterator[Candidate]:
    for position, link in enumerate(page.root.iter("link")):
        if position == MAX_LINKS:
            return
        rank = _announced_rank(link)
        url = page.resolve(link.get("href", "")) if rank else None
        if rank is None or url is None or _NO_FEED.search(url):
            continue
        title = _title(link.get("title", ""))
        comments = _is_of_comments(url, title, page)
        yield Candidate(
            url=url,
            rank=Rank.COMMENTS if comments else rank,
            why="The page announces it" + (" as a feed of comments." if comments else "."),
            title=title,
        )


def _announced_rank(link: Element) -> Rank | None:
    """None: it announces no feed."""
    relations = frozenset(re.split(r"[\s,]+", link.get("rel", "").lower()))
    kind = link.get("type", "").partition(";")[0].strip().lower()
    if "stylesheet" in relations or relations.isdisjoint(_FEED_RELATIONS):
        return Rank.ANNOUNCED if kind in _FEED_TYPES and not link.get("rel") else None
    if kind in _FEED_TYPES or ("feed" in relations and kind in _OTHER_TYPES | {"text/html"}):
        return Rank.ANNOUNCED
    if kind not in _OTHER_TYPES or link.get("hreflang") or link.get("media"):
        return Rank.ANNOUNCED if looks_like_feed(link.get("href", "")) and "+" not in kind else None
    address = link.get("href", "").strip()
    if _FEED_TEXT.search(link.get("title", "")) or looks_like_feed(address):
        return Rank.AMBIGUOUS
    return Rank.UNNAMED if kind else None


def linked(page: Page) -> Iterator[Candidate]:
    for position, anchor in enumerate(page.root.iter("a")):
        if position == MAX_LINKS:
            return
        link = _link(anchor, page)
        if link is None or _NO_FEED.search(link.url):
            continue
        title = _title(anchor.get("title", "") or text_of(anchor, 200))
        comments = _is_of_comments(link.url, title, page)
        yield Candidate(
            url=link.url,
            rank=Rank.COMMENTS if comments else link.rank,
            why="The page links to it as a feed of comments." if comments else link.why,
            title=title,
        )


class _Link(NamedTuple):
    url: str
    rank: Rank
    why: str


def _link(anchor: Element, page: Page) -> _Link | None:
    href = anchor.get("href", "").strip()[:MAX_URL]
    if not href or href[0] == "#":
        return None
    if _READERS.match(href):
        inside = _INSIDE.match(unquote(unquote(href)))
        url = feed_address(inside[1]) if inside else None
        return _Link(url, Rank.READER, "A link to a reader names it.") if url else None
    is_feed = (
        looks_like_feed(href.partition("#")[0])
        or href[:5].lower() in {"feed:", "pcast"}
        or anchor.get("type", "").strip().lower() in _FEED_TYPES
    )
    named = not is_feed and _says_feed(anchor, href)
    url = page.resolve(href) if is_feed or named else None
    if url is None or feed_key(url) == feed_key(page.url):
        return None
    host = urlsplit(url).netloc
    if not (host.endswith(page.host) or "feed" in host):
        return (
            _Link(url, Rank.FOREIGN, "The page links to it, on another host.") if is_feed else None
        )
    if named:
        return _Link(url, Rank.NAMED, "A link of the page calls it a feed.")
    return _Link(url, Rank.LINKED, "The page links to it.")


def _says_feed(anchor: Element, href: str) -> bool:
    if href[:1] == "?" or not re.search(r"rss|atom|feed|xml|rdf", href, re.IGNORECASE):
        return False
    texts = (text_of(anchor, _MAX_FEED_TEXT + 1), anchor.get("title", ""), anchor.get("class", ""))
    return any(len(text) <= _MAX_FEED_TEXT and _FEED_TEXT.search(text) for text in texts)


def _is_of_comments(url: str, title: str, page: Page) -> bool:
    if _COMMENT_ADDRESS.search(url) or _COMMENT_TITLE.search(title):
        return True
    own = feed_key(page.url)  # below the page of one article there is nothing but its comments
    return page.is_article and "/" in own and feed_key(url).startswith(f"{own}/")


def _title(written: str) -> str:
    return clean_title(line_text(written))
