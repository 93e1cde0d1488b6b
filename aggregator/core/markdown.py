"""Sanitised HTML as Markdown: CommonMark 0.31.2 with the tables and ~~deletions~~ of GitHub's.

Whatever is text stays text: it is escaped wherever it could be read as markup. The two things that
are left: a reader with GitHub's extended autolinks makes links of bare addresses, and NUL is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.core.html import Element, parse_document
from aggregator.core.markdown_inline import MAX_DEPTH, Inline, code_block, has_text
from aggregator.core.trees import pieces_of

_HEADINGS = {f"h{rank}": "#" * rank for rank in range(1, 7)}
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div"}
    | {"dl", "dt", "figcaption", "figure", "footer", "header", "hr", "li", "main", "ol", "p"}
    | {"pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
    | set(_HEADINGS)
)
_CLOSING = re.compile(r" (#+)\Z")
"""Would be taken for the closing sequence of a heading."""
_IN_CELLS = frozenset({"p", "div"})
"""Blocks that a cell may hold and still be a cell of a table that can be written as one."""
_TIGHT = re.compile(r"[*-] |1[.)] ")
"""Lists that may stand right behind a paragraph; one that begins with another number may not."""
_MOST_COLUMNS = 60
_MOST_CELLS = 100_000


def to_markdown(html: str) -> str:
    """Markdown of what `core.html.sanitise` gave, without a line break at its end.

    Blocks are parted by an empty line. Tables that are used for layout (cells with lists, headings
    or tables in them, or one column) come out as the blocks in them. Never raises.
    """
    if not html.strip():
        return ""
    root = parse_document(html)
    body = next(root.iter("body"), root)
    return "\n\n".join(_blocks(body, 0))


def _blocks(element: Element, depth: int) -> list[str]:
    """The blocks in an element; what stands between blocks is a paragraph."""
    found: list[str] = []
    inline = Inline()
    inline.text(element.text)
    lists = 0
    """Lists one right behind the other, for two with equal marks would be one."""
    for child in element:
        if _is_block(child):
            before = inline.paragraphs()
            block = _block(child, depth + 1, other=bool(lists % 2) and not before)
            found += before + block
            if block:
                lists = 1 + (0 if before else lists) if child.tag in {"ul", "ol"} else 0
            inline = Inline()
        else:
            inline.element(child)
        inline.text(child.tail)
    return found + inline.paragraphs()


def _is_block(element: Element) -> bool:
    if element.tag in _BLOCKS:
        return True
    return element.tag != "a" and any(inner.tag in _BLOCKS for inner in element.iter())


def _block(element: Element, depth: int, *, other: bool) -> list[str]:
    """`other`: a list is to have the other mark."""
    if depth > MAX_DEPTH:
        inline = Inline()
        inline.text("".join(pieces_of(element)))
        return inline.paragraphs()
    match element.tag:
        case "ul" | "ol":
            text = _list(element, depth, other=other)
        case "blockquote":
            text = _prefixed("\n\n".join(_blocks(element, depth)), "> ", "> ")
        case "pre":
            text = code_block(element)
        case "hr":
            text = "___"
        case "table":
            return _table(element, depth)
        case tag if tag in _HEADINGS:
            line = _line(element)
            text = _CLOSING.sub(r" \\\1", f"{_HEADINGS[tag]} {line}") if line else ""
        case _:
            return _blocks(element, depth)
    return [text] if text.strip("> \n") else []


def _line(element: Element, *, in_cell: bool = False) -> str:
    inline = Inline(one_line=True, in_cell=in_cell)
    inline.text(element.text)
    for child in element:
        inline.element(child)
        inline.text(child.tail)
    return "".join(inline.paragraphs())


# --- lists ----------------------------------------------------------------------------------------


def _list(element: Element, depth: int, *, other: bool) -> str:
    items = list(_items(element, depth))
    if element.tag == "ol":
        start = element.get("start", "1")
        first = int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 1
        sign = ")" if other else "."
        marks = [f"{first + place}{sign} " for place in range(len(items))]
    else:
        marks = ["* " if other else "- "] * len(items)
    loose = any(not all(map(_TIGHT.match, blocks[1:])) for blocks in items)
    gap = "\n\n" if loose else "\n"
    return gap.join(
        _prefixed(gap.join(blocks), mark, " " * len(mark))
        for mark, blocks in zip(marks, items, strict=True)
    )


def _items(element: Element, depth: int) -> Iterator[list[str]]:
    """The blocks of each item; text that stands between items is one."""
    loose = Inline()
    loose.text(element.text)
    for child in element:
        items = _item(child, depth)
        if items:
            yield from filter(None, (loose.paragraphs(), items))
            loose = Inline()
        loose.text(child.tail)
    if rest := loose.paragraphs():
        yield rest


def _item(element: Element, depth: int) -> list[str]:
    if element.tag in {"ul", "ol"}:  # a list right in a list, as many editors write it
        return _block(element, depth + 1, other=False)
    return _blocks(element, depth + 1) if has_text(element) else []


def _prefixed(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    return "\n".join(
        f"{rest if count else first}{line}" if line else (rest if count else first).rstrip()
        for count, line in enumerate(lines)
    )


# --- tables ---------------------------------------------------------------------------------------


def _table(element: Element, depth: int) -> list[str]:
    rows = list(_rows(element))
    captions = [block for c in element if c.tag == "caption" for block in _blocks(c, depth)]
    columns = max((len(row) for row in rows), default=0)
    if not _is_grid(rows, columns):
        cells = (cell for row in rows for cell in row)
        return captions + [block for cell in cells for block in _blocks(cell, depth + 1)]
    lines = [_row([_line(cell, in_cell=True) for cell in row], columns) for row in rows]
    return [*captions, "\n".join([lines[0], _row(["---"] * columns, columns), *lines[1:]])]


def _rows(table: Element) -> Iterator[list[Element]]:
    for child in table:
        if child.tag in {"thead", "tbody", "tfoot"}:
            yield from _rows(child)
        elif child.tag == "tr":
            yield [cell for cell in child if cell.tag in {"td", "th"}]


def _is_grid(rows: list[list[Element]], columns: int) -> bool:
    if not 2 <= columns <= _MOST_COLUMNS or columns * len(rows) > _MOST_CELLS:
        return False
    return not any(
        inner.tag in _BLOCKS and inner.tag not in _IN_CELLS
        for row in rows
        for cell in row
        for inner in cell.iterdescendants()
    )


def _row(cells: list[str], columns: int) -> str:
    return "| " + " | ".join(cells + [""] * (columns - len(cells))) + " |"
