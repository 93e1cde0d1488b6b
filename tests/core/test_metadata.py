"""What a page says of its article: which source is believed, and what is made of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.byline import split_names
from aggregator.core.html import parse_document
from aggregator.core.linked_data import LinkedData
from aggregator.core.metadata import PageMetadata, read_metadata
from aggregator.core.page_dates import PageDate, date_in_path, first_date
from aggregator.core.trees import remove, text_of

URL = "https://example.com/2024/03/05/harbour"


def read(
    head: str = "", body: str = "", url: str | None = URL, hint: str | None = None, **html: str
) -> PageMetadata:
    attributes = "".join(f" {name}='{value}'" for name, value in html.items())
    root = parse_document(f"<html{attributes}><head>{head}</head><body>{body}</body></html>")
    return read_metadata(root, url=url, title_hint=hint)


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
        (
            "<title>Harbour | Courier</title>"
            + meta(og__title="The harbour opens", twitter__title="The harbour opens"),
            "<h1>Harbour</h1><h2 itemprop='headline'>The harbour opens</h2>",
            "The harbour opens",
        ),
        (
            "<title>Harbour opens:Courier</title>",
            "<h1>Courier</h1><h3>Harbour opens</h3>",
            "Harbour opens",
        ),
        ("<title>Harbour opens</title>", "<h2>Harbour closes</h2>", "Harbour opens"),
    ],
)
def test_title(head: str, body: str, title: str) -> None:
    assert read(head, body).title == title


def test_the_title_that_the_feed_gives_is_preferred() -> None:
    head = linked({"@type": "Article", "headline": "Harbour opens"}) + meta(
        og__title="A storm ends"
    )
    headings = "<h1>Harbour opens</h1><h1>A storm ends</h1>"
    assert read(head, headings).title == "Harbour opens"
    assert read(head, headings, hint="A storm ends!").title == "A storm ends"
    assert read(head, hint="A storm ends!").title == "A storm ends"
    assert read(head, headings, hint="Something else").title == "Harbour opens"
    assert read(hint=" The  feed's ").title == "The feed's"


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
        (meta(author="Ada Quill, AP Sports Writer"), "", ("Ada Quill",)),
        (meta(author="Ada Quill. Cape Courier"), "", ("Ada Quill", "Cape Courier")),
        (meta(author="Ada J. Quill"), "", ("Ada J. Quill",)),
        (meta(author="Text: Ada Quill"), "", ("Ada Quill",)),
        (meta(author="Quill, Ada"), "", ("Ada Quill",)),
        (meta(author="Reuters"), "", ("Reuters",)),
        *((meta(author=nobody), "", ()) for nobody in (
            "admin", "Editor", "CapeWriter", "Staff Writer", "courier.example.com staff",
            "2024-03-05", "@adaquill",
        )),
        (meta(author="The Courier", og__site_name="The Courier"), "", ()),
        (
            meta(author="Cape Press", copyright="© 2024 Cape Press", article__author="Ada Quill"),
            "",
            ("Ada Quill",),
        ),
        (
            meta(author="Courier", og__site_name="Courier"),
            "<h1>Fog</h1><a href='/staff/bo-reed'>Bo Reed</a>",
            (),
        ),
        (
            meta(author="Courier", og__site_name="Courier"),
            "<h1>Fog</h1><p class='author-name'>Bo Reed</p>",
            ("Bo Reed",),
        ),
        (
            "",
            "<p class='author'>Cy Tern</p><h1>Fog</h1><a href='/author/ada'>Ada Quill</a>",
            ("Ada Quill",),
        ),
        ("", "<h1>Fog</h1><div><p>By Ada Quill</p></div>", ("Ada Quill",)),
        ("", "<h1>Fog</h1><p>By <b>Ada Quill</b></p>", ("Ada Quill",)),
        ("", "<h1>Fog</h1><figure><i class='author'><b>Bo Reed</b></i></figure>", ()),
        ("", "<div class='pull-quote'><b><p class='author'>Bo Reed</p></b></div>", ()),
        ("", "<b class='comments-open'><p class='author'>Ada Quill</p></b>", ("Ada Quill",)),
        ("", "<ul id='comments'><li><span class='comment-author'>Bo Reed</span></ul>", ()),
        ("", "<h1>Fog</h1><p class='author'>Photograph by Bo Reed</p>", ()),
        ("", "<h1>Fog</h1><p>By noon the fog was gone.</p>", ()),
        ("", "<h1>Fog</h1><a href='/topics/staff/ada-quill'>Ada Quill</a>", ()),
        (
            "",
            "<span itemprop='author'><link itemprop='name' content='Ada Quill'></span>",
            ("Ada Quill",),
        ),
    ],
)  # fmt: skip
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
HOUR = timedelta(hours=1)


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
    assert first_date(["2024-03-05T08:30:00", "2024-03-05T08:30:00+01:00"]) == PageDate(
        at=MORNING, offset=HOUR
    )
    unknown = PageDate(at=MORNING, offset=None)
    assert first_date(["2024-03-05T07:30:00", "2020-01-01T00:00:00Z"]) == unknown
    assert first_date(["2024-03-05T07:30:00 AM", "never", "2024-03-05T07:30:00"]) == unknown


@pytest.mark.parametrize(
    ("others", "at", "offset"),
    [
        (["2024-03-06T10:00:00+01:00"], MORNING - HOUR, HOUR),
        (["soon", "2024-03-06", "2024-03-06T10:00:00Z"], MORNING, 0 * HOUR),
        (["Tuesday 07:30 CET"], MORNING - HOUR, HOUR),
        (["Updated 7:30 a.m. (EST)"], MORNING + 5 * HOUR, -5 * HOUR),
        (["At 7:30 am today"], MORNING, None),
        (["At 7:30 at sea"], MORNING, None),
        (["1709623800"], MORNING, None),
        ([], MORNING, None),
    ],
)
def test_a_time_without_zone_is_in_that_of_the_pages_other_dates(
    others: list[str], at: datetime, offset: timedelta | None
) -> None:
    assert first_date(["2024-03-05T07:30:00"], others) == PageDate(at=at, offset=offset)


def test_the_zone_is_the_countrys_where_the_page_says_none() -> None:
    head = meta(article__published_time="2024-03-05 16:30")
    page = read(head, url="https://news.example.jp/fog")
    assert (page.published_at, page.utc_offset) == (MORNING, 9 * HOUR)
    assert read(head, url="https://news.example.de/fog").published_at == MORNING + 9 * HOUR
    assert read(head, url="https://[").published_at == MORNING + 9 * HOUR


def test_the_zone_of_the_page_is_said() -> None:
    def offset(published: str, **others: str) -> timedelta | None:
        return read(meta(article__published_time=published, **others), url=None).utc_offset

    assert offset("2024-03-05T08:30:00+01:00") == HOUR
    assert offset("2024-03-05T07:30:00Z") == timedelta()
    assert offset("2024-03-05T07:30:00") is None
    assert (
        offset("2024-03-05T07:30:00", article__modified_time="2024-03-05T09:00-05:00") == -5 * HOUR
    )


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ("<h1>Fog</h1><div datetime='2024-03-05T07:30:00Z'>today</div>", MORNING),
        ("<h1>Fog</h1><time data-published='2024-03-05 07:30:00Z'>March</time>", MORNING),
        ("<h1>Fog</h1><p>March 5, 2024</p><p>7:30 am</p>", MORNING),
        ("<h1>Fog</h1><p>Published: 5 March 2024 | 07:30</p>", MORNING),
        ("<h1>Fog</h1><p>Published on 5 March 2024 at 07:30 UTC</p>", MORNING),
        ("<p>veröffentlicht am 5. März 2024, 07:30</p><h1>Nebel</h1>", MORNING),
        ("<h1>Brume</h1><p>5 mars 2024, 07:30</p>", MORNING),
        ("<h1>Brume</h1><p>[ Publié le 5 avril 2024 ]</p>", datetime(2024, 4, 5, tzinfo=UTC)),
        ("<h1>霧</h1><p>2024年3月5日 07:30</p>", MORNING),
        ("<h1>Fog</h1><p>3/25/2024</p>", datetime(2024, 3, 25, tzinfo=UTC)),
        ("<h1>Nebel</h1><p>5.3.2024 07:30</p>", MORNING),
        ("<h1>Fog</h1><dd itemprop='datePublished' content='2024-03-05T07:30'>x</dd>", MORNING),
        ("<h1>Fog</h1><p>Updated: March 5, 2024</p>", None),
        ("<h1>Fog</h1><p>3/5/2024</p>", None),
        ("<h1>Fog</h1><p>On March 5, 2024 the fog came.</p>", None),
        ("<p>March 5, 2024</p>", None),
    ],
)  # fmt: skip
def test_a_date_that_is_shown_by_the_title(body: str, at: datetime | None) -> None:
    assert read("", body, url=None).published_at == at


def test_a_date_that_is_shown_is_checked_by_the_address() -> None:
    assert read("", "<h1>Fog</h1><p>March 5, 2024, 07:30</p>").published_at == MORNING
    assert read("", "<h1>Fog</h1><p>May 5, 2014</p>").published_at == datetime(
        2024, 3, 5, tzinfo=UTC
    )


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


@pytest.mark.parametrize(
    "name", ["logo.png", "default-share.jpg", "og_default_1200x630.png", "courier-logo.svg"]
)
def test_an_image_that_stands_for_none_is_none(name: str) -> None:
    head = meta(og__site_name="The Courier", og__image=f"/img/{name}")
    assert read(head).image_url is None
    figure = "<h1>Fog</h1><figure><img src='/fog.jpg'></figure>"
    assert read(head, figure).image_url == "https://example.com/fog.jpg"


@pytest.mark.parametrize("name", ["cape-logo.png", "harbour-default.jpg", "a1b2.jpg", "photo.jpg"])
def test_an_image_named_for_what_it_shows_is_one(name: str) -> None:
    assert read(meta(og__image=f"/img/{name}")).image_url == f"https://example.com/img/{name}"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<figure><img src='/before.jpg'></figure><h1>Fog</h1>", None),
        ("<h1>Fog</h1><img src='/bare.jpg'>", None),
        ("<h1>Fog</h1><figure><img src='/small.jpg' width='60'></figure>", None),
        ("<h1>Fog</h1><figure><img src='data:image/gif;x' data-src='/a.jpg'></figure>", "a.jpg"),
        ("<h1>Fog</h1><figure><img src='/a.jpg' width='600px'></figure>", "a.jpg"),
        ("<h1>Fog</h1><figure><img src='/a.jpg%20800w,%20/b.jpg%2099w'></figure>", "a.jpg"),
    ],
)
def test_the_first_figure_stands_in_for_an_image_that_is_not_named(
    body: str, name: str | None
) -> None:
    assert read("", body).image_url == (name and f"https://example.com/{name}")


def test_text_of_the_image() -> None:
    picture = {
        "@type": "ImageObject",
        "url": "https://example.com/harbour.jpg",
        "caption": "The &amp; pier",
    }
    article = linked({"@type": "Article", "image": [{"url": "/other.jpg", "name": "No"}, picture]})
    named = meta(og__image="/harbour.jpg")
    shown = (
        "<img src='/x.jpg' alt='No'><img src='//cdn.example.org/harbour.jpg?w=3' alt=' A\n pier '>"
    )
    assert read(named + meta(og__image__alt="Fog"), shown).image_alt == "Fog"
    assert read(named + article, shown).image_alt == "The & pier"
    assert read(named, shown).image_alt == "A pier"
    assert read(named, "<img src='/harbour.jpg' alt='harbour.jpg'>").image_alt == ""
    assert read(named, "<img src='/harbour.jpg' alt='Harbour'>").image_alt == ""
    assert read(meta(og__image__alt="Fog"), shown).image_alt == ""
    assert len(read(named + meta(og__image__alt="fog " * 400)).image_alt) <= 500


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


def test_json_that_was_read_before_is_not_read_again() -> None:
    root = parse_document(linked({"@type": "Article", "headline": "In the page"}))
    shared = LinkedData(['{"@type": "Article", "headline": "Read before"}'])
    page = read_metadata(root, url=None, linked=shared)
    assert page.title == "Read before"
    assert page.article["headline"] == "Read before"
    assert read_metadata(root, url=None, linked=LinkedData.of(root)).title == "In the page"
    assert read_metadata(parse_document("<p>"), url=None).article == {}


def test_a_script_that_is_too_long_costs_itself_only() -> None:
    long = '{"@type": "Article", "headline": "' + "x" * 1_000_000 + '"}'
    assert article_of(long, '{"@type": "Article", "headline": "A"}')["headline"] == "A"


def test_each_script_says_what_the_page_is_about() -> None:
    scripts = ('[{"@type": "WebSite"}, {"@type": "WebPage"}]', "{", '{"@type": "NewsArticle"}')
    assert [node["@type"] for node in LinkedData(scripts).described()] == ["WebPage", "NewsArticle"]


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


@given(st.text(max_size=300), st.none() | st.text(max_size=50), st.none() | st.text(max_size=50))
def test_it_never_raises(html: str, url: str | None, hint: str | None) -> None:
    read_metadata(parse_document(f"<h1>{html}</h1>{html}"), url=url, title_hint=hint)


@pytest.mark.parametrize(
    "piece",
    [
        "<div>", "<h1>x", "<a rel=author><b>", "<meta name=author content='((((((('>", "<h2>x</h2>",
        "<time datetime=2024-03-05T07:30:00>1</time>", "<span class=author>By </span>", "<p>5</p>",
        "<figure><img src=logo.png alt=x>", "<img src=/harbour.jpg alt=harbour.jpg>",
        "<svg><style>x", '<script type="application/ld+json">{"@graph": [', "By ", "<h1>x</h1>1.1.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("inner", ["<i></i>", "<img>", "<link itemprop=x>"])
@pytest.mark.timeout(60)
def test_hostile_pages_are_soon_read(piece: str, inner: str) -> None:
    page = "<h1>Harbour</h1><meta property='og:image' content='/harbour.jpg'>"
    for count in (100_000 // len(piece), 500):
        root = parse_document(page + piece * count + inner * 20_000)
        assert read_metadata(root, url=URL, title_hint="Harbour").image_url


# --- trees ----------------------------------------------------------------------------------------


def test_removing_leaves_the_text_behind() -> None:
    root = parse_document("<p>one<b>two</b>three<i>four</i>five<!-- six -->seven</p>")
    for name in ("b", "i"):
        remove(next(iter(root.iter(name))))
    remove(root)
    assert text_of(root, 100) == "onethreefiveseven"
    assert text_of(root, 8) == "onethree"
