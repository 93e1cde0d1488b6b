"""A file whose search index is of an older version: it is made anew when the file is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from storemaker import NOW, new, source, store

from aggregator.core.query import parse
from aggregator.errors import StorageError
from aggregator.storage.migrate import migrate, migrations
from aggregator.storage.search_rebuild import AT_A_TIME, CURRENT
from aggregator.storage.sqlite import SqliteStorage, open_storage

OLD = 5
"""The last version with one index over all texts."""
ARTICLE = """
    INSERT INTO articles (id, source_id, url, title, authors, categories, language, image_url,
      first_seen_at, at, words, content_hash, revision, revised_at, text_state, text_origin,
      text_attempts)
    VALUES (:id, 1, :url, :title, :authors, '[]', :language, :image, 0, 0, 0, '', 1, 0, 'ready',
      'content', 0)
"""
TEXT = "INSERT INTO texts VALUES (:id, :title, :text, '\ue000s1', '')"
INDEX = "INSERT INTO search (rowid, title, text, facets) VALUES (:id, :title, :text, '\ue000s1')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@contextmanager
def opened(path: Path) -> Iterator[SqliteStorage]:
    with closing(open_storage(path)) as storage:
        yield storage


def old(path: Path, articles: int) -> Path:
    """As the older version has left it."""
    with opened(path) as storage:
        storage.sync_sources([source()], now=NOW)
    with closing(sqlite3.connect(path)) as fresh:
        kept = fresh.execute("SELECT * FROM sources").fetchall()
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, migrations()[:OLD])
        connection.execute("BEGIN")
        connection.executemany(
            f"INSERT INTO sources VALUES ({', '.join('?' * len(kept[0]))})", kept
        )
        for number in range(1, articles + 1):
            row = {
                "id": number,
                "url": f"https://news.example.org/{number}",
                "title": f"Headline {number}",
                "authors": '["Ann Author"]' if number == 2 else "[]",
                "language": "en" if number % 2 else None,
                "image": "https://example.org/a.png" if number == 3 else None,
                "text": f"Floods of {number}.",
            }
            for statement in (ARTICLE, TEXT, INDEX):
                connection.execute(statement, row)
        connection.execute("COMMIT")
    return path


def found(storage: SqliteStorage, text: str) -> list[int]:
    page = storage.search(parse(text, now=NOW), limit=2_000)
    return [hit.article.article_id for hit in page.hits]


def test_what_was_stored_is_found_by_what_is_new(path: Path) -> None:
    old(path, 9)
    with opened(path) as storage:
        assert found(storage, "floods") == [9, 8, 7, 6, 5, 4, 3, 2, 1]
        assert found(storage, "flood") == [9, 7, 5, 3, 1]  # where the language is known
        assert found(storage, "author:author") == [2]
        assert found(storage, "has:image") == [3]
        assert found(storage, "site:example.org 7") == [7]
        assert storage.check() == []
        store(storage, new("x", text="Flooded."))
        assert found(storage, "flood") == [10, 9, 7, 5, 3, 1]
        assert storage.check() == []


def test_a_migrated_index_equals_a_fresh_one(path: Path, tmp_path: Path) -> None:
    with opened(old(path, 9)) as migrated:
        texts = [migrated.article(number) for number in range(1, 10)]
    fresh = tmp_path / "fresh.db"
    with opened(fresh) as storage:
        for one in texts:
            assert one is not None
            summary = one.summary
            store(
                storage,
                new(
                    str(summary.article_id),
                    title=summary.title,
                    text=one.text,
                    authors=one.authors,
                    url=summary.url,
                    language=summary.language,
                    image_url=one.image_url,
                ),
            )
    assert index_of(path) == index_of(fresh)


def index_of(path: Path) -> object:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, 'search_0', 'instance')"
        )
        return [
            connection.execute(query).fetchall()
            for query in (
                "SELECT term, doc, col, offset FROM temp.words ORDER BY 1, 2, 3, 4",
                "SELECT * FROM search_0_docsize",
                "SELECT * FROM search_shards",
                "SELECT * FROM word_forms",
                "SELECT article_id, facets FROM texts",
                "SELECT key, value FROM meta WHERE key LIKE 'words%'",
            )
        ]


class Killed(Exception):
    """As if the process had been."""


def test_who_opens_it_next_goes_on_where_one_was_killed(path: Path) -> None:
    articles = AT_A_TIME * 2 + 5
    old(path, articles)

    def kill(done: int, total: int) -> None:
        assert (done, total) == (AT_A_TIME, articles)
        raise Killed

    with pytest.raises(Killed):
        open_storage(path, progress=kill)
    with pytest.raises(StorageError, match="run `aggregator update` once"):
        open_storage(path, read_only=True)
    told: list[tuple[int, int]] = []
    storage = open_storage(path, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == [AT_A_TIME, AT_A_TIME + 5]
    assert len(found(storage, "floods")) == articles
    assert storage.check() == []
    storage.close()
    with closing(open_storage(path, read_only=True)) as reader:
        assert len(found(reader, "floods")) == articles


@pytest.mark.parametrize("stored", [CURRENT - 1, CURRENT + 1])
def test_words_that_are_split_otherwise_now_are_indexed_anew(path: Path, stored: int) -> None:
    with opened(path) as storage:
        store(storage, new("1", text="Floods."))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'words_version'", (stored,))
        connection.execute("DELETE FROM word_forms")
    with pytest.raises(StorageError, match="older version"):
        open_storage(path, read_only=True)
    with opened(path) as storage:
        assert found(storage, "flood") == [1]
        assert storage.check() == []


def test_a_new_file_needs_none(path: Path) -> None:
    told: list[tuple[int, int]] = []
    for _ in range(2):
        open_storage(path, progress=lambda done, total: told.append((done, total))).close()
    assert told == []
