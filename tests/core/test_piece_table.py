"""Pieces of text are what stands between white space, and each is found again by its hash."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.piece_table import PieceTable, pieces_of


@given(text=st.text(alphabet="ab é\t\n\x1cc", max_size=60))
def test_pieces_are_those_of_split(text: str) -> None:
    data = f" {text} ".encode()
    found = pieces_of(data)
    spans = zip(found.begins.tolist(), found.ends.tolist(), strict=True)
    assert [data[begin:end].decode() for begin, end in spans] == text.split()


def test_a_hash_is_that_of_the_bytes_wherever_they_stand() -> None:
    words = [f"w{number}" for number in range(5_000)] + ["a", "aa", "aaa", "b", "ba", "ab"]
    shuffled = random.Random(1).sample(words, len(words))
    one, other = (pieces_of(f" {' '.join(some)} ".encode()) for some in (words, shuffled))
    assert len(set(one.hashes.tolist())) == len(words)
    assert dict(zip(words, one.hashes.tolist(), strict=True)) == dict(
        zip(shuffled, other.hashes.tolist(), strict=True)
    )


def test_nothing_has_no_pieces() -> None:
    assert not len(pieces_of(b"  ").hashes)


@given(
    rounds=st.lists(
        st.lists(st.integers(1, 2**64 - 1), min_size=1, max_size=30, unique=True), max_size=6
    ),
    shift=st.sampled_from([0, 52]),
)
def test_a_table_gives_what_was_put_in(rounds: list[list[int]], shift: int) -> None:
    """Also where all hashes are for the same few places."""
    table = PieceTable()
    wanted: dict[int, tuple[int, int]] = {}
    for number, hashes in enumerate(rounds):
        new = sorted({(one >> shift) or 1 for one in hashes} - wanted.keys())
        table.add(np.array(new, np.uint64), np.arange(len(new)), np.full(len(new), number, np.intp))
        wanted.update((one, (at, number)) for at, one in enumerate(new))
        assert len(table) == len(wanted)
        places = table.look_up(np.array([*wanted], np.uint64))
        firsts, counts = table.found(places)
        assert [*zip(firsts.tolist(), counts.tolist(), strict=True)] == [*wanted.values()]
        absent = np.array([one for one in (3, 2**64 - 3) if one not in wanted], np.uint64)
        assert (table.look_up(absent) == -1).all()


def test_it_grows() -> None:
    table = PieceTable()
    hashes = pieces_of(f" {' '.join(map(str, range(20_000)))} ".encode()).hashes
    for start in range(0, len(hashes), 1_000):
        some = hashes[start : start + 1_000]
        table.add(some, np.arange(start, start + len(some)), np.ones(len(some), np.intp))
    firsts, _ = table.found(table.look_up(hashes))
    assert (firsts == np.arange(20_000)).all()
