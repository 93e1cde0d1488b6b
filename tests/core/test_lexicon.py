"""What is remembered of words: it changes nothing, and is bounded."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import newsdesk
import pytest

from aggregator.core.fingerprint import fingerprint
from aggregator.core.lexicon import KNOWN, Lexicon, Lexicons, lexicon
from aggregator.core.reading import Reading


def test_a_full_lexicon_is_replaced_and_nothing_else_changes() -> None:
    before = fingerprint(newsdesk.FLOOD.title, newsdesk.FLOOD.text, "qq")
    first = lexicon("qq")
    many = " ".join(f"w{number}" for number in range(KNOWN + 1_000))
    whole = fingerprint("", many, "qq")
    assert lexicon("qq") is not first
    assert fingerprint("", many, "qq") == whole
    assert fingerprint(newsdesk.FLOOD.title, newsdesk.FLOOD.text, "qq") == before


def test_what_is_met_again_is_taken_over_from_the_one_before() -> None:
    text = "The ferry Calder Star left on 7 February, Mr. Tandy said."
    first = Lexicon("en")
    before = first.read("", text)
    first.read("", "Other words: what they are matters not, but that they have numbers.")
    second = Lexicon("en", first)
    second.read("", "Some others first, so that numbers differ.")
    after = second.read("", text)
    assert before.numbers.tolist() != after.numbers.tolist()
    assert spelled(before) == spelled(after)
    for column in ("words", "stems", "kinds", "levels", "dated", "roles"):
        assert list(getattr(before, column)) == list(getattr(after, column))


def test_only_the_one_before_is_kept() -> None:
    first = Lexicon("en")
    gone = weakref.ref(first)
    first.read("", "boats")
    second = Lexicon("en", first)
    third = Lexicon("en", second)
    del first, second
    gc.collect()
    assert gone() is None
    assert third.read("", "boats").written == ["\n", "boats"]


def spelled(read: Reading) -> list[str]:
    return [read.written[number] for number in read.numbers.tolist()]


def test_languages_of_which_nothing_is_known_share_one() -> None:
    assert lexicon("qq") is lexicon("qx") is lexicon("")
    assert lexicon("en") is not lexicon("de")


def test_the_language_that_was_not_asked_for_for_longest_is_let_go() -> None:
    """Where there is no room for all; the one that is asked for stays in any case."""
    some = Lexicons(most=6)
    german = some.of("de")
    english = weakref.ref(some.of("en"))
    english().read("", "boats and bridges")  # type: ignore[union-attr]
    german.read("", "Boote")
    assert some.of("de") is german
    german.read("", "Deiche")
    assert some.of("de") is german
    gc.collect()
    assert english() is None
    german.read("", "Fähren, Brücken und Dämme im Hafen")
    assert some.of("de") is german
    assert some.of("en") is not german
    assert some.of("de") is not german


def test_it_makes_no_difference_how_many_are_read_at_once() -> None:
    articles = [(piece.title, piece.text) for piece in newsdesk.ALL]
    articles += [("", ""), ("", "boats"), ("A title\u00a0of two lines\nand more", "")]
    together = Lexicon("en").read_all(articles)
    one = Lexicon("en")
    alone = [one.read(title, text) for title, text in articles]
    assert [read.title for read in together] == [read.title for read in alone]
    assert [spelled(read) for read in together] == [spelled(read) for read in alone]
    for column in ("words", "stems", "kinds", "roles"):
        for read, other in zip(together, alone, strict=True):
            assert list(getattr(read, column)) == list(getattr(other, column))


def test_long_pieces_are_not_remembered() -> None:
    found = Lexicon("en")
    found.read("", "https://news.example/2024/02/07/a-very-long-address-of-an-article.html boats")
    assert len(found) == 2  # the end of the title's line, and "boats"
    text = "https://news.example/2024/02/07/another-very-long-address-of-an-article.html boats"
    assert spelled(found.read("", text)) == spelled(Lexicon("en").read("", text))
    assert len(found) == 2


@pytest.mark.timeout(60)
def test_threads_share_one() -> None:
    texts = [
        " ".join(f"{word}{part % 7}" for part in range(40) for word in piece.text.split()[:30])
        for piece in newsdesk.ALL
    ]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: fingerprint("", text, "tr"), texts * 4))
    assert found == [fingerprint("", text, "tr") for text in texts] * 4


def test_a_title_is_a_line_of_its_own() -> None:
    found = Lexicon("en").read("Boats rose", "Boats rose")
    assert found.title == 3
    assert spelled(found) == ["Boats", "rose", "\n", "Boats", "rose"]
    assert found.numbers[:2].tolist() == found.numbers[3:].tolist()
