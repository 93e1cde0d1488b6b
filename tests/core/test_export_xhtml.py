"""Whatever HTML an article has, in a book it is XML in which each element is where it may be."""

from __future__ import annotations

import re

import pytest
from epubs import XHTML, wrong_content
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from aggregator.core.export_xhtml import MAX_DEPTH, escape, to_xhtml, under_headings
from aggregator.core.html import sanitise, to_text

TAGS = (
    *("a", "abbr", "b", "bdo", "blockquote", "br", "caption", "code", "dd", "del", "details"),
    *("div", "dl", "dt", "em", "figcaption", "figure", "h1", "h3", "hr", "img", "ins", "li"),
    *("main", "ol", "p", "pre", "q", "rp", "rt", "ruby", "span", "summary", "table", "tbody"),
    *("td", "th", "thead", "time", "tr", "ul", "wbr"),
)
ATTRIBUTES = (
    *("", " dir=rtl", " dir=up", " lang=ar", " lang='x y'", " start=3 colspan=2 rowspan=0"),
    *(" href='https://example.org/a b|c?d=1&e=2'", " href='ftp://example.org'", " alt='a <b>'"),
)
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(["one", " two ", "&amp;", "\n", "\x0b", "\ufffe", "漢字", "&lt;b&gt;", '"']),
)


def tree(html: str) -> etree._Element:
    """What is made of it, in a `div`."""
    markup = f'<div xmlns="http://www.w3.org/1999/xhtml">{to_xhtml(html)}</div>'
    return etree.fromstring(markup.encode())


def shown(element: etree._Element) -> str:
    return re.sub(r"\s", "", "".join(map(str, element.itertext())))


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_becomes_valid(markup: str) -> None:
    assert [*wrong_content(tree(sanitise(markup)))] == []


@given(st.lists(st.sampled_from(TAGS), max_size=20), st.sampled_from(["", "a", "漢", "é"]))
@example(["table", "td", "caption"], "")
@example(["table", "tr", "td", "caption", "tr", "td"], "")
def test_the_words_are_those_of_the_text(tags: list[str], word: str) -> None:
    tags = [tag for tag in tags if tag not in {"rp", "img"}]
    markup = "".join(f"<{tag}>{word}{number}" for number, tag in enumerate(tags))
    clean = sanitise(markup)
    assert shown(tree(clean)) == re.sub(r"\s", "", to_text(clean))


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("one<br>two", "<p>one<br/>two</p>"),
        ("<p>a</p>b", "<p>a</p>\n<p>b</p>"),
        ("<b>a<p>b</p></b>", "<p><b>a</b></p>\n<p>b</p>"),
        ("<i><blockquote>a</blockquote></i>", "<blockquote><p>a</p></blockquote>"),
        ("<h2>A <i>b</i></h2>", "<h2>A <i>b</i></h2>"),
        ("<ul>a<li>b<li><p>c</p></ul>", "<ul><li>a</li>\n<li>b</li>\n<li><p>c</p></li></ul>"),
        ("<ol start=4><li>a</ol>", '<ol start="4"><li>a</li></ol>'),
        ("<pre>\n a\n  b</pre>", "<pre> a\n  b</pre>"),
        ("<p lang=fa dir=rtl>a</p>", '<p lang="fa" xml:lang="fa" dir="rtl">a</p>'),
        ("<figure><img alt='A pier'><figcaption>x</figure>",
         "<p><span>[A pier]</span></p>\n<p>x</p>"),
        ("<img alt=''>", ""),
        ("<a href='https://example.org/?a=1&amp;b'>x</a>",
         '<p><a href="https://example.org/?a=1&amp;b">x</a></p>'),
        ("<a href='https://a.example/'>x<b><a href='https://b.example/'>y</a></b></a>",
         '<p><a href="https://a.example/">x<b>y</b></a></p>'),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<p><ruby>漢<rt>kan</rt></ruby></p>"),
        ("<table><tr><th colspan=2>a</table>",
         '<table><tbody><tr><th colspan="2">a</th></tr></tbody></table>'),
        ("<dl><dt>a<dd>b</dl>", "<p>a</p>\n<p>b</p>"),
        ("  ", ""),
    ],
)  # fmt: skip
def test_what_it_looks_like(html: str, wanted: str) -> None:
    assert to_xhtml(html) == wanted


def test_deep_nesting_becomes_plain_text() -> None:
    deep = "<div>" * 1_500 + "<blockquote>the bottom</blockquote>" + "</div>" * 1_500
    found = tree(deep)
    assert shown(found) == "thebottom"
    assert sum(1 for _ in found.iter(f"{XHTML}blockquote")) == 0
    assert tree("<b>" * (MAX_DEPTH * 2) + "x").findtext(".//{*}p") is not None


@pytest.mark.timeout(20)
def test_long_texts_take_no_long_time() -> None:
    assert len(to_xhtml("<p>word <b>word</b></p>" * 4_000)) > 80_000
    assert len(to_xhtml("<ul>" + "<li>word" * 6_000 + "</ul>")) > 60_000


def test_headings_stand_below_that_of_the_article() -> None:
    html = '<h1 lang="en">A</h1><p>x</p><H3>B</H3><h6>C</h6><hr><header>D</header>'
    assert under_headings(html, 4) == (
        '<h4 lang="en">A</h4><p>x</p><H6>B</H6><h6>C</h6><hr><header>D</header>'
    )
    assert under_headings("<h4>A</h4><h5>B</h5>", 2) == "<h2>A</h2><h3>B</h3>"
    assert under_headings("<p>x</p>", 2) == "<p>x</p>"


def test_texts_are_escaped_and_without_what_xml_may_not_have() -> None:
    assert escape('a<b> & "c"\x00\x1b\ud800') == "a&lt;b&gt; &amp; &quot;c&quot;"
