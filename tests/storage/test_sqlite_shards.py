"""The search index of a SQLite file, which lies in many tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storemaker import HOUR, NOW, assign, joins, new, revise, source, store
from writerqueue import OpenSqlite, adding

from aggregator.core.query import parse
from aggregator.storage.protocol import Order
from aggregator.storage.search import ENOUGH_RANKED
from aggregator.storage.search_shards import SIZE
from aggregator.storage.sqlite import SqliteStorage, open_storage
from aggregator.types import Relation, Source

BEFORE = """
    INSERT INTO articles (id, source_id, title, authors, categories, first_seen_at, at, words,
      content_hash, revision, revised_at, text_state, text_origin, text_attempts)
    VALUES (?, 1, '', '[]', '[]', 0, 0, 0, '', 1, 0, 'ready', 'content', 0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "news.db"


@contextmanager
def opened(path: Path) -> Iterator[SqliteStorage]:
    with closing(open_storage(path)) as storage:
        yield storage


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def go_to(path: Path, article_id: int) -> Callable[[], None]:
    """The next article gets this id; call what is returned when it has."""
    with raw(path) as connection:
        connection.execute(BEFORE, (article_id - 1,))

    def done() -> None:
        with raw(path) as connection:
            connection.execute("DELETE FROM articles WHERE id = ?", (article_id - 1,))

    return done


def spread(
    storage: SqliteStorage,
    path: Path,
    count: int,
    *,
    every: int = 900,
    sources: Sequence[Source] = (source(),),
) -> list[int]:
    """Articles whose ids lie so far apart, of the sources in turn; in all is "river", in every
    third "bank", too."""
    storage.sync_sources(sources, now=NOW)
    found: list[int] = []
    for number in range(count):
        done = go_to(path, number * every + 1) if number else lambda: None
        text = f"The river. {'A bank. ' * (number % 3 == 0)}{'River. ' * (number % 4)}"
        article = new(str(number), text=text, published_at=NOW + number * HOUR)
        wanted = sources[number % len(sources)]
        found += store(storage, article, wanted=wanted, at=NOW + number * HOUR)
        done()
    return found


def pages(
    storage: SqliteStorage,
    text: str,
    *,
    limit: int,
    order: Order = "newest",
    fold: bool = False,
    between: Callable[[int], object] = lambda _: None,
) -> list[list[int]]:
    """Of each page the articles; `between` is called after each with its number."""
    query = parse(text, now=NOW + 999 * HOUR)
    found: list[list[int]] = []
    after = None
    while True:
        page = storage.search(query, limit=limit, order=order, fold=fold, after=after)
        found.append([hit.article.article_id for hit in page.hits])
        after = page.after
        if after is None:
            return found
        assert len(page.hits) == limit
        between(len(found))


def joined(found: Sequence[Sequence[int]]) -> list[int]:
    return [one for page in found for one in page]


def shard_names(path: Path) -> list[str]:
    with raw(path) as connection:
        rows = connection.execute("SELECT number FROM search_shards ORDER BY number").fetchall()
    return [f"search_{number}" for (number,) in rows]


# --- what is found


@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_articles_of_all_shards_are_found(path: Path, order: Order) -> None:
    with opened(path) as storage:
        ids = spread(storage, path, 20)
        assert len(shard_names(path)) == 20 * 900 // SIZE + 1
        assert sorted(joined(pages(storage, "river", limit=99, order=order))) == ids
        assert sorted(joined(pages(storage, "river", limit=3, order=order))) == ids
        assert sorted(joined(pages(storage, "river -bank", limit=3, order=order))) == [
            one for number, one in enumerate(ids) if number % 3
        ]
        query = parse("river", now=NOW)
        assert [one.summary.article_id for one in storage.matching(query, limit=99)] == ids
        some = storage.matching(query, beyond=ids[3], limit=7)
        assert [one.summary.article_id for one in some] == ids[4:11]
        assert storage.search_counts(query).articles == 20
        assert storage.check() == []


def test_times_are_looked_up_in_each_shard(path: Path) -> None:
    with opened(path) as storage:
        ids = spread(storage, path, 20)
        late = [number for number in range(20) if number % 5 == 0]
        for number in late:  # published long before they were stored
            article = new(str(number), text="Changed river.", published_at=NOW - HOUR)
            revise(storage, ids[number], article, at=NOW + (100 + number) * HOUR)
        old = [ids[number] for number in late]
        for text in ("river before:2026-05-31T11:30", "before:2026-05-31T11:30"):
            assert joined(pages(storage, text, limit=2)) == old[::-1]
        rest = [one for one in ids if one not in old]
        assert joined(pages(storage, "riv* after:2026-05-31T11:30", limit=4)) == rest[::-1]


def test_of_what_few_articles_can_match_only_these_are_asked_for(path: Path) -> None:
    with opened(path) as storage:
        ids = spread(storage, path, 20, sources=[source(), source("Two")])
        assert storage.star([ids[2], ids[13], ids[17]], now=NOW) == 3
        assign(storage, joins(ids[4], ids[4]))
        assign(storage, replace(joins(ids[15], ids[4]), relation=Relation.TRANSLATION))
        for order in ("newest", "relevance"):
            found = joined(pages(storage, "river is:starred", limit=2, order=order))
            assert sorted(found) == [ids[2], ids[13], ids[17]]
            assert sorted(joined(pages(storage, "riv* is:starred", limit=9, order=order))) == (
                [ids[2], ids[13], ids[17]]
            )
        assert joined(pages(storage, "is:translation", limit=9)) == [ids[15]]
        assert joined(pages(storage, f"river story:{ids[4]}", limit=1)) == [ids[15], ids[4]]
        assert joined(pages(storage, "sources:>1 bank", limit=9)) == [ids[15]]
        assert joined(pages(storage, "river source:two", limit=4)) == ids[1::2][::-1]
        assert joined(pages(storage, "bank source:two -is:starred", limit=4)) == [
            one for one in ids[15::-6] if one not in (ids[2], ids[13], ids[17])
        ]
        ranked = joined(pages(storage, "river source:two", limit=4, order="relevance"))
        assert sorted(ranked) == ids[1::2]
        assert joined(pages(storage, "is:starred -river", limit=9)) == []
        assert storage.unstar(ids) == 3
        assert joined(pages(storage, "river is:starred", limit=9)) == []


# --- pages


def test_only_the_newest_are_ranked_and_all_are_found(path: Path) -> None:
    with opened(path) as storage:
        for start in range(0, SIZE * 2 + 1_200, 1_200):
            texts = ["river " * (9 if number == 9 else 1) for number in range(1_200)]
            store(
                storage,
                *(new(f"{start} {number}", text=text) for number, text in enumerate(texts)),
                at=NOW + start * HOUR,
            )
        last = storage.counts().articles
        best = list(range(10, last + 1, 1_200))
        query = parse("river", now=NOW)
        floor = SIZE
        newest = [one for one in best if one >= floor]
        first = storage.search(query, limit=len(newest), order="relevance")
        assert sorted(hit.article.article_id for hit in first.hits) == newest
        assert last - floor >= ENOUGH_RANKED
        ranked = storage.article(floor)
        assert ranked is not None
        assert first.ranked_from == ranked.summary.first_seen_at
        found = joined(pages(storage, "river", limit=3_000, order="relevance"))
        assert sorted(found) == list(range(1, last + 1))
        assert found[last - floor + 1 :] == list(range(floor - 1, 0, -1))
        one = storage.search(parse("headline -river", now=NOW), limit=3, order="relevance")
        assert (one.hits, one.ranked_from) == ((), None)


@given(
    order=st.sampled_from(["newest", "relevance"]),
    fold=st.booleans(),
    limit=st.integers(1, 4),
    arrivals=st.lists(st.integers(0, 3), min_size=9, max_size=9),
    stories=st.lists(st.integers(0, 6), min_size=12, max_size=12),
)
@settings(deadline=None, max_examples=25)
def test_pages_put_together_are_the_answer_of_the_first_moment(  # noqa: PLR0917 - as drawn
    tmp_path_factory: pytest.TempPathFactory,
    order: Order,
    fold: bool,
    limit: int,
    arrivals: list[int],
    stories: list[int],
) -> None:
    path = tmp_path_factory.mktemp("pages") / "news.db"
    with opened(path) as storage:
        ids = spread(storage, path, 12, every=1_100)
        for number, story in enumerate(stories):
            if story:
                first = ids[stories.index(story)]
                assign(storage, joins(ids[number], first))
        expected = joined(pages(storage, "river OR bank", limit=99, order=order, fold=fold))

        def arrive(page: int) -> None:
            for number in range(arrivals[page % 9]):
                key = f"late {page} {number}"
                late = new(key, text="bank " * 9 + "river " * number)
                [one] = store(storage, late, at=NOW + 500 * HOUR)
                if number == 1 and stories[0]:  # into a story of which something may be shown
                    assign(storage, joins(one, ids[0]))
                if number == 2:
                    revise(storage, one, new(key, text="bank"), at=NOW + (600 + page) * HOUR)

        found = pages(storage, "river OR bank", limit=limit, order=order, fold=fold, between=arrive)
        if order == "newest":
            assert joined(found) == expected
        else:  # which of a story is the best may change before it is shown
            shown, awaited = (
                sorted(key_of(storage, one) if fold else one for one in some)
                for some in (joined(found), expected)
            )
            assert shown == awaited


def key_of(storage: SqliteStorage, article_id: int) -> int:
    """Its story's, or its own."""
    article = storage.article(article_id)
    assert article is not None
    return article.summary.story_id or article_id


# --- what is written


def test_whoever_opens_the_file_sees_shards_that_another_begins(
    path: Path, open_sqlite: OpenSqlite
) -> None:
    reader, writer = open_sqlite(), open_sqlite()
    assert pages(reader, "river", limit=9) == [[]]
    ids = spread(writer, path, 12)
    assert joined(pages(reader, "river", limit=9)) == ids[::-1]


def test_what_is_rolled_back_is_learnt_again(path: Path) -> None:
    with opened(path) as storage:
        storage.sync_sources([source()], now=NOW)
        assert storage._writer is not None
        row = (1, "Headline", "Floods were flooding.", "=s1 =len")

        def fails(session: object) -> None:
            session.index([row])  # type: ignore[attr-defined]
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            storage._writer.run(fails)
        assert shard_names(path) == []
        store(storage, new("1", text="Floods were flooding."))
        assert pages(storage, "flood", limit=9) == [[1]]
        with pytest.raises(ZeroDivisionError):
            adding(storage, "x", ZeroDivisionError())()
        store(storage, new("2", text="Floods were flooding."))
        assert pages(storage, "flood", limit=9) == [[2, 1]]
        assert storage.check() == []


def test_a_shard_is_put_into_one_piece_when_the_next_is_begun(path: Path) -> None:
    with opened(path) as storage:
        storage.sync_sources([source()], now=NOW)
        for number in range(9):
            store(storage, new(str(number), text="river"))
        assert segments(path, "search_0") > 1
        done = go_to(path, SIZE)
        store(storage, new("x", text="river"))
        done()
        assert segments(path, "search_0") == 1
        assert segments(path, "search_1") == 1


def segments(path: Path, table: str) -> int:
    with raw(path) as connection:
        query = f"SELECT count(DISTINCT segid) FROM {table}_idx"
        return int(connection.execute(query).fetchone()[0])


def test_words_longer_than_the_index_takes_are_cut(path: Path) -> None:
    with opened(path) as storage:
        long = "ä" * 20_000 + "東京" * 20_000
        [one] = store(storage, new("1", text=f"A {long} word."))
        store(storage, new("2", title=long))
        assert storage.check() == []
        assert pages(storage, "word", limit=9) == [[1]]
        assert pages(storage, "aaaa*", limit=9) == [[2, 1]]
        revise(storage, one, new("1", text="Short."), at=NOW + HOUR)
        assert pages(storage, "aaaa*", limit=9) == [[2]]
        assert storage.check() == []


# --- checking


def given_wrong(path: Path, *statements: str) -> list[str]:
    """What checking says after these."""
    with raw(path) as connection:
        for statement in statements:
            connection.execute(statement)
    with opened(path) as storage:
        return storage.check()


@pytest.fixture
def two_shards(path: Path) -> Path:
    with opened(path) as storage:
        spread(storage, path, 6)
        assert storage.check() == []
    return path


TAKE_OUT = """
    INSERT INTO search_1 (search_1, rowid, title, text, facets)
    SELECT 'delete', 4501, 'headline 5', 'the river river', facets FROM texts
    WHERE article_id = 4501
"""


def test_a_missing_article_is_told(two_shards: Path) -> None:
    missing, _, words = given_wrong(two_shards, TAKE_OUT)
    assert missing == "article 4501 is not in the search index"
    assert words.startswith("the search index of the articles from 4096 on does not fit the texts")


def test_an_article_that_is_there_twice_is_told(two_shards: Path) -> None:
    again = """
        INSERT INTO search_1 (rowid, title, text, facets)
        SELECT 4501, 'headline 5', 'the river river', facets FROM texts WHERE article_id = 4501
    """
    assert given_wrong(two_shards, again) == [
        "the search index of the articles from 4096 on counts its articles or words wrongly"
    ]


def test_an_article_with_other_words_is_told(two_shards: Path) -> None:
    other = """
        INSERT INTO search_1 (rowid, title, text, facets)
        SELECT 4501, 'headline 5', 'the bridge river', facets FROM texts WHERE article_id = 4501
    """
    [counted] = given_wrong(two_shards, TAKE_OUT, other)
    assert "does not fit the texts: 2 words" in counted


def test_what_is_no_article_is_told(two_shards: Path) -> None:
    stray = "INSERT INTO search_0 (rowid, title, text, facets) VALUES (77, 'a', 'b', 'c')"
    found, *_ = given_wrong(two_shards, stray)
    assert found == "article 77 is in the search index, but there is no such text"


def test_a_shard_that_is_gone_is_told(two_shards: Path) -> None:
    gone = ("DROP TABLE search_1", "DELETE FROM search_shards WHERE number = 1")
    assert given_wrong(two_shards, *gone) == [
        "there is no search index of the articles from 4096 on"
    ]


def test_an_index_that_is_damaged_is_told(two_shards: Path) -> None:
    broken = "UPDATE search_1_data SET block = zeroblob(9) WHERE id > 10"
    found = given_wrong(two_shards, broken)
    assert any("search index of the articles from 4096 on" in one for one in found)
