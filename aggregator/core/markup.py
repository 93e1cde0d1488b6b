"""Markup and plain text: one made into the other by reading tags one after another.

No tree is built, so time is linear and nesting costs nothing. Part of `aggregator.core.html`,
from which others import these functions.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator

from aggregator.core.text import clean_line, clean_text

# A tag as HTML's tokeniser reads it: to the first ">" outside a quoted value, else to the end.
# Possessive, so that no input makes it go back over what it has read.
_TOKEN = re.compile(
    r"""
    < (?:
        (/?[A-Za-z][^\s/>]*+) (?:[^>"'=]++ | =\s*+(?:"[^"]*+"|'[^']*+')? | ["'])*+ (?:>|\Z)
      | !--(?:-?>|.*?(?:--!?>|\Z))
      | [!?/] [^>]*+ (?:>|\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "iframe", "noembed", "noframes", "textarea", "title", "xmp")
}
"""Elements whose content is no markup, and what ends them."""
_LEFT_OUT = frozenset(_RAW) | {
    *("audio", "button", "canvas", "head", "math", "object", "select", "svg", "template", "video")
}
_SPECIAL = _LEFT_OUT | {"pre"}
_BLOCKS = """
    address article aside blockquote body caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend main menu nav ol
    p pre section summary table tbody tfoot thead ul
"""
_BREAKS = {
    "br": "\n",
    "/br": "\n",  # as browsers read it
    "li": "\n",
    "tr": "\n",
    "td": " ",
    "th": " ",
} | {slash + name: "\n\n" for name in _BLOCKS.split() for slash in ("", "/")}

_INLINE_TAG = re.compile(
    r"</?(?P<name>a|abbr|acronym|b|bdi|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|kbd|mark"
    r"|nobr|p|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr)(?:\s[^<>]*|\s*/)?>",
    re.IGNORECASE,
)
_TWICE_ESCAPED = re.compile(r"&amp;(?=#\d{1,7};|#x[0-9a-f]{1,6};|[a-z]{2,8}[0-9]?;)", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#\d{8,};?")


def to_text(html: str) -> str:
    """Plain text: blocks become paragraphs parted by an empty line, list items and rows lines."""
    flat = html.replace("\r", " ").replace("\n", " ")
    parts = _TOKEN.split(flat)  # text, name of tag (None: a comment), text, name, text, …
    names = parts[1::2]
    kinds = {name: name.lower() if name else "" for name in set(names)}  # few, and many of each
    if not _SPECIAL.isdisjoint(kinds.values()):
        return clean_text(unescape("".join(_pieces(html))))
    breaks = {name: _BREAKS.get(kind, "") for name, kind in kinds.items()}
    parts[1::2] = map(breaks.__getitem__, names)
    return clean_text(unescape("".join(parts)))


def from_text(text: str) -> str:
    """HTML of plain text whose paragraphs are parted by empty lines."""
    return "\n".join(
        "<p>" + entities.escape(paragraph, quote=False).replace("\n", "<br>") + "</p>"
        for paragraph in clean_text(text).split("\n\n")
        if paragraph
    )


def html_of(*, text: str, html: str) -> str:
    """The HTML of a text, made of the plain one where there is no other."""
    return html or from_text(text)


def line_text(html: str, *, markup: bool = True) -> str:
    """One line from a title that may hold markup or character references, or look as if it did.

    Only tags of inline elements are taken out, so that `a < b` and `List<int>` stay; none with
    `markup=False`, for a title that is declared to be plain text. References are resolved in
    either case, also those that were escaped twice: no headline means to show them.
    """
    if markup and "<" in html:
        html = _INLINE_TAG.sub(_gap, html)
    if "&" in html:
        html = unescape(_TWICE_ESCAPED.sub("&", html))
    return clean_line(html)


def unescape(value: str) -> str:
    """Character references resolved."""
    if "&" not in value:
        return value
    try:
        return entities.unescape(value)
    except ValueError:  # Python refuses to read a number of more than 4,300 digits
        return entities.unescape(_LONG_NUMBER.sub("", value))


def _pieces(html: str) -> Iterator[str]:
    """The texts and breaks of a fragment in which some elements are to be read otherwise."""
    left_out = ""
    in_pre = False
    position = 0
    while (match := _TOKEN.search(html, position)) is not None:
        if not left_out:
            text = html[position : match.start()]
            yield text if in_pre else text.replace("\n", " ").replace("\r", " ")
        position = match.end()
        name = (match[1] or "").lower()
        if left_out:
            left_out = "" if name == "/" + left_out else left_out
        elif name in _LEFT_OUT:
            left_out = name
        else:
            in_pre = name == "pre" or (in_pre and name != "/pre")
            yield _BREAKS.get(name, "")
        if name in _RAW and name == left_out:
            end = _RAW[name].search(html, position)
            position = end.start() if end else len(html)
    if not left_out:
        text = html[position:]
        yield text if in_pre else text.replace("\n", " ").replace("\r", " ")


def _gap(match: re.Match[str]) -> str:
    return " " if _BREAKS.get(match["name"].lower()) else ""
