"""What sources are called that have no name of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from aggregator.core.text import clean_line
from aggregator.core.urls import host_key

Entry = tuple[str | None, str]
"""The name that is given, None: none is; and the address."""


def name_sources(entries: Sequence[Entry]) -> list[str]:
    """The name of each: its own; else the host without "www."; where several would have that
    one, with the first part of the path in which they differ; where that is not enough, a number.
    """
    shared = _shared_segments(url for name, url in entries if not name)
    taken = {name.casefold() for name, _ in entries if name}
    numbers: Counter[str] = Counter()
    names = []
    for given, url in entries:
        name = given
        if not name:
            wanted = name = _derive(url, shared[_host(url)])
            while name.casefold() in taken:
                numbers[wanted] += 1
                name = f"{wanted}-{numbers[wanted] + 1}"
            taken.add(name.casefold())
        names.append(name)
    return names


def _host(url: str) -> str:
    return host_key(url).removeprefix("www.")


def _segments(url: str) -> list[str]:
    path = unquote(urlsplit(url).path)
    return [line for part in path.split("/") if (line := clean_line(part))]


def _shared_segments(urls: Iterable[str]) -> dict[str, int | None]:
    """With how many equal segments all paths on a host begin; None: there is one feed only."""
    paths: dict[str, list[list[str]]] = {}
    for url in urls:
        paths.setdefault(_host(url), []).append(_segments(url))
    return {
        host: _common(min(group), max(group)) if len(group) > 1 else None
        for host, group in paths.items()
    }


def _common(one: list[str], other: list[str]) -> int:
    """With how many equal segments both begin; for the least and greatest of many: all of them."""
    return next(
        (count for count, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _derive(url: str, shared: int | None) -> str:
    if shared is None:
        return _host(url)
    return "/".join([_host(url), *_segments(url)[shared : shared + 1]])
