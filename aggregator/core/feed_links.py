"""What an entry refers to: what it answers, the comments on it, what it corrects, where it is from.

Atom threading (RFC 4685), the link relations of RFC 4287, `comments` and `source` of RSS 2.0, the
Comment API's commentRss, `replaces` and `isReplacedBy` of Dublin Core's terms, and corrections and
translations as PRISM 2.1 names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from aggregator.core.feed_addresses import looks_like_feed
from aggregator.core.feed_elements import Element
from aggregator.core.feed_fields import clean_guid, clean_link
from aggregator.core.html import line_text
from aggregator.core.text import shorten
from aggregator.types import Link, LinkKind

MAX_LINKS = 50
MAX_LINE = 500
"""Characters of a link's title."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_FEED_TYPES = frozenset({"application/atom+xml", "application/rss+xml", "application/feed+json"})
_RELATIONS = {"related": LinkKind.RELATED, "via": LinkKind.VIA}
_REGISTRY = "http://www.iana.org/assignments/relation/"
"""What names of relations are short for: RFC 4287, 4.2.7.2."""
_STATEMENTS = {
    "dcterms:replaces": LinkKind.CORRECTS,
    "dcterms:isreplacedby": LinkKind.CORRECTED_BY,
    "prism:iscorrectionof": LinkKind.CORRECTS,
    "prism:hascorrection": LinkKind.CORRECTED_BY,
    "prism:istranslationof": LinkKind.ALTERNATE,
    "prism:hastranslation": LinkKind.ALTERNATE,
}


def make_link(
    kind: LinkKind, href: object, base: str, *, ref: object = "", title: object = ""
) -> Link | None:
    """From values as the feed has them; None: they name nothing."""
    url = clean_link(href, base) if isinstance(href, str) and href.strip() else None
    guid = (clean_guid(ref) or "") if isinstance(ref, str) else ""
    if not url and not guid:
        return None
    line = shorten(line_text(title), MAX_LINE) if isinstance(title, str) and title else ""
    return Link(kind=kind, url=url, ref=guid, title=line)


def each_once(links: Iterable[Link | None]) -> tuple[Link, ...]:
    """In order; MAX_LINKS at most."""
    kept: dict[tuple[LinkKind, str | None, str], Link] = {}
    for one in links:
        if one is not None and len(kept) < MAX_LINKS:
            kept.setdefault((one.kind, one.url, one.ref if one.url is None else ""), one)
    return tuple(kept.values())


def entry_links(
    raw: Mapping[str, Any], elements: Sequence[Element], base: str, *, url: str | None
) -> tuple[Link, ...]:
    """Of an entry as feedparser has it, with the elements that were read beside it; `url` is the
    page that it stands for.
    """
    return each_once(
        (
            *(_said(one, base) for one in elements),
            make_link(LinkKind.COMMENTS, raw.get("comments"), base),
            make_link(LinkKind.COMMENTS_FEED, raw.get("wfw_commentrss"), base),
            *_atom_links(raw.get("links", ()), base, url),
            _source(raw.get("source"), base),
        )
    )


def _said(element: Element, base: str) -> Link | None:
    said = element.attributes
    if element.name == "thr:in-reply-to":
        return make_link(LinkKind.REPLY_TO, said.get("href"), base, ref=said.get("ref"))
    kind = _STATEMENTS.get(element.name)
    if kind is None:
        return None
    ref = said.get("rdf:resource") or said.get("resource") or element.text
    href = ref if ref[:4].lower() == "http" else ""
    return make_link(kind, href, base, ref=ref)


def _atom_links(
    links: Iterable[Mapping[str, Any]], base: str, own: str | None
) -> Iterator[Link | None]:
    for link in links:
        relation = str(link.get("rel") or "").removeprefix(_REGISTRY).lower()
        href, title = link.get("href") or "", link.get("title") or ""
        if kind := _RELATIONS.get(relation):
            yield make_link(kind, href, base, title=title)
        elif relation == "replies":
            kind = LinkKind.COMMENTS_FEED if _is_feed(link) else LinkKind.COMMENTS
            yield make_link(kind, href, base, title=title)
        elif relation == "alternate" and (_is_other_form(link) or link.get("hreflang")):
            title = title or link.get("hreflang") or ""
            found = make_link(LinkKind.ALTERNATE, href, base, title=title)
            yield found if found and found.url != own else None


def _is_feed(link: Mapping[str, Any]) -> bool:
    """feedparser calls HTML what has no type."""
    return link.get("type") in _FEED_TYPES or looks_like_feed(link.get("href") or "")


def _is_other_form(link: Mapping[str, Any]) -> bool:
    return bool(link.get("type")) and link["type"] not in _HTML_TYPES


def _source(source: object, base: str) -> Link | None:
    """Of RSS an address and a title; of Atom the head of the feed that the entry was first in."""
    if not isinstance(source, dict):
        return None
    href = source.get("href") or source.get("link")
    if not href:
        links = [one for one in source.get("links", ()) if one.get("href")]
        links.sort(key=lambda one: one.get("rel") != "alternate")
        href = links[0]["href"] if links else ""
    return make_link(LinkKind.VIA, href, base, ref=source.get("id"), title=source.get("title"))
