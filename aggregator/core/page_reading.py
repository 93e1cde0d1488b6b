"""One page of an article, read: what its markup yields, what it says of itself, and where it
goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.core import ladder
from aggregator.core.appended import drop_appended
from aggregator.core.body import Body, find_body
from aggregator.core.boilerplate import prune_page
from aggregator.core.embeds import free_posts
from aggregator.core.further_pages import further_pages
from aggregator.core.html import Element, document_base, drop, line_text, to_text
from aggregator.core.ladder import Rung
from aggregator.core.linked_body import linked_body
from aggregator.core.linked_data import LinkedData
from aggregator.core.metadata import PageMetadata, read_metadata
from aggregator.core.page_markup import read_markup
from aggregator.core.page_rules import Ruled, apply_rules, body_html
from aggregator.core.page_signs import PageSigns, read_signs
from aggregator.core.second_opinion import confidence, paragraphs
from aggregator.core.trees import text_of
from aggregator.types import FeedText, PageCopy, PageRole, PageRules, TextOrigin, WantedPage

_UNREAD = ("script", "style", "svg", "template", "link", "meta")
_ORIGINS = {PageRole.AMP: TextOrigin.AMP, PageRole.PRINT: TextOrigin.PRINT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    copy: PageCopy
    rung: Rung
    metadata: PageMetadata
    signs: PageSigns
    ruled: Ruled | None
    """None: the source has no rules."""
    further: tuple[WantedPage, ...]
    """Its other pages and forms, whether they are needed or not: see core.further_pages."""


def read_page(
    copy: PageCopy,
    *,
    feed: FeedText,
    rules: PageRules | None,
    seen: frozenset[str] = frozenset(),
) -> Reading:
    """`seen` are the addresses of the article's pages that are there. Raises ExtractError for what
    is no page."""
    root = read_markup(copy)
    url = copy.url
    linked = LinkedData.of(root)
    further = further_pages(root, url=url, seen=seen) if url else ()
    signs = read_signs(root, url=url or "", linked=linked)
    ruled = apply_rules(root, rules) if rules is not None and rules.reads else None
    metadata = read_metadata(root, url=url, title_hint=feed.title or None, linked=linked)
    base = document_base(root, url) if url else None
    if ruled is not None and ruled.body:
        rung = _by_rules(ruled, base)
    else:
        in_json = linked_body(linked, metadata.article, base_url=base)
        other = Body(html=in_json, text=to_text(in_json))
        page = _Page(root=root, copy=copy, titles=_titles(root, metadata, feed), base=base)
        rung = ladder.choose_on_page(_by_markup(page, feed, other), other)
    return Reading(
        copy=copy, rung=rung, metadata=metadata, signs=signs, ruled=ruled, further=further
    )


def _by_rules(ruled: Ruled, base: str | None) -> Rung:
    html = body_html(ruled, base_url=base)
    return Rung(
        body=Body(html=html, text=to_text(html)),
        origin=TextOrigin.RULES,
        why="The source's rules in feeds.yaml say where the body is.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    root: Element
    copy: PageCopy
    titles: Sequence[str]
    base: str | None
    """What links are relative to; None: not known."""


def _by_markup(page: _Page, feed: FeedText, linked: Body) -> Rung:
    root = page.root
    drop(root, *_UNREAD)  # else copied several times
    drop_appended(root, url=page.copy.url or "")
    free_posts(root)
    prune_page(root)
    opinion = paragraphs(root)
    body = find_body(root, page.titles, base_url=page.base)
    why = "It is the article, as the page's markup shows it."
    if ladder.needs_second_reading(body, feed, linked):
        second = find_body(root, page.titles, base_url=page.base, strict=False)
        if ladder.reads_better(second, body, feed):
            body = second
            why = "It is the article, as the page's markup shows it when it is read less strictly."
    return Rung(
        body=body,
        origin=_ORIGINS.get(page.copy.role, TextOrigin.PAGE),
        why=why,
        confidence=confidence(body.text, opinion),
    )


def _titles(root: Element, metadata: PageMetadata, feed: FeedText) -> list[str]:
    headings = [line_text(text_of(heading, 1_000)) for heading in root.iter("h1")][:3]
    return [metadata.title, feed.title, *headings]
