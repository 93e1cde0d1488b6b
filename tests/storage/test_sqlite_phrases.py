"""Phrases in the many tables of a SQLite file's search index, most of which lack them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from storemaker import HOUR, NOW, new, revise, source, store

from aggregator.core.query import parse
from aggregator.storage.opening import connect
from aggregator.storage.protocol import Order
from aggregator.storage.search_plan import Asked, Close, Every, Seek, Some
from aggregator.storage.search_shards import SIZE
from aggregator.storage.search_trigrams import LOOKED_INTO, Phrases
from aggregator.storage.sqlite import SqliteSession, SqliteStorage, open_storage

SHARDS = LOOKED_INTO + 4
BEFORE = """
    INSERT INTO articles (id, source_id, title, authors, categories, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts)
    VALUES (?, 1, '', '[]', '[]', 0, 0, 0, '', 1, 0, 'ready', 'content', 0)
"""
NAMES = ("one", "two", "three", "four", "five", "six", "seven", "eight")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article in each shard; each says its own name after words that all have."""
    path = tmp_path_factory.mktemp("phrases") / "news.db"
    with closing(open_storage(path)) as storage:
        storage.sync_sources([source()], now=NOW)
        for number in range(SHARDS):
            if number:
                execute(path, BEFORE, (number * SIZE + 6,))
            name = NAMES[number]
            article = new(str(number), title=f"News of {name}", text=f"The river bank {name} fell.")
            store(storage, article, at=NOW + number * HOUR)
            if number:
                execute(path, "DELETE FROM articles WHERE id = ?", (number * SIZE + 6,))
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "news.db"
    copy.write_bytes(made.read_bytes())
    return copy


def execute(path: Path, statement: str, params: Sequence[object] = ()) -> None:
    with closing(connect(path, mode="rw", busy_timeout=HOUR)) as connection:
        connection.execute(statement, params)


def ids_of(*names: str) -> list[int]:
    """Of their articles, the newest first."""
    numbers = sorted(map(NAMES.index, names), reverse=True)
    return [number * SIZE + 7 if number else 1 for number in numbers]


def found(storage: SqliteStorage, text: str, order: Order = "newest") -> list[int]:
    page = storage.search(parse(text, now=NOW), limit=50, order=order, fold=False)
    return [hit.article.article_id for hit in page.hits]


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_is_found_in_whatever_shard_it_is(made: Path, name: str, order: Order) -> None:
    with closing(open_storage(made, read_only=True)) as storage:
        for phrase in (f'"river bank {name}"', f'"the river bank {name} fell"'):
            assert found(storage, phrase, order) == ids_of(name)
        assert found(storage, f'"river {name} bank"', order) == []


def test_phrases_of_one_search_are_joined_as_it_says(made: Path) -> None:
    with closing(open_storage(made, read_only=True)) as storage:
        assert found(storage, '"river bank one" OR "news of four"') == ids_of("one", "four")
        assert found(storage, '"river bank one" OR two') == ids_of("one", "two")
        assert found(storage, '"river bank one" "bank one fell"') == ids_of("one")
        assert found(storage, '"river bank one" "bank two fell"') == []
        assert found(storage, 'river -"river bank one" -"bank two fell"') == ids_of(*NAMES[2:])
        assert found(storage, 'NEAR("river bank three" fell, 5)') == ids_of("three")
        assert found(storage, 'title:"news of two"') == ids_of("two")
        assert len(found(storage, '"the river bank"')) == SHARDS


ONE, TWO, BOTH = ("river", "bank", "one"), ("river", "bank", "two"), ("the", "river", "bank")


@pytest.mark.parametrize(
    ("asked", "shards"),
    [
        (Seek(ONE), {0}),
        (Seek((*ONE, "zebra"), prefix=True), {0}),
        (Seek(BOTH), set(range(SHARDS - 1))),
        (Some((Seek(ONE), Seek(TWO))), {0, 1}),
        (Some((Seek(ONE), Seek(("two",)))), set(range(SHARDS - 1))),
        (Every((Seek(BOTH), Seek(TWO))), {1}),
        (Every((Seek(BOTH),), (Seek(TWO),)), set(range(SHARDS - 1))),
        (Close((Seek(ONE), Seek(("fell",))), 3), {0}),
        (Seek(("@river", "@bank", "@one")), set(range(SHARDS - 1))),
        (Seek(("bank", "one"), prefix=True), set(range(SHARDS - 1))),
        (Seek(ONE[:2]), set(range(SHARDS - 1))),
    ],
)
def test_only_shards_that_may_have_it_are_looked_into(
    made: Path, asked: Asked, shards: set[int]
) -> None:
    with closing(connect(made, mode="ro", busy_timeout=HOUR)) as connection:
        phrases = Phrases(SqliteSession(connection), asked)
        first = [phrases.lacks(shard) for shard in range(LOOKED_INTO)]
        assert first == [False] * LOOKED_INTO
        phrases.lacks(LOOKED_INTO)
        looked_into = {shard for shard in range(SHARDS) if not phrases.lacks(shard)}
        # The newest shard is not finished.
        assert looked_into == {*shards, SHARDS - 1}


def test_a_text_that_changes_in_a_finished_shard_is_found(path: Path) -> None:
    with closing(open_storage(path)) as storage:
        article = new("1", title="News of two", text="Big ships sank there.")
        revise(storage, SIZE + 7, article, at=NOW + 99 * HOUR)
        assert found(storage, '"big ships sank there"') == ids_of("two")
        assert found(storage, '"river bank two"') == []
        assert found(storage, '"news of two"') == ids_of("two")
        assert storage.check() == []


def test_a_filter_that_lacks_something_is_told(path: Path) -> None:
    execute(path, "UPDATE search_trigrams SET bits = zeroblob(4000) WHERE id >> 20 = 1")
    with closing(open_storage(path)) as storage:
        [told] = storage.check()
        assert told.startswith("the filter of phrases of the articles from 4096 on lacks some")
        execute(path, "DELETE FROM search_trigrams WHERE id >> 20 = 2")
        assert len(storage.check()) == 2


def test_a_database_without_filters_gets_them(path: Path) -> None:
    execute(path, "DELETE FROM search_trigrams")
    execute(path, "UPDATE search_shards SET blocks = 0")
    execute(path, "DELETE FROM meta WHERE key = 'words_version'")
    with closing(open_storage(path)) as storage:
        assert found(storage, '"river bank one"') == ids_of("one")
        assert storage.check() == []
    with closing(connect(path, mode="ro", busy_timeout=HOUR)) as connection:
        rows = connection.execute("SELECT number FROM search_shards WHERE blocks > 0").fetchall()
        assert len(rows) == SHARDS - 1
