"""What recurs on an outlet's pages is known for its furniture, and nothing else is."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest
from clearing import clear, clear_piece, learned, learned_page, left, length, lost, visit
from outletpress import DESIGNS, Press, Story

from aggregator.core.furniture_page import read_page
from aggregator.core.furniture_state import PAGES, Outlet

QUIET = "The council of the marsh did not wish to say more about it on the day."


@pytest.mark.parametrize("seed", range(4))
def test_after_twenty_pages_a_hundredth_is_left_and_no_sentence_lost(seed: int) -> None:
    known, all_of_it, rest = Outlet(), 0, 0
    pieces = Press(seed=seed).articles(80)
    share = sum(length(one.furniture) for one in pieces) / sum(length(one.page) for one in pieces)
    for number, piece in enumerate(pieces):
        known, cleared = visit(known, piece)
        assert lost(piece, cleared) == []
        if number >= 20:
            all_of_it += length(piece.furniture)
            rest += length(left(piece, cleared))
    assert share >= 0.30
    assert rest <= 0.01 * all_of_it


def test_it_says_what_was_removed_and_why() -> None:
    *pieces, last = Press(seed=1).articles(12)
    cleared = clear_piece(last, learned(pieces))
    whys = {removed.text: removed.why for removed in cleared.removed}
    assert whys["Follow us wherever you read."] == (
        "It stands on 11 of the outlet's last 11 pages about other things."
    )
    pointer = next(line for line in last.furniture if line.startswith("Read more: "))
    assert whys[pointer] == "It is the title of another page of the outlet."
    usual = Press(seed=1).articles(20)
    cleared = clear_piece(usual[-1], learned(usual))
    whys = {removed.text: removed.why for removed in cleared.removed}
    assert whys["Follow us wherever you read."] == "It stands on 20 of the outlet's last 20 pages."


def test_short_articles_with_long_lists_of_others_are_many_stories() -> None:
    press = Press(seed=19)
    known, titles, all_of_it, rest = Outlet(), deque[str](maxlen=24), 0, 0
    for number in range(40):
        piece = press.article(Story(press.dice).paragraphs(2))
        furniture = (*piece.furniture, *titles)
        piece = replace(piece, page=(*piece.page, *titles), furniture=furniture)
        known, cleared = visit(known, piece)
        titles.append(piece.title)
        assert lost(piece, cleared) == []
        if number >= 20:
            all_of_it += length(piece.furniture)
            rest += length(left(piece, cleared))
    assert rest <= 0.03 * all_of_it
    assert len(known.pages) == PAGES
    whys = {removed.text: removed.why for removed in cleared.removed}
    assert whys[titles[-2]] == "It is the title of another page of the outlet."


def test_a_new_design_is_learned_within_twenty_pages_and_the_old_one_forgotten() -> None:
    press = Press(seed=5)
    known = learned(press.articles(40))
    old = [*DESIGNS[0].below, QUIET]
    assert clear(old, known, address="old").removed
    press.design = 1
    known = learned(press.articles(20), known)
    piece = press.article()
    known, cleared = visit(known, piece)
    assert left(piece, cleared) == []
    assert lost(piece, cleared) == []
    known = learned(press.articles(PAGES), known)
    assert clear(old, known, address="old").removed == ()


def test_an_article_met_again_and_again_stays() -> None:
    """Fetched again, edited, at other addresses, cut: it is one page."""
    press = Press(seed=2)
    known = learned(press.articles(20))
    piece = press.article()
    for number in range(40):
        again = replace(piece, address=f"{piece.address}?amp={number}")
        if number % 3 == 1:
            own = (*piece.own[:-1], f"Edited for the {number}. time, it ends in other words.")
            again = replace(again, own=own, page=(*own, *piece.page[-4:]))
        if number % 3 == 2:
            again = replace(again, own=piece.own[:4], page=piece.own[:4])
        known, cleared = visit(known, again)
        assert lost(again, cleared) == []
    assert len(known.pages) == 21


def test_only_what_is_repeated_is_furniture_of_an_outlet_that_repeats_nothing_else() -> None:
    press = Press(seed=3)
    piece = press.article()
    known = Outlet()
    for number in range(30):
        again = replace(piece, address=f"{piece.address}/{number}", page=piece.own)
        known, cleared = visit(known, again)
        assert cleared.paragraphs == piece.own
        assert cleared.removed == ()


@pytest.mark.parametrize("place", [0, 2, -1])
def test_the_background_of_a_story_stays_in_all_its_follow_ups(place: int) -> None:
    press = Press(seed=4)
    known = learned(press.articles(20))
    story = Story(press.dice)
    background = f"{story.sentence()} {story.sentence()}"
    for number in range(60):
        if number % 4:
            known, _ = visit(known, press.article())
            continue
        own = story.paragraphs(6)
        own.insert(place % 7, background)
        known, cleared = visit(known, follow := press.article(own, title=story.title()))
        assert lost(follow, cleared) == []


def test_a_busy_evening_has_one_subject_and_loses_no_background() -> None:
    press = Press(seed=6)
    known = learned(press.articles(30))
    story = Story(press.dice)
    background = f"{story.sentence()} {story.sentence()}"
    for _ in range(60):
        own = [*story.paragraphs(5), background]
        known, cleared = visit(known, piece := press.article(own, title=story.title()))
        assert lost(piece, cleared) == []
        assert set(left(piece, cleared)) <= set(piece.pointers)


def test_a_phrase_that_reporters_often_use_stays_within_a_paragraph() -> None:
    press = Press(seed=7)
    known = Outlet()
    for number in range(40):
        own = press.article().own
        if number % 3 == 0:
            own = (own[0], f"{own[1]} {QUIET} {own[2]}", *own[3:])
        known, cleared = visit(known, piece := press.article(own))
        assert lost(piece, cleared) == []


def test_what_a_story_speaks_of_stays_though_its_follow_ups_are_about_other_things() -> None:
    """A long war: grain, talks, a front; each article ends with how it began."""
    press = Press(seed=8)
    known = learned(press.articles(28))
    story = Story(press.dice)
    war = "The Corvan marsh war began when Corvan guns were set upon the marsh."
    for day in range(4):
        story = Story(press.dice)
        today = (
            f"On day {day} of the Corvan war the marsh is dry. Corvan has {day} boats on the marsh."
        )
        own = [*story.paragraphs(4), today, war]
        known, cleared = visit(known, piece := press.article(own, title=story.title()))
        assert lost(piece, cleared) == []


def test_short_answers_and_scores_stay() -> None:
    press = Press(seed=9)
    known = Outlet()
    for number in range(30):
        own = list(press.article().own)
        own[1:1] = ["Did it rain?", "Yes.", "___", f"Ravens {number} Larks {number % 7}"]
        known, cleared = visit(known, press.article(own))
        kept = [line for line in ("Yes.", "___", own[4]) if line not in cleared.paragraphs]
        assert kept == []


def test_a_number_makes_another_sentence_and_no_other_label() -> None:
    press = Press(seed=10)
    known = Outlet()
    for number in range(30):
        own = [
            *press.article().own,
            f"The mill index closed {number} points up at {4000 + number}.",
        ]
        known, cleared = visit(known, piece := press.article(own))
        assert lost(piece, cleared) == []
    assert not any("comments" in line for line in cleared.paragraphs)


def test_a_page_that_is_all_furniture_is_left_as_it_is() -> None:
    press = Press(seed=11)
    known = learned(press.articles(20))
    stub = tuple(DESIGNS[0].below)
    cleared = clear(stub, known, address="stub")
    assert cleared.paragraphs == stub
    assert cleared.removed == ()


def test_furniture_within_the_last_paragraph_leaves_the_rest_of_it() -> None:
    press = Press(seed=12)
    known = learned(press.articles(20))
    own = "A heron stood in the ditch. Nobody had asked its opinion."
    page = ["It was a quiet evening.\nThe rain had gone.", f"{own} Follow us wherever you read."]
    cleared = clear(page, known, address="heron")
    assert cleared.paragraphs == ("It was a quiet evening.\nThe rain had gone.", own)
    assert [one.text for one in cleared.removed] == ["Follow us wherever you read."]


def test_a_short_word_ends_a_sentence_and_an_abbreviation_does_not() -> None:
    known = learned(Press(seed=20).articles(20))
    call = "Follow us wherever you read."
    for end, found in (("it, too.", [call]), ("Mr.", []), ("on the 3.", []), ("usw.", [])):
        cleared = clear([QUIET, f"The heron saw {end} {call}"], known, address="heron")
        assert [one.text for one in cleared.removed] == found


def test_lines_of_a_paragraph_are_judged_one_by_one() -> None:
    known = learned(Press(seed=13).articles(20))
    page = [f"A list of herons.\n{DESIGNS[0].box}\nA list of larks.", QUIET]
    cleared = clear(page, known, address="birds")
    assert cleared.paragraphs[0] == "A list of herons.\nA list of larks."


def test_chinese_sentences_need_no_space() -> None:
    known = Outlet()
    own = "湖面上的{}只白鹭今天早晨飞走了。村里的第{}个人看见了它们。"
    notice = "欢迎订阅我们的早报。更多消息请看本报网站。"
    for number in range(20):
        text = own.format(number, number)
        page = [text, f"{text[:-1]}吗？{notice}"]
        known = learned_page(known, read_page("\n\n".join(page), address=str(number)))
    cleared = clear(page, known, address=str(number))
    assert cleared.paragraphs[0] == own.format(19, 19)
    assert [one.text for one in cleared.removed] in (
        [],
        ["欢迎订阅我们的早报。", "更多消息请看本报网站。"],
    )
