"""From a page to its article: what is kept, what is left out, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.codec import decode, encode
from aggregator.core.extract import extract as extract_pages
from aggregator.errors import ExtractError
from aggregator.types import (
    ArticleText,
    ExtractRequest,
    FeedText,
    PageCopy,
    PageRole,
)

URL = "https://example.com/news/lighthouse"
TEXT = """\
The lighthouse on the northern cape will be lit again in spring, the harbour board said on Monday, \
two years after a storm broke its lantern and flooded the keeper's house.

Engineers lifted the new lantern, which weighs four tonnes, onto the tower with a crane that had \
come by barge, because the road to the cape is too narrow for lorries of that size.

“We had one calm morning, and we used it,” said the head of the works, who had waited three weeks \
for the wind to drop. The lamp will be tested in the dark from February on.

Fishermen had asked for the light to return: the buoys that stood in for it were hard to see in \
heavy swell, and two boats ran aground last winter, though nobody was hurt."""
PARAGRAPHS = TEXT.split("\n\n")


def page(body: str, head: str = "", lang: str = "en") -> str:
    return (
        f"<!doctype html><html lang='{lang}'><head><title>Lighthouse to shine again | Cape Courier"
        f"</title>{head}</head><body><header><nav><a href='/'>Home</a><a href='/sport'>Sport</a>"
        f"</nav></header><main><article><h1>Lighthouse to shine again</h1>{body}</article></main>"
        "<footer><p>Cape Courier, published by the Cape Press Company since 1921.</p></footer>"
        "</body></html>"
    )


def paragraphs(*between: str) -> str:
    """The article's paragraphs with something between each two of them."""
    blocks = [f"<p>{text}</p>" for text in PARAGRAPHS]
    return "".join(map("".join, zip_longest(blocks, between, fillvalue="")))


def extract(
    html: str | bytes,
    content_type: str | None = None,
    *,
    url: str | None = URL,
    title: str = "",
) -> ArticleText:
    body = html.encode(errors="replace") if isinstance(html, str) else html
    page = PageCopy(role=PageRole.PAGE, url=url, content_type=content_type, body=body)
    request = ExtractRequest(pages=(page,), feed=FeedText(title=title))
    return extract_pages(request).article


def test_text_html_and_metadata_of_an_ordinary_page() -> None:
    head = (
        '<meta property="og:site_name" content="Cape Courier">'
        '<meta property="article:published_time" content="2024-01-15T08:30:00+01:00">'
        '<meta property="og:image" content="/img/tower.jpg">'
        '<meta name="author" content="Ada Quill">'
        f'<link rel="canonical" href="{URL}">'
    )
    article = extract(page(paragraphs(), head))
    assert article.text == TEXT
    assert article.html.count("<p>") == len(PARAGRAPHS)
    assert article.title == "Lighthouse to shine again"
    assert article.authors == ("Ada Quill",)
    assert article.published_at == datetime(2024, 1, 15, 7, 30, tzinfo=UTC)
    assert article.language == "en"
    assert article.image_url == "https://example.com/img/tower.jpg"
    assert article.site_name == "Cape Courier"
    assert article.canonical_url == URL
    assert decode(encode(article), ArticleText) == article


def test_links_lists_and_tables_are_kept() -> None:
    body = (
        paragraphs()
        + "<p>More is in the <a href='/report'>full report</a> of the harbour board, which was "
        "published in the morning and runs to some forty pages.</p>"
        "<ul><li>the lantern: four tonnes</li><li>the tower: thirty metres</li></ul>"
        "<table><tr><th>Year</th><th>Ships</th></tr><tr><td>2022</td><td>310</td></tr></table>"
    )
    article = extract(page(body))
    assert '<a href="https://example.com/report"' in article.html
    lines = [line for line in article.text.split("\n") if line]
    assert lines[-4:-2] == ["the lantern: four tonnes", "the tower: thirty metres"]
    assert "2022 310" in article.text
    assert "<li>" in article.html
    assert "<td>" in article.html


def test_relative_links_follow_the_base_that_the_page_declares() -> None:
    more = "<p>The board's <a href='report'>report</a> has the figures for every month.</p>"
    article = extract(page(paragraphs(more), "<base href='https://example.org/files/'>"))
    assert 'href="https://example.org/files/report"' in article.html


