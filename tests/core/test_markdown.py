"""Sanitised HTML as Markdown, read back with a CommonMark parser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aggregator.core.html import parse_document, sanitise
from aggregator.core.markdown import to_markdown
from aggregator.core.trees import pieces_of

_READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
_ALIKE = {"i": "em", "b": "strong", "s": "del", "kbd": "code", "samp": "code"}
_MARKUP = frozenset(
    {"a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "img"}
    | {"li", "ol", "pre", "strong", "table", "td", "th", "tr", "ul"}
)


def markdown(html: str) -> str:
    return to_markdown(sanitise(html, base_url="https://example.com/"))


def text_in(html: str) -> str:
    """Without white space."""
    return "".join("".join(pieces_of(parse_document(html))).split())


def markup_in(html: str) -> Counter[str]:
    tags = (_ALIKE.get(element.tag, element.tag) for element in parse_document(html).iter())
    return Counter(tag for tag in tags if tag in _MARKUP)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Two</p><p>parts</p>", "Two\n\nparts"),
        ("no element <b>at all</b>", "no element **at all**"),
        ("<h2>Harbour <em>news</em></h2>", "## Harbour *news*"),
        ("<h3>About C#</h3>", "### About C#"),
        ("<h3>We are # ##</h3>", "### We are # \\##"),
        ("<h3>#</h3>", "### \\#"),
        ("<h1> </h1><p>x</p>", "x"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ("<p>a<br><br>b</p>", "a\n\nb"),
        ("<p>a <strong> bold </strong>word</p>", "a **bold** word"),
        ("<p>a<b></b>b<i> </i>c</p>", "ab c"),
        ("<p><b>one</b><b> and two</b></p>", "**one** **and two**"),
        ("<p><b>one</b><b>two</b></p>", "**onetwo**"),
        ("<p><i><b>both</b></i></p>", "_**both**_"),
        ("<p>a<b>“quoted”</b>b</p>", "a“quoted”b"),
        ("<p>这是<b>重点</b>文字</p>", "这是**重点**文字"),
        ("<p><del>old</del> new</p>", "~~old~~ new"),
        ("<p><q>One calm morning</q>, she said.</p>", "“One calm morning”, she said."),
        ("<p><a href='/a_(b)'>the [full] report</a></p>",
         "[the \\[full\\] report](https://example.com/a_%28b%29)"),
        ("<p><a href='/x?a=1&amp;copy;=2'>x</a></p>", "[x](https://example.com/x?a=1\\&copy;=2)"),
        ("<p>Look!<a href='/x'>here</a></p>", "Look\\![here](https://example.com/x)"),
        ("<p>a <a href='/x'></a> b</p>", "a b"),
        ("<p><img src='/t.jpg' alt='The tower [1921]'></p>",
         "![The tower \\[1921\\]](https://example.com/t.jpg)"),
        ("<figure><img src='/t.jpg'><figcaption>The tower</figcaption></figure>",
         "![](https://example.com/t.jpg)\n\nThe tower"),
        ("<p>run <code>a`b</code></p>", "run ``a`b``"),
        ("<pre>if x:\n    ```\n</pre>", "````\nif x:\n    ```\n````"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol start='7'><li>a</li><li>b</li></ol>", "7. a\n8. b"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<ul><li>a<ol start='3'><li>b</li></ol></li></ul>", "- a\n\n  3. b"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "- a\n- - b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<ul>before<li>a</li></ul>", "- before\n- a"),
        ("<ul><li> </li></ul>", ""),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<table><tr><th>Year</th><th>A|B</th></tr><tr><td>2022</td></tr></table>",
         "| Year | A\\|B |\n| --- | --- |\n| 2022 |  |"),
        ("<table><tr><td><p>one</p></td></tr><tr><td>two</td></tr></table>", "one\n\ntwo"),
        ("<table><tr><td><ul><li>a</li></ul></td><td>b</td></tr></table>", "- a\n\nb"),
        ("<table><caption>Ships</caption><tr><td>a</td><td>b</td></tr></table>",
         "Ships\n\n| a | b |\n| --- | --- |"),
        ("<p>a</p><hr><p>b</p>", "a\n\n___\n\nb"),
        ("<p># 1\n*x* _y_ [z] &lt;b&gt; &amp;amp; `c` ~~d~~ \\</p>",
         "\\# 1 \\*x\\* \\_y\\_ \\[z\\] \\<b> \\&amp; \\`c\\` \\~\\~d\\~\\~ \\\\"),
        ("<p>1986. A good year</p>", "1986\\. A good year"),
        ("<p>- not a list</p>", "\\- not a list"),
        ("<p>Title<br>=====</p>", "Title\\\n\\====="),
        ("", ""),
        (" \n", ""),
    ],
)  # fmt: skip
def test_examples(html: str, expected: str) -> None:
    assert markdown(html) == expected


def test_deep_nesting_is_read_as_plain_text() -> None:
    for tag in ("div", "blockquote", "b", "ul><li"):
        html = f"<{tag}>" * 1_000 + "the end"
        assert "the end" in markdown(html), tag


_WORDS = (
    *("word", "two words", "1.", "12)", "-", "+", "#", "##", "=", "---", "***", "* * *", "___"),
    *(">", "|", "| a | b |", "| --- | --- |", ":--", "```", "~~~", "`", "``", "*a*", "**b**"),
    *("_c_", "~~d~~", "[e](f)", "![g](h)", "[i]: j", "<k>", "<!-- l", "&amp;", "&#35;", "\\"),
    *("    m", "\n", "[ ] n", "o!", "\t", "“p”"),
    *("重点", "é.", "\u00a0", "$", "^", "q\\", "a\u0301"),
)
_LETTERS = "ab 1.*_`~[]()<>!#+-=|\\&;:\n\"'é“重€\u00a0\u0301"
_INLINE = ("b", "i", "em", "strong", "s", "code", "span", "sub")
_BOXES = ("blockquote", "div", "section", "details", "ul", "ol", "ol start='3'", "table")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _words(chance: Random) -> str:
    if chance.random() < 0.6:
        return _escaped(chance.choice(_WORDS))
    return _escaped("".join(chance.choices(_LETTERS, k=chance.randrange(12))))


def _element(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag.partition(' ')[0]}>"


def _inline(chance: Random, depth: int = 0) -> str:
    parts = []
    for _ in range(chance.randint(1, 4)):
        match chance.random():
            case share if share < 0.5 or depth > 3:
                parts.append(_words(chance))
            case share if share < 0.6:
                parts.append("<br>")
            case share if share < 0.7:
                link = "a href='https://example.com/a?b=(c)&amp;d_e*'"
                parts.append(_element(link, _inline(chance, depth + 1)))
            case _:
                parts.append(_element(chance.choice(_INLINE), _inline(chance, depth + 1)))
    return "".join(parts)


def _document(chance: Random, depth: int = 0) -> str:
    parts = []
    for _ in range(chance.randint(1, 4)):
        match chance.random():
            case share if share < 0.4 or depth > 3:
                tag = chance.choice(("p", "p", "h2", "h6", "pre", "figcaption"))
                parts.append(_element(tag, _inline(chance)))
            case share if share < 0.5:
                parts.append(chance.choice(("<hr>", "loose text", _inline(chance))))
            case _:
                parts.append(_box(chance, chance.choice(_BOXES), depth + 1))
    return "".join(parts)


def _box(chance: Random, tag: str, depth: int) -> str:
    def some(inner: str, content: Callable[[], str]) -> str:
        return "".join(_element(inner, content()) for _ in range(chance.randint(1, 3)))

    def either() -> str:
        return _inline(chance) if chance.random() < 0.7 else _document(chance, depth)

    match tag.partition(" ")[0]:
        case "ul" | "ol":
            return _element(tag, some("li", either))
        case "table":
            return _element(tag, some("tr", lambda: some(chance.choice(("td", "th")), either)))
        case _:
            return _element(tag, _document(chance, depth))


@given(st.integers(min_value=0, max_value=2**32))
def test_text_never_becomes_markup_and_none_is_lost(seed: int) -> None:
    clean = sanitise(_document(Random(seed)), base_url="https://example.com/")
    rendered = str(_READER.render(to_markdown(clean)))
    assert text_in(rendered) == text_in(clean)
    before, after = markup_in(clean), markup_in(rendered)
    before["code"] += before["pre"]  # a block of code is read as both
    cells = before["th"] + before["td"] + before["tr"] * 3  # short rows are filled up
    before["th"] = before["td"] = cells
    assert {tag: n for tag, n in after.items() if n > before[tag]} == {}


@given(st.text(max_size=200))
def test_plain_text_comes_back_as_it_was(text: str) -> None:
    html = "<p>" + _escaped(text) + "</p>"
    clean = sanitise(html)
    rendered = str(_READER.render(to_markdown(clean)))
    assert not set(markup_in(rendered)) - {"br"}
    assert text_in(rendered) == re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", "", text_in(clean))


def test_time_is_linear_in_the_text() -> None:
    """These take minutes where a character costs as much as there are before it."""
    for piece in ("[", "**", "<b>a ", "`", "<ul><li>a", "<table><tr><td>a<td>b"):
        assert markdown(piece * (200_000 // len(piece)))
