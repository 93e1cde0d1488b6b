"""Pages without a feed, read by CSS selectors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.html import parse_document
from aggregator.core.selectors import MAX_LENGTH, compile_selector
from aggregator.core.watched_page import MAX_ITEMS, check_selectors, parse_page
from aggregator.errors import ParseError
from aggregator.types import PageSelectors, ParsedEntry, ParsedFeed

URL = "https://www.example.org/press/"


def page(body: str, head: str = "") -> bytes:
    return f'<html lang="en-GB"><head>{head}</head><body>{body}</body></html>'.encode()


def read(body: str, *, head: str = "", **selectors: str) -> ParsedFeed:
    return parse_page(page(body, head), PageSelectors(**{"item": ".item", **selectors}), url=URL)


def entry(inner: str, **selectors: str) -> ParsedEntry:
    (only,) = read(f"<div class='item'>{inner}</div>", **selectors).entries
    return only


LISTING = """
<ul id="releases">
  <li class="release odd">
    <span class="when" data-stamp="2026-03-03T09:00:00+01:00">3 March</span>
    <h3><a href="/press/flood?lang=en&amp;v=2">Flood&nbsp;warning <em>lifted</em></a></h3>
    <p class="lead">The river <b>fell</b> overnight.<script>run()</script></p>
    <img src="/img/river.jpg">
  </li>
  <li class="release">
    <span class="when" data-stamp="2026-03-02">2 March</span>
    <h3><a href="https://other.example.com/vote#results">Vote counted</a></h3>
    <p class="lead">All of it.</p>
  </li>
  <li class="advert"><a href="/buy">Buy</a></li>
