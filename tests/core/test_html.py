"""HTML: what may be shown, its plain text, titles, character sets and links to feeds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.html import (
    decode,
    feed_links,
    from_text,
    line_text,
    parse_document,
    sanitise,
    to_text,
)
from aggregator.core.text import clean_text

BASE = "https://example.com/news/today.html"

# Pieces that are worth putting together: elements that readers treat in ways of their own,
# attributes that run or lead somewhere, and what ends a thing early.
NAMES = """
    p div a b i span br pre table tr td li ul h1 img svg math title style script form select
    option button template noscript textarea iframe nobr font section details col foreignObject
"""
ATTRIBUTES = (
    "",
    " href=/x",
    " href='javascript:run()'",
    " href=' java&#10;script:run()'",
    " href='data:text/html,x'",
    " onclick=run()",
    " src=x onerror=run()",
    " style=color:red id=top",
    " xlink:href='javascript:run()'",
    " title='>&quot;\"'",
    " lang='>\n'",
    "/",
    " '",
)
PIECES = st.one_of(
    st.builds(
        lambda name, rest: f"<{name}{rest}>",
        st.sampled_from(NAMES.split()),
        st.sampled_from(ATTRIBUTES),
    ),
    st.builds(lambda name: f"</{name}>", st.sampled_from(NAMES.split())),
    st.sampled_from(
        [
            *("text", "\n", " ", "\xa0", "\r", "\0", "\ud800", "é", "'", '"', "\u2028", "<", ">"),
            *("&", "&amp;", "&lt;p&gt;", "&#13;", "&nbsp;", "<!--", "-->", "<![CDATA[", "]]>"),
        ]
    ),
    st.text(max_size=5),
)
MARKUP = st.lists(PIECES, max_size=15).map("".join)


def attributes(html: str) -> list[tuple[str, str, str]]:
    return [
        (str(element.tag), str(name), str(value))
        for element in parse_document(html).iter("*")
        for name, value in element.items()
    ]


class TestSanitise:
    def test_keeps_what_articles_are_made_of(self) -> None:
        html = '<h2>A</h2><p>B <a href="https://example.org/c" title="d">e</a><br>f</p>'
        expected = html.replace('title="d"', 'title="d" rel="noopener noreferrer"')
        assert sanitise(html) == expected

    @pytest.mark.parametrize(
        "html",
        [
            "<svg><a xlink:href='javascript:run()'>x</a></svg>",
            "<form action='/steal'><input name=q></form>",
            "<a href='javascript:run()'>x</a>",
            "<a href='JaVaScRiPt&colon;run()'>x</a>",
            "<a href=' \x01javascript:run()'>x</a>",
            "<img src=x onerror=run()>",
            "<video poster='javascript:run()'></video>",
            "<p style='background:url(javascript:run())' id=top class=x>x</p>",
            "<math><mtext><style><img src=x onerror=run()></style></mtext></math>",
            "<noscript><p title='</noscript><img src=x onerror=run()>'></noscript>",
            "<script>run()</script><style>@import 'x'</style>",
            "<iframe srcdoc='<script>run()</script>'></iframe>",
            "<a href='data:text/html,<script>run()</script>'>x</a>",
        ],
    )
    def test_lets_nothing_through_that_runs_or_styles(self, html: str) -> None:
        clean = sanitise(html, base_url=BASE)
        for tag, name, value in attributes(clean):
            assert (tag, name) in {("img", "src"), ("a", "rel"), ("p", "title")}
            assert name != "src" or value.startswith("https://example.com/")
        assert not re.search("<(script|style|svg|form|iframe|video)", clean)

    def test_relative_addresses_become_absolute(self) -> None:
        html = '<a href="/a?b=1&amp;c=2">x</a><img src="d.png"><a href="mailto:e@example.org">f</a>'
        clean = sanitise(html, base_url=BASE)
        assert 'href="https://example.com/a?b=1&amp;c=2"' in clean
        assert 'src="https://example.com/news/d.png"' in clean
        assert "mailto" not in clean
        assert clean.endswith(">f</a>")

    @pytest.mark.parametrize("base", [None, "", "javascript:x", "no address"])
    def test_without_a_base_relative_addresses_go(self, base: str | None) -> None:
        assert attributes(sanitise("<img src=/d.png>", base_url=base)) == []

    def test_a_base_does_not_outlive_its_call(self) -> None:
        sanitise("<img src=/d.png>", base_url=BASE)
        assert "src" not in sanitise("<img src=/d.png>")

    def test_pictures_for_readers_without_scripts_are_kept(self) -> None:
        html = "<p>x<noscript><img src='https://example.org/a.png'></noscript></p>"
        assert sanitise(html) == '<p>x<img src="https://example.org/a.png"></p>'

    def test_beyond_measure_becomes_paragraphs(self) -> None:
        assert sanitise("<div>" * 100_000 + "deep &amp; low") == "<p>deep &amp; low</p>"
        assert sanitise("<p>" + "&" * 200_000).startswith("<p>&amp;&amp;")

    @given(MARKUP)
    @settings(deadline=None)
    def test_once_is_enough_and_no_address_runs(self, html: str) -> None:
        clean = sanitise(html, base_url=BASE)
        assert sanitise(clean, base_url=BASE) == clean
        for _, name, value in attributes(clean):
            assert name in {"href", "src", "rel", "title", "lang"}
            assert name not in {"href", "src"} or value.startswith(("https://", "http://"))

    @given(st.text())
    def test_plain_text_stays_readable(self, text: str) -> None:
        clean = sanitise(from_text(text))
        assert to_text(clean) == clean_text(text)


class TestToText:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("plain", "plain"),
            ("AT&amp;T &lt;b&gt;", "AT&T <b>"),
            ("<p>One\ntwo</p><p>three</p>", "One two\n\nthree"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<ul><li>a</li><li>b</li></ul>c", "a\nb\n\nc"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("<P>a</P><DIV>b</DIV>", "a\n\nb"),
            ("<b>bo</b>ld", "bold"),
            ("a<script>if (1 < 2) '<p>'</script>b<style>p{}</style>c", "abc"),
            ("a<script>'<!--'</script>b<!-- <p>c -->d", "abd"),
            ("a<svg><text>b</text></svg>c", "ac"),
            ("<pre>a\n  b\n\n\nc</pre>d\ne", "a\nb\n\nc\n\nd e"),
            ("a < b and c > d", "a < b and c > d"),
            ('<a title="x > y">z</a>', "z"),
            ("<a title=\"x' href='>\">z</a>", "z"),
            ("a<script>never ends", "a"),
            ("a<!-- never ends", "a"),
            ("a&#0;b&#x110000;c", "a\ufffdb\ufffdc"),
            ("a<p>&#" + "9" * 5_000 + ";b", "a\n\nb"),
            ("", ""),
        ],
    )
    def test_examples(self, html: str, text: str) -> None:
        assert to_text(html) == text

    @pytest.mark.parametrize(
        "html",
        [
            "<div>" * 100_000 + "x",
            "<b>" * 100_000 + "x" + "</b>" * 100_000,
            "<!--" * 300_000,
            "<" * 300_000,
            "<a ='" * 100_000,
            "<a =\"'" * 100_000,
            "<a =   " * 50_000,
            "<script " * 100_000,
            "<script></scrip" * 50_000,
            "<svg>" * 50_000,
            "&" * 300_000,
            " \n" * 300_000,
        ],
        ids=lambda html: html[:8].strip() or "blank",
    )
    def test_hostile_input_takes_linear_time(self, html: str) -> None:
        # The time limit of the test itself is the bound: quadratic time would take minutes.
        assert to_text(html).count("x") <= 1

    @given(MARKUP)
    def test_is_clean_text(self, html: str) -> None:
        text = to_text(html)
        assert clean_text(text) == text


class TestLineText:
    @pytest.mark.parametrize(
        ("title", "line"),
        [
            ("AT&T", "AT&T"),
            ("AT&amp;T", "AT&T"),
            ("Q&amp;amp;A", "Q&A"),
            ("a < b", "a < b"),
            ("List<int> explained", "List<int> explained"),
            ("<b", "<b"),
            ("<i>Time</i> is up", "Time is up"),
            ("One<br>two", "One two"),
            ("It&#8217;s &quot;done&quot;", 'It’s "done"'),
            ("How to write &lt;b&gt;", "How to write <b>"),
            ("two\r\nlines\x0band\u2028more\ud800", "two lines and more"),
        ],
    )
    def test_examples(self, title: str, line: str) -> None:
        assert line_text(title) == line

    def test_a_plain_title_keeps_its_tags(self) -> None:
        assert line_text("The <b> tag &amp; others", markup=False) == "The <b> tag & others"

    @given(MARKUP)
    def test_is_one_line(self, title: str) -> None:
        assert len(line_text(title).splitlines()) <= 1


class TestParseDocument:
    @pytest.mark.parametrize("html", ["", " ", "<!-- x -->", "\0", "\ud800", "<?xml?>", "<"])
    def test_nothing_is_an_empty_document(self, html: str) -> None:
        assert parse_document(html).tag == "html"

    def test_ignores_what_the_text_says_of_its_bytes(self) -> None:
        html = '<?xml version="1.0" encoding="latin-1"?><meta charset="koi8-r"><p>é</p>'
        paragraph = next(parse_document(html).iter("p"))
        assert paragraph.text == "é"

    @given(MARKUP)
    def test_never_raises(self, html: str) -> None:
        assert parse_document(html).tag is not None


class TestFeedLinks:
    def test_announced_then_linked(self) -> None:
        html = """
            <base href="https://example.org/base/">
            <link rel="stylesheet alternate" type="application/rss+xml" href="a.xml">
            <link rel=alternate type="application/feed+json; charset=utf-8" href="/b.json">
            <link rel=alternate type="text/html" hreflang=de href="/de">
            <link rel=stylesheet type="application/rss+xml" href="/no.xml">
            <a href="/feed/">Feed</a> <a href="/index.html">Home</a> <a href="a.xml">again</a>
            <a href="/?feed=rss2">Old</a> <a href="/rss-explained">No</a>
            <a href="javascript:feed()//x.rss">No</a>
        """
        assert feed_links(html, "https://example.com/") == (
            "https://example.org/base/a.xml",
            "https://example.org/b.json",
            "https://example.org/feed/",
            "https://example.org/?feed=rss2",
        )

    def test_are_bounded(self) -> None:
        html = "".join(f"<a href='/{number}.rss'>x</a>" for number in range(1_000))
        assert len(feed_links(html, BASE)) == 20


class TestDecode:
    @pytest.mark.parametrize(
        ("body", "content_type", "text"),
        [
            ("é".encode(), None, "é"),
            ("é".encode("latin-1"), None, "é"),
            (b"\x93x\x94", "text/html; charset=iso-8859-1", "“x”"),
            ("ž".encode("iso-8859-2"), "text/html; charset=ISO-8859-2", "ž"),
            ("\ufeffé".encode(), "text/html; charset=koi8-r", "é"),
            ("é".encode("utf-16"), None, "é"),
            ("<?xml version='1.0'?>é".encode("utf-16-le"), None, "<?xml version='1.0'?>é"),
            ("<meta charset=koi8-r>Да".encode("koi8-r"), None, "<meta charset=koi8-r>Да"),
            ("<meta charset=koi8-r>Да".encode("koi8-r"), "text/html", "<meta charset=koi8-r>Да"),
            (
                "<meta charset=koi8-r>Да".encode(),
                "text/html;charset=utf-8",
                "<meta charset=koi8-r>Да",
            ),
            ("中文".encode("gb18030"), "text/html; charset=gb2312", "中文"),
            ("日本".encode("cp932"), 'text/html; charset="Shift_JIS"', "日本"),
            # Declarations that the bytes contradict.
            ("é".encode(), "text/html; charset=iso-8859-1", "é"),
            ("é".encode("latin-1"), "text/html; charset=utf-8", "é"),
            (
                b"<?xml version='1.0' encoding='utf-16'?>x",
                None,
                "<?xml version='1.0' encoding='utf-16'?>x",
            ),
            (b"x", "text/html; charset=no-such-set", "x"),
            (b"x", "text/html; charset=rot13", "x"),
            ("ééé".encode() + b"\xff", "text/html; charset=utf-8", "ééé\ufffd"),
            (b"", None, ""),
        ],
    )
    def test_examples(self, body: bytes, content_type: str | None, text: str) -> None:
        assert decode(body, content_type) == text

    @given(st.binary(), st.sampled_from([None, "charset=", "a;charset=utf-16", "a;charset=big5"]))
    def test_never_raises(self, body: bytes, content_type: str | None) -> None:
        assert isinstance(decode(body, content_type), str)
