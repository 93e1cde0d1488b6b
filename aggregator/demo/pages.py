"""Pages of a site: each article among the clutter of a real one, in one of three designs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from xml.etree.ElementTree import Element

from aggregator.core.text import shorten
from aggregator.demo import clutter
from aggregator.demo.bodies import body_of
from aggregator.demo.labels import Labels, labels_for
from aggregator.demo.markup import el, link, script, write
from aggregator.demo.model import Article, Site

_FEED_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_STYLE = (
    "body{font:17px/1.5 Georgia,serif;max-width:44em;margin:0 auto;padding:0 1em;color:#222}"
    "header,footer,nav,.breadcrumb,.byline,.share-buttons,.cookie-banner{font:14px sans-serif}"
    ".logo{font:bold 28px Georgia,serif;color:inherit;text-decoration:none}"
    "nav ul,.share-buttons ul,footer ul{list-style:none;padding:0}"
    "nav li,.share-buttons li,footer li{display:inline-block;margin-inline-end:1em}"
    ".cookie-banner,.newsletter-signup{background:#eee;padding:.5em 1em;margin:1em 0}"
    "img{max-width:100%;height:auto}.comment,.teaser{border-top:1px solid #ccc;padding:.5em 0}"
)


def article_page(site: Site, article: Article, number: int) -> bytes:
    """One of its pages; 1 is the first."""
    labels = labels_for(site.outlet.language)
    design = {"semantic": _semantic, "columns": _columns, "plain": _plain}[site.outlet.design]
    body = design(site, article, labels, number)
    return _page(site, labels, article.title, [*_article_meta(site, article)], body)


def consent_page(site: Site) -> bytes:
    """What stands in place of an article until somebody accepts cookies."""
    labels = labels_for(site.outlet.language)
    charset, title = el("meta", {"charset": "utf-8"}), el("title", None, labels.cookies_title)
    head, body = el("head", None, charset, title), el("body", None, clutter.cookies(labels))
    attrs = {"lang": site.outlet.language, "dir": labels.direction}
    return write(el("html", attrs, head, body))


def list_page(site: Site, title: str, articles: Sequence[Article]) -> bytes:
    """The home page, or that of a section."""
    labels = labels_for(site.outlet.language)
    teasers = el("div", {"class": "teasers"}, *(clutter.teaser(site, item) for item in articles))
    body = [clutter.header(site, labels), el("main", None, el("h1", None, title), teasers)]
    return _page(site, labels, title, [], [*body, clutter.footer(site, labels)])


def error_page(site: Site, status: int) -> bytes:
    labels = labels_for(site.outlet.language)
    message = labels.not_found if status == 404 else labels.server_error
    body = [
        clutter.header(site, labels),
        el("p", {"class": "error"}, message),
        clutter.footer(site, labels),
    ]
    return _page(site, labels, str(status), [], body)


# --- the frame -----------------------------------------------------------------------------------


def _page(
    site: Site, labels: Labels, title: str, meta: Sequence[Element], body: Sequence[Element]
) -> bytes:
    outlet = site.outlet
    feed = {
        "rel": "alternate",
        "type": _FEED_TYPES[outlet.feed],
        "title": outlet.name,
        "href": site.feed_url,
    }
    head = el(
        "head",
        None,
        el("meta", {"charset": "utf-8"}),
        el("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        el("title", None, f"{title} | {outlet.name}"),
        el("link", feed),
        el("style", None, _STYLE),
        *meta,
    )
    attrs = {"lang": outlet.language, "dir": labels.direction}
    return write(el("html", attrs, head, el("body", None, clutter.cookies(labels), *body)))


def _article_meta(site: Site, article: Article) -> Iterator[Element]:
    url = site.url(article)
    properties = {
        "og:type": "article",
        "og:site_name": site.outlet.name,
        "og:title": article.title,
        "og:url": url,
        "og:description": shorten(article.text, clutter.TEASER),
        "article:published_time": site.at(article.published_at).isoformat(),
        "article:modified_time": site.at(article.updated_at).isoformat(),
        "article:section": article.section,
    }
    if article.image:
        properties["og:image"] = site.image_url(article)
    yield el("link", {"rel": "canonical", "href": url})
    yield el("meta", {"name": "author", "content": article.author})
    for name, content in properties.items():
        yield el("meta", {"property": name, "content": content})
    if site.outlet.design == "semantic" or article.page in {"paywall", "live"}:
        yield script(_linked_data(site, article))


def _linked_data(site: Site, article: Article) -> dict[str, object]:
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting" if article.page == "live" else "NewsArticle",
        "headline": article.title,
        "mainEntityOfPage": site.url(article),
        "datePublished": site.at(article.published_at).isoformat(),
        "dateModified": site.at(article.updated_at).isoformat(),
        "inLanguage": site.outlet.language,
        "articleSection": article.section,
        "author": {"@type": "Person", "name": article.author},
        "publisher": {"@type": "NewsMediaOrganization", "name": site.outlet.name},
    }
    if article.image:
        data["image"] = [site.image_url(article)]
    if article.page == "paywall":
        locked = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".rest"}
        data |= {"isAccessibleForFree": False, "hasPart": locked}
    return data


# --- three designs -------------------------------------------------------------------------------


def _semantic(site: Site, article: Article, labels: Labels, number: int) -> list[Element]:
    """The elements that HTML has for it, and a pointer to another article amid the text."""
    body = body_of(site, article, labels, number)
    for other in islice(clutter.others(site, article), 1):
        pointer = el("aside", {"class": "read-also"}, f"{labels.read_also}: ")
        pointer.append(link(site.url(other), other.title))
        body.insert(2, pointer)
    text = el("div", {"class": "article-body", "itemprop": "articleBody"}, *body)
    content = el(
        "article",
        {"class": "article"},
        el("h1", None, article.title),
        clutter.byline(site, article, labels),
        clutter.share(labels),
        *clutter.figure(site, article),
        text,
    )
    main = el("main", None, clutter.breadcrumb(site, article, labels), content)
    main.extend(clutter.after(site, article, labels))
    return [
        clutter.header(site, labels),
        main,
        clutter.most_read(site, article, labels),
        clutter.footer(site, labels),
    ]


def _columns(site: Site, article: Article, labels: Labels, number: int) -> list[Element]:
    """Named columns, as content management systems write them."""
    entry = el(
        "div",
        {"id": f"post-{article.id}", "class": "post hentry"},
        el("h1", {"class": "entry-title"}, article.title),
        clutter.byline(site, article, labels),
        *clutter.figure(site, article),
        el("div", {"class": "entry-content"}, *body_of(site, article, labels, number)),
        clutter.share(labels),
    )
    primary = el(
        "div", {"id": "primary", "class": "col-8"}, clutter.breadcrumb(site, article, labels)
    )
    primary.append(entry)
    primary.extend(clutter.after(site, article, labels))
    secondary = el("div", {"id": "secondary", "class": "col-4 widget-area"})
    secondary.append(clutter.most_read(site, article, labels))
    wrapper = el("div", {"id": "content", "class": "wrapper"}, primary, secondary)
    return [clutter.header(site, labels), wrapper, clutter.footer(site, labels)]


def _plain(site: Site, article: Article, labels: Labels, number: int) -> list[Element]:
    """Divisions that say nothing, and everything in one of them."""
    box = el(
        "div", {"class": "c7"}, clutter.breadcrumb(site, article, labels), clutter.share(labels)
    )
    box.append(el("h1", None, article.title))
    box.append(clutter.byline(site, article, labels))
    box.extend(clutter.figure(site, article))
    box.extend(body_of(site, article, labels, number))
    box.extend(clutter.after(site, article, labels))
    row = el("div", {"class": "c12"}, box)
    row.append(el("div", {"class": "c3"}, clutter.most_read(site, article, labels)))
    return [clutter.header(site, labels), row, clutter.footer(site, labels)]