</ul>
"""


def test_every_part_has_its_selector() -> None:
    feed = read(
        LISTING,
        head="<title>Press office</title>",
        item="#releases > li.release",
        title="h3",
        link="h3 a",
        date=".when::attr(data-stamp)",
        summary=".lead",
    )
    assert (feed.format, feed.title, feed.site_url, feed.language) == (
        "page",
        "Press office",
        URL,
        "en",
    )
    assert feed.warning is None
    assert feed.entries == (
        ParsedEntry(
            guid=None,
            url="https://www.example.org/press/flood?lang=en&v=2",
            title="Flood warning lifted",
            published_at=datetime(2026, 3, 3, 8, tzinfo=UTC),
            summary_html="<p>The river <b>fell</b> overnight.</p>",
            text="The river fell overnight.",
            image_url="https://www.example.org/img/river.jpg",
        ),
        ParsedEntry(
            guid=None,
            url="https://other.example.com/vote#results",
            title="Vote counted",
            published_at=datetime(2026, 3, 2, tzinfo=UTC),
            summary_html="<p>All of it.</p>",
            text="All of it.",
        ),
    )


class TestDefaults:
    @pytest.mark.parametrize(
        ("inner", "title", "path"),
        [
            ("<h2><a href='a'>One</a></h2><a href='b'>more</a>", "One", "/press/a"),
            ("<a href='b'>Photo</a><h2><a href='a'>One</a></h2>", "One", "/press/a"),
            ("<a href='a'><h2>One</h2></a>", "One", "/press/a"),
            ("<h2>One</h2><p><a href='a'>more</a></p>", "One", "/press/a"),
            ("<p><a href='a'>One</a> and <a href='b'>two</a></p>", "One", "/press/a"),
            ("<h2>One</h2>", "One", None),
            ("<h2 id='v1.2'>One</h2>", "One", "/press/#v1.2"),
            ("<h2>One</h2><a href='javascript:run()'>x</a>", "One", None),
            ("<a name='x'></a><h2></h2><a href='a'>One</a>", "One", "/press/a"),
        ],
    )
    def test_of_title_and_link(self, inner: str, title: str, path: str | None) -> None:
        found = entry(inner)
        assert (found.title, found.url) == (title, path and f"https://www.example.org{path}")

    def test_an_item_may_be_the_link_itself(self) -> None:
        (only,) = read("<a class='item' href='a'>One</a>").entries
        assert (only.title, only.url) == ("One", "https://www.example.org/press/a")

    @pytest.mark.parametrize(
        ("inner", "date"),
        [
            ("<time datetime='2026-03-03T09:00Z'>today</time>", "2026-03-03T09:00:00+00:00"),
            ("<time>3 March 2026</time>", "2026-03-03T00:00:00+00:00"),
            ("<time title='2026-03-03'>3 d</time>", "2026-03-03T00:00:00+00:00"),
            ("<span class='d'>Tue, 3 Mar 2026</span>", None),
            ("<time>soon</time>", None),
            ("", None),
        ],
    )
    def test_of_the_date(self, inner: str, date: str | None) -> None:
        found = entry(f"<h2>One</h2>{inner}").published_at
        assert (found.isoformat() if found else None) == date

    def test_the_date_may_stand_in_any_element(self) -> None:
        found = entry("<h2>One</h2><i class='d'>Tue, 3 Mar 2026</i>", date=".d")
        assert found.published_at == datetime(2026, 3, 3, tzinfo=UTC)


class TestLinks:
    def test_are_relative_to_the_base(self) -> None:
        feed = read("<a class='item' href='a'>One</a>", head='<base href="/archive/">')
        assert feed.entries[0].url == "https://www.example.org/archive/a"

    def test_may_stand_in_an_attribute(self) -> None:
        assert entry("<h2 data-to='/x'>One</h2>", link="h2::attr(data-to)").url == (
            "https://www.example.org/x"
        )

    def test_may_lie_within_what_is_selected(self) -> None:
        found = entry("<a href='/no'>x</a><p><a href='/x'>One</a></p>", link="p")
        assert found.url == "https://www.example.org/x"

    def test_all_alike_are_suspicious(self) -> None:
        feed = read("<p class='item'><a href='/x'>One</a></p>" * 3)
        assert feed.warning is not None
        assert "All 3 items link to https://www.example.org/x" in feed.warning


class TestProblems:
    def test_nothing_that_matches_is_an_error(self) -> None:
        with pytest.raises(ParseError, match=r'nothing that "\.item" matches') as caught:
            read("<p>Redesigned</p>")
        assert caught.value.url == URL

    def test_items_without_title_and_link_are_an_error(self) -> None:
        with pytest.raises(ParseError, match="2 items, but none with a title or a link"):
            read("<p class='item'>a</p><p class='item'>b</p>")

    @pytest.mark.parametrize(
        ("selectors", "message"),
        [
            ({"item": "li["}, 'item "li[" is no CSS selector'),
            ({"item": ""}, "is no CSS selector"),
            ({"item": "li", "title": "h2:hover("}, "^title "),
            ({"item": "li", "date": "i::before"}, "only ::attr"),
            ({"item": "li", "date": "i::attr(x), b"}, "only ::attr"),
            ({"item": "li::attr(x)"}, "must name elements"),
            ({"item": "li", "link": "a" * (MAX_LENGTH + 1)}, "link is longer than"),
            ({"item": "li", "summary": ":is(" * 300 + "a" + ")" * 300}, "is longer than|no CSS"),
            ({"item": "//li"}, "is no CSS selector"),
        ],
    )
    def test_selectors_that_are_none_are_told(
        self, selectors: dict[str, str], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message.replace("[", r"\[")):
            check_selectors(PageSelectors(**selectors))

    def test_good_selectors_pass(self) -> None:
        check_selectors(
            PageSelectors(item="li:has(> a), .x", title="h2 a", date="time::attr( datetime )")
        )


class TestHostilePages:
    def test_items_are_bounded(self) -> None:
        feed = read("".join(f"<a class='item' href='/{n}'>x</a>" for n in range(MAX_ITEMS + 50)))
        assert len(feed.entries) == MAX_ITEMS

    def test_long_values_and_endless_nesting(self) -> None:
        found = entry("<h2>" + "t " * 100_000 + "</h2>" + "<div>" * 100_000)
        assert len(found.title) <= 1_000

    def test_summaries_are_sanitised(self) -> None:
        found = entry(
            "<h2>x</h2><div class=s><img src=x onerror=run()><a href='javascript:x'>y", summary=".s"
        )
        assert "run" not in found.summary_html
        assert "javascript" not in found.summary_html

    @given(st.binary(max_size=200))
    def test_only_our_own_errors_are_raised(self, body: bytes) -> None:
        try:
            parse_page(body, PageSelectors(item="*", summary="*"), url=URL)
        except ParseError as error:
            assert error.url == URL  # noqa: PT017 - either outcome is right

    @given(st.text("a.#[]()=\"'>+~:*, -|\\", max_size=20))
    def test_any_text_is_a_selector_or_a_value_error(self, css: str) -> None:
        try:
            compile_selector(css).select(parse_document("<p class=a>x</p>"))
        except ValueError as error:
            assert "CSS selector" in str(error) or "pseudo-element" in str(error)  # noqa: PT017 - either outcome is right
