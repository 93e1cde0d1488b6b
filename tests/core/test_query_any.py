"""Whatever is typed is a search or an error with its place; every tree can be written down."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from querymaker import WORDS, query_texts, query_trees
from querywriter import written

from aggregator.core.query import MAX_DEPTH, MAX_LENGTH, parse
from aggregator.core.query_leaves import MAX_DISTANCE
from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Query,
    Site,
    Word,
)
from aggregator.core.searchwords import index_words
from aggregator.errors import QueryError

NOW = datetime(2026, 5, 31, 14, 30, tzinfo=UTC)


@given(query_texts())
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    read = _read(text)
    if isinstance(read, QueryError):
        assert 1 <= read.column <= len(text) + 1
        _check_characters(str(read))
        return
    _check(read.root)
    again = written(read.root)
    assume(len(again) <= MAX_LENGTH)
    assert parse(again, now=NOW).root == read.root


def _read(text: str) -> Query | QueryError:
    try:
        return parse(text, now=NOW)
    except QueryError as error:
        return error


@given(query_trees())
@example(And((Word("NEAR"), Or((Word("a"), Word("b"))))))
def test_what_is_written_is_read_as_the_same_tree(root: Node) -> None:
    text = written(root)
    assume(len(text) <= MAX_LENGTH)
    assert parse(text, now=NOW).root == root


@given(
    st.lists(
        st.sampled_from([word for word in WORDS if "," not in word and word != "5"]), min_size=2
    )
)
def test_words_mean_the_same_wherever_they_stand(texts: list[str]) -> None:
    texts = texts[:30]
    words = tuple(map(Word, texts))
    text = " ".join(texts)
    assert parse(text, now=NOW).root == And(words)
    assert parse(f"({text})", now=NOW).root == And(words)
    assert parse(f"NEAR({text})", now=NOW).root == Near(words, 10)
    assert parse(f"title:({text})", now=NOW).root == And(
        tuple(Field("title", word) for word in words)
    )


@pytest.mark.parametrize(
    "piece", ["(", "-(", "title:(", "NEAR(", "NOT ", "-", "OR ", "AND ", "「", "title:", "a OR ("]
)
def test_what_is_repeated_to_the_limit_is_an_error(piece: str) -> None:
    text = (piece * MAX_LENGTH)[:MAX_LENGTH]
    with pytest.raises(QueryError) as caught:
        parse(text, now=NOW)
    assert 1 <= caught.value.column <= len(text) + 1


def test_a_phrase_with_every_kind_of_quote_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="quotes of every kind"):
        written(Phrase(('a"b', "«c»", "「d」", "『e』")))


def _check(node: Node, depth: int = 0) -> None:
    """What the types promise to those who compile the tree."""
    assert depth <= 2 * MAX_DEPTH + 4
    match node:
        case Not(item=item):
            assert not _only_leaves_out(item)
            _check(item, depth + 1)
        case And(items=items) | Or(items=items):
            assert len(items) > 1
            for item in items:
                assert not isinstance(item, type(node))
                assert isinstance(node, And) or not _only_leaves_out(item)
                _check(item, depth + 1)
        case Near(items=items, distance=distance):
            assert len(items) > 1
            assert 0 <= distance <= MAX_DISTANCE
            for item in items:
                _check(item)
        case Field(name=name, match=match):
            assert name != "lang" or (isinstance(match, Word) and not match.prefix)
            _check(match)
        case _:
            _check_text(node)


def _only_leaves_out(node: Node) -> bool:
    return isinstance(node, Not) or (
        isinstance(node, And) and all(isinstance(item, Not) for item in node.items)
    )


def _check_text(node: Node) -> None:
    texts: tuple[str, ...] = ()
    match node:
        case Word(text=text):
            texts = (text,)
        case Phrase(words=texts):
            assert texts
        case Site(host=host):
            assert host == host.lower()
            assert host.isascii()
        case After(at=at) | Before(at=at):
            assert at.tzinfo is UTC
    for text in texts:
        assert text.split() == [text]
        assert index_words(text)
        _check_characters(text)


def _check_characters(text: str) -> None:
    """One line that harms no terminal."""
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text)
