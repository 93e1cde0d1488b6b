"""The text of an article as HTML that is safe to show on our pages."""

from __future__ import annotations

from collections.abc import Callable

from aggregator.core.export_xhtml import under_headings
from aggregator.core.html import Element, parse_document, sanitise, serialise
from aggregator.core.markup import from_text
from aggregator.notify.links import safe_link

Picture = Callable[[str], str | None]
"""From where our page may load a picture; None: it is not shown."""

_TINY = 3
"""Pixels: what is smaller is there to count readers."""


def body_of(*, text: str, html: str, picture: Picture) -> str:
    """Sanitised once more, since it comes from the database: what was stored by an earlier version
    may be laxer.

    Headings are below the page's own, links tell nobody where they were followed, pictures come by
    way of `picture`, and what one shows that is left out is said instead.
    """
    clean = sanitise(html) or from_text(text)
    clean = under_headings(clean, 2)
    if "<a" not in clean and "<img" not in clean and "<table" not in clean:
        return clean
    root = parse_document(clean)
    body = next(root.iter("body"), root)
    for link in list(body.iter("a")):
        _link(link)
    for image in list(body.iter("img")):
        _image(image, picture)
    return serialise(body).removeprefix("<body>").removesuffix("</body>")


def _link(link: Element) -> None:
    if safe_link(link.get("href")) is None:
        if "href" in link.attrib:
            del link.attrib["href"]
        return
    link.set("rel", "noopener noreferrer nofollow")


def _image(image: Element, picture: Picture) -> None:
    address = safe_link(image.get("src"))
    shown = None if address is None or _is_tiny(image) else picture(address)
    if shown is not None:
        image.set("src", shown)
        image.set("loading", "lazy")
        image.set("decoding", "async")
        image.set("alt", image.get("alt") or "")
        return
    said = "" if _is_tiny(image) else (image.get("alt") or "").strip()
    image.attrib.clear()
    image.tag = "span"
    if said:
        image.set("class", "no-picture")
        image.text = f"Picture: {said}"


def _is_tiny(image: Element) -> bool:
    sizes = (image.get("width", ""), image.get("height", ""))
    return any(size.isdecimal() and int(size[:6]) < _TINY for size in sizes)
