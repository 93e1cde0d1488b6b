"""What is remembered of an outlet is bounded, and fair to whatever pages it has."""

from __future__ import annotations

import random

import pytest
from clearing import Cleared, clear, clear_piece, learned, learned_page, lost
from hypothesis import given, settings
from hypothesis import strategies as st
from outletpress import Press

from aggregator.codec import decode, encode
from aggregator.core.furniture import UNITS
from aggregator.core.furniture_page import PageText, read_page
from aggregator.core.furniture_state import PAGES, Furniture, Outlet, unpacked

LIMIT = 16 * 1024


def numbered_page(address: int, first: int, many: int) -> PageText:
    lines = [f"Sentence number {first * n} of the page, and not {address}." for n in range(many)]
    return read_page("\n".join(lines), address=str(address), title=f"A page with a title {first}")


def test_an_empty_page_teaches_nothing() -> None:
    known = learned(Press(seed=14).articles(3))
    for paragraphs in ((), ("", " \n "), ("***", "1 2 3")):
        page = read_page("\n\n".join(paragraphs), address="empty")
        assert learned_page(known, page).packed() == known.packed()
        assert clear(paragraphs, known, address="empty") == Cleared(paragraphs=paragraphs)


def test_a_state_can_be_stored() -> None:
    known = learned(Press(seed=15).articles(40))
    assert unpacked(decode(encode(known.packed()), Furniture)) == known


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
    pages = [read_page("\n\n".join(body), address=str(at)) for at, body in enumerate(bodies)]
    known = Outlet()
    for page in pages:
        known = learned_page(known, page)
    for at, (page, body) in enumerate(zip(pages, bodies, strict=True)):
        cleared = clear(body, known, address=str(at))
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
    known = Outlet()
    for numbers in visits:
        known = learned_page(known, page := numbered_page(*numbers))
        assert learned_page(known, page).packed() == known.packed()
        assert len(encode(known.packed())) <= LIMIT
        assert len(known.table) <= UNITS
        assert len(known.pages) <= PAGES


def test_the_order_of_pages_matters_little() -> None:
    press = Press(seed=16)
    pieces, probe = press.articles(PAGES), press.article()
    results = []
    for seed in range(5):
        shuffled = random.Random(seed).sample(pieces, len(pieces))
        cleared = clear_piece(probe, learned(shuffled))
        assert lost(probe, cleared) == []
        results.append(frozenset(one.text for one in cleared.removed))
    assert len(set(results)) == 1


def test_the_fullest_state_is_small() -> None:
    known = Outlet()
    dice = random.Random(17)
    for number in range(3 * PAGES):
        lines = [f"Line {dice.random()} which nobody else has written." for _ in range(400)]
        shared = [f"This {at} stands on each of the many pages." for at in range(100)]
        text = "\n\n".join([*lines, *shared])
        known = learned_page(known, read_page(text, address=str(number), title=lines[0]))
    assert len(known.pages) == PAGES
    assert UNITS // 2 < len(known.table) <= UNITS
    assert len(encode(known.packed())) <= LIMIT


@pytest.mark.parametrize("seed", [2, 3, 7])
def test_the_same_page_again_changes_nothing_where_there_is_no_room_for_it(seed: int) -> None:
    dice = random.Random(seed)
    known = Outlet()
    for _ in range(60):
        numbers = dice.randint(0, 50), dice.randint(0, 5), dice.randint(0, 700)
        known = learned_page(known, page := numbered_page(*numbers))
        assert learned_page(known, page).packed() == known.packed()
