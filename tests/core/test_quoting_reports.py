"""Reports that quote one statement against texts from one form: both share wording, and differ in
names and numbers."""

from __future__ import annotations

import pytest
from newsdesk import Piece

from aggregator.core.cluster import Grouper
from aggregator.core.copies import wording
from aggregator.core.facts import FORM
from aggregator.core.features import features
from aggregator.types import Assignment, Relation

STATEMENT = (
    '"We have walked every metre of the tunnel with lamps in our hands, and there is no crack in '
    "it that a careful mason could not close before the winter. Whoever says that the hill moves "
    'has looked at old maps and not at the rock," said Tarik Holm, who leads the works.'
)
COUNTED = Piece(
    source="Valley Times",
    title="Sarn tunnel stays shut after cracks are found",
    text="The Sarn tunnel between Oberlind and Pellow stays shut, the railway has decided after "
    "14 cracks were found in its lining. Since 3 March no train has run through the 2.6 kilometres "
    "under the Sarn, and 5,200 commuters take 38 buses over the pass instead. "
    f"{STATEMENT} Holm wants 19 masons for it and 7 weeks. Shopkeepers at Pellow station, who have "
    "sold a third less since the trains stay away, ask for help from the region.",
)
PRICED = Piece(
    source="Marbeck Mail",
    title="Railway: cracks in the Sarn tunnel can be closed",
    text="Cracks in the lining of the Sarn tunnel, shut since 3 March, can be closed for 11 "
    "million crowns, says the railway. Drivers had reported 14 of them under the Sarn between "
    f"Oberlind and Pellow after water ran over the rails at kilometre 41. {STATEMENT} The tunnel "
    "is from 1887; 90 trains a day used it, among them 22 with goods, which now go by the coast. "
    "An engineer of the region is to look at the lining once more before work begins.",
    hours=2,
)
LETTER = (
    '"Dear captain, my brother says that sailors are never afraid, but I am afraid of the dark and '
    "still I want to go to sea. Please write to me whether there is a lamp on your ship at night, "
    'and whether the lamp is ever put out, because then I would rather keep bees"'
)
NAMED = Piece(
    source="Coast Herald",
    title="Girl asks captain whether ships have lamps",
    text="A girl of eight who would like to go to sea has written a letter that a captain of the "
    f"ferry will not forget. {LETTER}, it says in pencil. Rune Ekdal of Skerry found it under his "
    "wiper and has sent her a lantern in return, for a lamp burns on his bridge all night.",
)
UNNAMED = Piece(
    source="Northern Gazette",
    title="Letter about lamp at sea moves captain",
    text="Many a captain gets letters from people who want to go to sea, but hardly one like that "
    f"of a girl who is afraid of the dark. {LETTER}, she wrote to the man who steers the ferry to "
    "Skerry. He answered with a lantern. The girl goes to school in Bredal, says her teacher "
    "Maren Tove, and has wished for bees, too.",
    hours=3,
)


def match(*, home: str, guest: str, rest: str) -> str:
    return (
        f"{home} have won their match against {guest} in the third round of the valley cup and go "
        "through to the next round, which is drawn at the town hall on Sunday. "
        f"{rest} Tickets for the next round are sold at the club house from Monday on."
    )


OSTRAND = Piece(
    source="Valley Times",
    title="Ostrand beat Pellow in the cup",
    text=match(
        home="Ostrand",
        guest="Pellow",
        rest="Mika Strand headed the first goal after 12 minutes, his 9th this year, and Jon Vale "
        "scored again from 25 metres when 61 were played. Before 840 people Pellow hit the bar "
        "twice and had a defender sent off at the end, with 88 minutes gone.",
    ),
)
TILBURN = Piece(
    source="Marbeck Mail",
    title="Tilburn are through to the fourth round",
    text=match(
        home="Tilburn",
        guest="Marbeck",
        rest="It took a penalty, given for a handball in minute 88 and put in low by Piet Aalders, "
        "who is 17, to beat a keeper that had held everything in front of 1,250 spectators. "
        "Rain stopped play for 25 minutes; 6 players were booked and 2 limped off.",
    ),
    hours=2,
)


def assign(*pieces: Piece) -> list[Assignment]:
    grouper = Grouper()
    return [grouper.add(piece.item(number)) for number, piece in enumerate(pieces)]


def shared(one: Piece, other: Piece) -> float:
    return wording(features(one.item(0)), features(other.item(1)))


@pytest.mark.parametrize(("one", "other"), [(COUNTED, PRICED), (NAMED, UNNAMED)])
def test_reports_that_quote_one_statement_are_one_story_whatever_else_they_name(
    one: Piece, other: Piece
) -> None:
    for first, second in ((one, other), (other, one)):
        assert assign(first, second)[1].relation is Relation.REPORT


def test_match_reports_that_share_less_than_half_of_their_wording_are_no_rewrites() -> None:
    assert shared(OSTRAND, TILBURN) < FORM
    for first, second in ((OSTRAND, TILBURN), (TILBURN, OSTRAND)):
        assert assign(first, second)[1].relation is Relation.NEW
