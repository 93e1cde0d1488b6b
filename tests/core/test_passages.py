"""Whether two texts have a copy's worth in common, or a passage; and of what that passage is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from newsdesk import Piece

from aggregator.core.features import Features, features
from aggregator.core.passages import Pieces, is_background, is_passage, pieces
from aggregator.core.weights import Frequencies

STATEMENT = (
    "The lock at Ferring has been shut since Easter and it will stay shut, for the gates are "
    "older than anybody who works there and the beam that carries them has split along its whole "
    "length, which no diver can mend. Whoever waits above it with a full barge should turn back "
    "while there is water enough to turn in."
)
WATERWAYS = (
    "The office for waterways has lost patience with its oldest lock. Boatmen had asked in March "
    "already when the gates would be opened again, and were told to wait. "
)
MILLERS = (
    "Flour could become dear in the valley before the summer is over. Three mills get their grain "
    "by water, and two of them have less than a week's supply in their silos. "
)
BOATMEN = " The boatmen's guild asks for compensation and has called its members to Ferring."
BAKERS = " Bakers are buying from the coast instead, and pay for the lorries themselves now."
SWIMMERS = (
    "Forty swimmers have crossed the bay of Holm in the dark, each with a lamp on the head, and "
    "all of them have come out of the water again. The youngest is eleven. "
)


def of(text: str, title: str = "News from the valley") -> Features:
    return features(Piece(source="", title=title, text=text).item(title))


def between(one: str, other: str) -> tuple[Pieces, Pieces]:
    return pieces(of(one), of(other)), pieces(of(other), of(one))


def passage(one: str, other: str, *, containment: float = 0.6) -> bool:
    mine, theirs = between(one, other)
    shorter = mine if len(one) <= len(other) else theirs
    return is_passage(mine, theirs, of_shorter=shorter, containment=containment)


def background(one: Features, other: Features) -> bool | None:
    shared = pieces(one, other), pieces(other, one)
    return is_background(one, other, shared, Frequencies())


def test_a_piece_says_where_it_stands() -> None:
    mine, _ = between(WATERWAYS + STATEMENT + BOATMEN, MILLERS + STATEMENT + BAKERS)
    own, said = len(WATERWAYS.split()), len(STATEMENT.split())
    assert mine.spans == ((own, own + said),)
    behind = of(BOATMEN).item.fingerprint.length
    assert (mine.before, mine.after, mine.words) == (own, behind, said)
    assert mine.closing < 0.5


def test_a_statement_in_the_midst_of_two_texts_is_a_passage() -> None:
    assert passage(WATERWAYS + STATEMENT + BOATMEN, MILLERS + STATEMENT + BAKERS)


def test_a_text_that_begins_with_the_other_is_more() -> None:
    assert not passage(STATEMENT + BOATMEN, MILLERS + STATEMENT + BAKERS)


def test_a_dateline_makes_no_passage() -> None:
    assert not passage("FERRING, Monday. " + STATEMENT + BOATMEN, MILLERS + STATEMENT + BAKERS)


def test_short_words_in_front_count_if_as_many_stand_behind() -> None:
    front = "What the keeper of the lock has written on the door: "
    behind = BAKERS + " Who has an old stone in the cellar grinds at home."
    assert passage(front + STATEMENT + behind, MILLERS + STATEMENT)
    assert not passage(front + STATEMENT, MILLERS + STATEMENT)


def test_a_text_that_is_edited_all_over_is_more_than_a_passage() -> None:
    words = STATEMENT.split()
    for place in (12, 26, 40):
        words[place] = "(sic)"
    one, other = WATERWAYS + " ".join(words), MILLERS + STATEMENT
    assert not passage(one, other)
    assert passage(one, other, containment=0.4)


def test_turns_of_phrase_are_less_than_a_passage() -> None:
    mine, theirs = between(WATERWAYS, "Boatmen had asked in vain. " + SWIMMERS)
    assert mine.spans == theirs.spans == ()
    assert mine.words == 0


def test_what_an_outlet_repeats_is_no_word_of_its_own() -> None:
    text = of(WATERWAYS + STATEMENT)
    furniture = of(WATERWAYS).shingle_set
    assert pieces(text, of(STATEMENT), furniture).before < 5 < pieces(text, of(STATEMENT)).before


def test_long_texts_are_measured_by_a_sample() -> None:
    rest = " ".join(f"word{number} follows {number * 7} others" for number in range(400))
    text = of(f"{WATERWAYS} {rest} {STATEMENT}")
    assert text.item.fingerprint.step > 1
    mine = pieces(text, of(MILLERS + rest))
    assert mine.spans
    assert abs(mine.before - len(WATERWAYS.split())) < 40
    assert abs(mine.words - len(rest.split())) < 160


@pytest.mark.parametrize("step", [2, 4])
def test_two_samples_are_compared_by_the_coarser_one(step: int) -> None:
    one, other = of(WATERWAYS + STATEMENT), of(WATERWAYS + STATEMENT)
    coarse = other.shingles[other.shingles % step == 0]
    printed = replace(other.item.fingerprint, step=step, shingles=coarse.astype("<u4").tobytes())
    sampled = features(replace(other.item, fingerprint=printed))
    assert pieces(one, sampled).spans == pieces(sampled, one).spans != ()


def test_a_quoted_statement_is_of_one_event() -> None:
    one = of(WATERWAYS + STATEMENT + BOATMEN, "Lock at Ferring stays shut, barges must turn")
    other = of(MILLERS + STATEMENT + BAKERS, "Flour runs short as barges wait at Ferring")
    assert background(one, other) is False


def test_a_statement_in_texts_about_something_else_is_background() -> None:
    one = of(WATERWAYS + STATEMENT + BOATMEN, "Office loses patience")
    other = of(
        SWIMMERS + STATEMENT + " All had hot soup, and nobody was ill next day.", "In the dark"
    )
    assert background(one, other) is True


def test_what_stands_outside_may_be_too_short_to_tell() -> None:
    one = of(
        "Keeper Olin Varg wrote on the door of his house what he thinks. " + STATEMENT, "A door"
    )
    other = of(SWIMMERS + STATEMENT + SWIMMERS[::-1], "In the dark")
    assert background(one, other) is None


def test_what_closes_two_texts_is_background_though_they_have_words_in_common() -> None:
    one = of(
        WATERWAYS + "The barge Amalie waits. " + STATEMENT, "Boatmen of Ferring are told to wait"
    )
    other = of(MILLERS + "The barge Tessa waits. " + STATEMENT, "Flour dear in Ferring")
    assert background(one, other) is True
    assert (
        background(one, of(WATERWAYS + STATEMENT, "Boatmen of Ferring are told to wait")) is False
    )
