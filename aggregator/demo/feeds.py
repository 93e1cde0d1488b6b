"""Feeds of a site in its own format: RSS 2.0, RSS 1.0, Atom 1.0 or JSON Feed 1.1.

All are well formed and keep their specifications; what differs is what real feeds differ in.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from xml.dom import minidom

from aggregator.core.text import shorten
from aggregator.demo.model import Article, Site
from aggregator.demo.pictures import HEIGHT, PICTURE_TYPE, WIDTH, picture_of

_EXCERPT = 280
"""Characters of the text that stand in for a summary."""

_RSS_NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
}
_RDF_NAMESPACES = {
    "xmlns": "http://purl.org/rss/1.0/",
    "xmlns:rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
}
_WIDE_DATE = timezone(timedelta(hours=3))


def render_feed(site: Site) -> tuple[str, bytes]:
    """Content type and body."""
    match site.outlet.feed:
        case "rss":
            return _rss(site)
        case "rdf":
            return _rdf(site)
        case "atom":
            return _atom(site)
        case "json":
            return _json(site)


def summary_of(article: Article) -> str:
    if article.page == "consent":
        return article.text.replace("\n\n", " ")
    return article.summary or shorten(article.text.replace("\n\n", " "), _EXCERPT)


def content_html(article: Article) -> str:
    return "\n".join(f"<p>{escape(text, quote=False)}</p>" for text in article.paragraphs)


def rfc822_date(at: datetime, style: str) -> str:
    """RFC 822 lets a date leave out weekday and seconds, and has two-digit years."""
    full = format_datetime(at, usegmt=True)
    if style == "short":
        return f"{full[:12]}{full[14:22]} UT"
    if style == "bare":
        local = format_datetime(at.astimezone(_WIDE_DATE))
        return local[5:22].lstrip("0") + local[25:]
    return full


class _Node:
    """An element under construction; each `add` returns the new child."""

    def __init__(self, document: minidom.Document, element: minidom.Element) -> None:
        self._document = document
        self._element = element

    def add(
        self, tag: str, text: str = "", *, cdata: bool = False, attrs: dict[str, str] | None = None
    ) -> _Node:
        child = self._document.createElement(tag)
        for name, value in (attrs or {}).items():
            child.setAttribute(name, value)
        if text and cdata and "]]>" not in text:  # which would end the section
            child.appendChild(self._document.createCDATASection(text))
        elif text:
            child.appendChild(self._document.createTextNode(text))
        self._element.appendChild(child)
        return _Node(self._document, child)


def _document(tag: str, attrs: dict[str, str]) -> tuple[minidom.Document, _Node]:
    document = minidom.Document()
    root = document.createElement(tag)
    for name, value in attrs.items():
        root.setAttribute(name, value)
    document.appendChild(root)
    return document, _Node(document, root)


def _rss(site: Site) -> tuple[str, bytes]:
    outlet = site.outlet
    document, rss = _document("rss", {"version": "2.0", **_RSS_NAMESPACES})
    channel = rss.add("channel")
    channel.add("title", outlet.name)
    channel.add("link", f"{site.base}/")
    channel.add("description", outlet.tagline)
    channel.add("language", outlet.language)
    channel.add("lastBuildDate", rfc822_date(site.updated_at, outlet.dates))
    channel.add("atom:link", attrs={"rel": "self", "href": site.feed_url})
    for article in site.articles:
        _rss_item(channel.add("item"), site, article)
    return f"application/rss+xml; charset={outlet.encoding}", document.toxml(outlet.encoding)


def _rss_item(item: _Node, site: Site, article: Article) -> None:
    outlet = site.outlet
    item.add("title", article.title, cdata=outlet.cdata)
    item.add("link", site.link(article))
    if outlet.tracking:
        item.add("guid", f"{outlet.key}-{article.id}", attrs={"isPermaLink": "false"})
    else:
        item.add("guid", site.link(article))
    item.add("pubDate", rfc822_date(article.published_at, outlet.dates))
    item.add("dc:creator", article.author, cdata=outlet.cdata)
    item.add("category", article.section)
    item.add("description", summary_of(article), cdata=outlet.cdata)
    if outlet.full_text:
        item.add("content:encoded", content_html(article), cdata=outlet.cdata)
    if article.image:
        _rss_image(item, site, article)


def _rss_image(item: _Node, site: Site, article: Article) -> None:
    url = site.image_url(article)
    if site.outlet.images == "enclosure":
        length = str(len(picture_of(article)))
        item.add("enclosure", attrs={"url": url, "type": PICTURE_TYPE, "length": length})
    elif site.outlet.images == "media":
        size = {"width": str(WIDTH), "height": str(HEIGHT)}
        item.add("media:thumbnail", attrs={"url": url, **size})


def _rdf(site: Site) -> tuple[str, bytes]:
    outlet = site.outlet
    document, rdf = _document("rdf:RDF", _RDF_NAMESPACES)
    channel = rdf.add("channel", attrs={"rdf:about": site.feed_url})
    channel.add("title", outlet.name)
    channel.add("link", f"{site.base}/")
    channel.add("description", outlet.tagline)
    channel.add("dc:language", outlet.language)
    order = channel.add("items").add("rdf:Seq")
    for article in site.articles:
        url = site.link(article)
        order.add("rdf:li", attrs={"rdf:resource": url})
        item = rdf.add("item", attrs={"rdf:about": url})
        item.add("title", article.title)
        item.add("link", url)
        item.add("description", summary_of(article))
        item.add("dc:creator", article.author)
        item.add("dc:subject", article.section)
        item.add("dc:date", article.published_at.isoformat())
    return "application/rdf+xml", document.toxml(outlet.encoding)


def _atom(site: Site) -> tuple[str, bytes]:
    outlet = site.outlet
    root = {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": outlet.language}
    document, feed = _document("feed", root)
    authority = f"tag:{outlet.key}.example.com,2024"
    feed.add("id", f"{authority}:feed")
    feed.add("title", outlet.name)
    feed.add("subtitle", outlet.tagline)
    feed.add("updated", site.updated_at.isoformat())
    feed.add("link", attrs={"rel": "self", "href": site.feed_url})
    feed.add("link", attrs={"rel": "alternate", "type": "text/html", "href": f"{site.base}/"})
    for article in site.articles:
        entry = feed.add("entry")
        entry.add("id", f"{authority}:{article.id}")
        entry.add("title", article.title)
        entry.add("link", attrs={"rel": "alternate", "href": site.link(article)})
        entry.add("published", article.published_at.isoformat())
        entry.add("updated", article.updated_at.isoformat())
        entry.add("author").add("name", article.author)
        entry.add("category", attrs={"term": article.section})
        entry.add("summary", summary_of(article))
        if outlet.full_text:
            html = content_html(article)
            entry.add("content", html, cdata=outlet.cdata, attrs={"type": "html"})
    return "application/atom+xml; charset=utf-8", document.toxml(outlet.encoding)


def _json(site: Site) -> tuple[str, bytes]:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.outlet.name,
        "description": site.outlet.tagline,
        "home_page_url": f"{site.base}/",
        "feed_url": site.feed_url,
        "language": site.outlet.language,
        "items": [_json_item(site, article) for article in site.articles],
    }
    return "application/feed+json", json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_item(site: Site, article: Article) -> dict[str, object]:
    item: dict[str, object] = {
        "id": f"{site.outlet.key}:{article.id}",
        "url": site.link(article),
        "title": article.title,
        "summary": summary_of(article),
        "content_html": content_html(article),
        "date_published": article.published_at.isoformat(),
        "date_modified": article.updated_at.isoformat(),
        "authors": [{"name": article.author}],
        "tags": [article.section],
    }
    if article.image:
        item["image"] = site.image_url(article)
    return item
