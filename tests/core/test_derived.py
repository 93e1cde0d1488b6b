"""Copies, rewrites and updates against passages and patterns, as the whole grouping decides."""

from __future__ import annotations

from dataclasses import replace

import newsdesk
import pytest
from newsdesk import Piece

from aggregator.core.cluster import Grouper
from aggregator.types import Assignment, Relation

FLOOD = newsdesk.FLOOD
PARAGRAPHS = FLOOD.text.split("\n\n")
OWN_LEAD = (
    "Whoever wanted to go to work in the lower town this morning needed a boat, and whoever had a "
    "boat was a ferryman. Our reporter has counted eleven of them at the Tanners' Bridge."
)
COMPANY = (
    "Brock and Sons has made pumps at Marbeck since 1903 and is the largest employer of the "
    "valley. It has 840 staff in four works and supplies waterworks in twenty countries. The firm "
    "is owned by the founder's grandchildren, who have turned down every offer for it. Last year "
    "it sold pumps for 190 million crowns."
)


def assign(*pieces: Piece) -> list[Assignment]:
    grouper = Grouper()
    return [grouper.add(piece.item(number)) for number, piece in enumerate(pieces)]


def test_a_quoted_statement_makes_a_report_and_says_how_long_it_is() -> None:
    answer = assign(newsdesk.QUOTE_ONE, newsdesk.QUOTE_TWO)[1]
    assert answer.relation is Relation.REPORT
    assert answer.why.startswith("a passage of 99 words in common with “Transport minister")


def test_what_a_firm_says_about_itself_joins_no_two_of_its_news() -> None:
    order = Piece(
        source="Valley Times",
        title="Lindhaven orders six pumps for its dyke",
        text="After the flood the council of Lindhaven has ordered six pumps that start by "
        "themselves when the water in the ditches rises. They are to stand behind the dyke by "
        f"October and cost two million. {COMPANY}",
    )
    strike = Piece(
        source="Marbeck Mail",
        title="Foundry workers at Brock walk out over night shifts",
        text="The foundry stood still on Thursday because nobody came. The union demands that "
        "night shifts be drawn by lot and not given to those who came last, as foremen have done "
        f"since the spring; talks begin on Monday. {COMPANY}",
        hours=20,
    )
    answer = assign(order, strike)[1]
    assert answer.relation is Relation.NEW
    assert "and the rest about something else" in answer.why


def test_a_cut_text_under_a_lead_of_its_own_is_a_copy() -> None:
    cut = OWN_LEAD + "\n\n" + "\n\n".join(PARAGRAPHS[:3])
    answer = assign(FLOOD, replace(FLOOD, source="Harbour Post", text=cut, hours=2))[1]
    assert answer.relation is Relation.COPY


def test_two_texts_under_leads_of_their_own_meet_by_the_one_that_both_were_made_of() -> None:
    middle = "\n\n".join(PARAGRAPHS[:2])
    other_lead = (
        "The telephone of the fire brigade has not stopped ringing since Tuesday. Most callers "
        "ask after their cats, says the man who answers it, and some of them after their cars."
    )
    one = replace(FLOOD, source="Harbour Post", text=f"{OWN_LEAD}\n\n{middle}", hours=2)
    other = replace(FLOOD, source="Coast Herald", text=f"{other_lead}\n\n{middle}", hours=3)
    answer = assign(FLOOD, one, other)[2]
    assert (answer.relation, answer.of) == (Relation.COPY, 0)


def test_an_outlets_update_hangs_on_its_own_article_and_not_on_a_copy_that_is_nearer() -> None:
    updated = FLOOD.text + "\n\nUpdate, noon: the gauge has fallen by a hand's breadth."
    copy = replace(newsdesk.FLOOD_COPY, text=updated)
    own = replace(FLOOD, text=updated, hours=5, url="https://gazette.example.com/flood-2")
    answer = assign(FLOOD, copy, own)[2]
    assert (answer.relation, answer.of) == (Relation.SAME, 0)


def test_a_copy_of_what_an_outlet_repeats_is_no_rewrite() -> None:
    frame = " ".join(PARAGRAPHS[1:4])
    days = [
        Piece(
            source="Star Gazette",
            title=f"Your lucky colour, part {number}",
            text=f"Today {colour} will bring you luck, dear {sign}, and {day} more of it. {frame}",
            hours=number,
        )
        for number, (colour, sign, day) in enumerate(
            [("amber", "Aries", "Monday"), ("teal", "Gemini", "Friday"), ("rust", "Leo", "Sunday")]
        )
    ]
    copy = replace(days[2], source="Evening Globe", hours=5)
    answers = assign(*days, copy)
    assert [answer.relation for answer in answers[:3]] == [Relation.NEW] * 3
    assert (answers[3].relation, answers[3].of) == (Relation.COPY, 2)


@pytest.mark.parametrize(("hours", "relation"), [(3, Relation.REWRITE), (30, Relation.NEW)])
def test_an_outlet_rewrites_its_own_article_soon_or_writes_another_like_it(
    hours: float, relation: Relation
) -> None:
    first, *rest = PARAGRAPHS
    again = [
        "Trains stand still, and no child goes to school: so the lower town has woken.",
        "The council met in a classroom of the upper town, by candlelight, for four hours.",
        "How high the new dyke will be is to be settled in spring, when the ground is dry.",
    ]
    text = "\n\n".join([first, rest[0], *again])
    second = replace(FLOOD, title="Day without trains", text=text, hours=hours)
    answer = assign(FLOOD, second)[1]
    assert answer.relation is relation


def test_what_stands_in_place_of_a_text_makes_no_two_articles_one() -> None:
    notice = "This article is for subscribers only. Please log in."
    one = Piece(source="Capital Courier", title="The secret of the treasurer", text=notice)
    other = Piece(source="Capital Courier", title="Why the trams are yellow", text=notice, hours=1)
    assert [answer.relation for answer in assign(one, other)] == [Relation.NEW] * 2


def test_a_column_is_found_by_its_copies_alone() -> None:
    brief = Piece(source="Gazette", title="In brief", text=" ".join(PARAGRAPHS[:2]))
    copy = replace(brief, source="Herald", hours=1)
    answers = assign(brief, copy, replace(newsdesk.FLOOD_REPORT, hours=3), replace(brief, text=""))
    assert [answer.relation for answer in answers] == [
        Relation.NEW,
        Relation.COPY,
        Relation.NEW,
        Relation.NEW,
    ]
    assert "says nothing about an event" in answers[3].why
