"""The memory of a process that extracts many pages: it must not grow."""

from __future__ import annotations

import logging
import os
import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import count, cycle, islice
from multiprocessing import get_context
from pathlib import Path

from aggregator.sandbox.child import ALLOCATOR
from aggregator.sandbox.thrift import Trimmer, collect_seldom
from benchmarks.extract_pages import Page, load, ours

SETS = ("article_bodies", "paragraphs", "metadata")
WARM_UP = 1_000
"""Pages: every page of the sets several times."""
STEP = 1_000
SAMPLED = 10
"""Pages from one look at the memory to the next."""

_PARAGRAPH = re.compile(r"<p\b[^<>]*>", re.IGNORECASE)
_ID = re.compile(r"\sid=\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    pages: int
    seconds: float
    """CPU of those pages."""
    memory: tuple[float, ...]
    """MB of the process in the second half of the warm-up, and in each step."""

    @property
    def grown(self) -> float:
        """MB at the most."""
        return max(self.memory) - self.memory[0]


def run(pages: int, folder: Path) -> Growth:
    """In a process of its own, with the settings of memory of the sandbox's children. Prints each
    step."""
    os.environ.update(ALLOCATOR)  # read by the C library when a process starts
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(_run, pages, folder).result()
    finally:
        for name in ALLOCATOR:
            del os.environ[name]


def _run(pages: int, folder: Path) -> Growth:
    logging.disable(logging.CRITICAL)
    collect_seldom()
    trimmer = Trimmer()
    documents = _varied([page for name in SETS for page in load(name, folder)])
    _extract(documents, WARM_UP // 2, trimmer)
    memory = [_extract(documents, WARM_UP - WARM_UP // 2, trimmer)]
    began = time.process_time()
    for done in range(0, pages, STEP):
        some = min(STEP, pages - done)
        memory.append(_extract(documents, some, trimmer))
        print(f"{done + some:>8,} pages: {memory[-1] - memory[-2]:+.1f} MB", flush=True)
    seconds = time.process_time() - began
    return Growth(pages=pages, seconds=seconds, memory=tuple(memory))


def _extract(documents: Iterator[Page], pages: int, trimmer: Trimmer) -> float:
    """MB of memory meanwhile: the median, as a large page or an emptied cache moves it for long."""
    samples = []
    for number, page in enumerate(islice(documents, pages)):
        ours(page)
        trimmer.count_task()
        if number % SAMPLED == 0:
            samples.append(_resident())
    return statistics.median(samples)


def _varied(pages: list[Page]) -> Iterator[Page]:
    """The pages in turns, each time with other paragraphs, identifiers and address, so that no
    cache has seen them."""
    for number, page in zip(count(), cycle(pages), strict=False):
        word = f"v{number:x}"
        html = _PARAGRAPH.sub(rf"\g<0>{word} ", page["html"])
        html = _ID.sub(rf"\g<0>{word}-", html)
        yield {"url": f"{page['url']}?{word}", "html": html}


def _resident() -> float:
    """MB of memory of this process; Linux only."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
