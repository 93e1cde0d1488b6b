"""The figures that tests/floors.toml pins: measured here once, for the tests and for `make floors`.

Each function returns figures by their names in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from benchmarks import extract_rivals, stories
from benchmarks.extract_pages import SETS, Page, Read, load, mended, ours
from benchmarks.extract_scores import (
    mean_score,
    paragraph_score,
    score_metadata,
    shingle_score,
    text_of,
)
from benchmarks.stories import b_cubed, pairwise

Figures = Mapping[str, float]
Measure = Callable[[], Figures]


# --- extraction -----------------------------------------------------------------------------------


def bodies(read: Read = ours) -> Figures:
    """F1 of both sets by shingles, of the second by whole paragraphs, too."""
    found = {}
    for name, gold in SETS.items():
        pages = _load(name)
        texts = [text_of(read(page)) for page in pages]
        pairs = list(zip(pages, texts, strict=True))
        found[f"{name}_f1"] = mean_score([shingle_score(p[gold], text) for p, text in pairs]).f1
        if "gold_paras" in pages[0]:
            scores = [paragraph_score(page["gold_paras"], text) for page, text in pairs]
            found[f"{name}_exact_f1"] = mean_score(scores).f1
    return found


def facts(read: Read = ours) -> Figures:
    """Share of pages that have each fact right."""
    return score_metadata(_load("metadata"), read)


def best_of_rivals() -> Figures:
    """The highest figure of any rival in each, facts also with the pages' meta elements mended."""
    best: dict[str, float] = {}
    measured = [bodies(read) for name, read in extract_rivals.bodies().items() if name != "ours"]
    pages = _load("metadata")
    for name, read in extract_rivals.facts().items():
        if name != "ours":
            measured.append(score_metadata(pages, read))
            measured.append(score_metadata(map(mended, pages), read))
    for figures in measured:
        for name, figure in figures.items():
            best[name] = max(best.get(name, 0.0), figure)
    return best


@cache
def _load(name: str) -> list[Page]:
    return load(name)


# --- stories --------------------------------------------------------------------------------------


def copies() -> Figures:
    rows = stories.load("synth_syndication")
    found = stories.ours(rows)
    pairs = pairwise(stories.copies(found), [row["copy_group"] for row in rows])
    events = b_cubed(stories.stories(found), [row["event"] for row in rows])
    return {"copies_f1": pairs[2], "copies_events_b_cubed_f1": events[2]}


def thirty_copies_of_a_text() -> Figures:
    rows = stories.load("synth_syndication")
    texts = [row["text"] for row in rows if row["kind"] == "original"]
    made = stories.syndicated(texts[::5], 30)
    found = stories.copies(stories.ours(made))
    return {"thirty_copies_f1": pairwise(found, [row["label"] for row in made])[2]}


def events_of_a_mixed_stream() -> Figures:
    return {"mixed_b_cubed_f1": _events(stories.mixed())}


def headlines_alone() -> Figures:
    return {"headlines_b_cubed_f1": _events(stories.headlines())}


def an_aggregators_items() -> Figures:
    return {"scoop_b_cubed_f1": _events(stories.load("scoop_dedup"))}


def _events(rows: Sequence[stories.Row]) -> float:
    found = stories.stories(stories.ours(rows))
    return b_cubed(found, [row["cluster"] for row in rows])[2]


EXTRACTION: tuple[Measure, ...] = (bodies, facts)
STORIES: tuple[Measure, ...] = (
    copies,
    thirty_copies_of_a_text,
    events_of_a_mixed_stream,
    headlines_alone,
    an_aggregators_items,
)
