"""How long questions of one kind take, and how it is shown."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf

HITS = 20
"""Of a page."""
HEADING = f"{'':<24}{'':<20}{'p50':>8}{'p95':>8}{'most':>8}{'hits':>8}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Milliseconds."""

    kind: str
    how: str
    p50: float
    p95: float
    most: float
    hits: float
    """On the first page, on average."""


def spread(
    kind: str, how: str, questions: Sequence[Callable[[], int]], *, times: int = 1
) -> Spread:
    """Of what questions take that return how many hits there are. All are asked one after the
    other, so many `times`; of each the shortest counts."""
    took = [inf] * len(questions)
    hits = 0
    for _ in range(times):
        hits = 0
        for number, ask in enumerate(questions):
            began = time.process_time()
            hits += ask()
            took[number] = min(took[number], (time.process_time() - began) * 1_000)
    took.sort()
    return Spread(
        kind=kind,
        how=how,
        p50=took[len(took) // 2],
        p95=took[min(len(took) * 95 // 100, len(took) - 1)],
        most=took[-1],
        hits=hits / len(took),
    )


def tell(one: Spread, *, as_json: bool) -> None:
    numbers = f"{one.p50:8.2f}{one.p95:8.2f}{one.most:8.2f}{one.hits:8.1f}"
    say(as_json, f"{one.kind:<24}{one.how:<20}{numbers}", asdict(one))


def say(as_json: bool, text: str, fields: Mapping[str, object] | None) -> None:
    if not as_json:
        print(text, flush=True)
    elif fields is not None:
        print(json.dumps(fields), flush=True)
