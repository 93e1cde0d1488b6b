"""What recurs on an outlet's pages is known for its furniture, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outlets import DESIGNS, Piece, Press, Story

from aggregator.codec import decode, encode
from aggregator.core.furniture import PAGES, UNITS, Furniture, learn
from aggregator.core.furniture_page import PageText, read_page
from aggregator.core.furniture_removal import Cleared, without_furniture

LIMIT = 16 * 1024
QUIET = "The council of the marsh did not wish to say more about it on the day."


def read(piece: Piece) -> PageText:
    return read_page(piece.page, address=piece.address, title=piece.title)


def learned(pieces: Iterable[Piece], known: Furniture | None = None) -> Furniture:
    known = known or Furniture()
    for piece in pieces:
        known = learn(known, read(piece))
    return known


def visit(known: Furniture, piece: Piece) -> tuple[Furniture, Cleared]:
    """As a page is met: learned, then cleared."""
    page = read(piece)
    known = learn(known, page)
    return known, without_furniture(page, known)


def lost(piece: Piece, cleared: Cleared) -> list[str]:
    return [paragraph for paragraph in piece.own if paragraph not in cleared.paragraphs]


def left(piece: Piece, cleared: Cleared) -> list[str]:
    return [line for line in piece.furniture if line in cleared.paragraphs]


def length(texts: Sequence[str]) -> int:
    return sum(map(len, texts))


@pytest.mark.parametrize("seed", range(4))
def test_after_twenty_pages_a_hundredth_is_left_and_no_sentence_lost(seed: int) -> None:
    known, all_of_it, rest = Furniture(), 0, 0
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
    page = read(last)
    cleared = without_furniture(page, learned(pieces))
    whys = {removed.text: removed.why for removed in cleared.removed}
    assert whys["Follow us wherever you read."] == (
        "It stands on 11 of the outlet's last 11 pages about other things."
    )
    pointer = next(line for line in last.furniture if line.startswith("Read more: "))
    assert whys[pointer] == "It is the title of another page of the outlet."
    usual = Press(seed=1).articles(20)
    cleared = without_furniture(read(usual[-1]), learned(usual))
    whys = {removed.text: removed.why for removed in cleared.removed}
    assert whys["Follow us wherever you read."] == "It stands on 20 of the outlet's last 20 pages."


def test_a_new_design_is_learned_within_twenty_pages_and_the_old_one_forgotten() -> None:
    press = Press(seed=5)
    known = learned(press.articles(40))
    old = read_page([*DESIGNS[0].below, QUIET], address="old")
    assert without_furniture(old, known).removed
    press.design = 1
    known = learned(press.articles(20), known)
    piece = press.article()
    known, cleared = visit(known, piece)
    assert left(piece, cleared) == []
    assert lost(piece, cleared) == []
    known = learned(press.articles(PAGES), known)
    assert [one.text for one in without_furniture(old, known).removed] == []


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
    known = Furniture()
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
        assert left(piece, cleared) == [] or set(left(piece, cleared)) <= {
            line for line in piece.furniture if line.startswith("Read more: ")
        }


def test_a_phrase_that_reporters_often_use_stays_within_a_paragraph() -> None:
    press = Press(seed=7)
    known = Furniture()
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
    for _ in range(4):
        story = Story(press.dice)
        own = [*story.paragraphs(4), "The Corvan war goes on in the marsh.", "Corvan marsh.", war]
        known, cleared = visit(known, piece := press.article(own, title=story.title()))
        assert lost(piece, cleared) == []


def test_short_answers_and_scores_stay() -> None:
    press = Press(seed=9)
    known = Furniture()
    for number in range(30):
        own = list(press.article().own)
        own[1:1] = ["Did it rain?", "Yes.", "___", f"Ravens {number} Larks {number % 7}"]
        known, cleared = visit(known, press.article(own))
        kept = [line for line in ("Yes.", "___", own[4]) if line not in cleared.paragraphs]
        assert kept == []


def test_a_number_makes_another_sentence_and_no_other_label() -> None:
    press = Press(seed=10)
    known = Furniture()
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
    cleared = without_furniture(read_page(stub, address="stub"), known)
    assert cleared.paragraphs == stub
    assert cleared.removed == ()


def test_furniture_within_the_last_paragraph_leaves_the_rest_of_it() -> None:
    press = Press(seed=12)
    known = learned(press.articles(20))
    own = "A heron stood in the ditch. Nobody had asked its opinion."
    page = read_page(
        ["It was a quiet evening.\nThe rain had gone.", f"{own} Follow us wherever you read."],
        address="heron",
    )
    cleared = without_furniture(page, known)
    assert cleared.paragraphs == ("It was a quiet evening.\nThe rain had gone.", own)
    assert [one.text for one in cleared.removed] == ["Follow us wherever you read."]


def test_lines_of_a_paragraph_are_judged_one_by_one() -> None:
    known = learned(Press(seed=13).articles(20))
    page = read_page(
        [f"A list of herons.\n{DESIGNS[0].box}\nA list of larks.", QUIET], address="birds"
    )
    assert without_furniture(page, known).paragraphs[0] == "A list of herons.\nA list of larks."


def test_chinese_sentences_need_no_space() -> None:
    known = Furniture()
    own = "湖面上的{}只白鹭今天早晨飞走了。村里的第{}个人看见了它们。"
    notice = "欢迎订阅我们的早报。更多消息请看本报网站。"
    for number in range(20):
        text = own.format(number, number)
        page = read_page([text, f"{text[:-1]}吗？{notice}"], address=str(number))
        known = learn(known, page)
    cleared = without_furniture(page, known)
    assert cleared.paragraphs[0] == own.format(19, 19)
    assert [one.text for one in cleared.removed] in (
        [],
        ["欢迎订阅我们的早报。", "更多消息请看本报网站。"],
    )


def test_an_empty_page_teaches_nothing() -> None:
    known = learned(Press(seed=14).articles(3))
    for paragraphs in ((), ("", " \n "), ("***", "1 2 3")):
        page = read_page(paragraphs, address="empty")
        assert learn(known, page) == known
        assert without_furniture(page, known) == Cleared(paragraphs=paragraphs, removed=())


def test_a_state_can_be_stored() -> None:
    known = learned(Press(seed=15).articles(40))
    assert decode(encode(known), Furniture) == known


# --- whatever the pages ---------------------------------------------------------------------------

WORDS = st.sampled_from(
    (
        "the",
        "of",
        "heron",
        "marsh",
        "Tide",
        "it",
        "7",
        "2026",
        "lamp.",
        "winter?",
        "“stone",
        "boat”",
        "白鹭。",
    )
)
LINES = st.lists(WORDS, min_size=1, max_size=14).map(" ".join)
BODIES = st.lists(st.lists(LINES, min_size=1, max_size=3).map("\n".join), max_size=7)


@settings(max_examples=60, deadline=None)
@given(st.lists(BODIES, min_size=1, max_size=40))
def test_what_stands_on_one_page_is_never_removed(bodies: list[list[str]]) -> None:
    pages = [read_page(body, address=str(at), title="") for at, body in enumerate(bodies)]
    known = Furniture()
    for page in pages:
        known = learn(known, page)
    for page in pages:
        cleared = without_furniture(page, known)
        elsewhere = {key for other in pages if other is not page for key in other.units}
        own = [unit.text for key, unit in page.units.items() if key not in elsewhere]
        removed = {one.text for one in cleared.removed}
        assert removed.isdisjoint(own)
        again = " ".join(cleared.paragraphs)
        assert all(text in again.replace("\n", " ") for text in own)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 5), st.integers(0, 700)),
        min_size=1,
        max_size=60,
    )
)
def test_a_state_is_bounded_and_the_same_page_again_changes_nothing(
    visits: list[tuple[int, int, int]],
) -> None:
    known = Furniture()
    for address, first, count in visits:
        lines = [
            f"Sentence number {first * n} of the page, and not {address}." for n in range(count)
        ]
        page = read_page(lines, address=str(address), title=f"A page with a title {first}")
        known = learn(known, page)
        if len(known.keys) < 4 * UNITS:  # a full one chooses anew what it keeps
            assert learn(known, page) == known
        assert len(encode(known)) <= LIMIT
        assert len(known.keys) <= 4 * UNITS
        assert len(known.pages) <= PAGES


def test_the_order_of_pages_matters_little() -> None:
    press = Press(seed=16)
    pieces, probe = press.articles(PAGES), press.article()
    results = []
    for seed in range(5):
        shuffled = random.Random(seed).sample(pieces, len(pieces))
        cleared = without_furniture(read(probe), learned(shuffled))
        assert lost(probe, cleared) == []
        results.append(frozenset(one.text for one in cleared.removed))
    assert len(set(results)) == 1


def test_the_fullest_state_is_small() -> None:
    known = Furniture()
    dice = random.Random(17)
    for number in range(3 * PAGES):
        lines = [f"Line {dice.random()} which nobody else has written." for _ in range(400)]
        shared = [f"This {at} stands on each of the many pages." for at in range(100)]
        known = learn(known, read_page([*lines, *shared], address=str(number), title=str(lines)))
    assert len(known.pages) == PAGES
    assert UNITS // 2 < len(known.keys) // 4 <= UNITS
    assert len(encode(known)) <= LIMIT
