"""Pages read by the rules that somebody has written for their site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.html import Element, parse_document, serialise
from aggregator.core.page_rules import Ruled, apply_rules, body_html
from aggregator.core.selectors import compile_rule
from aggregator.core.text import clean_line
from aggregator.types import PageRules

URL = "https://www.example.org/2026/flood"
STORY = """
<html><head><title>Flood | Example</title>
  <meta name="author" content="Nadia Baum; Li Wei"></head>
<body class="page">
  <h1 class="kicker"> </h1>
  <h1 class="headline">River<br>falls <script>run()</script>overnight</h1>
  <p class="byline">By <a rel="author" href="/a">Nadia Baum</a> and <a href="/b">Li Wei</a></p>
  <p class="when">Published on Tuesday 3 March 2026 10:15 CET</p>
  <time class="published" datetime="2026-03-03T10:15:00+01:00">today</time>
  <div class="story"><p>The river fell <b class="promo">Subscribe!</b>overnight.</p></div>
  <div class="newsletter">Get our letter</div>
  <div class="story"><div class="story"><p>People went <a href="home">home</a>.</p></div>
    <aside class="promo">Read more</aside></div>
</body></html>
"""


def read(html: str = STORY, **rules: str | tuple[str, ...]) -> tuple[Ruled, Element]:
    root = parse_document(html)
    lists = {key: (rule,) if isinstance(rule, str) else rule for key, rule in rules.items()}
    return apply_rules(root, PageRules(**lists)), root  # type: ignore[arg-type]


def ruled(html: str = STORY, **rules: str | tuple[str, ...]) -> Ruled:
    return read(html, **rules)[0]


def text_of(root: Element) -> str:
    return clean_line("".join(str(piece) for piece in root.itertext()))


def test_every_part_has_its_rule() -> None:
    found = ruled(
        body="div.story",
        title=".headline",
        author=".byline",
        date="time.published::attr(datetime)",
        remove=(".promo", "//div[@class='newsletter']"),
    )
    assert body_html(found, base_url=URL) == (
        "<div><p>The river fell overnight.</p></div>\n"
        '<div><div><p>People went <a href="https://www.example.org/2026/home" '
        'rel="noopener noreferrer">home</a>.</p></div>\n    </div>'
    )
    assert found.title == "River falls overnight"
    assert found.authors == ("Nadia Baum", "Li Wei")
    assert found.published_at == datetime(2026, 3, 3, 9, 15, tzinfo=UTC)
    assert found.utc_offset == timedelta(hours=1)
    assert found.missing == ()


def test_no_rules_find_nothing_and_miss_nothing() -> None:
    found, root = read()
    assert found == Ruled()
    assert serialise(root) == serialise(parse_document(STORY))


def test_what_finds_nothing_is_told() -> None:
    found = ruled(body=".text", title=".kicker", author="h2", date=".when b", remove=".nothing")
    assert found == Ruled(missing=("body", "title", "author", "date"))
    assert ruled(body=".story", author="h2").missing == ("author",)


def test_what_cannot_be_read_as_such_is_missing() -> None:
    found = ruled(date=".byline", author=".when::attr(class)", body="meta")
    assert found == Ruled(missing=("body", "author", "date"))


class TestRemoval:
    def test_leaves_the_text_behind(self) -> None:
        _, root = read("<p>a<i>1</i>b<i>2</i>c<b>d</b>e<i>3</i>f<i>4</i></p>", remove="i")
        assert serialise(root) == "<html><body><p>abc<b>d</b>ef</p></body></html>"

    def test_of_the_first_child_and_of_its_neighbour(self) -> None:
        _, root = read("<p><i>1</i>a<b>2</b><i>3</i>c</p>", remove="i")
        assert serialise(root) == "<html><body><p>a<b>2</b>c</p></body></html>"

    def test_of_what_lies_within_what_is_removed(self) -> None:
        _, root = read("<div><p>1<p>2<i>3</i></div>a", remove=("//div | //i", "p"))
        assert serialise(root) == "<html><body>a</body></html>"

    @pytest.mark.parametrize("rule", ["html", "body", ".page", "//*", "/*", "//html | //div"])
    def test_never_takes_the_page_itself(self, rule: str) -> None:
        found, root = read(
            "<html class=page><body class=page>a<p>b</p>c</body></html>", remove=rule, body="body"
        )
        assert root.tag == "html"
        assert text_of(found.body[0]).startswith("a")

    def test_comes_before_all_else(self) -> None:
        assert ruled(title="h1", remove=".headline").missing == ("title",)

    @given(st.lists(st.sampled_from(["<i>x", "</i>", "a", "b", "<b>", "</b>", "<p>", "</p>"])))
    def test_loses_no_other_text(self, parts: list[str]) -> None:
        html = f"<div>{''.join(parts)}</div>"
        _, root = read(html, remove="i")
        kept = compile_rule("//text()[not(ancestor::i)]").find(parse_document(html))
        assert "".join(str(one) for one in root.itertext()) == "".join(map(str, kept))
        assert not root.xpath("//i")


class TestBody:
    def test_is_all_that_the_first_rule_finds(self) -> None:
        found = ruled(body=("div.text", ".newsletter, .byline", ".story"))
        assert [text_of(one)[:3] for one in found.body] == ["By ", "Get"]

    def test_holds_nothing_twice(self) -> None:
        found = ruled(body="//div | //p | //b")
        assert [one.tag for one in found.body] == ["p", "p", "div", "div", "div"]

    def test_an_empty_frame_is_none(self) -> None:
        html = "<div class=story> <img src=a></div><main>Text</main>"
        assert [one.tag for one in ruled(html, body=(".story", "main")).body] == ["main"]

    def test_is_sanitised(self) -> None:
        found = ruled(
            "<main onclick=run()><script>run()</script><a href='javascript:run()'>x</a>"
            "<a href='/y'>y</a></main>",
            body="main",
        )
        assert body_html(found, base_url=None) == (
            '<main><a rel="noopener noreferrer">x</a><a rel="noopener noreferrer">y</a></main>'
        )

    def test_of_a_page_without_one_is_empty(self) -> None:
        assert body_html(Ruled(), base_url=URL) == ""


class TestValues:
    @pytest.mark.parametrize(
        ("rule", "title"),
        [
            ("h1", "River falls overnight"),
            ("title", "Flood | Example"),
            (("h2", ".kicker", "title"), "Flood | Example"),
            ("//title/text()", "Flood | Example"),
            ("(substring-before(//title, ' | '))", "Flood"),
            ("//div[1]/@class", "story"),
            (".byline a::attr(rel)", "author"),
            ("meta", "Nadia Baum; Li Wei"),
        ],
    )
    def test_of_a_title(self, rule: str | tuple[str, ...], title: str) -> None:
        assert ruled(title=rule).title == title

    def test_a_title_with_what_looks_like_markup_keeps_it(self) -> None:
        assert ruled("<h1>a &lt;b&gt; c</h1>", title="h1").title == "a <b> c"

    @pytest.mark.parametrize(
        ("rule", "authors"),
        [
            (".byline a", ("Nadia Baum", "Li Wei")),
            ("(//p[@class='byline'])[1]", ("Nadia Baum", "Li Wei")),
            ("meta[name=author]::attr(content)", ("Nadia Baum", "Li Wei")),
            ((".nobody", ".byline a, meta"), ("Nadia Baum", "Li Wei")),
            (".byline a[rel]", ("Nadia Baum",)),
        ],
    )
    def test_of_authors(self, rule: str | tuple[str, ...], authors: tuple[str, ...]) -> None:
        assert ruled(author=rule).authors == authors


class TestDates:
    @pytest.mark.parametrize(
        ("html", "when", "hours"),
        [
            ("<i datetime='2026-03-03T10:15:00+05:30'>x</i>", "03-03T04:45", 5.5),
            ("<i content='2026-03-03 10:15Z'>x</i>", "03-03T10:15", 0),
            ("<i datetime='soon'>3 March 2026, 10:15 GMT</i>", "03-03T10:15", 0),
            ("<i>Tue, 3 Mar 2026 10:15:00 -0500</i>", "03-03T15:15", -5),
            ("<i>Mar 3, 2026 10:15 AM EST</i>", "03-03T15:15", -5),
            ("<i>Mar 3, 2026 10:15 PM</i>", "03-03T22:15", None),
            ("<i>Published: March 3, 2026 10:15</i>", "03-03T10:15", None),
            ("<i>Published on 3 March 2026 10:15 XYZ</i>", "03-03T10:15", None),
            ("<i>Posted Tuesday 3 March 2026</i>", "03-03T00:00", None),
            ("<i>2026-03-03</i>", "03-03T00:00", None),
            ("<i datetime='2026-03-03T10:15'>2026-03-03 10:15 +0100</i>", "03-03T09:15", 1),
            ("<i></i><i>never</i><i>2026-03-03</i>", "03-03T00:00", None),
            ("<i>3 March 2026 10:00</i><i>3 March 2026 12:00 CET</i>", "03-03T10:00", None),
        ],
    )
    def test_of_an_element(self, html: str, when: str, hours: float | None) -> None:
        found = ruled(html, date="i")
        assert found.published_at == datetime.fromisoformat(f"2026-{when}:00+00:00")
        assert found.utc_offset == (None if hours is None else timedelta(hours=hours))

    @pytest.mark.parametrize(
        "rule",
        [
            "time::attr(datetime)",
            "//time/@datetime",
            "(string(//time/@datetime))",
            ("i", "b::attr(x)", "time"),
            ".when",
        ],
    )
    def test_of_other_rules(self, rule: str | tuple[str, ...]) -> None:
        found = ruled(date=rule)
        assert found.published_at == datetime(2026, 3, 3, 9, 15, tzinfo=UTC)
        assert found.utc_offset == timedelta(hours=1)

    def test_may_be_seconds(self) -> None:
        found = ruled("<i data-at='1772532900'>x</i>", date="i::attr(data-at)")
        assert found.published_at == datetime(2026, 3, 3, 10, 15, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["yesterday", "31 February 2026", "3 March 1820", "12345678"])
    def test_what_is_none_is_missing(self, text: str) -> None:
        assert ruled(f"<i>{text}</i>", date="i") == Ruled(missing=("date",))


class TestHostilePages:
    @pytest.mark.parametrize(
        "unit",
        [
            "<b class=x></b>text ",
            "<b class=x><b class=x></b></b>text ",
            "<p class=x>a</p>",
            "<b class=x>",
            "<h1 class=x> </h1>",
            "<i datetime=x class=x>1</i>",
        ],
    )
    @pytest.mark.timeout(30)
    def test_are_soon_done_with(self, unit: str) -> None:
        """With quadratic time, taking out so many neighbours took a minute."""
        root = parse_document(f"<div>{unit * 160_000}</div>")
        for key in ("body", "title", "author", "date", "remove"):
            apply_rules(root, PageRules(**{key: (".x",)}))  # type: ignore[arg-type]
        assert not root.xpath("//*[@class='x']")

    @given(st.binary(max_size=200))
    def test_raise_nothing(self, body: bytes) -> None:
        root = parse_document(body.decode("latin-1"))
        found = apply_rules(
            root,
            PageRules(body=("*",), title=("*",), author=("//@*",), date=("*",), remove=("i",)),
        )
        assert not any(one in found.body for body in found.body for one in body.iterancestors())
        assert "<script" not in body_html(found, base_url=URL)
