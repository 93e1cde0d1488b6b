"""Passages that answer a search."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.highlighting import CONSIDERED, snippet
from aggregator.core.query_tree import And, Field, Near, Node, Not, Or, Phrase, Word
from aggregator.core.searchwords import index_words

TEXT = (
    "The mayor of Lune opened the lock on Monday. Boats had waited for a week, she said. "
    "The rivers around the town rose again after the rain of the night, and the river itself "
    "stood at two metres.\n\nNobody was hurt. The lock closes at noon."
)


def shown(text: str, root: Node, language: str = "en", words: int = 24) -> str:
    return snippet(text, root, language, words=words).replace("\x02", "[").replace("\x03", "]")


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        (Word("lock"), "opened the [lock] on Monday"),
        (Word("RIVER"), "The [rivers] around the town rose again after the rain of the night, and"),
        (Word("rose"), "rivers around the town [rose] again"),
        (Word("boat", prefix=True), "[Boats] had"),
        (Phrase(("waited", "for", "a", "week")), "Boats had [waited for a week], she"),
        (Phrase(("river",)), "and the [river] itself"),
        (Phrase(("week", "boats")), "The mayor of Lune"),
        (And((Word("mayor"), Not(Word("lune")))), "The [mayor] of Lune"),
        (And((Word("mayor"), Field("title", Word("lune")))), "The [mayor] of Lune"),
        (And((Word("mayor"), Field("author", Word("lune")))), "The [mayor] of Lune"),
        (Or((Word("nowhere"), Word("hurt"))), "Nobody was [hurt]. The lock"),
        (Near((Word("mayor"), Word("opened")), 2), "The [mayor] of Lune [opened] the"),
        (Near((Word("opened"), Word("mayor")), 2), "The [mayor] of Lune [opened] the"),
        (Near((Word("mayor"), Word("opened")), 1), "The mayor of Lune opened the"),
        (
            Near((Phrase(("the", "rain")), Word("river")), 6),
            "[the rain] of the night, and the [river]",
        ),
        (Near((Word("mayors"), Word("opened")), 9), "The mayor of Lune opened the"),
        (Near((Word("lo", prefix=True), Word("noon")), 2), "The [lock] closes at [noon]."),
    ],
)
def test_what_is_marked(root: Node, expected: str) -> None:
    assert expected in shown(TEXT, root)


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    assert shown(" It  rained\n\nin Lune. ", Word("lune")) == "It rained in [Lune]."
    assert shown("", Word("lune")) == ""
    assert shown("… – …", Word("lune")) == "… – …"


def test_without_a_match_it_is_the_beginning() -> None:
    assert shown(TEXT, Word("nowhere"), words=6) == "The mayor of Lune opened the…"
    assert shown(TEXT, Field("lang", Word("en")), words=6) == "The mayor of Lune opened the…"


def test_the_passage_with_most_of_what_was_typed_is_shown() -> None:
    text = f"Lune Lune Lune. {'Other words. ' * 30}The rain in Lune fell. {'More words. ' * 30}"
    root = And((Word("lune"), Word("rain")))
    assert shown(text, root, words=6).startswith("…The [rain] in [Lune] fell. More")


def test_it_begins_with_a_sentence_where_it_can() -> None:
    text = f"{'Other words stand here. ' * 9}Then came the night rain. {'More words follow. ' * 9}"
    assert shown(text, Word("rain"), words=12).startswith("…Then came the night [rain]. More")
    long = f"{'other words ' * 50}rain {'more words ' * 50}"
    assert shown(long, Word("rain"), words=8) == ("…other words [rain] more words more words more…")


def test_at_the_end_of_a_text_it_is_as_long_as_elsewhere() -> None:
    text = f"{'other words ' * 50}rain."
    assert shown(text, Word("rain"), words=6) == "…words other words other words [rain]."


def test_matches_that_overlap_are_marked_as_one() -> None:
    root = Or((Phrase(("old", "town")), Phrase(("town", "hall")), Word("hall")))
    assert shown("The old town hall fell", root) == "The [old town hall] fell"


def test_words_are_inflected_as_in_the_texts_language() -> None:
    assert shown("Die Städte und die Stadt", Word("stadt"), "de").endswith("die [Stadt]")
    assert shown("Las elecciones de mayo", Word("elección"), "es") == "Las [elecciones] de mayo"
    assert shown("Las elecciones de mayo", Word("elección"), "") == "Las elecciones de mayo"
    assert shown("Выборы в мае", Word("выборов"), "ru") == "[Выборы] в мае"
    assert shown("Mereka berlari pagi", Word("lari"), "id") == "Mereka [berlari] pagi"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("京", "[京]都は大阪[京]"),
        ("京都", "[京都]は大阪京"),
        ("京都は", "[京都は]大阪京"),
        ("は大", "京都[は大]阪京"),
    ],
)
def test_scripts_without_spaces(typed: str, expected: str) -> None:
    assert shown("京都は大阪京", Word(typed), "ja") == expected


def test_two_characters_of_them_count_as_a_word() -> None:
    text = "甲乙丙丁" * 30
    assert shown(text, Word("戊"), "zh", words=10) == f"{text[:21]}…"


def test_marks_of_the_text_itself_are_none() -> None:
    assert shown("a \x02river\x03 \ufdd0b\ufdd1", Word("b")) == "a river [b]"


def test_very_long_words_are_cut() -> None:
    text = "x" * 5_000
    assert shown(text, Word("x", prefix=True), words=10) == f"[{'x' * 160}]…"
    assert shown(f"{text} river", Word("river"), words=10) == "…[river]"


def test_only_the_beginning_of_a_very_long_text_is_looked_at() -> None:
    text = "word " * (CONSIDERED // 5 - 1)
    assert "[river]" in shown(f"{text}river and on", Word("river"))
    assert shown(f"{text}word river", Word("river"), words=2) == "word word…"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("part", ["river ", "é ", "漢", "x", "e\u0301", "\u0301", "river\n", "-"])
def test_a_hostile_text_costs_no_more_than_another(part: str) -> None:
    text = part * (1_000_000 // len(part))
    near = Near((Word("river"), Word("e"), Word("漢"), Phrase(("river", "river"))), 10_000)
    root = Or((near, Word("river"), Word("r", prefix=True), Word("漢"), Phrase(("e",) * 30)))
    found = snippet(text, root, "en")
    assert len(found) < 1_000


WORDS = st.sampled_from(["river", "Rivers", "élan", "東京", "京都東", "น้ำ", "a", "e-mail", "№"])
LEAVES = st.one_of(
    st.builds(Word, WORDS, st.booleans()),
    st.builds(Phrase, st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Near,
        st.lists(st.builds(Word, WORDS), min_size=2, max_size=3).map(tuple),
        st.integers(0, 5),
    ),
)
ROOTS = st.one_of(
    LEAVES, st.lists(LEAVES, min_size=2, max_size=4).map(lambda some: Or(tuple(some)))
)
RUNNING = st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=60).map(" ".join)


@given(text=RUNNING, root=ROOTS, words=st.integers(1, 30))
@settings(deadline=None, max_examples=300)
def test_any_passage_is_of_the_text_with_marks_in_pairs(text: str, root: Node, words: int) -> None:
    found = snippet(text, root, "en", words=words)
    assert found == found.strip()
    assert "\n" not in found
    depth = 0
    for char in found:
        depth += {"\x02": 1, "\x03": -1}.get(char, 0)
        assert depth in {0, 1}
    assert depth == 0
    plain = found.replace("\x02", "").replace("\x03", "").strip("…")
    assert len(plain.split()) <= len(text.split())
    if text.isascii():
        assert len(index_words(plain)) <= words
