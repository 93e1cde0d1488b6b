"""How long pages take: ours and trafilatura with its metadata, in turns on the same pages."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from trafilatura.meta import reset_caches

from benchmarks.extract_pages import Page, Read

ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """CPU milliseconds of pages."""

    each: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.each)

    @property
    def total(self) -> float:
        return sum(self.each)

    @property
    def pages_a_second(self) -> float:
        return 1_000 * len(self.each) / self.total

    def percentile(self, which: int) -> float:
        return statistics.quantiles(self.each, n=100, method="inclusive")[which - 1]


def in_turns(pages: Sequence[Page], first: Read, second: Read) -> tuple[Times, Times]:
    """Every page is read by both, in alternating order, and counts with the best of its rounds.

    The caches that trafilatura keeps, which both use, are emptied before every reading: neither is
    helped by what the other has just read.
    """
    best: tuple[list[float], list[float]] = ([], [])
    for number, page in enumerate(pages):
        rounds: tuple[list[float], list[float]] = ([], [])
        for turn in range(ROUNDS):
            order = (0, 1) if (number + turn) % 2 else (1, 0)
            for which in order:
                rounds[which].append(_time((first, second)[which], page))
        for which in (0, 1):
            best[which].append(min(rounds[which]))
    return Times(each=tuple(best[0])), Times(each=tuple(best[1]))


def _time(read: Read, page: Page) -> float:
    reset_caches()
    began = time.process_time()
    read(page)
    return (time.process_time() - began) * 1_000
