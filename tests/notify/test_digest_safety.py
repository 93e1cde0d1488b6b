"""Nothing that a publisher or a user writes becomes markup, a link, a line or a header."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from digestmaker import article, credit, digest, story, told, with_article
from hypothesis import given, settings
from hypothesis import strategies as st
from mailpage import MailPage

from aggregator.notify.links import safe_link
from aggregator.notify.render import render
from aggregator.types import Digest, DigestSection, RenderedDigest

LINK = "https://example.org/1"
PICTURE = "https://example.org/1.jpg"
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x.png onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}",
    "</td></tr></table><h1>",
    "<!-- --> ]]> <![CDATA[",
    "{{ 7 * 7 }} {% raw %} {names} {0}",
    "&lt;b&gt; & &amp; &#60;",
    "style=background:url(https://evil.example/x)",
    "one\r\nBcc: ann@example.org",
    "a\u2028b\u202ec\u2066d\x1b]8;;https://evil.example\x07e",
    "lone \ud800 surrogate",
    "\x00\x0b\x0c",
    "",
]
PLACES = 9


def everywhere(words: str) -> Digest:
    """A digest with these words in every place that a publisher or a user can fill."""
    item = article(
        1, f"Outlet {words}", words, url=LINK, excerpt=f"It said {words} here. And more."
    )
    item = replace(credit(item, f"Agency {words}"), image_url=PICTURE, image_alt=words)
    (whole,) = with_article(item).stories
    again = replace(told(story(1), 10), watches=(f"Watch {words}",))
    section = DigestSection(title=f"Section {words}", stories=(whole, again), brief=(whole,))
    broken = digest(0, troubles=1).troubles[0]
    trouble = replace(
        broken,
        source=replace(broken.source, name=f"Source {words}"),
        state=replace(broken.state, last_error=f"The server said {words}."),
    )
    made = digest(0)
    return replace(
        made,
        edition=replace(made.edition, digest=f"news {words}"),
        title=f"News {words}",
        sections=(section,),
        singles=(item,),
        singles_left_out={item.article.source: 3},
        troubles=(trouble,),
        images=True,
    )


HARMLESS = MailPage(render(everywhere("harmless")).html)


def check(rendered: RenderedDigest) -> MailPage:
    """The page has the tags and links of a harmless one; nothing else is loaded or hidden."""
    page = MailPage(rendered.html)
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in HARMLESS.tags]
    assert page.links == HARMLESS.links
    assert [image["src"] for image in page.images] == [image["src"] for image in HARMLESS.images]
    assert page.styles == HARMLESS.styles
    assert rendered.subject.isprintable()
    for part in (rendered.text, rendered.html, rendered.short, rendered.subject):
        part.encode("utf-8")
        assert not CONTROLS.search(part)
    return page


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_becomes_markup_or_a_line(nasty: str) -> None:
    rendered = render(everywhere(nasty))
    check(rendered)
    assert "\nBcc:" not in rendered.text
    assert "\nBcc:" not in rendered.short


@settings(max_examples=40)
@given(st.lists(st.sampled_from([*NASTY, "<", ">", '"', "&", "橋", "جسر"]), max_size=6), st.text())
def test_no_mixture_of_texts_becomes_markup(pieces: list[str], anything: str) -> None:
    rendered = render(everywhere(" ".join([*pieces, anything])))
    page = MailPage(rendered.html)
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in HARMLESS.tags}
    assert set(page.links) == set(HARMLESS.links)
    assert not CONTROLS.search(rendered.text + rendered.html + rendered.short)


def test_what_is_escaped_can_be_read() -> None:
    words = 'Bridges & "tunnels" <b>open</b>'
    page = check(render(everywhere(words)))
    assert page.text.count(words) >= PLACES
    assert {image["alt"] for image in page.images} == {words}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,<b>",
        "vbscript:x",
        "ftp://example.org/",
        "//example.org/",
        "/relative",
        "http:///nohost",
        "https://bank.example@evil.example/",
        "https://example.org/a b",
        "https://example.org/\r\nBcc: x",
        "https://example.org/\u202egnp.exe",
        "https://example.org/\u2066x",
        "https://example.org\\@evil.example/",
        'https://example.org/"onclick=',
        "https://[bad/",
        "https://example.org/" + "a" * 2000,
        "",
        None,
    ],
)
def test_only_plain_web_addresses_are_linked(url: str | None) -> None:
    assert safe_link(url) is None
    made = replace(with_article(article(1, "A", "Title", url=url)), sites={"A": url or ""})
    made = replace(made, singles=(article(1, "A", "Title", url=url),))
    page = MailPage(render(made).html)
    assert page.links == []
    assert "Title" in page.text


@pytest.mark.parametrize(
    "url", ["https://example.org/ü?a=1&b=2#c", "HTTP://example.org:8080/x", "http://[::1]/"]
)
def test_addresses_are_linked_as_they_are(url: str) -> None:
    assert safe_link(url) == url
    rendered = render(with_article(article(1, "A", "Title", url=url)))
    assert set(MailPage(rendered.html).links) == {url}
    assert f"\n     {url}\n" in rendered.text
