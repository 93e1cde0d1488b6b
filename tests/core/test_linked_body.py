"""Bodies of articles in JSON-LD: in what forms they come, and what is made of them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.html import sanitise, to_text
from aggregator.core.linked_body import linked_body
from aggregator.core.linked_data import LinkedData

BASE = "https://example.com/fog"


def body_of(*documents: object, base_url: str | None = BASE) -> str:
    linked = LinkedData([json.dumps(document) for document in documents])
    return linked_body(linked, linked.article(frozenset(), frozenset()), base_url=base_url)


def body(text: object) -> str:
    return body_of({"@type": "NewsArticle", "articleBody": text})


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Fog came.", "<p>Fog came.</p>"),
        ("Fog came.\nIt went.", "<p>Fog came.</p>\n<p>It went.</p>"),
        ("Fog came.\r\n\r\n It went.\u2028At last.",
         "<p>Fog came.</p>\n<p>It went.</p>\n<p>At last.</p>"),
        ("Fog came.\\n\\nIt went.", "<p>Fog came.</p>\n<p>It went.</p>"),
        ("Fog &amp; sea", "<p>Fog &amp; sea</p>"),
        ("Fog &amp;amp; sea", "<p>Fog &amp; sea</p>"),
        ("Fog &amp;quot;rolls&quot; in", '<p>Fog "rolls" in</p>'),
        ("Fog & sea, 3 < 4", "<p>Fog &amp; sea, 3 &lt; 4</p>"),
        ("<p>Fog <b>came</b>.</p>", "<p>Fog <b>came</b>.</p>"),
        ("&lt;p&gt;Fog &lt;b&gt;came&lt;/b&gt;.&lt;/p&gt;", "<p>Fog <b>came</b>.</p>"),
        ("<p>Fog &amp;amp; sea</p>", "<p>Fog &amp; sea</p>"),
        ("Fog <em>came</em>.\n\nIt went.", "<p>Fog <em>came</em>.</p>\n<p>It went.</p>"),
        ("<h2>Fog</h2>\nIt came.", "<h2>Fog</h2>\n<p>It came.</p>"),
        ("Fog[gallery ids='1,2'] came. [embed]x[/embed]", "<p>Fog came. x</p>"),
        ('[caption id="a" width="3"]<img src="/f.jpg"> A pier[/caption]Fog came.',
         "<p>Fog came.</p>"),
        ("He was [sic] there [in 1994].", "<p>He was [sic] there [in 1994].</p>"),
        ("<p>Fog<script>run()</script> <a href='/sea'>came</a></p>",
         '<p>Fog <a href="https://example.com/sea" rel="noopener noreferrer">came</a></p>'),
        (["Fog came.", "It went."], "<p>Fog came.</p>\n<p>It went.</p>"),
        ("", ""),
        ("<p> </p>", ""),
        (None, ""),
        (3, ""),
        ({"@type": "Thing"}, ""),
    ],
)  # fmt: skip
def test_forms(text: object, html: str) -> None:
    assert body(text) == html


def test_a_live_blog_is_its_updates_under_their_headlines() -> None:
    updates = [
        {"@type": "BlogPosting", "headline": "Fog &amp; sea", "articleBody": "It came.\nIt went."},
        {"@type": "BlogPosting", "headline": "No text yet", "articleBody": ""},
        {"@type": "BlogPosting", "articleBody": "It was there."},
        "no update",
    ]
    blog = {"@type": "LiveBlogPosting", "headline": "Fog, live", "liveBlogUpdate": updates}
    html = "<h3>Fog &amp; sea</h3>\n<p>It came.</p>\n<p>It went.</p>\n<p>It was there.</p>"
    assert body_of(blog) == html
    assert body_of({**blog, "articleBody": "All day."}) == f"<p>All day.</p>\n{html}"
    assert body_of({**blog, "articleBody": "It came and went, and it was there."}).count("<p>") == 1


def test_a_live_blog_beside_the_article_is_that_of_the_same_page() -> None:
    article = {"@type": "NewsArticle", "headline": "Fog, live", "url": BASE}
    update = {"headline": "Now", "articleBody": "It came."}
    blog = {"@type": "LiveBlogPosting", "headline": "Fog", "liveBlogUpdate": [update]}
    assert body_of(article, blog) == ""
    assert body_of(article, {**blog, "url": BASE}) == "<h3>Now</h3>\n<p>It came.</p>"
    assert body_of(article, {**blog, "headline": "Fog – live"}) == "<h3>Now</h3>\n<p>It came.</p>"


def test_parts_of_an_article_are_joined() -> None:
    graph = {
        "@graph": [
            {
                "@type": "Article",
                "hasPart": [{"@id": "#1"}, {"cssSelector": ".wall"}, {"@id": "#2"}],
            },
            {"@id": "#1", "articleBody": "It came."},
            {"@id": "#2", "articleBody": "It went."},
        ]
    }
    assert body_of(graph) == "<p>It came.</p>\n<p>It went.</p>"


def test_without_a_base_relative_links_are_left_out() -> None:
    article = {"@type": "Article", "articleBody": "<p><a href='/sea'>Sea</a></p>"}
    assert "href" not in body_of(article, base_url=None)


def test_of_a_very_long_body_the_beginning_is_read() -> None:
    update = {"articleBody": "Fog came. " * 40_000}
    found = body_of({"@type": "LiveBlogPosting", "liveBlogUpdate": [update, update]})
    assert 400_000 < len(found) < 510_000


@given(st.text(), st.text(alphabet="<>p/&amp;lt;[caption]=\n\\ "))
def test_whatever_comes_is_sanitised(text: str, marks: str) -> None:
    for written in (text, marks, f"<p>{text}{marks}"):
        found = body(written)
        assert sanitise(found, base_url=BASE) == found
        assert bool(found) == bool(to_text(found))


@pytest.mark.parametrize(
    "piece", ["<p ", "<p>", "[caption]", "[a b=", "[caption x", "&amp;", "&lt;p&gt;", "\\n", "<a "]
)
def test_hostile_bodies_take_no_longer_than_any_other(piece: str) -> None:
    body(piece * (400_000 // len(piece)))
