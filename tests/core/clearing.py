"""Paragraphs of a press, learned and freed of furniture without any markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from outletpress import Piece

from aggregator.core.furniture import learn
from aggregator.core.furniture_page import PageText, read_page
from aggregator.core.furniture_removal import Removed, find_furniture
from aggregator.core.furniture_state import Outlet, find_place


@dataclass(frozen=True, kw_only=True)
class Cleared:
    paragraphs: tuple[str, ...]
    removed: tuple[Removed, ...] = ()


def read(piece: Piece) -> PageText:
    return read_page("\n\n".join(piece.page), address=piece.address, title=piece.title)


def learned_page(known: Outlet, page: PageText) -> Outlet:
    return learn(known, page)[0]


def clear(paragraphs: Sequence[str], known: Outlet, *, address: str, title: str = "") -> Cleared:
    """The paragraphs unchanged in which nothing is found, of the others the lines that are left."""
    page = read_page("\n\n".join(paragraphs), address=address, title=title)
    found = find_furniture(page, known, find_place(known, page))
    numbers = count()
    kept = []
    for paragraph in paragraphs:
        lines = {next(numbers): line for line in map(str.strip, paragraph.split("\n")) if line}
        if found.left.keys().isdisjoint(lines):
            kept.append(paragraph)
            continue
        left = [line[slice(*found.left.get(at, (0, None)))] for at, line in lines.items()]
        if any(left):
            kept.append("\n".join(filter(None, left)))
    return Cleared(paragraphs=tuple(kept), removed=found.removed)


def clear_piece(piece: Piece, known: Outlet) -> Cleared:
    return clear(piece.page, known, address=piece.address, title=piece.title)


def learned(pieces: Iterable[Piece], known: Outlet | None = None) -> Outlet:
    known = known or Outlet()
    for piece in pieces:
        known = learned_page(known, read(piece))
    return known


def visit(known: Outlet, piece: Piece) -> tuple[Outlet, Cleared]:
    """As a page is met: learned, then cleared."""
    known = learned_page(known, read(piece))
    return known, clear_piece(piece, known)


def lost(piece: Piece, cleared: Cleared) -> list[str]:
    return [paragraph for paragraph in piece.own if paragraph not in cleared.paragraphs]


def left(piece: Piece, cleared: Cleared) -> list[str]:
    return [line for line in piece.furniture if line in cleared.paragraphs]


def length(texts: Sequence[str]) -> int:
    return sum(map(len, texts))
