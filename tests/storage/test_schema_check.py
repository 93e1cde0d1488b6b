"""What `aggregator check --database` says of a file whose tables somebody has changed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from aggregator.storage.sqlite import open_storage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    open_storage(path).close()
    return path


def problems(path: Path) -> list[str]:
    storage = open_storage(path, read_only=True)
    try:
        return storage.check()
    finally:
        storage.close()


def test_a_new_file_is_as_it_should_be(path: Path) -> None:
    assert problems(path) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DROP INDEX articles_by_time", "the index articles_by_time of the table articles is gone"),
        (
            "DROP INDEX articles_by_time; CREATE INDEX articles_by_time ON articles (words)",
            "the index articles_by_time of the table articles is another one",
        ),
        ("DROP TABLE furniture", "the table furniture is gone"),
        (
            "ALTER TABLE robots DROP COLUMN status",
            "the table robots has no column status any more",
        ),
        (
            "DROP TABLE taken_out; CREATE TABLE taken_out (article_id TEXT PRIMARY KEY) STRICT",
            "the column article_id of the table taken_out is declared otherwise",
        ),
    ],
)
def test_what_is_missing_or_another_one_is_named(path: Path, statement: str, sentence: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(statement)
    assert sentence in problems(path)


def test_what_somebody_has_added_is_no_problem(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "CREATE TABLE notes (id INTEGER); CREATE INDEX mine ON articles (words)"
        )
    assert problems(path) == []