BOXES = (
    "<div class='Newsletter-box'><h4>Our letter</h4><p>All of the cape in your mailbox.</p></div>",
    "<div id='cookie-banner'><p>We and our partners use cookies to measure who reads us.</p></div>",
    "<aside class='related-stories'><p>Old pier sold to a diver from the mainland</p></aside>",
    "<ps-promo class='promo promo-small'><p>Bridge toll to rise twice this year.</p></ps-promo>",
    "<section class='comments'><p>First! I never liked that old tower anyway.</p></section>",
    "<div class='author-bio'><p>Ada Quill writes about everything that floats.</p></div>",
    "<p>Sign up for our newsletter to get the cape in your inbox every day.</p>",
    "<p>Read more: <a href='/pier'>Old pier sold to a diver</a></p>",
    "<p>Lesen Sie auch: <a href='/pier'>Alter Pier verkauft</a></p>",
    "<p>This website uses cookies to make your visit as pleasant as the weather allows.</p>",
    "<p>Story continues below advertisement</p>",
    "<p>© Cape Press Company 2024</p>",
    "<p><a href='#p7'>1705304400</a></p>",
)


@pytest.mark.parametrize("box", BOXES)
def test_what_is_not_the_article_is_left_out(box: str) -> None:
    assert extract(page(paragraphs("", box))).text == TEXT


KEPT = (
    "The newsletter of the harbour board, which few had read, asked for a new lamp each year.",
    "Related work on the breakwater will go on until summer, the board added on Monday evening.",
    "Cookies, the bakery at the foot of the tower, will sell bread in its shape from then on.",
)


@pytest.mark.parametrize("sentence", KEPT)
def test_what_only_sounds_like_furniture_is_kept(sentence: str) -> None:
    article = extract(page(paragraphs("", f"<p>{sentence}</p>")))
    assert article.text.split("\n\n") == [*PARAGRAPHS[:2], sentence, *PARAGRAPHS[2:]]


def test_a_whole_article_in_a_box_named_like_furniture_is_kept() -> None:
    assert PARAGRAPHS[2] in extract(page(f"<div class='related'>{paragraphs()}</div>")).text


def test_posts_that_an_article_quotes_are_kept() -> None:
    post = (
        "<div class='social-media-embed'><blockquote class='twitter-tweet'><p lang='en'>The lamp "
        "is up <a href='https://t.co/x'>pic.twitter.com/x</a></p>— Harbour Board (@harbour) "
        "<a href='https://twitter.com/harbour/status/1'>January 15, 2024</a></blockquote></div>"
    )
    article = extract(page(paragraphs("<p>The board itself was quick to say so:</p>", post)))
    assert "The lamp is up pic.twitter.com/x" in article.text
    assert "— Harbour Board (@harbour) January 15, 2024" in article.text


def test_an_article_in_cdata_is_found() -> None:
    html = f"<html><body><h1>Lighthouse</h1><![CDATA[<div>{paragraphs()}</div>]]></body></html>"
    assert extract(html).text == TEXT


def test_the_title_is_not_repeated_in_the_text() -> None:
    body = f"<p>Cape news</p><h2>Lighthouse to shine again</h2>{paragraphs()}"
    assert extract(page(body)).text.startswith(PARAGRAPHS[0])


def test_an_article_that_the_strict_setting_misses_is_found() -> None:
    """All of it in the header, which the strict setting drops."""
    html = (
        f"<html><body><header><h1>Lighthouse</h1>{paragraphs()}</header><p>Bye.</p></body></html>"
    )
    assert PARAGRAPHS[1] in extract(html).text


@pytest.mark.parametrize(
    ("charset", "content_type", "declaration"),
    [
        ("iso-8859-2", "text/html; charset=iso-8859-2", ""),
        ("windows-1250", None, "<meta charset='windows-1250'>"),
        ("utf-8", None, ""),
        ("utf-16", None, ""),
    ],
)
def test_character_sets(charset: str, content_type: str | None, declaration: str) -> None:
    sentence = (
        "Maják na severním mysu se na jaře znovu rozsvítí, oznámila v pondělí správa přístavu, "
        "dva roky poté, co bouře rozbila jeho svítilnu a zaplavila dům strážce majáku."
    )
    html = page(
        f"<p>{sentence}</p><p>Žádný člověk nebyl zraněn, řekl vedoucí prací.</p>", declaration
    )
    assert sentence in extract(html.encode(charset), content_type).text


