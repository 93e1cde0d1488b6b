"""The article's body as JSON-LD gives it: plain text, HTML, or either of them escaped."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator
from typing import Any

from aggregator.core.html import line_text, sanitise, to_text
from aggregator.core.linked_data import LinkedData, Node, fold_title
from aggregator.core.markup import unescape

_MAX_BODY = 500_000
"""Characters of all bodies together that are read."""
_MAX_PARTS = 300
"""Of a live blog, or of an article in parts."""
_MAX_HEADLINE = 1_000

_BLOCK = re.compile(
    r"<(?:p|div|br|li|ul|ol|h[1-6]|blockquote|table|section|article|body|html|pre|figure)"
    r"(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)
_INLINE = re.compile(r"</(?:a|b|em|i|q|small|span|strong|sub|sup|u)>|<img\s", re.IGNORECASE)
_PARTING = re.compile(r"<(?:p|br|div|li)(?:\s[^<>]{0,1000})?/?>", re.IGNORECASE)
"""What parts one paragraph from the next in HTML; some write HTML whose line breaks do."""
_TWICE_ESCAPED = re.compile(r"&amp;(?=#\d{1,7};|#x[0-9a-f]{1,6};|[a-z]{2,8}[0-9]?;)", re.IGNORECASE)
_ESCAPED_BREAK = re.compile(r"(?:\\r)?\\n")
_LINES = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]+")

_CAPTION = re.compile(
    r"\[(?P<name>(?:wp_)?caption)\b[^\[\]]{0,1000}\](?:[^\[\]]{0,2000}\[/(?P=name)\])?"
)
_SHORTCODE = re.compile(
    r"""\[(?:
        [a-z][\w-]{1,40}\ [^\[\]\n=]{0,80}=[^\[\]\n]{0,1000}
      | /[a-z][\w-]{1,40}
      | (?:audio|embed|gallery|playlist|video)/?
    )\]""",
    re.VERBOSE,
)
"""Of WordPress and its like: with an attribute, closing, or by one of the common names."""


def linked_body(linked: LinkedData, article: Node, *, base_url: str | None) -> str:
    """Sanitised HTML; empty: JSON-LD gives no body. `article` is one of the objects of `linked`.

    The updates of a live blog, or the parts of an article, follow what it says itself, each under
    its headline, unless it says more than they do. A text in one endless line stays one paragraph.
    """
    whole = _own_text(linked, article)
    parts = list(_parts(linked, article))
    if sum(len(body) for _, body in parts) <= len(whole):
        parts = []
    left = _MAX_BODY
    pieces = []
    for headline, body in [("", whole), *parts]:
        if headline:
            pieces.append(f"<h3>{entities.escape(headline, quote=False)}</h3>")
        pieces.append(_to_html(body[:left]))
        left -= min(left, len(body))
    html = sanitise("\n".join(filter(None, pieces)), base_url=base_url)
    return html if to_text(html) else ""


def _own_text(linked: LinkedData, node: Node) -> str:
    texts = [value for value in linked.values(node, "articleBody") if isinstance(value, str)]
    return "\n\n".join(texts).strip()


def _parts(linked: LinkedData, article: Node) -> Iterator[tuple[str, str]]:
    """Headline (a line) and body of each that has a body."""
    values: list[Any] = linked.values(_live_blog(linked, article), "liveBlogUpdate", "hasPart")
    for value in values[:_MAX_PARTS]:
        if isinstance(value, dict) and (body := _own_text(linked, value)):
            yield line_text(linked.text(value, "headline", "name")[:_MAX_HEADLINE]), body


def _live_blog(linked: LinkedData, article: Node) -> Node:
    """The live blog that describes the same page as the article; else the article itself."""
    names = _names_of_page(linked, article)
    for node in linked.described():
        if "liveBlogUpdate" in node and not names.isdisjoint(_names_of_page(linked, node)):
            return node
    return article


def _names_of_page(linked: LinkedData, node: Node) -> set[str]:
    said = [linked.address(node, "url"), linked.address(node, "mainEntityOfPage")]
    return {fold_title(linked.text(node, "headline")), *said} - {""}


def _to_html(text: str) -> str:
    """HTML of a text that may be HTML, plain, or either of them with its references escaped."""
    text = _SHORTCODE.sub("", _CAPTION.sub("", text))
    if not _is_html(text) and "&lt;" in text and _is_html(once := unescape(text)):
        text = once
    if _is_html(text):
        text = _TWICE_ESCAPED.sub("&", text)
        return text if _PARTING.search(text) else _paragraphs(text)
    plain = unescape(_TWICE_ESCAPED.sub("&", text))
    return _paragraphs(entities.escape(plain, quote=False))


def _is_html(text: str) -> bool:
    return "<" in text and bool(_BLOCK.search(text) or _INLINE.search(text))


def _paragraphs(html: str) -> str:
    """Lines of HTML as paragraphs; a line that begins with a block of its own stays as it is."""
    if "\n" not in html and "\\n" in html:
        html = _ESCAPED_BREAK.sub("\n", html)
    lines = filter(None, map(str.strip, _LINES.split(html)))
    return "\n".join(line if _BLOCK.match(line) else f"<p>{line}</p>" for line in lines)
