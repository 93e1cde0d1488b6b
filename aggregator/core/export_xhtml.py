"""Sanitised HTML as XHTML that stands in a book: well-formed, and each element where it may be.

Readers of EPUB refuse a chapter that is no XML, and checkers one whose elements are where HTML's
content model does not allow them; sanitised HTML may have both. So nothing is copied: what is
written is blocks (paragraphs, headings, lists, quotes, tables, code) that hold blocks or lines, and
lines that hold lines. Pictures are not part of a book of texts: what they show is said instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aggregator.core.html import Element, parse_document
from aggregator.core.trees import pieces_of
from aggregator.core.urls import normalise

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = frozenset(
    {"address", "article", "aside", "center", "details", "div", "dl", "figure", "footer"}
    | {"header", "main", "section", "tbody", "tfoot", "thead", "tr", "td", "th", "li"}
)
_LINES = {"p": "p", "figcaption": "p", "caption": "p", "summary": "p", "dt": "p", "dd": "p"}
"""Blocks that hold lines; those that hold blocks nevertheless are only what they hold."""
_BLOCKS = frozenset(
    _CONTAINERS | set(_LINES) | set(_HEADINGS) | {"blockquote", "hr", "ol", "pre", "table", "ul"}
)
_INLINE = frozenset(
    {"abbr", "b", "bdi", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp"}
    | {"small", "span", "strong", "sub", "sup", "u", "var"}
)
_HEADING = re.compile(r"<h([1-6])[\s>]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
_NUMBER = re.compile(r"[0-9]{1,5}\Z")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Not to be written in XML 1.0, or not wanted there."""
MAX_DEPTH = 60
"""Elements nested deeper are read as plain text."""
MAX_SPAN = 1_000


def to_xhtml(html: str) -> str:
    """The content of a `body` or `div`, with the XHTML namespace as its default one.

    Addresses are of http(s) only. Never raises.
    """
    if not html.strip():
        return ""
    return "\n".join(_blocks(_body(html), 0))


def escape(text: str) -> str:
    """Text as it stands in XML, also in attributes."""
    text = _ILLEGAL.sub("", text).replace("\r", "\n")
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )


def attributes_of_language(language: str | None, *, html: bool = True) -> str:
    """`lang` and `xml:lang` (not `html`: only that), each after a space; empty for what is no
    language tag."""
    if not language or not _LANGUAGE.match(language):
        return ""
    return (f' lang="{language}"' if html else "") + f' xml:lang="{language}"'


def under_headings(html: str, rank: int) -> str:
    """The same HTML with its headings moved down or up together, so that the highest is of this
    rank; the lowest there is takes what is deeper."""
    ranks = [int(found) for found in _HEADING.findall(html)]
    if not ranks or min(ranks) == rank:
        return html
    by = rank - min(ranks)
    return re.sub(
        r"(</?h)([1-6])(?=[\s>])",
        lambda match: f"{match[1]}{min(int(match[2]) + by, 6)}",
        html,
        flags=re.IGNORECASE,
    )


def _body(html: str) -> Element:
    root = parse_document(html)
    return next(root.iter("body"), root)


# --- blocks ---------------------------------------------------------------------------------------


def _blocks(element: Element, depth: int) -> Iterator[str]:
    """The blocks in an element; what stands between blocks is a paragraph."""
    line = [escape(element.text or "")]
    for child in element:
        if _is_block(child):
            yield from _paragraph(line)
            yield from _block(child, depth + 1)
            line = []
        else:
            line.append(_inline(child, depth + 1))
        line.append(escape(child.tail or ""))
    yield from _paragraph(line)


def _paragraph(line: list[str], start: str = "<p>", end: str = "</p>") -> Iterator[str]:
    content = "".join(line).strip("\n" if start.startswith("<pre") else None)
    if _says_something(content):
        yield f"{start}{content}{end}"


def _says_something(markup: str) -> bool:
    return bool(re.sub(r"<[^>]*>", "", markup).strip())


def _is_block(element: Element) -> bool:
    return any(inner.tag in _BLOCKS for inner in element.iter())


def _block(element: Element, depth: int) -> Iterator[str]:
    tag, attributes = str(element.tag), _attributes(element)
    if depth > MAX_DEPTH:
        yield from _paragraph([escape("".join(pieces_of(element)))])
    elif tag in {"ul", "ol"}:
        yield from _list(element, depth)
    elif tag == "table":
        yield from _table(element, depth)
    elif tag == "hr":
        yield "<hr/>"
    elif tag in _HEADINGS or tag == "pre":
        yield from _paragraph([_line(element, depth)], f"<{tag}{attributes}>", f"</{tag}>")
    elif tag in _LINES and not any(map(_is_block, element)):
        yield from _paragraph([_line(element, depth)], f"<p{attributes}>", "</p>")
    else:
        yield from _container(element, depth)


def _container(element: Element, depth: int) -> Iterator[str]:
    """Its blocks; together, if they are a quote or in a language of their own."""
    content = "\n".join(_blocks(element, depth))
    name = "blockquote" if element.tag == "blockquote" else "div"
    attributes = _attributes(element)
    if content and (attributes or name == "blockquote"):
        yield f"<{name}{attributes}>{content}</{name}>"
    elif content:
        yield content


