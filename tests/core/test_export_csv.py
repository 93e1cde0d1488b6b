"""Rows as CSV: what a program reads back, and what a spreadsheet does not run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from exportmaker import NOON, article
from hypothesis import given
from hypothesis import strategies as st

from aggregator.codec import from_json
from aggregator.core.export_csv import GUARDED, LONGEST_CELL, cut, guard, header, records
from aggregator.core.export_rows import Row, columns
from aggregator.types import Article, Assignment, Media, MediaKind, Relation

ALL = columns(text=True, html=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
BEGINNINGS = st.text(st.sampled_from("'=+-@\t\r a"), max_size=6)


def unguard(cell: str) -> str:
    """What `guard` was given, as docs/search.md says how to get it back."""
    return cell[1:] if GUARDED.match(cell) else cell


def read(*articles: Article, tags: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """As a program reads them."""
    text, cut_ones = records([Row(article=one, tags=tags) for one in articles], ALL)
    assert cut_ones == 0
    return [*csv.DictReader(io.StringIO(header(ALL) + text, newline=""), strict=True)]


def test_a_program_reads_what_was_stored() -> None:
    [row] = read(
        article(
            42,
            story_id=17,
            title='Bridge "opens", late',
            text="One line.\nAnother; with, signs.",
            authors=("Ann Example", "Bo Writer"),
            categories=("Local",),
            published_at=NOON,
            first_seen_at=datetime(2026, 3, 29, 12, 0, 0, 250_000, tzinfo=UTC),
            utc_offset=timedelta(hours=-3, minutes=-30),
            confidence=0.5,
            assignment=Assignment(
                article_id=42, story=17, relation=Relation.COPY, of=17, score=0.9, why="Equal."
            ),
        ),
        tags=("world", "sea"),
    )
    assert (row["id"], row["story"], row["of"]) == ("42", "17", "17")
    assert (row["relation"], row["score"], row["why"]) == ("copy", "0.9", "Equal.")
    assert row["title"] == 'Bridge "opens", late'
    assert row["text"] == "One line.\nAnother; with, signs."
    assert (row["authors"], row["tags"]) == ("Ann Example; Bo Writer", "world; sea")
    assert (row["at"], row["published_at"]) == ("2026-03-29T12:00:00Z",) * 2
    assert row["first_seen_at"] == "2026-03-29T12:00:00.250000Z"
    assert row["utc_offset"] == "-03:30"
    assert (row["words"], row["confidence"], row["image_url"]) == ("5", "0.5", "")


def test_what_comes_with_an_article_is_json_in_its_cell() -> None:
    sound = Media(url="https://quay.example.org/a.mp3", kind=MediaKind.AUDIO, title='A "talk"')
    [row] = read(article(media=(sound,)))
    assert from_json(row["media"], list[Media]) == [sound]
    assert row["links"] == ""


def test_each_record_ends_as_the_format_says() -> None:
    text, _ = records([Row(article=article(text="a\nb"))], ALL)
    assert header(ALL).endswith("text,html\r\n")
    assert text.count("\r\n") == 1


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1 degrees", "@sum", "\tx", "'=1", "''-1"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(title: str) -> None:
    [row] = read(article(title=title))
    assert row["title"] == f"'{title}"
    assert unguard(row["title"]) == title


@pytest.mark.parametrize("title", ["'Tis spring", "Up -1", "", "a=b", "–1", "'Quoted' words"])
def test_other_texts_stay_as_they_are(title: str) -> None:
    assert guard(title) == title == unguard(title)


@given(st.builds(lambda begin, rest: begin + rest, BEGINNINGS, TEXTS))
def test_guarding_loses_nothing_and_leaves_nothing_to_run(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_any_texts_are_read_back(texts: list[str]) -> None:
    rows = read(*(article(number, text=text) for number, text in enumerate(texts)))
    assert [unguard(row["text"]) for row in rows] == texts


def test_cells_are_cut_for_excel_only_and_counted() -> None:
    rows = [
        Row(article=article(1, text="short", html="")),
        Row(article=article(2, text="x" * LONGEST_CELL, html="")),
        Row(article=article(3, text="x" * (LONGEST_CELL + 1), html="")),
    ]
    text, cut_ones = records(rows, ALL, longest=LONGEST_CELL)
    found = [row[-2] for row in csv.reader(io.StringIO(text, newline=""))]
    assert cut_ones == 1
    assert found[:2] == ["short", "x" * LONGEST_CELL]
    assert found[2] == "x" * (LONGEST_CELL - 1) + "…"


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(2, 20))
def test_a_cut_cell_fits_and_is_a_beginning(text: str, longest: int) -> None:
    found = cut(text, longest)
    assert len(found.encode("utf-16-le")) <= 2 * longest
    assert found == text or (found[-1] == "…" and text.startswith(found[:-1]))
    assert (found == text) == (len(text.encode("utf-16-le")) <= 2 * longest)


def test_columns_that_are_not_wanted_are_not_there() -> None:
    names = [column.name for column in columns(text=False, html=False)]
    assert {"text", "html"}.isdisjoint(names)
    assert names == [column.name for column in ALL][:-2]