GERMAN = (
    "<p>Der Leuchtturm am nördlichen Kap soll im Frühjahr wieder leuchten, teilte die "
    "Hafenverwaltung am Montag mit, zwei Jahre nachdem ein Sturm die Laterne zerbrochen hatte.</p>"
    "<p>Die Ingenieure hoben die neue Laterne, die vier Tonnen wiegt, mit einem Kran auf den "
    "Turm, der auf einem Lastkahn gekommen war, weil die Straße zum Kap zu schmal ist.</p>"
)


def test_language_as_declared_else_as_recognised() -> None:
    assert extract(page(GERMAN, lang="de-CH")).language == "de"
    assert extract(page(GERMAN, lang="")).language == "de"
    assert extract(page(paragraphs(), lang="")).language == "en"


def test_english_is_not_believed_of_a_text_that_is_not_english() -> None:
    assert extract(page(GERMAN, lang="en")).language == "de"
    assert extract(page(paragraphs(), lang="en-GB")).language == "en"


def test_the_hint_is_the_title_where_the_page_has_none() -> None:
    html = f"<html><body><article>{paragraphs()}</article></body></html>"
    assert extract(html, url=None, title=" The  light returns ").title == "The light returns"
    assert extract(html).title == ""


def test_what_leaves_is_safe() -> None:
    body = paragraphs(
        "<p>It was <a href='javascript:alert(1)'>bright</a> <b onclick='x()'>again</b> at once, "
        "said those who had waited on the rocks with their children and their lamps.</p>"
    )
    html = extract(page(body)).html
    assert "bright" in html
    assert "javascript" not in html
    assert "onclick" not in html


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", None, "empty"),
        (" \n\t", None, "empty"),
        (b"\xef\xbb\xbf ", None, "empty"),
        (b"%PDF-1.7 ...", "text/html", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", None, "image"),
        (b"PK\x03\x04\x14\0", None, "archive"),
        (b"<html>what?", "application/pdf", "binary"),
        (b"abc\0def" * 50, None, "binary"),
        ("<html><body></body></html>", None, "nothing that reads"),
        ("<html><body><nav><a href='/'>Home</a></nav></body></html>", None, "nothing that reads"),
    ],
)
def test_what_is_no_article_is_refused(
    body: bytes | str, content_type: str | None, words: str
) -> None:
    with pytest.raises(ExtractError, match=words) as caught:
        extract(body, content_type)
    assert caught.value.url == URL
    assert str(caught.value).endswith(".")


def test_deep_nesting_loses_nothing() -> None:
    deep = page("<div>" * 600 + paragraphs() + "</div>" * 600)
    assert extract(deep).text == TEXT


QUADRATIC = {
    "json": '<script type="application/ld+json">{"a":"' + '\\"' * 75_000 + "</script>",
    "author": f"<meta name='author' content='{'(' * 41_000}'>",
    "separators": f"<title>{' | ' * 50_000}</title>",
    "objects": '<script type="application/ld+json">[' + "[]," * 400_000 + "1]</script>",
    "nesting": f'<script type="application/ld+json">{"[" * 400_000}</script>',
}


@pytest.mark.parametrize("head", QUADRATIC.values(), ids=QUADRATIC)
def test_heads_made_to_stop_readers_do_not(head: str) -> None:
    assert extract(page(paragraphs(), head)).text == TEXT


FRAGMENTS = (
    *(
        "<p>",
        "</p>",
        "<div class='related'>",
        "</div>",
        "<article>",
        "<h1>",
        "</h1>",
        "<!--",
        "-->",
    ),
    *("<table>", "<tr>", "<td>", "<ul>", "<li>", "<a href='http://[x'>", "</a>", "<pre>", "<svg>"),
    *("<?x?>", "<base href='//['>", "<time datetime='2020-13-41'>", "\0", "\ud800", "&#x110000;"),
    *("<script type='application/ld+json'>", "</script>", '{"@type":["Article",3],"author":[[1]]}'),
    '{"@graph":[null,{"@id":"a","@type":"Article","image":[[]],"author":{"@id":"a"}}]}',
    *("<meta property='og:title' content='", "'>", "word ", "東京", PARAGRAPHS[0]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join),
    st.sampled_from([None, URL, "http://[x", "no address"]),
)
def test_no_page_makes_it_raise_anything_else(html: str, url: str | None) -> None:
    try:
        article = extract(html, url=url)
    except ExtractError:
        return
    assert article.text
    assert decode(encode(article), ArticleText) == article


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise_anything_else(body: bytes) -> None:
    try:
        assert extract(body, url=None).text
    except ExtractError:
        return
