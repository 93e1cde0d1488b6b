"""What surrounds an article on its page: navigation, notices, teasers, readers' comments."""

from __future__ import annotations

from itertools import islice
from xml.etree.ElementTree import Element

from aggregator.core.text import shorten
from aggregator.demo.labels import Labels
from aggregator.demo.markup import el, link, listing
from aggregator.demo.model import Article, Site
from aggregator.demo.pictures import HEIGHT, WIDTH

TEASER = 140
"""Characters of an article's text in its teaser."""

_RELATED = 3
_COMMENTS = 3


def cookies(labels: Labels) -> Element:
    return el(
        "div",
        {"id": "cookie-consent", "class": "cookie-banner", "role": "dialog"},
        el("p", None, labels.cookies),
        el("button", {"type": "button"}, labels.accept),
        el("button", {"type": "button"}, labels.choose),
    )


def header(site: Site, labels: Labels) -> Element:
    sections = [link(site.section_url(section), section) for section in site.sections]
    return el(
        "header",
        {"class": "site-header"},
        link(f"{site.base}/", site.outlet.name, **{"class": "logo"}),
        el("p", {"class": "tagline"}, site.outlet.tagline),
        el("nav", {"aria-label": labels.menu}, listing(sections, {"class": "menu"})),
        el("form", {"action": "/", "role": "search"}, el("input", {"placeholder": labels.search})),
        link("/", labels.sign_in, **{"class": "sign-in"}),
    )


def footer(site: Site, labels: Labels) -> Element:
    return el(
        "footer",
        {"class": "site-footer"},
        listing(link("/", text) for text in labels.footer_links),
        el("p", {"class": "copyright"}, f"© {site.outlet.name}. {labels.rights}"),
    )


def breadcrumb(site: Site, article: Article, labels: Labels) -> Element:
    return el(
        "div",
        {"class": "breadcrumb"},
        link(f"{site.base}/", labels.home),
        " › ",
        link(site.section_url(article.section), article.section),
        " › ",
        el("span", None, shorten(article.title, 40)),
    )


def byline(site: Site, article: Article, labels: Labels) -> Element:
    published_at, updated_at = site.at(article.published_at), site.at(article.updated_at)
    published = el(
        "time",
        {"datetime": published_at.isoformat()},
        f"{published_at:%d.%m.%Y, %H:%M} {published_at:%Z}",
    )
    byline = el("div", {"class": "byline"}, f"{labels.by} ", el("b", None, article.author), " · ")
    byline.append(published)
    if article.updated_at > article.published_at:
        updated = f"{labels.updated}: {updated_at:%d.%m.%Y, %H:%M} {updated_at:%Z}"
        byline.append(el("span", {"class": "updated"}, updated))
    return byline


def share(labels: Labels) -> Element:
    names = ("Facebook", "X", "WhatsApp", "Telegram", labels.print)
    return el(
        "div",
        {"class": "share-buttons social"},
        el("span", None, labels.share),
        listing(link("/", name, rel="nofollow") for name in names),
    )


def figure(site: Site, article: Article) -> list[Element]:
    if not article.image:
        return []
    size = {"width": str(WIDTH), "height": str(HEIGHT)}
    return [el("figure", None, el("img", {"src": site.image_url(article), "alt": "", **size}))]


def others(site: Site, article: Article) -> list[Article]:
    """Other articles of the outlet, those of the same section first."""
    others = [other for other in site.articles if other.slug != article.slug]
    return sorted(others, key=lambda other: other.section != article.section)


def teaser(site: Site, article: Article) -> Element:
    return el(
        "div",
        {"class": "teaser"},
        el("h3", None, link(site.url(article), article.title)),
        el("p", None, shorten(article.text, TEASER)),
    )


def related(site: Site, article: Article, labels: Labels) -> Element:
    teasers = [teaser(site, other) for other in islice(others(site, article), _RELATED)]
    return el("section", {"class": "related-articles"}, el("h2", None, labels.related), *teasers)


def most_read(site: Site, article: Article, labels: Labels) -> Element:
    links = [link(site.url(other), other.title) for other in others(site, article)[-4:]]
    return el(
        "aside",
        {"class": "sidebar most-read"},
        el("h2", None, labels.most_read),
        el("ol", None, *(el("li", None, item) for item in links)),
    )


def newsletter(labels: Labels) -> Element:
    return el(
        "div",
        {"class": "newsletter-signup"},
        el("h4", None, labels.newsletter),
        el("p", None, labels.newsletter_text),
        el("input", {"type": "email", "placeholder": "name@example.com"}),
        el("button", {"type": "submit"}, labels.subscribe),
    )


def author_box(site: Site, article: Article, labels: Labels) -> Element:
    return el(
        "div",
        {"class": "author-bio"},
        el("h4", None, labels.about_author),
        el("p", None, site.outlet.authors[article.author]),
    )


def comments(article: Article, labels: Labels) -> Element:
    """Three of the readers, each article beginning with another."""
    readers = labels.readers * 2
    start = article.id % len(labels.readers)
    comments = [
        el(
            "div",
            {"class": "comment"},
            el("b", None, name),
            el("p", None, text),
            link("#comments", labels.reply),
        )
        for name, text in readers[start : start + _COMMENTS]
    ]
    heading = el("h3", None, f"{labels.comments} ({len(comments)})")
    return el("div", {"id": "comments", "class": "comments"}, heading, *comments)


def after(site: Site, article: Article, labels: Labels) -> list[Element]:
    return [
        author_box(site, article, labels),
        newsletter(labels),
        related(site, article, labels),
        comments(article, labels),
    ]
