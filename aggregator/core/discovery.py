"""From a page to the feeds it may have: announced, linked, kept where its system keeps them.

Everything found is a candidate to be fetched and judged (`core.freshness`); its rank says in which
order, and its sentence why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from aggregator.core import known_sites, page_feeds
from aggregator.core.candidates import Candidate, Rank
from aggregator.core.charsets import decode
from aggregator.core.feed_addresses import feed_key
from aggregator.core.page_feeds import Page
from aggregator.core.sitemap import is_of_news
from aggregator.core.urls import normalise

__all__ = ("Candidate", "find_feeds", "guess_feeds", "sitemap_feeds")

MAX_CANDIDATES = 100
MAX_TOLD = 500
"""Addresses of a page that are compared with one another."""

_FORMATS = frozenset({"", "rss", "rss2", "rdf", "atom", "feed", "feeds", "json", "xml", "index"})
_EXTENSION = re.compile(r"(?:\.(?:rss|rdf|atom|feed|json|xml|php))+\Z", re.IGNORECASE)
_FORMAT_ARGUMENT = re.compile(
    r"(?:(?:alt|feed|format|type)=(?:rss2?|atom|rdf|json|xml|feed))?", re.IGNORECASE
)
_FORMAT_WORD = re.compile(
    r"\b(?:rss|atom|rdf|json|xml|feeds?|flux|[0-9.]+)\b|[()»\[\]:|-]", re.IGNORECASE
)
_NEWS_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml", "googlenews.xml")


def find_feeds(body: bytes, url: str, *, content_type: str | None = None) -> tuple[Candidate, ...]:
    """What a page tells of its feeds, the likeliest first; `url` is where it came from at last.

    Feeds of comments come last. Common paths are guessed only where nothing else is found.
    """
    html = decode(body, content_type)
    page = Page(html, url)
    told = _unique([*page_feeds.announced(page), *page_feeds.linked(page)])[:MAX_TOLD]
    guesses = [
        *(_guess(one, Rank.KNOWN_SITE) for one in known_sites.by_address(page.url)),
        *(_guess(one, Rank.SYSTEM) for one in known_sites.by_markup(html, page.url)),
    ]
    found = _unique([*_without_variants(told), *guesses])
    if all(one.rank <= Rank.FOREIGN for one in found):
        common = known_sites.common(page.url, is_article=page.is_article)
        found = _unique([*found, *(_guess(one, Rank.COMMON) for one in common)])
    return _ranked(found)


def guess_feeds(url: str) -> tuple[Candidate, ...]:
    """The same where the page cannot be had, by nothing but its address."""
    address = normalise(url)
    if address is None:
        return ()
    known = (_guess(one, Rank.KNOWN_SITE) for one in known_sites.by_address(address))
    common = (_guess(one, Rank.COMMON) for one in known_sites.common(address))
    return _ranked(_unique([*known, *common]))


def sitemap_feeds(url: str, named: Iterable[str] = ()) -> tuple[Candidate, ...]:
    """Sitemaps that may list a site's latest news; `named` are those that its robots.txt names."""
    root = normalise("/", base=url) or url
    found = []
    for address in filter(None, (normalise(one, base=root) for one in named)):
        is_news = is_of_news(address)
        found.append(
            Candidate(
                url=address,
                rank=Rank.NAMED_NEWS_SITEMAP if is_news else Rank.NAMED_SITEMAP,
                why="The site's robots.txt names this sitemap.",
            )
        )
    guesses = [(name, Rank.NEWS_SITEMAP) for name in _NEWS_SITEMAPS]
    for name, rank in (*guesses, ("sitemap.xml", Rank.SITEMAP)):
        why = "Many sites keep a sitemap there."
        found.append(Candidate(url=root + name, rank=rank, why=why, guessed=True))
    return _ranked(_unique(found))


# --- order ---------------------------------------------------------------------------------------


def _guess(guess: known_sites.Guess, rank: Rank) -> Candidate:
    return Candidate(url=guess.url, rank=rank, why=guess.why, guessed=True)


def _unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each address once, as the likeliest of its candidates has it, where the first was found."""
    found: dict[str, Candidate] = {}
    for one in candidates:
        key = feed_key(one.url)
        found[key] = _merged(found[key], one) if key in found else one
    return list(found.values())


def _without_variants(candidates: Iterable[Candidate]) -> list[Candidate]:
    """One of those that differ by their format alone; titles that tell them apart count more."""
    kept: list[Candidate] = []
    places: dict[tuple[str, bool], list[int]] = {}
    for one in candidates:
        same = places.setdefault((_without_format(one.url), one.rank is Rank.COMMENTS), [])
        title = _bare_title(one.title)
        for place in same:
            other = _bare_title(kept[place].title)
            if not (title and other) or title == other:
                kept[place] = _merged(kept[place], one)
                break
        else:
            same.append(len(kept))
            kept.append(one)
    return kept


def _merged(known: Candidate, one: Candidate) -> Candidate:
    best, rest = (one, known) if one.rank > known.rank else (known, one)
    also = dict.fromkeys((*known.also, *one.also, known.url, one.url))
    also.pop(best.url)
    return replace(
        best,
        title=best.title or rest.title,
        guessed=known.guessed and one.guessed,
        also=tuple(also),
    )


def _without_format(url: str) -> str:
    parts = urlsplit(url)
    segments = parts.path.strip("/").split("/")
    segments[-1] = _EXTENSION.sub("", segments[-1])
    while segments and segments[-1].lower() in _FORMATS:
        segments.pop()
    arguments = [one for one in parts.query.split("&") if not _FORMAT_ARGUMENT.fullmatch(one)]
    return f"{parts.netloc.removeprefix('www.')}/{'/'.join(segments)}?{'&'.join(arguments)}"


def _bare_title(title: str) -> str:
    return " ".join(_FORMAT_WORD.sub(" ", title.lower()).split())


def _ranked(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(candidates, key=lambda one: -one.rank)[:MAX_CANDIDATES])
