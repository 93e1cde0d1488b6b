"""The figures that tests/floors.toml pins: measured here once, for the tests and for `make floors`.

Each function returns figures by their names in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import mean

from benchmarks import extract_rivals
from benchmarks import stories_scores as scores
from benchmarks import stories_sets as sets
from benchmarks.extract_pages import SETS, Page, Read, load, mended, ours
from benchmarks.extract_scores import (
    mean_score,
    paragraph_score,
    score_metadata,
    shingle_score,
    text_of,
)
from benchmarks.stories_copies import syndicated
from benchmarks.stories_streams import strangers

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
#
# On sets small enough that all take about a minute; `benchmarks.stories` has them whole.

FEW_STRANGERS = 4_000


def copies() -> Figures:
    rows = sets.syndication()
    found = sets.ours(rows)
    pairs = _pairs(rows, scores.copies(found), "copy_group")
    events = scores.b_cubed(scores.stories(found), [row["event"] for row in rows])
    return {"copies_f1": pairs, "copies_events_b_cubed_f1": events.f1}


def thirty_copies_of_a_text() -> Figures:
    return {"thirty_copies_f1": _syndicated(33, copies_each=30)}


def eighty_copies_of_a_text() -> Figures:
    return {"eighty_copies_f1": _syndicated(12, copies_each=80)}


def events_of_a_mixed_stream() -> Figures:
    return {"mixed_b_cubed_f1": _events(*sets.named("mixed"))}


def events_of_a_mixed_stream_in_other_orders() -> Figures:
    streams = [sets.mixed(seed) for seed in sets.OTHER_ORDERS]
    found = [_events(rows, [row["cluster"] for row in rows]) for rows in streams]
    return {"mixed_other_orders_b_cubed_f1": mean(found)}


def headlines_alone() -> Figures:
    return {"headlines_b_cubed_f1": _events(*sets.named("headlines"))}


def an_aggregators_items() -> Figures:
    return {"scoop_b_cubed_f1": _events(*sets.named("scoop"))}


def singletons() -> Figures:
    """Share of articles that are left alone, each of which is of an event of its own."""
    found = sets.ours(strangers(FEW_STRANGERS))
    apart = sum(assignment.story == assignment.article_id for assignment in found)
    return {"singletons_apart": apart / FEW_STRANGERS}


def _syndicated(texts: int, *, copies_each: int) -> float:
    rows = syndicated(sets.originals()[:texts], copies_each)
    return _pairs(rows, scores.copies(sets.ours(rows)), "label")


def _pairs(rows: Sequence[sets.Row], found: scores.Labels, label: str) -> float:
    at = [sets.published(row) for row in rows]
    gold = [row[label] for row in rows]
    return scores.pairwise(found, gold, at, within=scores.COPY_WINDOW).f1


def _events(rows: Sequence[sets.Row], gold: scores.Labels) -> float:
    return scores.b_cubed(scores.stories(sets.ours(rows)), gold).f1


EXTRACTION: tuple[Measure, ...] = (bodies, facts)
STORIES: tuple[Measure, ...] = (
    copies,
    thirty_copies_of_a_text,
    eighty_copies_of_a_text,
    events_of_a_mixed_stream,
    events_of_a_mixed_stream_in_other_orders,
    headlines_alone,
    an_aggregators_items,
    singletons,
)
