"""What a site answers to each address, before HTTP comes into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from aggregator.demo.feeds import render_feed
from aggregator.demo.model import Article, Site, page_number, section_slug
from aggregator.demo.pages import article_page, consent_page, error_page, list_page
from aggregator.demo.pictures import PICTURE_TYPE, picture_of

_HTML = "text/html; charset=utf-8"
_SLOW = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    content_type: str = _HTML
    body: bytes = b""
    location: str | None = None
    """None: no redirect."""
    modified_at: datetime | None = None
    """None: the answer has no validators."""
    delay: float = 0.0
    """Seconds before it comes."""


def answer(site: Site, target: str) -> Answer:
    """`target` is the path and query of a request."""
    path = unquote(urlsplit(target).path)
    article = site.find(target)
    if article is not None:
        return _article(site, article, path, page_number(target))
    if path == site.outlet.feed_path:
        content_type, body = render_feed(site)
        return Answer(content_type=content_type, body=body, modified_at=site.updated_at)
    if path == "/robots.txt":
        return Answer(content_type="text/plain", body=b"User-agent: *\nDisallow: /search\n")
    if path.startswith("/images/"):
        return _image(site, path)
    return _list(site, path)


def _article(site: Site, article: Article, path: str, number: int) -> Answer:
    if path.startswith("/go/"):
        return Answer(status=301, location=site.url(article))
    match article.page:
        case "missing":
            return _error(site, 404)
        case "broken":
            return _error(site, 500)
        case "consent":
            return Answer(body=consent_page(site))
    if not 1 <= number <= len(article.pages):
        return _error(site, 404)
    return Answer(
        body=article_page(site, article, number),
        modified_at=article.updated_at,
        delay=_SLOW if article.page == "slow" else 0.0,
    )


def _error(site: Site, status: int) -> Answer:
    return Answer(status=status, body=error_page(site, status))


def _list(site: Site, path: str) -> Answer:
    if path == "/":
        return Answer(body=list_page(site, site.outlet.name, site.articles))
    for section in site.sections:
        if path == f"/section/{section_slug(section)}":
            return Answer(body=list_page(site, section, site.in_section(section)))
    return _error(site, 404)


def _image(site: Site, path: str) -> Answer:
    for article in site.articles:
        if article.image and site.image_url(article) == site.base + path:
            return Answer(content_type=PICTURE_TYPE, body=picture_of(article))
    return _error(site, 404)
