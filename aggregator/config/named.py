"""What the sections of feeds.yaml list, as it is written: channels, watches, digests."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from aggregator.config.digests import section_of
from aggregator.config.tree import Loc, Node
from aggregator.config.values import quote
from aggregator.core.text import clean_line
from aggregator.types import SectionKind

Place = tuple[Loc, Node]


def line_of(node: Node | None) -> str:
    """Empty for what is no text."""
    return clean_line(node.value) if node is not None and isinstance(node.value, str) else ""


def each(loc: Loc, node: Node | None) -> Iterator[Place]:
    """The items of a list; what is none stands for a list of one."""
    if node is None:
        return
    if isinstance(node.value, list):
        for position, one in enumerate(node.value):
            yield (*loc, position), one
    else:
        yield loc, node


def channels(root: Node) -> dict[str, Node]:
    found = root.child("channels")
    return found.value if found is not None and isinstance(found.value, dict) else {}


def channel_names(root: Node) -> dict[str, str]:
    """By the name without case: as it is written."""
    return {clean_line(name).casefold(): name for name in channels(root)}


def channel_meant(name: str, known: dict[str, str]) -> str:
    """What to do about a name that is none of the channels, `known`."""
    near = get_close_matches(name.casefold(), known, n=1)
    if near:
        return f"did you mean {quote(known[near[0]])}?"
    if known:
        return f"there are {', '.join(map(quote, list(known.values())[:5]))}"
    return "add a section channels, with this name and its address"


def watches(root: Node) -> Iterator[Place]:
    found = root.child("watches")
    if found is not None and isinstance(found.value, list):
        yield from each(("watches",), found)


def digests(root: Node) -> Iterator[Place]:
    """The section `digest`, where there is one, and the entries of `digests`."""
    first, others = root.child("digest"), root.child("digests")
    if first is not None and isinstance(first.value, dict):
        yield ("digest",), first
    if others is not None and isinstance(others.value, list):
        for loc, digest in each(("digests",), others):
            if isinstance(digest.value, dict):
                yield loc, digest


def sections(loc: Loc, digest: Node) -> Iterator[tuple[Loc, Node, SectionKind, str]]:
    """Of a digest: where, and what it is by. What is written wrongly is left out."""
    found = digest.child("sections")
    if found is None or not isinstance(found.value, list):
        return
    for place, node in each((*loc, "sections"), found):
        if isinstance(node.value, str):
            written = section_of(clean_line(node.value))
            if written is not None and written[1]:
                yield place, node, *written
            continue
        for kind in SectionKind:
            if line := line_of(node.child(kind.value)):
                yield (*place, kind.value), node.child(kind.value) or node, kind, line
