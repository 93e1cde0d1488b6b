"""The page of a digest: what mail programs can show, what it loads, and how long it is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from digestmaker import article, digest, failing, of_stories, section, story, with_article
from mailpage import MailPage

from aggregator.core.digest import told_articles
from aggregator.notify.render import MOST_BYTES, render, render_fitting
from aggregator.notify.shedding import STEPS, shed
from aggregator.notify.words import LANGUAGES
from aggregator.types import Digest, Relation, Story

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / ".venv" / "node"
"""Where `make` installs what tests/html/package.json names."""
PICTURE = "https://pictures.example.org/bridge.jpg"

# What mail programs may lack, for the page can be read without it: by feature, what is lost.
LOST = {
    "@media": "the dark colours and the narrow margins",
    "<style> element": "the same",
    "color-scheme meta tag": "the program darkens the page by itself",
    "<body> element": "its colour, which the table around everything has, too",
    "display:none": "the headlines for the inbox stand above the page",
    "overflow-wrap": "a word that is longer than a line makes the page wider",
    "overflow": "the same: the data know both by this name",
    "word-break": "the same",
    "role attribute": "tables are read out as tables",
    "text-decoration": "links are underlined",
}


def read(made: Digest) -> MailPage:
    return MailPage(render(made).html)


def large() -> Digest:
    """All that a digest can have in it."""
    whole = replace(digest(12, items=12, troubles=2, left_out=5), images=True)
    lead = whole.stories[0].story
    first = replace(lead.first, image_url=PICTURE, image_alt="The bridge at dawn")
    pictured = replace(lead, articles=(first, *lead.articles[1:]))
    arabic = article(900, "صحيفة الميناء", "فتح الجسر", language="ar", excerpt="فتح الجسر اليوم.")
    other = article(901, "الأفق", "الجسر", language="ar", relation=Relation.COPY, of=900)
    sections = (
        section(pictured, story(1), title="World", brief=(story(2), story(3))),
        section(story(4), Story(story_id=900, articles=(arabic, other))),
    )
    return replace(whole, sections=sections)


# --- amounts


@pytest.mark.parametrize("number", [0, 1, 12, 60])
def test_any_number_of_stories_makes_a_page_and_a_text(number: int) -> None:
    rendered = render(digest(number, troubles=min(number, 3), left_out=number))
    page = MailPage(rendered.html)
    headings = [tag["class"] for tag in page.of("h2") if "title" in (tag["class"] or "")]
    assert len(headings) == number
    for text in (rendered.text, page.text):
        assert text.count("votes to keep the night train") == len(range(1, number, 5))
        assert ("left out" in text) is (number > 0)
        assert ("Nothing new in this period." in text) is (number == 0)


@pytest.mark.parametrize("made", [digest(20, items=40, troubles=3), digest(12, items=100)])
def test_the_usual_digest_is_shown_whole(made: Digest) -> None:
    shown, rendered = render_fitting(made)
    assert shown == made
    assert len(rendered.html.encode()) <= MOST_BYTES


@pytest.mark.parametrize(
    "made",
    [
        digest(90, items=200, brief=90, troubles=400),
        digest(0, items=700),
        digest(30, items=200, language="ar"),
        of_stories(*(replace(story(n), articles=story(n).articles * 2) for n in range(80))),
        replace(digest(3, items=3), title="W" * 5_000),
        with_article(article(1, "A" * 5_000, "w" * 100_000, excerpt="word " * 9_000)),
        replace(digest(3), troubles=tuple(failing("&" * 90, "&" * 1_900) for _ in range(30))),
    ],
)
def test_no_digest_is_longer_than_mail_programs_show(made: Digest) -> None:
    rendered = render(made)
    assert len(rendered.html.encode()) <= MOST_BYTES
    MailPage(rendered.html)


def test_the_same_digest_gives_the_same_bytes() -> None:
    made = digest(70, items=70)
    assert render(made) == render(digest(70, items=70))
    assert render_fitting(made)[0] != made


def test_what_does_not_fit_goes_the_lowest_first_and_is_counted() -> None:
    made = digest(120, items=120, brief=60)
    shown, _ = render_fitting(made)
    places = [one.story.story_id for one in made.stories]
    kept = [one.story.story_id for one in shown.stories]
    assert kept == places[: len(kept)]
    assert kept
    brief = [one.story.story_id for part in shown.sections for one in part.brief]
    assert brief[: len(places) - len(kept)] == places[len(kept) :][: len(brief)]
    total = 120 + 60 + 120
    assert shown.left_out + len(kept) + len(brief) + len(shown.singles) == total
    assert told_articles(shown) < told_articles(made)


def test_shedding_takes_more_off_with_every_step_and_no_source_first() -> None:
    made = digest(20, items=40, brief=9)
    sizes = []
    for kept in range(STEPS + 1):
        less = shed(made, kept)
        sizes.append(len(told_articles(less)))
        assert len(less.stories) == -(-20 * kept // STEPS)
        assert less.left_out == made.left_out + 20 + 9 + 40 - _shown(less)
    assert sizes == sorted(sizes)
    assert shed(made, STEPS) is made
    assert _shown(shed(made, 0)) == 0
    assert len({item.article.source for item in shed(made, 16).singles}) == 10


def _shown(made: Digest) -> int:
    stories = sum(len(part.stories) + len(part.brief) for part in made.sections)
    return stories + len(made.singles)


def test_many_broken_sources_are_counted() -> None:
    rendered = render(digest(1, troubles=40))
    for text in (rendered.text, MailPage(rendered.html).text):
        assert "Broken Bugle 24" in text
        assert "Broken Bugle 25" not in text
        assert "and 15 more sources" in text


# --- what is loaded


def test_nothing_is_loaded_from_anywhere() -> None:
    html = render(replace(large(), images=False)).html
    assert not re.search(r"url\(|@import|src=|<link|<img|<script|background=", html)
    assert "prefers-color-scheme: dark" in MailPage(html).styles


def test_pictures_are_shown_where_they_are_asked_for() -> None:
    page = read(large())
    (image,) = page.images
    assert (image["src"], image["alt"]) == (PICTURE, "The bridge at dawn")
    assert "max-width:100%" in (image["style"] or "")


@pytest.mark.parametrize("url", ["javascript:x", "data:image/png;base64,AA", "/x.png", None])
def test_no_picture_comes_from_what_is_no_web_address(url: str | None) -> None:
    item = replace(article(1, "A", "Title"), image_url=url, image_alt='"><script>')
    assert read(replace(with_article(item), images=True)).images == []


def test_the_character_set_is_named_where_browsers_look_for_it() -> None:
    assert '<meta charset="utf-8">' in render(large()).html[:1024]


# --- directions


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_digest_reads_in_the_direction_of_its_language(language: str) -> None:
    rendered = render(replace(large(), language=language))
    page = MailPage(rendered.html)
    (root,) = page.of("html")
    direction = "rtl" if language in {"ar", "fa", "he"} else "ltr"
    assert (root["lang"], root["dir"]) == (language, direction)
    _, table = page.of("table")
    assert (table["lang"], table["dir"]) == (language, direction)
    side = "right" if direction == "rtl" else "left"
    assert f"text-align:{side}" in (table["style"] or "")


def test_headlines_keep_their_own_language_and_direction() -> None:
    page = read(large())
    arabic = [tag for tag in page.of("h2", "h3", "p") if tag.get("lang") == "ar"]
    assert [tag["dir"] for tag in arabic] == ["rtl", "rtl"]
    assert all("text-align:right" in (tag["style"] or "") for tag in arabic)


@pytest.mark.parametrize(
    ("language", "lang", "direction"),
    [("en-GB", "en", "ltr"), ("HE", "he", "rtl"), ("fa_IR", "fa", "rtl"), (None, None, "auto")],
)
def test_language_and_direction_of_a_headline(
    language: str | None, lang: str | None, direction: str
) -> None:
    headline, *_ = read(with_article(article(1, "A", "Title", language=language))).of("h2")
    assert (headline.get("lang"), headline["dir"]) == (lang, direction)


def test_a_language_that_is_none_is_not_written() -> None:
    page = read(with_article(article(1, "A", "Title", language='x" onclick="y')))
    assert all("lang" not in tag for tag in page.of("h2"))


# --- structure


def test_headings_go_down_step_by_step() -> None:
    levels = [int(tag[1]) for tag, _ in read(large()).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@cache
def _checked() -> dict[str, list[str]]:
    """What html-validate and the caniemail data say of one page, each once."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (PACKAGES / "node_modules").is_dir():
        pytest.skip("the packages of tests/html/package.json are not installed in .venv/node")
    script = (ROOT / "tests/html/check.mjs").read_text("utf-8")
    done = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        input=render(large()).html.encode(),
        cwd=PACKAGES,
        capture_output=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_html_validate_finds_nothing() -> None:
    assert _checked()["invalid"] == []


def test_what_mail_programs_lack_is_not_missed() -> None:
    assert _checked()["unsupported"] == sorted(LOST)
