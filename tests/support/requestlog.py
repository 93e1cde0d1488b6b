"""A press's log of requests, and what it says about politeness.

A line a request, written when it is over: start, end, host, path, status, agent, parted by tabs.
Times are seconds of the machine's monotonic clock; one process writes them, so they are in order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path

BROKEN_OFF = 0
"""The status of a request whose connection was lost before the answer was out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    start: float
    """When it had arrived."""
    end: float | None
    """When the last byte of the answer was out, or the connection was lost; None: not yet."""
    host: str
    """Address that was asked."""
    path: str
    status: int
    agent: str
    """The User-Agent."""

    def __str__(self) -> str:
        end = "…" if self.end is None else f"{self.end:.3f}"
        return f"{self.host}{self.path} {self.status} {self.start:.3f}–{end} {self.agent}"


def line(request: Request) -> str:
    return "\t".join(map(str, astuple(request))) + "\n"


def read(path: Path) -> list[Request]:
    """What is in the log so far; a line that is not whole yet is left for the next time."""
    text = path.read_text(encoding="utf-8")
    return [_parsed(whole) for whole in text[: text.rfind("\n") + 1].splitlines()]


def _parsed(whole: str) -> Request:
    start, end, host, path, status, agent = whole.split("\t")
    return Request(
        start=float(start),
        end=float(end),
        host=host,
        path=path,
        status=int(status),
        agent=agent,
    )


def by_host(requests: Iterable[Request]) -> dict[str, list[Request]]:
    """The requests of each host, by their start."""
    found: dict[str, list[Request]] = defaultdict(list)
    for request in sorted(requests, key=lambda one: one.start):
        found[request.host].append(request)
    return found


def overlaps(requests: Iterable[Request]) -> list[tuple[Request, Request]]:
    """Pairs of requests that one host had at the same time."""
    found = []
    for asked in by_host(requests).values():
        longest = asked[0]
        for request in asked[1:]:
            if longest.end is None or request.start < longest.end:
                found.append((longest, request))
            if longest.end is not None and (request.end is None or request.end > longest.end):
                longest = request
    return found


def hurried(
    requests: Iterable[Request], *, delay: float, among: float | None = None
) -> list[tuple[Request, Request]]:
    """Pairs of requests to one host that began less than `delay` seconds after one another.

    `among`: the same for two of one agent (None: `delay`).
    """
    found = []
    for asked in by_host(requests).values():
        for earlier, later in pairwise(asked):
            same = earlier.agent == later.agent
            least = delay if among is None or not same else among
            if later.start - earlier.start < least:
                found.append((earlier, later))
    return found


def told(pairs: Sequence[tuple[Request, Request]], *, at_most: int = 5) -> str:
    """Some of them, for the message of a test that fails."""
    lines = [f"{len(pairs)} pairs"] if pairs else []
    lines += [f"{one}\n  and {other}" for one, other in pairs[:at_most]]
    return "\n".join(lines)
