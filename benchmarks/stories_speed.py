"""How fast articles are given to stories, and what the window weighs, as it grows.

In a process of its own, for its memory: python -m benchmarks.stories_speed ARTICLES prints one
JSON object a line, one for each size of the window and one for the restart.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from aggregator.core.cluster import Grouper
from aggregator.pipeline.uncollected import uncollected
from aggregator.sandbox.pool import TEXTS_AT_A_TIME
from aggregator.types import Assignment, GroupInput
from benchmarks.measure import print_table
from benchmarks.stories_sets import SETTLE_EVERY, Row, inputs
from benchmarks.stories_spool import Spool
from benchmarks.stories_streams import strangers

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LAST = 5_000
"""Articles before each size that are timed."""
A_SECOND_AT_LEAST, P99_UNDER = 1_000, 10.0
KB_AT_MOST, FIXED_MB = 1.0, 100
AT = 300_000
"""The size of the window that these are demanded for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """With so many articles in the window; times are CPU times, fingerprint included."""

    articles: int
    a_second: float
    """Fingerprinting, assigning and settling."""
    printing: float
    """Milliseconds an article, of which fingerprinting takes."""
    median: float
    """Milliseconds an article, settling not included."""
    p99: float
    most: float
    settling: float
    """Milliseconds a call of `settle`."""
    grown: float
    """MB more than before the first article."""
    recalled: float
    """Articles read back for each that was added."""
    joined: int
    """Articles so far that joined another's story, all of them wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart:
    """All that the window has, read from the file and restored."""

    articles: int
    seconds: float
    peak: float
    """MB, of the whole run."""
    stored: float
    """Bytes an article in the file."""


def measure(articles: int) -> tuple[list[Point], Restart]:
    """Run the child."""
    points: list[Point] = []
    command = [sys.executable, "-m", "benchmarks.stories_speed", str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            found: dict[str, Any] = json.loads(line)
            if "seconds" in found:
                return points, Restart(**found)
            points.append(Point(**found))
            _say(points[-1])
    raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}.")


def _say(point: Point) -> None:
    """A sign of life: the large sizes take minutes."""
    said = f"{point.articles:,} articles: {point.a_second:,.0f} a second, {point.grown:,.0f} MB"
    print(said, file=sys.stderr, flush=True)


def report(articles: int) -> None:
    points, restart = measure(articles)
    print("\nSpeed and memory on one core, articles of 150 to 600 words of no common event")
    print_table(
        [
            "in the window",
            "a second",
            "print ms",
            "median",
            "p99",
            "most",
            "settle",
            "MB",
            "KB each",
            "wrongly joined",
        ],
        [_cells(point) for point in points],
    )
    last = points[-1]
    print(
        f"KB each: of what is more than {FIXED_MB} MB. Read back for each article:"
        f" {last.recalled:.1f}, of {restart.stored:,.0f} bytes. Restart with"
        f" {restart.articles:,}: {restart.seconds:,.1f} s. Peak of the process:"
        f" {restart.peak:,.0f} MB."
    )
    print(
        f"Demanded with {AT:,}: {A_SECOND_AT_LEAST:,} a second, p99 under {P99_UNDER:.0f} ms,"
        f" {KB_AT_MOST:.0f} KB each."
    )


def _cells(point: Point) -> Sequence[str]:
    each = max(0.0, point.grown - FIXED_MB) * 1_000 / point.articles
    times = (point.printing, point.median, point.p99, point.most, point.settling)
    shown = [f"{milliseconds:.2f}" for milliseconds in times]
    return [
        f"{point.articles:,}",
        f"{point.a_second:,.0f}",
        *shown,
        f"{point.grown:,.0f}",
        f"{each:.2f}",
        f"{point.joined / point.articles:.3%}",
    ]


# --- the child ------------------------------------------------------------------------------------


class _Run:
    def __init__(self, articles: int) -> None:
        self._rows: Iterator[Row] = strangers(articles)
        self._items = Spool(GroupInput)
        self._assigned = Spool(Assignment)
        self._warm()
        self._before = _resident()
        self._grouper = Grouper(recall=self._items.recall)
        self._joined = 0

    def _warm(self) -> None:
        """What a process has once, the words of the stream among it, is not the window's."""
        kept = Spool(GroupInput)
        grouper = Grouper(recall=kept.recall)
        for item in inputs(strangers(500, seed=1)):
            kept.append(item)
            grouper.add(item)
        grouper.settle()
        kept.close()
        gc.collect()

    def fill(self, count: int) -> None:
        while count > 0:
            self._add(min(count, SETTLE_EVERY))
            count -= SETTLE_EVERY

    def time(self, count: int) -> Point:
        printing, adding, settling = list[float](), list[float](), list[float]()
        read = self._items.read
        for _ in range(count // SETTLE_EVERY):
            took = self._add(SETTLE_EVERY)
            printing += took[0]
            adding += map(sum, zip(took[0], took[1], strict=True))
            settling.append(took[2])
        adding.sort()
        calls = max(1, count // SETTLE_EVERY)
        return Point(
            articles=len(self._items),
            a_second=count / (sum(adding) + sum(settling)),
            printing=sum(printing) / count * 1_000,
            median=adding[count // 2] * 1_000,
            p99=adding[int(count * 0.99)] * 1_000,
            most=adding[-1] * 1_000,
            settling=sum(settling) / calls * 1_000,
            grown=(_resident() - self._before) / 1e6,
            recalled=(self._items.read - read) / count,
            joined=self._joined,
        )

    def _add(self, count: int) -> tuple[Sequence[float], Sequence[float], float]:
        """CPU seconds for each fingerprint, for each story, and for settling; as the service does
        it, which has a batch fingerprinted, in a child process that collects garbage seldom and
        has no window, and then assigns it. What is done for a batch at once counts for each of its
        articles alike."""
        rows = list(islice(self._rows, count))
        printing, adding = list[float](), list[float]()
        items: list[GroupInput] = []
        for batch in (
            rows[start : start + TEXTS_AT_A_TIME] for start in range(0, len(rows), TEXTS_AT_A_TIME)
        ):
            with uncollected():
                began = time.process_time()
                items += inputs(batch, first=len(self._items) + len(items))
                each = (time.process_time() - began) / len(batch)
            printing += [each] * len(batch)
        with uncollected():
            began = time.process_time()
            self._grouper.expect(items)
            each = (time.process_time() - began) / max(1, len(items))
            for item in items:
                began = time.process_time()
                assignment = self._grouper.add(item)
                adding.append(each + time.process_time() - began)
                self._items.append(item)
                self._assigned.append(assignment)
                self._joined += assignment.story != assignment.article_id
        settling = time.process_time()
        self._grouper.settle()
        return printing, adding, time.process_time() - settling

    def restart(self) -> Restart:
        peak = _peak() / 1e6
        self._grouper = Grouper(recall=self._items.recall)
        gc.collect()
        began = time.process_time()
        self._grouper.restore_all(zip(self._items, self._assigned, strict=True))
        self._grouper.settle()
        return Restart(
            articles=len(self._items),
            seconds=time.process_time() - began,
            peak=peak,
            stored=self._items.size / len(self._items),
        )


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _peak() -> int:
    """The most that was. Of this program alone: `getrusage` counts that of its parent, too."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _child(articles: int) -> None:
    run = _Run(articles)
    done = 0
    for size in [size for size in SIZES if size < articles] + [articles]:
        timed = min(LAST, size - done)
        run.fill(size - done - timed)
        print(json.dumps(asdict(run.time(timed))), flush=True)
        done = size
    print(json.dumps(asdict(run.restart())), flush=True)


if __name__ == "__main__":
    _child(int(sys.argv[1]))
