"""A web page without a feed read as one, by CSS selectors that a person has chosen.

To be run where it can be stopped: on a page of thousands of nested elements, or of a hundred
thousand siblings, a selector of several steps takes quadratic time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aggregator.core.charsets import decode
from aggregator.core.feed_fields import (
    Body,
    Passage,
    clean_language,
    clean_link,
    clean_title,
    make_body,
)
from aggregator.core.html import Element, document_base, parse_document, serialise
from aggregator.core.page_dates import first_date
from aggregator.core.selectors import compile_selector
from aggregator.core.text import clean_line, shorten
from aggregator.core.trees import text_of
from aggregator.core.urls import MAX_URL, normalise
from aggregator.errors import ParseError
from aggregator.types import PageSelectors, ParsedEntry, ParsedFeed

MAX_ITEMS = 1_000
MAX_TEXT = 5_000
"""Characters of a title, link or date that are looked at."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DATE_ATTRIBUTES = ("datetime", "content", "title", "data-time", "data-date", "data-timestamp")
"""Of the element that shows a date, the likeliest first; then comes its text."""


def check_selectors(selectors: PageSelectors) -> None:
    """Raises ValueError, with a sentence that names the part, for the first that is none."""
    for part in ("item", "title", "link", "date", "summary"):
        css = getattr(selectors, part)
        if css is not None:
            try:
                compiled = compile_selector(css)
            except ValueError as error:
                raise ValueError(f"{part} {error}") from error
            if part == "item" and compiled.attribute:
                raise ValueError(f"{part} must name elements, not their {compiled.attribute}")


def parse_page(
    body: bytes, selectors: PageSelectors, *, url: str, content_type: str | None = None
) -> ParsedFeed:
    """The items of a page as entries, in the order of the page, MAX_ITEMS at most.

    Raises ParseError where nothing matches, or nothing that matches has a title or a link: the
    page has been redesigned, or is another one. Raises ValueError for selectors that are none.
    """
    root = parse_document(decode(body, content_type))
    items = compile_selector(selectors.item).select(root)
    if not items:
        raise ParseError(
            f'{url} has nothing that "{shorten(selectors.item, 60)}" matches. It may have been '
            "redesigned: look at the page, and choose the selectors anew.",
            url=url,
        )
    base = document_base(root, url)
    read = (_entry(item, selectors, base) for item in items[:MAX_ITEMS])
    entries = [entry for entry in read if entry.title or entry.url]
    if not entries:
        raise ParseError(
            f"{url} has {len(items)} items, but none with a title or a link. Look at the page, and "
            "choose the selectors of title and link anew.",
            url=url,
        )
    return ParsedFeed(
        format="page",
        title=_title_of(root),
        site_url=url,
        language=clean_language(root.get("lang")),
        entries=tuple(entries),
        warning=_warning(entries),
    )


def _warning(entries: list[ParsedEntry]) -> str | None:
    addresses = Counter(entry.url for entry in entries)
    address, count = addresses.most_common(1)[0]
    if address is not None and count > 1 and count == len(entries):
        return f"All {count} items link to {address}; the selector of the link may be wrong."
    return None


def _title_of(root: Element) -> str:
    title = next(root.iter("title"), None)
    return clean_title(_text(title)) if title is not None else ""


# --- one item ------------------------------------------------------------------------------------


def _entry(item: Element, selectors: PageSelectors, base: str) -> ParsedEntry:
    heading = next(item.iter(*_HEADINGS), None)
    anchor = _anchor(item, heading)
    url = _link(item, selectors.link, base) if selectors.link else _own_link(item, anchor, base)
    if selectors.title:
        title = next(_values(item, selectors.title), "")
    else:
        title = next(filter(None, (_text(one) for one in (heading, anchor) if one is not None)), "")
    body = _body(item, selectors.summary, url or base)
    published = first_date(_dates(item, selectors.date))
    return ParsedEntry(
        guid=None,
        url=url,
        title=clean_title(title),
        published_at=published.at if published else None,
        language=clean_language(item.get("lang")),
        summary_html=body.summary_html,
        text=body.text,
        image_url=_image(item, base),
    )


def _anchor(item: Element, heading: Element | None) -> Element | None:
    """The link of an item that is told none: the item itself, or that in its heading, or around
    it, or the first one.
    """
    anchors = [one for one in item.iter("a") if one.get("href", "").strip()]
    if heading is not None:
        inside = set(heading.iter("a"))
        around = set(heading.iterancestors("a"))
        anchors.sort(key=lambda one: one not in inside and one not in around)
    return anchors[0] if anchors else None


def _own_link(item: Element, anchor: Element | None, base: str) -> str | None:
    if anchor is not None:
        return clean_link(anchor.get("href", "")[:MAX_URL], base)
    named = next((one.get("id") for one in item.iter() if one.get("id")), None)
    return clean_link(f"#{named}", base) if named else None


def _link(item: Element, css: str, base: str) -> str | None:
    selector = compile_selector(css)
    for element in selector.select(item):
        if selector.attribute:
            hrefs = [element.get(selector.attribute, "")]
        else:
            hrefs = [one.get("href", "") for one in element.iter("a")]
        for href in hrefs:
            if href.strip() and (url := clean_link(href[:MAX_URL], base)):
                return url
    return None


def _values(item: Element, css: str) -> Iterator[str]:
    """The texts, or the attributes, of what matches, that are not empty."""
    selector = compile_selector(css)
    for element in selector.select(item):
        name = selector.attribute
        if value := clean_line(element.get(name, "")[:MAX_TEXT]) if name else _text(element):
            yield value


def _dates(item: Element, css: str | None) -> Iterator[str]:
    selector = compile_selector(css or "time")
    for element in selector.select(item):
        if selector.attribute:
            yield element.get(selector.attribute, "")
        else:
            yield from (value for name in _DATE_ATTRIBUTES if (value := element.get(name)))
            yield _text(element)


def _body(item: Element, css: str | None, base: str) -> Body:
    if css is None:
        return Body()
    selector = compile_selector(css)
    if selector.attribute:
        passage = Passage(value=next(_values(item, css), ""), is_html=False)
    else:
        html = "".join(serialise(one) for one in selector.select(item))
        passage = Passage(value=html, is_html=True)
    return make_body(passage, None, base)


def _image(item: Element, base: str) -> str | None:
    for image in item.iter("img"):
        for name in ("src", "data-src"):
            source = image.get(name, "")[:MAX_URL]
            if source and (url := normalise(source, base=base)):
                return url
    return None


def _text(element: Element) -> str:
    return clean_line(text_of(element, MAX_TEXT))
