"""What is typed, as words of the index."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.query_tree import Phrase, Word
from aggregator.core.search_terms import Term, term_of
from aggregator.core.searchwords import clusters, index_words


def typed(*words: str, prefix: bool = False, exact: bool = True) -> Term:
    return Term(words, prefix=prefix, exact=exact)


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Word("Élections"), typed("elections", exact=False)),
        (Word("Élect", prefix=True), typed("elect", prefix=True)),
        (Word("e-mail"), typed("e", "mail")),
        (Word("e-mai", prefix=True), typed("e", "mai", prefix=True)),
        (Word("10:30"), typed("10", "30")),
        (Phrase(("Climate",)), typed("climate")),
        (Phrase(("the", "Climate", "-", "summit's")), typed("the", "climate", "summit", "s")),
        (Word("ʼ"), typed()),
        (Phrase(("–", "&")), typed()),
        (Word("ـ", prefix=True), typed()),
    ],
)
def test_words_with_spaces(match: Word | Phrase, expected: Term) -> None:
    assert term_of(match) == expected


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Word("東"), typed("東", prefix=True)),
        (Word("東京"), typed("東京")),
        (Word("東京都"), typed("東京", "京都")),
        (Word("東京", prefix=True), typed("東京")),
        (Word("น้ำ"), typed("น้ำ")),
        (Word("한국"), typed("한국")),
        (Word("iPhone17発売"), typed("iphone17", "発売")),
        (Word("発売iPhone"), typed("発売", "売", "iphone")),
        (Word("発売iPh", prefix=True), typed("発売", "売", "iph", prefix=True)),
        (Word("第2次"), typed("第", "2", "次", prefix=True)),
        (Word("東京・大"), typed("東京", "京", "大", prefix=True)),
        (Word("東京・京"), typed("東京", "京", "京", prefix=True)),
        (Phrase(("東京", "大阪")), typed("東京", "京", "大阪")),
    ],
)
def test_words_without_spaces(match: Word | Phrase, expected: Term) -> None:
    assert term_of(match) == expected


def stands_in(term: Term, words: list[str]) -> bool:
    """As an index finds words side by side."""
    *others, last = term.words
    for at in range(len(words) - len(others)):
        end = words[at + len(others)]
        if words[at : at + len(others)] == others and (
            end.startswith(last) if term.prefix else end == last
        ):
            return True
    return False


@given(st.text("東京都大", max_size=12), st.text("東京都大", min_size=1, max_size=4))
@settings(deadline=None, max_examples=400)
def test_any_characters_in_a_row_are_found_where_they_stand_and_nowhere_else(
    text: str, part: str
) -> None:
    assert stands_in(term_of(Word(part)), index_words(text)) == (part in text)


@given(st.text("東京ab1 、", max_size=14), st.text("東京", min_size=1, max_size=3))
@settings(deadline=None, max_examples=400)
def test_runs_end_where_another_script_begins(text: str, part: str) -> None:
    assert stands_in(term_of(Word(part)), index_words(text)) == (part in text)


LETTERS = ["ก", "น้", "ำ", "มั", "ใ"]


@given(
    st.lists(st.sampled_from(LETTERS), max_size=9),
    st.lists(st.sampled_from(LETTERS), min_size=2, max_size=4),
)
@settings(deadline=None, max_examples=400)
def test_letters_with_marks_are_found_whole(text: list[str], part: list[str]) -> None:
    places = range(len(text) - len(part) + 1)
    expected = any(text[at : at + len(part)] == part for at in places)
    assert stands_in(term_of(Word("".join(part))), index_words("".join(text))) == expected
    assert clusters("".join(part)) == part


@given(st.text(max_size=20), st.booleans())
@settings(deadline=None, max_examples=200)
def test_whatever_is_typed_is_found_in_itself(text: str, prefix: bool) -> None:
    term = term_of(Word(text, prefix=prefix))
    assert not term.words or stands_in(term, index_words(text))
    assert (term.words == ()) == (index_words(text) == [])
