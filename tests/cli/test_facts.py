"""What is known of a text besides the text, and the forms in which the text is printed."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.cli.article import print_article
from aggregator.cli.facts import (
    ORIGINS,
    Facts,
    fact_fields,
    facts_of_extraction,
    print_facts,
)
from aggregator.cli.forms import Form, print_form
from aggregator.cli.output import document, zoned
from aggregator.core.kind_names import KIND_NAMES, kind_mark
from aggregator.service.shapes.articles import ArticleFields, article_fields
from aggregator.types import (
    Article,
    ArticleSummary,
    ArticleText,
    Extraction,
    PageKind,
    TextOrigin,
    TextState,
)

AT = datetime(2026, 3, 2, 12, 10, tzinfo=UTC)
URL = "https://example.org/pier"
ARTICLE = Article(
    summary=ArticleSummary(
        article_id=42,
        source_id=1,
        source="Harbour Notes",
        url=URL,
        title="The pier is shut",
        published_at=AT,
        first_seen_at=AT,
        language="en",
        story_id=17,
        kind=PageKind.PAYWALL,
    ),
    guid=None,
    authors=("Ada Quill",),
    updated_at=AT + timedelta(minutes=50),
    image_url="https://example.org/pier.jpg",
    categories=(),
    text="The pier is shut.\n\nNobody knows why.",
    html="<p>The pier is <b>shut</b>.</p><p>Nobody knows why.</p>",
    text_state=TextState.READY,
    text_origin=TextOrigin.AMP,
    text_error=None,
    revision=1,
    kind_why="It says that the rest is for subscribers.",
    text_why="Its AMP form has three times as many words.",
    confidence=0.876,
    utc_offset=timedelta(hours=4),
    image_alt="A gate with a chain",
    site_name="harbournotes.example",
    canonical_url="https://example.org/2026/pier",
    dateline="ORRINMOUTH (Reuters)",
    credits=("Reuters", "APP"),
)
FACTS = Facts(
    kind=PageKind.ARTICLE,
    kind_why="Nothing says that it is anything else.",
    why="",
    confidence=None,
    published_at=AT,
    updated_at=AT,
    utc_offset=None,
    site_name=None,
    canonical_url=URL,
    image_url=None,
    image_alt="",
    dateline=None,
    credits=(),
)


def test_article_tells_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    print_article(ARTICLE)
    lines = capsys.readouterr().out.splitlines()
    assert "text from the page's AMP form" in lines[2]
    first = lines.index(URL) + 1
    assert lines[first : lines.index("")] == [
        "kind        paywall: It says that the rest is for subscribers.",
        "text        Its AMP form has three times as many words.",
        "confidence  0.88",
        "published   2026-03-02 16:10 +04:00",
        "updated     2026-03-02 17:00 +04:00",
        "dateline    ORRINMOUTH (Reuters)",
        "credits     Reuters, APP",
        "image       https://example.org/pier.jpg · A gate with a chain",
        "site        harbournotes.example",
        "canonical   https://example.org/2026/pier",
    ]


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        (TextOrigin.SUMMARY, "The page could not be had: it is gone"),
        (TextOrigin.PAGE, "At the last try: it is gone"),
    ],
)
def test_what_went_wrong_is_told(
    origin: TextOrigin, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_article(replace(ARTICLE, text_origin=origin, text_error="it is gone"))
    assert f"\n{shown}\n" in capsys.readouterr().out


def test_what_stands_in_place_of_the_article_is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    why = "Most of its text asks for consent."
    print_article(
        replace(
            ARTICLE,
            summary=replace(ARTICLE.summary, kind=PageKind.CONSENT),
            kind_why=why,
            text_error=why,
        )
    )
    assert capsys.readouterr().out.count(why) == 1


def test_what_is_not_known_or_has_been_said_takes_no_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_facts(FACTS, url=URL)
    assert capsys.readouterr().out == ""


def test_an_article_as_one_object_has_it_all() -> None:
    fields = article_fields(ARTICLE)
    assert (fields.kind, fields.text_origin) == (PageKind.PAYWALL, TextOrigin.AMP)
    assert fields.utc_offset == "+04:00"
    assert fields.confidence == 0.876
    assert fields.text_why == ARTICLE.text_why
    assert fields.markdown == "The pier is **shut**.\n\nNobody knows why."
    for name in ("kind_why", "image_alt", "site_name", "canonical_url", "dateline", "credits"):
        assert getattr(fields, name) == getattr(ARTICLE, name)


def test_an_extraction_has_the_same_fields() -> None:
    found = Extraction(
        article=ArticleText(title="x", text="y", utc_offset=timedelta(hours=-3, minutes=-30)),
        kind=PageKind.LIVE,
        kind_why="Its entries have times.",
        origin=TextOrigin.PAGE,
        why="It is the longest.",
    )
    fields = fact_fields(facts_of_extraction(found))
    assert set(fields) <= {one.name for one in dataclasses.fields(ArticleFields)}
    assert (fields["kind"], fields["utc_offset"]) == (PageKind.LIVE, "-03:30")
    assert fields["confidence"] is None


def test_every_kind_and_origin_has_its_word() -> None:
    assert set(KIND_NAMES) == set(PageKind)
    assert set(ORIGINS) == set(TextOrigin)


def test_lists_mark_what_is_no_plain_article() -> None:
    assert kind_mark(PageKind.LIVE) == "live blog"
    assert kind_mark(PageKind.ARTICLE) == kind_mark(PageKind.CONSENT) == ""


@pytest.mark.parametrize(
    ("offset", "shown"),
    [
        (timedelta(hours=4), "2026-03-02 16:10 +04:00"),
        (timedelta(hours=-11), "2026-03-02 01:10 -11:00"),
        (timedelta(hours=12, minutes=45), "2026-03-03 00:55 +12:45"),
        (timedelta(), "2026-03-02 12:10 +00:00"),
    ],
)
def test_times_are_shown_as_where_they_were_written(offset: timedelta, shown: str) -> None:
    assert zoned(AT, offset) == shown
    assert zoned(AT.astimezone(timezone(timedelta(hours=9))), offset) == shown


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("text", "The pier is shut.\n\nNobody knows why.\n"),
        ("markdown", "The pier is **shut**.\n\nNobody knows why.\n"),
        ("html", "<p>The pier is <b>shut</b>.</p><p>Nobody knows why.</p>\n"),
    ],
)
def test_the_text_in_each_form(form: Form, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    print_form(form, text=ARTICLE.text, html=ARTICLE.html)
    assert capsys.readouterr().out == shown


def test_a_text_without_html_has_every_form_too(capsys: pytest.CaptureFixture[str]) -> None:
    print_form("html", text="2 < 3\n\nSo *they* say.", html="")
    assert capsys.readouterr().out == "<p>2 &lt; 3</p>\n<p>So *they* say.</p>\n"
    print_form("markdown", text="2 < 3\n\nSo *they* say.", html="")
    assert capsys.readouterr().out.endswith("\n\nSo \\*they\\* say.\n")


def test_a_document_keeps_its_spaces_and_loses_what_is_unsafe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document("- one\n  - two\n\n      code   here\n\x1b[31mred\u202e \x9b2J\n\n\n")
    assert capsys.readouterr().out == "- one\n  - two\n\n      code   here\n[31mred 2J\n"


def test_hostile_facts_stay_on_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    print_article(
        replace(ARTICLE, dateline="A\nB\x1b[2J", credits=("x\r\ny",), image_alt="\u202e!")
    )
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\ndateline    A B[2J\ncredits     x y\n" in shown
