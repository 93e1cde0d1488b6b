"""The memory of a sandbox that extracts many pages: it must not grow."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import statistics
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path

from aggregator.errors import ExtractError
from aggregator.sandbox import Sandbox
from benchmarks.extract_pages import Page, load, request_of

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
    """With those of the warm-up."""
    seconds: float
    """CPU of both processes."""
    memory: tuple[float, ...]
    """MB of this process and its child in the second half of the warm-up, and in each step."""

    @property
    def grown(self) -> float:
        """MB at the most."""
        return max(self.memory) - self.memory[0]


def run(pages: int, folder: Path) -> Growth:
    """Through the sandbox, as pages are extracted by the program. Prints each step."""
    return asyncio.run(_run(pages, folder))


async def _run(pages: int, folder: Path) -> Growth:
    documents = _varied([page for name in SETS for page in load(name, folder)])
    began = _cpu()
    async with Sandbox(1) as sandbox:
        await _extract(sandbox, documents, WARM_UP // 2)
        memory = [await _extract(sandbox, documents, WARM_UP - WARM_UP // 2)]
        for done in range(0, pages, STEP):
            some = min(STEP, pages - done)
            memory.append(await _extract(sandbox, documents, some))
            print(f"{done + some:>8,} pages: {memory[-1] - memory[-2]:+.1f} MB", flush=True)
    return Growth(pages=WARM_UP + pages, seconds=_cpu() - began, memory=tuple(memory))


async def _extract(sandbox: Sandbox, documents: Iterator[Page], pages: int) -> float:
    """MB of memory meanwhile: the median, as a large page or an emptied cache moves it for long."""
    samples = []
    for number, page in enumerate(islice(documents, pages)):
        with suppress(ExtractError):
            await sandbox.extract(request_of(page))
        if number % SAMPLED == 0:
            processes = (os.getpid(), *sandbox.pids)
            samples.append(sum(_resident(process) for process in processes))
    return statistics.median(samples)


def _cpu() -> float:
    """Seconds of this process and of its children that have ended; all have at the end of a run."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _varied(pages: list[Page]) -> Iterator[Page]:
    """The pages in turns, each time with other paragraphs, identifiers and address, so that no
    cache has seen them."""
    for number, page in zip(count(), cycle(pages), strict=False):
        word = f"v{number:x}"
        html = _PARAGRAPH.sub(rf"\g<0>{word} ", page["html"])
        html = _ID.sub(rf"\g<0>{word}-", html)
        yield {"url": f"{page['url']}?{word}", "html": html}


def _resident(process: int) -> float:
    """MB of memory of a process; Linux only. 0: it has just ended."""
    try:
        fields = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
