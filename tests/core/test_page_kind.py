"""What a fetched page is, on pages written for it: tests/core/page_kinds/<kind>_<name>.html."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.extract import extract_article
from aggregator.core.html import parse_document
from aggregator.core.page_kind import Judgement, PageKind, agreement, judge_page
from aggregator.core.page_signs import read_signs
from aggregator.errors import ExtractError

FOLDER = Path(__file__).parent / "page_kinds"
PAGES = sorted(path.stem for path in FOLDER.glob("*.html"))
TITLE = "Lighthouse to shine again"
SUMMARY = "Two years after a storm broke its lantern, the light of the northern cape returns."
TITLES = {
    "de": "Leuchtturm am Kap soll wieder leuchten",
    "fr": "Le phare du cap brillera de nouveau",
    "es": "El faro del cabo volverá a brillar",
    "nl": "Vuurtoren op de kaap gaat weer branden",
    "ru": "Маяк на мысу снова зажгут весной",
    "ur": "شمالی راس کا مینارہ دوبارہ روشن ہوگا",
    "zh": "北角灯塔将于春天重新点亮",
}
FEED_TITLES = {
    "article_about_cookies": "Cookie walls are not consent, court rules",
    "article_about_404": "404: how a number became a word",
    "article_access_denied": "Access denied: fishermen shut out of their own harbour",
    "video_jsonld": "Watch the lantern go up",
}
URLS = {"video_path": "https://example.com/video/kran-am-leuchtturm"}


def judge(name: str, *, announced: bool = True) -> Judgement:
    html = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    url = URLS.get(name, "https://example.com/news/lighthouse-to-shine-again")
    root = parse_document(html)
    try:
        text = extract_article(html, url=url).text
    except ExtractError:
        text = ""
    title = FEED_TITLES.get(name) or TITLES.get(root.get("lang", ""), TITLE)
    feed = SUMMARY if title == TITLE else None
    return judge_page(root, text, url=url, title_hint=title if announced else None, feed_text=feed)


def test_there_are_pages_of_each_kind() -> None:
    assert {name.partition("_")[0] for name in PAGES} == {kind.value for kind in PageKind}


@pytest.mark.parametrize("name", PAGES)
def test_kinds(name: str) -> None:
    found = judge(name)
    assert found.kind == name.partition("_")[0], found.why
    assert found.why.endswith(".")


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("article_")])
def test_an_article_is_one_also_where_the_feed_gave_no_title(name: str) -> None:
    if name in {"article_about_cookies", "article_about_404", "article_access_denied"}:
        pytest.skip("without the feed's title only its words could tell, and they mislead")
    assert judge(name, announced=False).kind is PageKind.ARTICLE


def test_agreement() -> None:
    assert agreement("The lighthouse will shine again.", TITLE) == 1.0
    assert agreement("Please enable cookies.", TITLE) == 0.0
    assert agreement("北角的灯塔将重新点亮", "灯塔重新点亮") == pytest.approx(0.8, abs=0.2)
    assert agreement("Anything.", "", "It") is None


def test_a_locked_part_that_is_there_is_not_missing() -> None:
    signs = [
        read_signs(parse_document((FOLDER / f"{name}.html").read_text("utf-8")), url="")
        for name in ("article_unlocked", "paywall_jsonld")
    ]
    assert [sign.free for sign in signs] == [False, False]
    assert [sign.locked_is_here for sign in signs] == [True, False]
    assert signs[1].declared_words == 640


@given(st.text(max_size=300), st.text(max_size=300), st.none() | st.text(max_size=50), st.text())
def test_it_never_raises(html: str, text: str, title: str | None, url: str) -> None:
    judge_page(parse_document(html), text, url=url, title_hint=title, feed_text=text)


@pytest.mark.parametrize(
    "piece", ["<div>", "<a href=x>y", "<p class=live-post>cookies we ", "[", "not ", "to read "]
)
def test_hostile_pages_take_no_longer_than_any_other(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    judge_page(parse_document(text), text, url="", title_hint=text, feed_text=text)
