"""What the benchmark of search compares: every engine is asked the same, and finds the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.core.query import parse
from aggregator.storage.sqlite import open_storage
from benchmarks.search import questions
from benchmarks.search_engines import Missing, Rival, Unasked, module
from benchmarks.search_rivals import ORDERS, RIVALS, build, rivals, stored
from benchmarks.search_texts import END, Words, fill

ARTICLES = 2_000
RANKS = (0, 3, 40, 500, 3_000, 9_000, 200_000)


@pytest.fixture(scope="module")
def words() -> Sequence[str]:
    by_rank: list[str] = Words().by_rank.tolist()
    return by_rank


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "search.db"
    fill(path, ARTICLES)
    return path


@pytest.fixture(scope="module", params=RIVALS)
def rival(
    request: pytest.FixtureRequest, store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rival]:
    try:
        found: Rival = request.param(tmp_path_factory.mktemp("rival"))
    except Missing as missing:
        pytest.skip(f"{request.param.name}: {missing}")
    built = build(found, stored(store))
    assert built.articles == ARTICLES
    assert 0 < built.index_bytes < 10 * built.text_bytes
    yield found
    found.close()


def _ours(store: Path, text: str) -> set[int]:
    with closing(open_storage(store, read_only=True)) as storage:
        page = storage.search(parse(text, now=END), limit=ARTICLES)
    return {hit.article.article_id for hit in page.hits}


def _same(rival: Rival, store: Path, text: str) -> int:
    """How many articles ours and the rival find, in either order. Raises Unasked."""
    ours = _ours(store, text)
    for order in ORDERS:
        hits = rival.ask(parse(text, now=END), order, ARTICLES)
        assert {hit.id for hit in hits} == ours, (text, order)
        assert len(hits) == len(ours)
        assert all(hit.snippet for hit in hits)
    return len(ours)


def test_a_rival_finds_the_articles_that_ours_finds_by_the_very_word(
    rival: Rival, store: Path, words: Sequence[str]
) -> None:
    assert sum(_same(rival, store, f'"{words[rank]}"') for rank in RANKS) > ARTICLES


def test_a_rival_finds_the_articles_with_both_words_and_with_either(
    rival: Rival, store: Path, words: Sequence[str]
) -> None:
    assert _same(rival, store, f'"{words[30]}" "{words[90]}"')
    assert _same(rival, store, f'"{words[300]}" OR "{words[900]}"')


def test_a_rival_keeps_to_the_title_the_language_and_the_source(
    rival: Rival, store: Path, words: Sequence[str]
) -> None:
    assert _same(rival, store, f'title:"{words[7]}"')
    assert _same(rival, store, f'"{words[5]}" lang:en')
    assert _same(rival, store, f'"{words[1]}" source:outlet40')


def test_a_rival_finds_beginnings_and_words_side_by_side_unless_it_cannot(
    rival: Rival, store: Path, words: Sequence[str]
) -> None:
    texts = [f"{words[2_000][:4]}*", f'"{words[0]} {words[1]}"', f'"{words[0]}" -"{words[1]}"']
    if rival.name == "DuckDB":
        for text in texts:
            with pytest.raises(Unasked):
                _same(rival, store, text)
    else:
        assert all(_same(rival, store, text) for text in texts)


def test_newest_come_newest_first_and_best_come_by_their_words(
    rival: Rival, store: Path, words: Sequence[str]
) -> None:
    at = {article.id: article.at for article in stored(store)}
    newest = rival.ask(parse(words[0], now=END), "newest", 20)
    times = [at[hit.id] for hit in newest]
    if rival.name == "FTS5":  # by their numbers, which times follow but for an hour or two
        assert [hit.id for hit in newest] == sorted((hit.id for hit in newest), reverse=True)
    else:
        assert times == sorted(times, reverse=True)
    best = rival.ask(parse(words[0], now=END), "relevance", 20)
    assert [hit.id for hit in best] != [hit.id for hit in newest]


def test_every_kind_of_question_is_measured_or_left_out(store: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    asked = questions(store, 2)
    found = list(rivals(store, asked, tmp_path, lambda line, _: lines.append(line)))
    of_fts5 = {one.kind for one in found if one.how == "FTS5, newest"}
    assert {"words", "phrases", "prefixes", "near", "source:", "lang:", "title:"} <= of_fts5
    assert of_fts5.isdisjoint({"after:", "sources:", "is:first", "site:", "only times"})
    assert {one.how for one in found if one.kind == "words"} >= {"FTS5, newest", "FTS5, relevance"}
    assert [line.partition(" ")[0] for line in lines] == ["FTS5", "tantivy", "DuckDB"]


def test_what_is_not_installed_is_left_out_with_what_brings_it() -> None:
    with pytest.raises(Missing, match="pip install no_such_engine"):
        module("no_such_engine")
