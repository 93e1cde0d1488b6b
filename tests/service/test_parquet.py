"""Parquet files as pyarrow, an extra of its own, reads them."""

from __future__ import annotations

import io
from datetime import UTC, timedelta
from typing import Any

import pytest
from exportmaker import NOON, Shelf, article

from aggregator.service import parquet as ours
from aggregator.service.exporting import Format, Wanted, export
from aggregator.types import Article, Assignment, Link, LinkKind, Media, MediaKind, Relation

arrow: Any = pytest.importorskip("pyarrow", reason="aggregator[parquet] is not installed")
parquet: Any = pytest.importorskip("pyarrow.parquet")


def exported(articles: list[Article], *, at_once: int = 7, **given: Any) -> Any:
    """As pyarrow opens it."""
    plain = Wanted(query=None, format=Format.PARQUET, title="Articles", zone=UTC, **given)
    target = io.BytesIO()
    export(Shelf(articles, at_once).storage, plain, target)
    return parquet.ParquetFile(io.BytesIO(target.getvalue()))


def test_columns_have_types() -> None:
    schema = exported([article(1)]).schema_arrow
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types["id"] == types["story"] == types["words"] == "int64"
    assert types["score"] == types["confidence"] == "double"
    assert types["at"] == types["first_seen_at"] == "timestamp[us, tz=UTC]"
    assert types["title"] == types["relation"] == types["text"] == "string"
    assert types["authors"] == types["tags"] == "list<element: string>"
    assert types["media"].startswith("list<element: struct<url: string, kind: string")
    assert "html" not in types


def test_what_was_stored_is_read_back() -> None:
    sound = Media(
        url="https://quay.example.org/a.mp3",
        kind=MediaKind.AUDIO,
        size=1_500,
        duration=timedelta(seconds=90),
    )
    answers = Link(kind=LinkKind.REPLY_TO, ref="quay-1")
    copy = Assignment(article_id=42, story=17, relation=Relation.COPY, of=17, score=1.0, why="=")
    given = article(
        42,
        title="=Bridge",
        story_id=17,
        assignment=copy,
        authors=("Ann", "Bo"),
        media=(sound,),
        links=(answers,),
        text="پل باز شد.",
        published_at=NOON,
    )
    table = exported([given], html=True, tags={"The Quay Post": ("sea",)}).read()
    [row] = table.to_pylist()
    assert (row["id"], row["story"], row["of"], row["relation"]) == (42, 17, 17, "copy")
    assert (row["title"], row["why"]) == ("=Bridge", "=")
    assert (row["authors"], row["tags"], row["categories"]) == (["Ann", "Bo"], ["sea"], [])
    assert (row["at"], row["updated_at"], row["dateline"]) == (NOON, None, None)
    assert (row["text"], row["html"]) == ("پل باز شد.", given.html)
    [read_sound], [read_link] = row["media"], row["links"]
    assert (read_sound["kind"], read_sound["size"], read_sound["duration"]) == ("audio", 1_500, 90)
    assert (read_link["kind"], read_link["ref"], read_link["url"]) == ("reply-to", "quay-1", None)


def test_no_articles_are_a_table_without_rows() -> None:
    found = exported([])
    assert found.metadata.num_rows == 0
    assert found.schema_arrow.names[0] == "id"


def test_rows_are_written_in_groups_and_compressed() -> None:
    number = ours.GROUP_ROWS + 10
    short = article(1, text="Open.", html="")
    found = exported(
        [article(n, text=short.text, html="") for n in range(1, number + 1)], at_once=1_000
    )
    sizes = [found.metadata.row_group(one).num_rows for one in range(found.num_row_groups)]
    assert sizes == [ours.GROUP_ROWS, 10]
    assert found.metadata.row_group(0).column(0).compression == "ZSTD"
    assert found.read(["id"]).column("id").to_pylist() == [*range(1, number + 1)]


def test_long_texts_make_groups_of_fewer_rows() -> None:
    long = "word " * (ours.GROUP_BYTES // 5)
    found = exported([article(number, text=long, html="") for number in (1, 2, 3)], at_once=1)
    assert found.num_row_groups == 3
