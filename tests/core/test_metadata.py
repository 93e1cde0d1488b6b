"""What a page says of its article: which source is believed, and what is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.byline import split_names
from aggregator.core.html import parse_document
from aggregator.core.linked_data import LinkedData
from aggregator.core.metadata import PageMetadata, read_metadata
from aggregator.core.page_dates import date_in_path, first_date
from aggregator.core.trees import drop_comments, remove, text_of

URL = "https://example.com/2024/03/05/harbour"


def read(head: str = "", body: str = "", url: str | None = URL, **html: str) -> PageMetadata:
    attributes = "".join(f" {name}='{value}'" for name, value in html.items())
    root = parse_document(f"<html{attributes}><head>{head}</head><body>{body}</body></html>")
    drop_comments(root)
    return read_metadata(root, url=url)


def linked(*documents: object) -> str:
    return "".join(
        f'<script type="application/ld+json">{json.dumps(document)}</script>'
        for document in documents
    )


def meta(**values: str) -> str:
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{value}">'
        for name, value in values.items()
    )


# --- titles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Harbour opens | Courier</title>", "", "Harbour opens"),
        ("<title>Harbour opens</title>", "<h1>Courier</h1>", "Harbour opens"),
        (meta(og__title="Harbour opens"), "<h1>Harbour <i>opens</i></h1>", "Harbour opens"),
        (meta(og__title="Harbour opens - Courier", og__site_name="Courier"), "", "Harbour opens"),
        (meta(og__title="Courier - Harbour opens", og__site_name="Courier"), "", "Harbour opens"),
        (meta(og__title="Harbour - the film", og__site_name="Courier"), "", "Harbour - the film"),
        (
            meta(og__title="Harbour opens after storm"),
            "<h1>Courier</h1><h1>Harbour opens after storm at last</h1>",
            "Harbour opens after storm at last",
        ),
        (
            meta(og__title="You will not believe this harbour"),
            "<h1>The harbour opens again after the storm</h1>",
            "The harbour opens again after the storm",
        ),
        (linked({"@type": "NewsArticle", "headline": "Harbour &amp; sea"}), "", "Harbour & sea"),
        ("", "<h1>Harbour<!-- --> opens</h1>", "Harbour opens"),
        ("", "<p>No title anywhere.</p>", ""),
    ],
)
def test_title(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


# --- authors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "authors"),
    [
        (linked({"@type": "Article", "author": "Ada Quill"}), "", ("Ada Quill",)),
        (
            linked({"@type": "Article", "author": [{"name": "Ada Quill"}, {"name": "Bo Reed"}]}),
            "",
            ("Ada Quill", "Bo Reed"),
        ),
        (
            linked(
                {
                    "@graph": [
                        {"@type": "Article", "author": {"@id": "#ada"}},
                        {"@type": "Person", "@id": "#ada", "name": "Ada Quill"},
                    ]
                }
            ),
            "",
            ("Ada Quill",),
        ),
        ('<meta name="author" content="By Ada Quill and Bo Reed">', "", ("Ada Quill", "Bo Reed")),
        (meta(article__author="https://example.com/ada"), "", ()),
        ("", "<a rel='author' href='/ada'>Ada Quill</a>", ("Ada Quill",)),
        (
            "",
            "<p><a rel='author'>Ada Quill</a> and <a rel='author'>Bo Reed</a></p>",
            ("Ada Quill", "Bo Reed"),
        ),
        (
            "",
            "<span class='c-Byline__name'>By <b>Ada Quill</b>, Chief Editor</span>",
            ("Ada Quill",),
        ),
        ("", "<a href='/staff/ada-quill'>Ada Quill</a>", ("Ada Quill",)),
        ("", "<div class='author-bio'>Ada Quill sails.</div>", ()),
        ("", "<a rel='author'>See full biography</a>", ()),
        ("", "<span class='author'>東野圭子</span>", ("東野圭子",)),
        ("", "<p>Ada Quill said so.</p>", ()),
    ],
)
def test_authors(head: str, body: str, authors: tuple[str, ...]) -> None:
    assert read(head, body).authors == authors


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By ADA QUILL", ["ADA QUILL"]),
        ("Von Ada Quill und Bo Reed", ["Ada Quill", "Bo Reed"]),
        ("Ada Quill, Bo Reed &amp; Cy Tern", ["Ada Quill", "Bo Reed", "Cy Tern"]),
        ("Ada Quill | ada@example.com", ["Ada Quill"]),
        ("adaquill", []),
        ("https://example.com/ada", []),
        ("Updated 3 March", []),
        ("", []),
    ],
)
def test_names_in_a_byline(line: str, names: list[str]) -> None:
    assert split_names(line) == names


@given(st.text(max_size=600))
def test_names_are_lines(line: str) -> None:
    for name in split_names(line):
        assert name == name.strip()
        assert "\n" not in name
        assert len(name) <= 80


# --- dates ----------------------------------------------------------------------------------------

MORNING = datetime(2024, 3, 5, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked({"@type": "NewsArticle", "datePublished": "2024-03-05T08:30:00+01:00"}), ""),
        (linked([{"@type": "WebPage", "datePublished": "2024-03-05T07:30:00Z"}]), ""),
        (meta(article__published_time="2024-03-05T07:30Z"), ""),
        ('<meta itemprop="datePublished" content="2024-03-05 07:30:00 GMT">', ""),
        ("", "<time itemprop='datePublished' datetime='2024-03-05T07:30:00Z'>today</time>"),
        ("", "<time datetime='2024-03-05T07:30:00Z'>today</time><time datetime='2020-01-01'>"),
        (meta(article__published_time="1709623800"), ""),
        (meta(article__published_time="2024-03-05T07:30:00", pubdate="2024-03-05T07:30:00Z"), ""),
    ],
)
def test_published_at(head: str, body: str) -> None:
    assert read(head, body, url=None).published_at == MORNING


def test_a_time_without_zone_gives_way_to_the_same_one_with_a_zone() -> None:
    assert first_date(["2024-03-05T08:30:00", "2024-03-05T08:30:00+01:00"]) == MORNING
    assert first_date(["2024-03-05T07:30:00", "2020-01-01T00:00:00Z"]) == MORNING
    assert first_date(["2024-03-05T07:30:00 AM", "never", "2024-03-05T07:30:00"]) == MORNING


def test_dates_that_nobody_set_are_none() -> None:
    assert first_date(["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "", "soon"]) is None


def test_the_day_in_the_address_is_the_last_resort() -> None:
    assert read().published_at == datetime(2024, 3, 5, tzinfo=UTC)
    assert read(url=None).published_at is None
    assert date_in_path("https://example.com/a/20240305-harbour") == datetime(
        2024, 3, 5, tzinfo=UTC
    )
    assert date_in_path("https://example.com/a/20241505-harbour") is None
    assert date_in_path("https://example.com/id/2024030517") is None


def test_updated_at() -> None:
    page = linked({"@type": "Article", "dateModified": "2024-03-05T07:30:00Z"})
    assert read(page).updated_at == MORNING
    assert read(meta(og__updated_time="2024-03-05T07:30:00Z")).updated_at == MORNING
    assert read().updated_at is None


# --- the rest -------------------------------------------------------------------------------------


def test_language_is_a_primary_subtag() -> None:
    assert read(linked({"@type": "Article", "inLanguage": "pt-BR"}), lang="en").language == "pt"
    assert read(lang="de-CH").language == "de"
    assert read(meta(og__locale="fr_FR")).language == "fr"
    assert read('<meta http-equiv="Content-Language" content="NL">').language == "nl"
    assert read(meta(og__locale="english, please")).language is None


def test_image() -> None:
    assert read(meta(og__image="/a.jpg")).image_url == "https://example.com/a.jpg"
    assert read(meta(twitter__image="//example.org/b.jpg")).image_url == "https://example.org/b.jpg"
    picture = {"@type": "ImageObject", "url": "https://example.org/c.jpg"}
    assert read(linked({"@type": "Article", "image": [picture]})).image_url == picture["url"]
    assert read(meta(og__image="data:image/png;base64,xx")).image_url is None


def test_site_name() -> None:
    assert read(meta(og__site_name="The Courier")).site_name == "The Courier"
    publisher = {"@type": "Organization", "name": "The Courier"}
    assert read(linked({"@type": "Article", "publisher": publisher})).site_name == "The Courier"
    assert read().site_name is None


def test_canonical_url() -> None:
    assert read('<link rel="canonical" href="/a">').canonical_url == "https://example.com/a"
    assert read(meta(og__url="https://example.com/b")).canonical_url == "https://example.com/b"
    assert read('<link rel="canonical" href="https://example.com/">').canonical_url is None
    assert read('<link rel="canonical" href="javascript:x">').canonical_url is None


# --- JSON-LD --------------------------------------------------------------------------------------


def article_of(*scripts: str, titles: frozenset[str] = frozenset()) -> dict[str, object]:
    return LinkedData(scripts).article(titles, frozenset({URL}))


def test_the_article_of_the_page_is_chosen_among_several() -> None:
    other = {"@type": "NewsArticle", "headline": "Another one"}
    ours = {"@type": ["NewsArticle"], "headline": "Harbour opens!"}
    here = {"@type": "http://schema.org/BlogPosting", "url": URL}
    documents = json.dumps([other, ours])
    assert article_of(documents, titles=frozenset({"harbouropens"})) == ours
    assert article_of(documents) == other
    assert article_of(json.dumps(other), json.dumps(here)) == here


def test_items_of_lists_are_not_the_article() -> None:
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "x"}]}
    assert article_of(json.dumps(listed)) == {}


@pytest.mark.parametrize(
    "script",
    [
        "",
        "null",
        "[]",
        '{"@type": "Article"',
        "{'@type': 'Article'}",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"n": ' + "9" * 10_000 + "}",
        '{"@type": "Article", "headline": "' + "x" * 1_000_000 + '"}',
    ],
)
def test_what_is_no_json_or_too_much_of_it_says_nothing(script: str) -> None:
    assert article_of(script).get("headline") is None


def test_json_wrapped_as_for_old_browsers_is_read() -> None:
    assert article_of('\n//<![CDATA[\n{"@type": "Article", "headline": "A"}\n//]]>')


# --- trees ----------------------------------------------------------------------------------------


def test_removing_leaves_the_text_behind() -> None:
    root = parse_document("<p>one<b>two</b>three<i>four</i>five<!-- six -->seven</p>")
    drop_comments(root)
    for name in ("b", "i"):
        remove(next(iter(root.iter(name))))
    remove(root)
    assert text_of(root, 100) == "onethreefiveseven"
    assert text_of(root, 8) == "onethree"
