"""Outlets, their articles, and the addresses under which a site has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

Relation = Literal["first", "copy", "rewrite", "report", "translation"]
"""What an article is to the one it goes back to; "first" starts a story."""

PageFate = Literal[
    "fine", "missing", "broken", "slow", "moved", "split", "paywall", "consent", "live"
]
"""How the page answers: 200, always 404, always 500, 200 after a second, or 301 first; or with 200
and something else than the article on one page: two pages, its beginning, a request to accept
cookies (the feed then has the whole text), or a blog that is kept up while things happen."""

FREE = 2
"""Paragraphs that are shown of an article behind a paywall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One newspaper or agency, and how it publishes."""

    key: str
    name: str
    tagline: str
    language: str
    tags: tuple[str, ...]
    feed: Literal["rss", "rdf", "atom", "json"]
    feed_path: str
    article_path: str
    """A pattern over {id}, {slug}, {section} and {date}."""
    design: Literal["semantic", "columns", "plain"]
    authors: Mapping[str, str]
    """Name to biography."""
    full_text: bool = False
    """False: the feed has summaries only."""
    cdata: bool = False
    """HTML stands in CDATA sections instead of being escaped."""
    images: Literal["", "enclosure", "media", "image"] = ""
    """How the feed names an article's image; empty: not at all."""
    tracking: str = ""
    """Query that the feed's links carry."""
    encoding: str = "utf-8"
    dates: Literal["full", "short", "bare"] = "full"
    """RFC 822 dates in full, with two-digit year, or without weekday and seconds."""
    utc_offset: int = 0
    """Hours by which its clocks are ahead of UTC."""
    pitch: str = ""
    """A paragraph amid every article that is no part of it."""
    closing: str = ""
    """The same, as the last one under every article."""

    @property
    def furniture(self) -> tuple[str, ...]:
        """What recurs on its pages and belongs to none of its articles."""
        return tuple(filter(None, (self.pitch, self.closing)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article as its outlet has published it."""

    id: int
    """Unique within the outlet."""
    slug: str
    """Unique within the press."""
    outlet: str
    """Key of the outlet."""
    title: str
    text: str
    """Plain text; paragraphs parted by an empty line."""
    section: str
    author: str
    published_at: datetime
    updated_at: datetime
    story: str
    """The same for all reports of one event; an article that stands alone has its own."""
    relation: Relation
    of: str | None
    """Slug of the article that `relation` refers to; None: it is the first."""
    summary: str = ""
    """Empty: the feed takes the beginning of the text."""
    image: bool = False
    page: PageFate = "fine"

    @property
    def paragraphs(self) -> list[str]:
        return self.text.split("\n\n")

    @property
    def readable(self) -> str:
        """As much of the text as readers get who neither pay nor consent."""
        shown = self.paragraphs[:FREE] if self.page == "paywall" else self.paragraphs
        return "\n\n".join(shown)

    @property
    def pages(self) -> tuple[tuple[str, ...], ...]:
        """The paragraphs of each of its pages."""
        texts = tuple(self.readable.split("\n\n"))
        if self.page != "split":
            return (texts,)
        half = (len(texts) + 1) // 2
        return texts[:half], texts[half:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one outlet serves at one moment."""

    outlet: Outlet
    base: str
    """Origin without a slash at the end."""
    articles: tuple[Article, ...]
    """Newest first."""
    _by_path: dict[str, Article] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pages = {_plain(self.url(article)): article for article in self.articles}
        detours = {_plain(self.link(article)): article for article in self.articles}
        object.__setattr__(self, "_by_path", pages | detours)

    @property
    def feed_url(self) -> str:
        return self.base + self.outlet.feed_path

    @property
    def sections(self) -> list[str]:
        """In order of their latest article."""
        return list(dict.fromkeys(article.section for article in self.articles))

    @property
    def updated_at(self) -> datetime:
        """When the feed last changed."""
        return max(article.updated_at for article in self.articles)

    def url(self, article: Article) -> str:
        """The address of the article's page."""
        path = self.outlet.article_path.format(
            id=article.id,
            slug=article.slug,
            section=section_slug(article.section),
            date=article.published_at.strftime("%Y/%m/%d"),
        )
        return self.base + quote(path, safe="/?=&")

    def page_url(self, article: Article, number: int) -> str:
        """The address of a further page; 1 is the first."""
        url = self.url(article)
        return url if number == 1 else f"{url}{'&' if '?' in url else '?'}page={number}"

    def at(self, at: datetime) -> datetime:
        """A time as the outlet's clocks show it."""
        return at.astimezone(timezone(timedelta(hours=self.outlet.utc_offset)))

    def link(self, article: Article) -> str:
        """The address that the feed gives: with tracking, or that of a redirect."""
        url = f"{self.base}/go/{article.id}" if article.page == "moved" else self.url(article)
        if not self.outlet.tracking:
            return url
        return f"{url}{'&' if '?' in url else '?'}{self.outlet.tracking}"

    def image_url(self, article: Article) -> str:
        return f"{self.base}/images/{article.id}.png"

    def section_url(self, section: str) -> str:
        return f"{self.base}/section/{quote(section_slug(section))}"

    def in_section(self, section: str) -> list[Article]:
        return [article for article in self.articles if article.section == section]

    def find(self, url: str) -> Article | None:
        """The article with a page at this address, tracking or not; None: there is none."""
        return self._by_path.get(_plain(url))


def page_number(url: str) -> int:
    """Of an article's page, by its address; 0 where there is no such page."""
    number = dict(parse_qsl(urlsplit(url).query)).get("page", "1")
    return int(number) if number in {"1", "2"} else 0


def section_slug(section: str) -> str:
    return section.lower().replace(" ", "-")


def _plain(url: str) -> str:
    """Path and query of an address, decoded and without tracking and page number."""
    parts = urlsplit(url)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query)
        if name[:4] != "utm_" and name != "page"
    ]
    return unquote(parts.path) + (f"?{urlencode(query)}" if query else "")
