"""Google News sitemaps as feeds; `golden/news_sitemap.xml` shows every field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.parse import parse_feed
from aggregator.core.sitemap import MAX_VALUE, parse_sitemap
from aggregator.errors import NotAFeed, ParseError
from aggregator.types import ParsedFeed

URL = "https://www.example.org/news-sitemap.xml"
NEWS = 'urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def item(number: int = 1, more: str = "") -> str:
    return (
        f"<url><loc>https://www.example.org/{number}</loc><news:news>"
        f"<news:title>Item {number}</news:title>{more}</news:news></url>"
    )


def read(inner: str, *, root: str = NEWS, prolog: str = "") -> ParsedFeed:
    return parse_feed(f"{prolog}<{root}>{inner}</{root.split(maxsplit=1)[0]}>".encode(), url=URL)


def news(more: str) -> ParsedFeed:
    return read(item(more=more))


def test_prefixes_need_no_declaration() -> None:
    (entry,) = read(item(), root="urlset").entries
    assert (entry.url, entry.title) == ("https://www.example.org/1", "Item 1")
    assert (entry.guid, entry.text, entry.published_at) == (None, "", None)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-03T10:00:00+01:00", datetime(2026, 3, 3, 9, tzinfo=UTC)),
        ("2026-03-03T10:00Z", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("2026-03-03", datetime(2026, 3, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("soon", None),
    ],
)
def test_dates(written: str, at: datetime | None) -> None:
    (entry,) = news(f"<news:publication_date>{written}</news:publication_date>").entries
    assert entry.published_at == at


def test_the_date_of_change_stands_in() -> None:
    changed = item().replace("<news:news>", "<lastmod>2026-03-03</lastmod><news:news>")
    (entry,) = read(changed).entries
    assert entry.published_at == entry.updated_at == datetime(2026, 3, 3, tzinfo=UTC)


def test_title_and_language_of_the_feed_are_those_of_its_entries() -> None:
    def of(name: str, language: str) -> str:
        return (
            f"<news:publication><news:name>{name}</news:name>"
            f"<news:language>{language}</news:language></news:publication>"
        )

    feed = read(
        item(1, of("Post", "en")) + item(2, of("Post", "EN-us")) + item(3, of("Mail", "en"))
    )
    assert (feed.title, feed.language, feed.site_url) == ("Post", "en", "https://www.example.org/")
    mixed = read(item(1, of("Post", "en")) + item(2, of("Post", "de")))
    assert (mixed.language, [one.language for one in mixed.entries]) == (None, ["en", "de"])


def test_flaws_are_mended_and_told() -> None:
    feed = read(item(1, "<news:keywords>R&D, AT&T</news:keywords>"), prolog="\n")
    assert feed.entries[0].categories == ("R&D", "AT&T")
    assert feed.warning == "It is not well-formed XML at line 2: not well-formed (invalid token)."


def test_a_cut_one_gives_what_is_before_the_cut() -> None:
    whole = f"<{NEWS}>{''.join(item(number) for number in range(5))}</urlset>"
    feed = parse_feed(whole[: whole.rindex("<news:title>")].encode(), url=URL)
    assert [one.title for one in feed.entries] == ["Item 0", "Item 1", "Item 2", "Item 3"]
    assert "no element found" in (feed.warning or "")


def test_nothing_left_is_an_error_with_its_line() -> None:
    with pytest.raises(ParseError, match="nothing can be read") as caught:
        parse_feed(b"<urlset>\n<url><loc>", url=URL)
    assert not isinstance(caught.value, NotAFeed)
    assert caught.value.line == 2


@pytest.mark.parametrize("inner", ["", "<url><loc>https://www.example.org/about</loc></url>"])
def test_one_without_news_is_refused(inner: str) -> None:
    with pytest.raises(NotAFeed, match="names no news"):
        read(inner)


def test_an_index_names_its_sitemaps_those_of_news_first() -> None:
    def sitemap(name: str, changed: str = "") -> str:
        return f"<sitemap><loc>{name}</loc><lastmod>{changed}</lastmod></sitemap>"

    inner = (
        sitemap("https://news.example.org/pages.xml", "2026-01-01")
        + sitemap("/posts.xml", "2026-03-01")
        + sitemap("https://www.example.org/sitemap-news.xml")
        + sitemap("mailto:x")
    )
    with pytest.raises(
        NotAFeed, match=r"names, https://www\.example\.org/sitemap-news\.xml"
    ) as caught:
        read(inner, root="sitemapindex")
    assert caught.value.feeds == (
        "https://www.example.org/sitemap-news.xml",
        "https://www.example.org/posts.xml",
        "https://news.example.org/pages.xml",
    )
    with pytest.raises(NotAFeed, match=r"index of sitemaps, not a feed\.$"):
        read("", root="sitemapindex")


class TestHostileOnes:
    def test_entries_are_bounded(self) -> None:
        document = f"<urlset>{''.join(item(number) for number in range(300))}</urlset>"
        assert len(parse_sitemap(document, url=URL, max_entries=100).entries) == 100

    def test_values_are_bounded(self) -> None:
        (entry,) = news(f"<news:keywords>{'k' * 3 * MAX_VALUE}</news:keywords>").entries
        assert len(entry.categories[0]) == 200
        (entry,) = news(f"<news:keywords>{'a&amp;,' * 100_000}</news:keywords>").entries
        assert entry.categories == ("a&",)

    def test_endless_nesting(self) -> None:
        feed = read(item() + "<x>" * 100_000 + "</x>" * 100_000 + item(2))
        assert len(feed.entries) == 2

    def test_entities_do_not_multiply(self) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        prolog = f'<!DOCTYPE urlset [<!ENTITY e0 "lol">{entities}]>'
        feed = read(item(more="<news:keywords>&e11;</news:keywords>"), prolog=prolog)
        assert feed.entries[0].categories == ("&e11;",)

    @given(st.text(max_size=100))
    def test_only_our_own_errors_are_raised(self, text: str) -> None:
        for document in (
            f"<urlset>{text}</urlset>",
            f"<urlset>{item(more=text)}",
            f"<sitemapindex {text}",
        ):
            try:
                parse_sitemap(document, url=URL, max_entries=10)
            except ParseError as error:
                assert error.url == URL  # noqa: PT017 - either outcome is right
