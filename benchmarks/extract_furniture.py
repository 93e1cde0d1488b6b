"""What knowing an outlet's recurring text does: on a made-up press, and on real pages.

The press is tests/support/outletpress.py, which has to be on the path.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from outletpress import DESIGNS, LAYOUTS, Piece, Press

from aggregator.core.extract import extract
from aggregator.core.furniture_html import clear_html
from aggregator.core.markup import from_text, to_text
from aggregator.core.sentences import split_sentences
from aggregator.errors import ExtractError
from aggregator.types import ExtractRequest
from benchmarks import stories_sets as stories
from benchmarks.extract_pages import SETS, Page, load, request_of
from benchmarks.extract_scores import BodyScore, mean_score, shingle_score
from benchmarks.measure import print_table
from benchmarks.stories_sets import STORIES

LEARNED, JUDGED = 20, 60
"""Pages of each outlet."""
LEFT_AT_MOST = 0.01
KNOWN = ("nothing known", "as the pages come", "all of them known")
"""Before the first, after each, and after the last page; the passes over them."""

Clear = Callable[[Piece, bytes], tuple[str, bytes]]
"""A page's text without what is known of its outlet, and what is known then."""


@dataclass(slots=True)
class Tally:
    """Of the pages of the press after the first 20."""

    own: int = 0
    """Characters of the articles."""
    furniture: int = 0
    """Characters of furniture on the pages."""
    left: int = 0
    """Of these in the texts."""
    sentences: int = 0
    """Of the articles."""
    lost: list[str] = field(default_factory=list)

    def add(self, piece: Piece, before: str, after: str) -> None:
        """`before` is the text with nothing known of the outlet."""
        for sentence in _sentences(piece.furniture):
            self.furniture += len(sentence)
            self.left += len(sentence) * (sentence in after)
        for sentence in _sentences(piece.own):
            self.own += len(sentence)
            self.sentences += 1
            if sentence in before and sentence not in after:
                self.lost.append(sentence)


def print_furniture(folder: Path) -> None:
    print(f"\nFurniture of a made-up press, after {LEARNED} pages of each outlet")
    rows = []
    for label, clear in (("in bodies", _clear), ("in whole pages", _extract)):
        tally = _judge_press(clear)
        share = tally.left / tally.furniture
        holds = share <= LEFT_AT_MOST and not tally.lost
        rows.append(
            [
                label,
                f"{tally.furniture / (tally.furniture + tally.own):.1%}",
                f"{share:.2%}",
                f"{len(tally.lost)} of {tally.sentences:,}",
                f"at most {LEFT_AT_MOST:.0%}, none lost" if holds else "NOT AS DEMANDED",
            ]
        )
    print_table(["", "of the page", "left", "sentences lost", ""], rows)
    print("\nBodies of real articles, by what is known of the furniture of their outlets")
    rows = [*_page_rows(folder), *(_copy_rows() if STORIES.is_dir() else [])]
    print_table(["", "precision", "recall", "F1"], rows)


# --- the press ------------------------------------------------------------------------------------


def _judge_press(clear: Clear) -> Tally:
    tally = Tally()
    for layout, design in product(range(len(LAYOUTS)), range(len(DESIGNS))):
        pieces = Press(seed=3, layout=layout, design=design).articles(LEARNED + JUDGED)
        known = b""
        for number, piece in enumerate(pieces):
            text, known = clear(piece, known)
            if number >= LEARNED:
                tally.add(piece, clear(piece, b"")[0], text)
    return tally


def _clear(piece: Piece, known: bytes) -> tuple[str, bytes]:
    found = clear_html(piece.html, known, address=piece.address, title=piece.title)
    return to_text(found.html), found.furniture


def _extract(piece: Piece, known: bytes) -> tuple[str, bytes]:
    title = escape(piece.title)
    html = (
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head>"
        f"<body><h1>{title}</h1>{piece.html}</body></html>"
    )
    return _read(request_of({"url": piece.address, "html": html}, furniture=known))


def _sentences(texts: Iterable[str]) -> tuple[str, ...]:
    return split_sentences("\n\n".join(texts))


# --- real pages -----------------------------------------------------------------------------------


def _page_rows(folder: Path) -> Iterable[list[str]]:
    """Few outlets have several pages in these sets: nothing may be lost, and little is gained."""
    for name, gold in SETS.items():
        pages = load(name, folder)
        for passes, label in enumerate(KNOWN):
            yield _row(f"{name}, {label}", _score(pages, gold, passes=passes))


def _copy_rows() -> Iterable[list[str]]:
    """Articles as outlets took them over, with lines of the outlet's around them."""
    rows = stories.load("synth_syndication")
    originals = {row["copy_group"]: row for row in rows if row["kind"] == "original"}
    for passes, label in enumerate(KNOWN):
        texts = _cleared(rows, passes=passes)
        scores = [
            shingle_score(f"{original['title']}\n{original['text']}", text)
            for row, text in zip(rows, texts, strict=True)
            if row["kind"] == "boiler" and (original := originals[row["copy_group"]])
        ]
        yield _row(f"{len(scores)} syndicated copies, {label}", scores)


def _row(label: str, scores: Sequence[BodyScore]) -> list[str]:
    mean = mean_score(scores)
    return [label, *(f"{figure:.4f}" for figure in (mean.precision, mean.recall, mean.f1))]


def _cleared(rows: Sequence[stories.Row], *, passes: int) -> list[str]:
    """The texts after the last pass; see `_score`."""
    known: defaultdict[str, bytes] = defaultdict(bytes)
    texts: list[str] = []
    for _ in range(max(passes, 1)):
        texts = []
        for row in rows:
            source, address = row["source"], f"https://example.com/{row['id']}"
            html = from_text(row["text"])
            found = clear_html(html, known[source], address=address, title=row["title"])
            if passes:
                known[source] = found.furniture
            texts.append(to_text(found.html))
    return texts


def _score(pages: Sequence[Page], gold: str, *, passes: int) -> list[BodyScore]:
    """Of the last pass. What is known of a host is handed from page to page; never with 0."""
    known: defaultdict[str, bytes] = defaultdict(bytes)
    scores: list[BodyScore] = []
    for _ in range(max(passes, 1)):
        scores = []
        for page in pages:
            host = urlsplit(page["url"]).netloc
            text, learned = _read(request_of(page, furniture=known[host]))
            if passes:
                known[host] = learned
            scores.append(shingle_score(page[gold], text))
    return scores


def _read(request: ExtractRequest) -> tuple[str, bytes]:
    try:
        found = extract(request)
    except ExtractError:
        return "", request.furniture
    return found.article.text, found.furniture or request.furniture
