"""Feeds made to harm: what must come out of each. None may take more than linear time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.core.parse import parse_feed
from aggregator.errors import ParseError
from aggregator.types import ParsedFeed

URL = "https://feeds.example.com/feed.xml"
NAMESPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
DEEP = 100_000
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": '


def rss(items: str, *, prolog: str = "") -> ParsedFeed:
    document = (
        f'{prolog}<rss version="2.0" {NAMESPACES}><channel><title>T</title>{items}</channel></rss>'
    )
    return parse_feed(document.encode("utf-8", "surrogatepass"), url=URL)


def titles(feed: ParsedFeed) -> list[str]:
    return [entry.title for entry in feed.entries]


# --- nesting


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        *(("a", True), ("media:group", True), ("media:content", True), ("source", True)),
        *(("a", False), ("media:group", False), ("media:content", False)),
    ],
)
def test_100_000_nested_elements(name: str, *, closed: bool) -> None:
    nest = f"<{name}>" * DEEP + (f"</{name}>" * DEEP if closed else "")
    feed = rss(f"<item><title>x</title>{nest}</item><item><title>y</title></item>")
    assert titles(feed) == ["x", "y"]
    assert feed.complete


def test_100_000_nested_tags_in_a_text() -> None:
    escaped = "&lt;div&gt;" * DEEP
    feed = rss(f"<item><title>x</title><description>{escaped}deep</description></item>")
    assert feed.entries[0].text == "deep"
    assert "<div>" not in feed.entries[0].summary_html


def test_100_000_nested_tags_in_xhtml() -> None:
    nest = "<div>" * DEEP + "deep" + "</div>" * DEEP
    feed = parse_feed(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>x</title>'
        f'<content type="xhtml">{nest}</content></entry></feed>'.encode(),
        url=URL,
    )
    assert feed.entries[0].text == "deep"


def test_100_000_nested_lists_in_json() -> None:
    body = f'{JSON}[{{"id": "1", "x": {"[" * DEEP}{"]" * DEEP}}}]}}'
    with pytest.raises(ParseError, match="cannot be read"):
        parse_feed(body.encode(), url=URL)


def test_100_000_nested_lists_in_json_that_is_cut() -> None:
    body = f'{JSON}[{{"id": "1"}}, {{"id": "2", "x": {"[" * DEEP}'
    with pytest.raises(ParseError, match="cannot be read"):
        parse_feed(body.encode(), url=URL)


# --- many, and much


def test_50_000_items() -> None:
    feed = rss("".join(f"<item><guid>{number}</guid></item>" for number in range(50_001)))
    assert 0 < len(feed.entries) <= 50_000
    assert feed.entries[-1].guid == str(len(feed.entries) - 1)


def test_a_guid_of_1_mb_still_identifies() -> None:
    long = "g" * 1_000_000
    feed = rss(f"<item><guid>{long}</guid></item><item><guid>{long}h</guid></item>")
    again = rss(f"<item><guid> {long}\n</guid></item>")
    first, second = (entry.guid for entry in feed.entries)
    assert first == "sha256:" + hashlib.sha256(long.encode()).hexdigest()
    assert first != second
    assert again.entries[0].guid == first


def test_a_tombstone_of_1_mb_names_the_same_guid() -> None:
    long = "g" * 1_000_000
    feed = parse_feed(
        f'<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>T</title>'
        f'<at:deleted-entry ref="{long}"/><at:deleted-entry ref="short"/></feed>'.encode(),
        url=URL,
    )
    # So much of it is not looked at: better no withdrawal than a wrong one.
    assert feed.withdrawn == ("short",)


def test_a_million_tombstones_are_bounded() -> None:
    graves = "".join(f"<at:deleted-entry ref='{number}'/>" for number in range(20_000))
    feed = parse_feed(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{graves}</feed>'.encode(),
        url=URL,
    )
    assert len(feed.withdrawn) == 1_000


def test_an_entry_with_100_000_files_and_links() -> None:
    files = "".join(f"<media:content url='/{number}.jpg'/>" for number in range(50_000))
    links = "".join(f"<enclosure url='/{number}.mp3'/>" for number in range(50_000))
    (entry,) = rss(f"<item><title>x</title>{files}{links}</item>").entries
    assert len(entry.media) == 50


@pytest.mark.parametrize(
    "flood",
    [
        "<media:content url=\"",
        "<media:content url='",
        "<media:content ",
        "<media:content " + "a" * 50,
        "<media:title>",
        "</media:title>",
        "<![CDATA[",
        "<!--",
        "<?x ",
        "<",
        "xmlns:a='b",
        "<item",
        "<item>",
    ],
)  # fmt: skip
def test_floods_of_broken_markup(flood: str) -> None:
    feed = rss(f"<item><title>x</title></item><item><title>y</title>{flood * 30_000}</item>")
    assert titles(feed)[0] == "x"


@pytest.mark.parametrize("flood", ['""', "''", '"', "=", "a='b' ", "/"])
def test_an_element_of_1_mb_of_attributes(flood: str) -> None:
    many = flood * (10**6 // len(flood))
    (entry,) = rss(f"<item><title>x</title><media:content url='/a.jpg' {many}/></item>").entries
    assert entry.title == "x"
    assert [one.url for one in entry.media] in ([], ["https://feeds.example.com/a.jpg"])


def test_an_attribute_of_1_mb() -> None:
    (entry,) = rss(
        f"<item><title>x</title><media:content url='/a.jpg' x='{'a' * 10**6}'/>"
        f"<media:content url='/{'b' * 10**6}'/></item>"
    ).entries
    assert [one.url for one in entry.media] == ["https://feeds.example.com/a.jpg"]


# --- characters


def test_nul_bytes_are_left_out() -> None:
    feed = rss(
        f"<item><title>a\0b</title><guid>g\0h</guid><description>{chr(0) * 10**6}c</description>"
        "<media:content url='/a\0.jpg'><media:title>d\0e</media:title></media:content></item>"
    )
    (entry,) = feed.entries
    assert (entry.title, entry.guid, entry.text) == ("ab", "gh", "c")
    assert [one.title for one in entry.media] == ["de"]
    assert "\0" not in repr(feed)


@pytest.mark.parametrize("surrogate", ["\ud800", "&#xD800;", "&#55357;", "\udfff\ud800"])
def test_lone_surrogates_are_left_out(surrogate: str) -> None:
    (entry,) = rss(
        f"<item><title>a{surrogate}b</title><dc:creator>c{surrogate}</dc:creator>"
        f"<media:content url='/a.jpg'><media:credit>d{surrogate}</media:credit></media:content>"
        f"<description>e{surrogate}</description></item>"
    ).entries
    for text in (entry.title, *entry.authors, entry.media[0].credit, entry.text):
        text.encode()  # raises for a lone surrogate
    assert entry.title.startswith("a")


def test_lone_surrogates_in_json_are_left_out() -> None:
    body = (
        JSON + r'[{"id": "g\ud800", "title": "a\udfff\u0000b", "content_text": "c\ud800", '
        r'"attachments": [{"url": "/a\ud800.jpg", "title": "\ud800d"}]}]}'
    )
    (entry,) = parse_feed(body.encode(), url=URL).entries
    repr(entry).encode()
    assert (entry.guid, entry.title, entry.text) == ("g", "ab", "c")
    assert [one.title for one in entry.media] == ["d"]


def test_text_that_runs_backwards_or_rings_is_made_one_clean_line() -> None:
    (entry,) = rss(
        "<item><title>x</title><media:content url='/a.jpg'><media:title>a\u202eb\n\x1b[31mc"
        "\u2028d\u200b</media:title></media:content></item>"
    ).entries
    assert entry.media[0].title == "ab [31mc d"


@pytest.mark.parametrize("declared", ["utf-16", "utf-7", "no-such-set", "iso-2022-jp", "koi8-r"])
def test_lying_character_sets(declared: str) -> None:
    feed = rss(
        "<item><title>Flood - river rises</title></item>",
        prolog=f'<?xml version="1.0" encoding="{declared}"?>',
    )
    assert titles(feed) == ["Flood - river rises"]


@pytest.mark.parametrize("header", ["text/xml; charset=utf-32", "text/xml; charset=x", "\0;;="])
def test_lying_headers(header: str) -> None:
    body = b"<rss version='2.0'><channel><title>T</title><item><title>\xc3\xa9</title></item>"
    feed = parse_feed(body + b"</channel></rss>", url=URL, content_type=header)
    assert titles(feed) == ["é"]


# --- dates


@pytest.mark.parametrize(
    "date",
    [
        *("0000-01-01T00:00:00Z", "Sat, 01 Jan 0000 00:00:00 GMT", "-0001-01-01", "0001-01-01"),
        *("9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 -1400", "99999-01-01", "1" * 10**6),
        *("1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "2026-02-30", "2026-01-01T99:00:00Z"),
    ],
)
@pytest.mark.parametrize("name", ["pubDate", "dc:date"])
def test_dates_that_no_article_has(name: str, date: str) -> None:
    feed = rss(f"<item><title>x</title><{name}>{date}</{name}></item><item><title>y</title></item>")
    assert titles(feed) == ["x", "y"]
    assert (feed.entries[0].published_at, feed.entries[0].updated_at) == (None, None)


def test_dates_at_the_edge_are_dates() -> None:
    feed = rss("<item><pubDate>Thu, 31 Dec 2099 23:59:59 GMT</pubDate></item>")
    assert feed.entries[0].published_at == datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)


# --- entities


def test_entities_do_not_multiply() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    feed = rss(
        "<item><title>a &e11; b</title><description>&e11;</description></item>",
        prolog=f'<!DOCTYPE rss [<!ENTITY e0 "lol">{entities}]>',
    )
    assert len(repr(feed)) < 2_000


def test_one_long_entity_is_not_repeated() -> None:
    """Quadratic blow-up: no entity refers to another."""
    feed = rss(
        f"<item><title>x</title><description>{'&a;' * 100_000}</description></item>",
        prolog=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100_000}">]>',
    )
    assert len(feed.entries[0].text) < 1_000_000


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY x SYSTEM "{uri}">',
        '<!ENTITY x PUBLIC "a" "{uri}">',
        '<!ENTITY % p SYSTEM "{uri}"> %p;',
        "<!ENTITY % p \"<!ENTITY x SYSTEM '{uri}'>\"> %p;",
    ],
)
def test_external_entities_are_not_loaded(tmp_path: Path, declaration: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    feed = rss(
        "<item><title>a &x; b</title><description>&x;</description>"
        "<media:content url='/a.jpg'><media:title>&x;</media:title></media:content></item>",
        prolog=f"<!DOCTYPE rss [{declaration.format(uri=secret.as_uri())}]>",
    )
    assert len(feed.entries) == 1
    assert "hush" not in repr(feed)


def test_an_external_document_type_is_not_loaded(tmp_path: Path) -> None:
    dtd = tmp_path / "rss.dtd"
    dtd.write_text('<!ENTITY x "hush">')
    feed = rss(
        "<item><title>a &x; b</title></item>", prolog=f'<!DOCTYPE rss SYSTEM "{dtd.as_uri()}">'
    )
    assert "hush" not in repr(feed)
