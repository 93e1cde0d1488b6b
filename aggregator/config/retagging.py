"""Other tags for a source in feeds.yaml, everything else byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from aggregator.config import document
from aggregator.config.edited import EditedFile, Version
from aggregator.config.edits import CannotEdit
from aggregator.config.entries import in_brackets
from aggregator.config.replacing import replaced
from aggregator.config.tree import Node
from aggregator.core.text import clean_line
from aggregator.core.urls import normalise
from aggregator.errors import UsageError


def set_tags(path: Path, url: str, tags: Sequence[str], *, environ: Mapping[str, str]) -> None:
    """Give the source with this address these tags, and no others. Raises UsageError and
    ConfigError as `editing.add_sources` does."""
    wanted = [*dict.fromkeys(filter(None, map(clean_line, tags)))]
    with replaced(path) as draft:
        file = EditedFile(path, environ, "sources", _plain)
        old = file.read(draft.text)
        file.config(old)
        position = _position(file, old, url)
        draft.text = file.edited(old, partial(_edited, position=position), wanted)
        listed = old.listed()
        listed[position] = {**_plain(listed[position]), "tags": wanted}
        file.check(old, draft.text, listed)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text goes, and what of the old one it replaces."""

    start: int
    end: int
    text: str


def _edited(text: str, tags: list[str], tree: Node | None = None, *, position: int) -> str:
    tree = tree or document.read(text)[0]
    sources = tree.child("sources") if tree else None
    if sources is None or not isinstance(sources.value, list):
        raise CannotEdit("its sources are no list")
    item = sources.value[position]
    place = _place(text, item, in_brackets(tags), flow=sources.in_brackets)
    return text[: place.start] + place.text + text[place.end :]


def _place(text: str, item: Node, tags: str, *, flow: bool) -> _Place:
    if item.is_alias:
        raise CannotEdit("the entry is an alias")
    if isinstance(item.value, str):
        written = text[item.start : item.end]
        if flow:
            return _Place(item.start, item.end, f"{{url: {written}, tags: {tags}}}")
        return _Place(item.start, item.end, f"url: {written}{_line(text, item.start)}tags: {tags}")
    given = item.child("tags")
    if given is not None:
        if given.is_alias:
            raise CannotEdit("its tags are an alias")
        if "#" in text[given.start : given.end]:
            raise CannotEdit("a comment may stand among its tags")
        return _Place(given.start, given.end, tags)
    if item.in_brackets:
        last = max(node.end for node in item.children())
        return _Place(last, last, f", tags: {tags}")
    first = min((item.key_starts or {}).values())
    return _Place(first, first, f"tags: {tags}{_line(text, first)}")


def _line(text: str, at: int) -> str:
    """A line break, and what leads to the same column."""
    ending = "\r\n" if "\r\n" in text else "\n"
    return ending + " " * (at - text.rfind("\n", 0, at) - 1)


def _plain(entry: object) -> dict[str, object]:
    """An entry with what it says by leaving it out."""
    keys = {"url": entry} if isinstance(entry, str) else entry
    if not isinstance(keys, dict):
        return {}
    return {**keys, "tags": keys.get("tags") or []}


def _position(file: EditedFile, version: Version, url: str) -> int:
    """Of a source in the list; raises UsageError."""
    for position, item in enumerate(version.listed()):
        address = item.get("url") if isinstance(item, dict) else item
        if isinstance(address, str) and normalise(clean_line(address)) == url:
            return position
    raise UsageError(f"{file.path} does not list {url}, or no longer; nothing was changed")
