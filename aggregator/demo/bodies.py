"""What stands where an article's text should: the text, and what is put between and below it."""

from __future__ import annotations

from datetime import timedelta
from xml.etree.ElementTree import Element

from aggregator.demo.labels import Labels
from aggregator.demo.markup import el, link, paragraphs
from aggregator.demo.model import Article, Site

_BETWEEN_POSTS = timedelta(minutes=12)
_PITCH_AFTER = 2
"""Paragraphs."""


def body_of(site: Site, article: Article, labels: Labels, number: int) -> list[Element]:
    """The body of one of the article's pages; 1 is the first."""
    texts = article.pages[number - 1]
    body = _posts(site, article) if article.page == "live" else paragraphs(texts)
    if site.outlet.pitch:
        body.insert(_PITCH_AFTER, el("p", None, site.outlet.pitch))
    if article.page == "paywall":
        body.append(_barrier(labels))
    if len(article.pages) > 1:
        body.append(_numbers(site, article, labels, number))
    if site.outlet.closing:
        body.append(el("p", None, site.outlet.closing))
    return body


def _posts(site: Site, article: Article) -> list[Element]:
    """A live blog: each paragraph was written at its own time."""
    posts = []
    for number, text in enumerate(article.paragraphs):
        at = site.at(article.published_at + number * _BETWEEN_POSTS)
        time = el("time", {"datetime": at.isoformat()}, f"{at:%H:%M}")
        posts.append(el("div", {"class": "live-post"}, time, el("p", None, text)))
    return posts


def _barrier(labels: Labels) -> Element:
    return el(
        "div",
        {"class": "paywall"},
        el("p", None, labels.for_subscribers),
        link("/", labels.sign_in),
    )


def _numbers(site: Site, article: Article, labels: Labels, number: int) -> Element:
    row = el("nav", {"class": "pagination", "aria-label": labels.pages})
    for one in range(1, len(article.pages) + 1):
        if one == number:
            row.append(el("span", {"class": "current"}, str(one)))
        else:
            relation = "next" if one > number else "prev"
            row.append(link(site.page_url(article, one), str(one), rel=relation))
    return row