def _flow(element: Element, depth: int) -> str:
    """Lines only, where there is no block in it, else blocks."""
    if any(map(_is_block, element)):
        return "\n".join(_blocks(element, depth))
    return _line(element, depth).strip()


def _list(element: Element, depth: int) -> Iterator[str]:
    items: list[str] = []
    loose = [escape(element.text or "")]
    for child in element:
        if child.tag == "li":
            items += _paragraph(loose, "<li>", "</li>")
            items += _paragraph([_flow(child, depth + 1)], f"<li{_attributes(child)}>", "</li>")
            loose = []
        elif _is_block(child):
            items += _paragraph(loose, "<li>", "</li>")
            items += _paragraph([*_block(child, depth + 1)], "<li>", "</li>")
            loose = []
        else:
            loose.append(_inline(child, depth + 1))
        loose.append(escape(child.tail or ""))
    items += _paragraph(loose, "<li>", "</li>")
    if not items:
        return
    attributes = _attributes(element)
    if element.tag == "ol" and _NUMBER.match(start := element.get("start", "")):
        attributes += f' start="{start}"'
    yield f"<{element.tag}{attributes}>" + "\n".join(items) + f"</{element.tag}>"


def _table(element: Element, depth: int) -> Iterator[str]:
    """Captions are paragraphs; one that stands behind rows parts the table."""
    rows: list[str] = []
    for part in element.iter("tr", "caption"):
        if part.tag == "caption":
            if part.getparent() is element:
                yield from _written_table(element, rows)
                rows = []
                yield from _block(part, depth + 1)
        elif next(part.iterancestors("table"), None) is element:  # else of a table in a cell
            rows += _row(part, depth)
    yield from _written_table(element, rows)


def _row(row: Element, depth: int) -> Iterator[str]:
    cells = "".join(
        f"<{cell.tag}{_attributes(cell)}{_spans(cell)}>{_flow(cell, depth + 1)}</{cell.tag}>"
        for cell in row
        if cell.tag in {"td", "th"}
    )
    if _says_something(cells):
        yield f"<tr>{cells}</tr>"


def _written_table(element: Element, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"<table{_attributes(element)}><tbody>" + "\n".join(rows) + "</tbody></table>"


def _spans(cell: Element) -> str:
    said = ((name, cell.get(name, "")) for name in ("colspan", "rowspan"))
    return "".join(
        f' {name}="{int(value)}"'
        for name, value in said
        if _NUMBER.match(value) and 1 < int(value) <= MAX_SPAN
    )


# --- lines ----------------------------------------------------------------------------------------


def _line(element: Element, depth: int, *, in_link: bool = False) -> str:
    """What is in an element, as lines; blocks in it are parted by a space."""
    parts = [escape(element.text or "")]
    for child in element:
        parts += _inline(child, depth + 1, in_link=in_link), escape(child.tail or "")
    return "".join(parts)


def _inline(element: Element, depth: int, *, in_link: bool = False) -> str:
    """An element in a line, without what stands behind it."""
    tag = str(element.tag)
    if depth > MAX_DEPTH:
        return escape("".join(pieces_of(element)))
    if tag in {"br", "wbr"}:  # libxml2 does not know of wbr that nothing is in it
        return f"<{tag}/>{_line(element, depth, in_link=in_link)}"
    if tag == "img":
        said = (element.get("alt") or "").strip()
        return f"<span>[{escape(said)}]</span>" if said else ""
    if tag == "ruby" and (signs := _ruby(element, depth, in_link=in_link)):
        return f"<ruby{_attributes(element)}>{signs}</ruby>"
    url = normalise(element.get("href") or "") if tag == "a" and not in_link else None
    content = _line(element, depth, in_link=in_link or url is not None)
    start, end = _marks(element, url) if content.strip() else ("", "")
    return f"{start}{content}{end}"


def _marks(element: Element, url: str | None) -> tuple[str, str]:
    """What stands before and behind what is in it. `url`: of a link."""
    tag, attributes = str(element.tag), _attributes(element)
    if url is not None:
        return f'<a href="{escape(url)}"{attributes}>', "</a>"
    if tag in _INLINE or (tag == "bdo" and element.get("dir") in {"ltr", "rtl"}):
        return f"<{tag}{attributes}>", f"</{tag}>"
    if attributes:
        return f"<span{attributes}>", "</span>"
    return (" ", " ") if tag in _BLOCKS else ("", "")


def _ruby(element: Element, depth: int, *, in_link: bool) -> str:
    """Signs with how they are read behind each; empty: it is not built so."""
    parts: list[str] = []
    base = escape(element.text or "")
    for child in element:
        if child.tag == "rt" and base.strip():
            parts.append(f"{base}<rt>{_line(child, depth + 1, in_link=in_link)}</rt>")
            base = ""
        elif child.tag not in {"rp", "rt"}:
            base += _inline(child, depth + 1, in_link=in_link)
        base += escape(child.tail or "")
    return "".join(parts) + base if parts and not base.strip() else ""


def _attributes(element: Element) -> str:
    said = attributes_of_language(element.get("lang"))
    if (direction := (element.get("dir") or "").lower()) in {"ltr", "rtl", "auto"}:
        said += f' dir="{direction}"'
    return said
