"""Changes of the lists `sources` and `watches` in the text of a feeds.yaml, all else byte for byte.

Each takes a text, cuts at the places that its tree tells (which is read when it is not given), and
returns the new text; or raises CannotEdit, when it does not know how. Whoever calls these reads the
result again and looks whether it says what was meant (aggregator.config.editing).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aggregator.config import document
from aggregator.config.entries import Field, in_brackets, in_lines
from aggregator.config.tree import Node

_COMMENT_ONLY = re.compile(r"[ \t]*,?[ \t]*(?:#.*)?")
_INDENT = "  "


class CannotEdit(Exception):
    """Says why."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text and its lines."""

    text: str

    @property
    def ending(self) -> str:
        """How its lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Before the line break."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end - self.text.endswith("\r", 0, end)

    def next_line(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def column(self, at: int) -> int:
        return at - self.line_start(at)

    def line(self, at: int) -> str:
        """The line around `at`, without its break."""
        return self.text[self.line_start(at) : self.line_end(at)]

    def replaced(self, start: int, end: int, text: str) -> str:
        return self.text[:start] + text + self.text[end:]

    def without_lines(self, start: int, end: int) -> str:
        """A file that ended without a line break, or with one, does so still."""
        if end == len(self.text) and not self.text.endswith("\n"):
            start = self.line_end(start - 1)
        return self.replaced(start, end, "")

    def insert_lines(self, after: int, lines: Sequence[str]) -> str:
        """Whole lines below the one around `after`; the same."""
        at = self.line_end(after)
        return self.replaced(at, at, "".join(self.ending + line for line in lines))


def add(
    text: str,
    entries: Sequence[Mapping[str, Field]],
    tree: Node | None = None,
    *,
    section: str = "sources",
) -> str:
    """Entries at the end of the section, which is made when there is none."""
    file = _Text(text)
    tree = tree or document.read(text)[0]
    sources = tree.child(section) if tree else None
    if sources is None:
        return _begin(file, entries, section)
    if sources.is_alias:
        raise CannotEdit(f"its {section} are an alias")
    if isinstance(sources.value, list):
        if sources.in_brackets:
            return _add_in_brackets(file, sources, sources.value, entries)
        return _add_lines(file, sources.value, entries)
    key = ((tree and tree.key_starts) or {})[section]
    lines = [line for entry in entries for line in _block_entry(entry, _INDENT, pad=1)]
    return file.insert_lines(key, lines)


def remove(
    text: str, positions: Collection[int], tree: Node | None = None, *, section: str = "sources"
) -> str:
    """Without these entries, comments that are indented as their parts included. When none is left
    in lines, the key gets empty brackets."""
    tree = tree or document.read(text)[0]
    sources, items = _items(text, tree, section)
    key = ((tree and tree.key_starts) or {})[section]
    empties = len(items) == len({*positions}) and not sources.in_brackets
    for position in sorted(positions, reverse=True):
        if sources.in_brackets:
            text = _remove_in_brackets(_Text(text), items, position)
            sources, items = _items(text, None, section)
        else:
            is_last = position == len(items) - 1
            text = _remove_lines(_Text(text), items[position], is_last=is_last)
            items = items[:position] if is_last else items
    colon = text.index(":", key) + 1
    return text[:colon] + " []" + text[colon:] if empties else text


def pause(text: str, positions: Collection[int], tree: Node | None = None) -> str:
    """With these entries paused."""
    sources, items = _items(text, tree)
    for position in sorted(positions, reverse=True):
        text = _pause(_Text(text), items[position], in_brackets=sources.in_brackets)
    return text


def resume(text: str, positions: Collection[int], tree: Node | None = None) -> str:
    """With these entries, which are paused, paused no longer."""
    _, items = _items(text, tree)
    for position in sorted(positions, reverse=True):
        text = _resume(_Text(text), items[position])
    return text


def _items(text: str, tree: Node | None, section: str = "sources") -> tuple[Node, list[Node]]:
    tree = tree or document.read(text)[0]
    sources = tree.child(section) if tree else None
    if sources is None or not isinstance(sources.value, list):
        raise CannotEdit(f"its {section} are no list")
    return sources, sources.value


# --- entries that begin with a dash --------------------------------------------------------------


def _dash(file: _Text, item: Node) -> int:
    """Where the dash of a block entry is: on its line or, over comments, on one above it."""
    at = file.line_start(item.start)
    while True:
        line = file.text[at : min(item.start, file.line_end(at))]
        if re.match(r" *-(?:\s|$)", line):
            return at + line.index("-")
        if at == 0 or (line.strip() and not line.lstrip().startswith("#")):
            raise CannotEdit("the dash of the entry has a line with something else")
        at = file.line_start(at - 1)


def _own_end(file: _Text, item: Node, column: int) -> int:
    """Before the line break of the entry's last line: that of comments below it that are indented
    more than its dash, when there are any."""
    end = file.line_end(item.end)
    while (at := file.next_line(end)) < len(file.text):
        line = file.line(at)
        if not (line.lstrip(" ").startswith("#") and len(line) - len(line.lstrip(" ")) > column):
            break
        end = file.line_end(at)
    return end


def _remove_lines(file: _Text, item: Node, *, is_last: bool) -> str:
    dash = _dash(file, item)
    start = file.line_start(dash)
    end = file.next_line(_own_end(file, item, file.column(dash)))
    if not file.line(start - 1).strip():
        # With one of the two empty lines that part it from its neighbours.
        if is_last:
            start = file.line_start(start - 1)
        elif not file.line(end).strip():
            end = file.next_line(end)
    return file.without_lines(start, end)


def _add_lines(file: _Text, items: list[Node], entries: Sequence[Mapping[str, Field]]) -> str:
    last = items[-1]
    dash = _dash(file, last)
    column = file.column(dash)
    between = file.text[dash + 1 : last.start]
    pad = len(between) if set(between) == {" "} else 1
    gap = len(items) > 1 and not file.line(file.line_start(dash) - 1).strip()
    lines = []
    for entry in entries:
        lines += [""] if gap else []
        lines += _block_entry(entry, " " * column, pad=pad, as_keys=isinstance(last.value, dict))
    return file.insert_lines(_own_end(file, last, column), lines)


def _block_entry(
    entry: Mapping[str, Field], indent: str, *, pad: int, as_keys: bool = False
) -> list[str]:
    dash = f"{indent}-{' ' * pad}"
    first, *rest = in_lines(entry, " " * len(dash))
    if entry.keys() == {"url"} and not as_keys:
        first = first.removeprefix("url: ")
    return [dash + first, *rest]


def _begin(file: _Text, entries: Sequence[Mapping[str, Field]], section: str) -> str:
    """A list at the end of a file that has none."""
    lines = [f"{section}:", *(row for one in entries for row in _block_entry(one, _INDENT, pad=1))]
    added = file.ending.join(lines) + file.ending
    joint = file.ending if file.text and not file.text.endswith("\n") else ""
    return file.text + joint + added


# --- entries in brackets -------------------------------------------------------------------------


def _add_in_brackets(
    file: _Text, sources: Node, items: list[Node], entries: Sequence[Mapping[str, Field]]
) -> str:
    written = [in_brackets(entry["url"] if entry.keys() == {"url"} else entry) for entry in entries]
    if not items:
        at = file.text.index("[", sources.start) + 1
        return file.replaced(at, at, ", ".join(written))
    last = items[-1]
    rest = file.text[last.end : file.line_end(last.end)]
    alone = not file.text[file.line_start(last.start) : last.start].strip()
    if not (alone and _COMMENT_ONLY.fullmatch(rest)):
        return file.replaced(last.end, last.end, "".join(f", {one}" for one in written))
    indent = " " * file.column(last.start)
    comma = rest.lstrip().startswith(",")
    lines = [f"{indent}{one}," for one in written]
    if not comma:
        lines[-1] = lines[-1][:-1]
    text = file.insert_lines(last.end, lines)
    return text if comma else text[: last.end] + "," + text[last.end :]


def _remove_in_brackets(file: _Text, items: list[Node], position: int) -> str:
    item = items[position]
    start, end = file.line_start(item.start), file.next_line(item.end)
    rest = file.text[item.end : file.line_end(item.end)]
    if not file.text[start : item.start].strip() and _COMMENT_ONLY.fullmatch(rest):
        return file.replaced(start, end, "")  # a comma before it may stay
    if position + 1 < len(items):
        start, end = item.start, items[position + 1].start
        if "#" in file.text[item.end : end]:
            end = file.text.index(",", item.end) + 1
        return file.replaced(start, end, "")
    start = items[position - 1].end if position else item.start
    if "#" in file.text[start : item.start]:
        raise CannotEdit("a comment stands where the comma before it would go")
    return file.replaced(start, item.end, "")


# --- paused --------------------------------------------------------------------------------------


def _pause(file: _Text, item: Node, *, in_brackets: bool) -> str:
    if isinstance(item.value, str):
        return _pause_address(file, item, in_brackets=in_brackets)
    if given := item.child("paused"):
        return file.replaced(given.start, given.end, "true")
    if item.in_brackets:
        last = max(node.end for node in item.children())
        return file.replaced(last, last, ", paused: true")
    indent = " " * file.column(min((item.key_starts or {}).values()))
    return file.insert_lines(item.end - 1, [f"{indent}paused: true"])


def _pause_address(file: _Text, item: Node, *, in_brackets: bool) -> str:
    """An entry that was an address alone."""
    written = file.text[item.start : item.end]
    if in_brackets:
        return file.replaced(item.start, item.end, f"{{url: {written}, paused: true}}")
    indent = " " * file.column(item.start)
    text = file.insert_lines(item.end - 1, [f"{indent}paused: true"])
    return text[: item.start] + "url: " + text[item.start :]


def _resume(file: _Text, item: Node) -> str:
    """Without what says that it is paused, where that stands by itself."""
    given, keys = item.child("paused"), item.key_starts
    if given is None or keys is None:
        raise CannotEdit("the entry does not say that it is paused")
    key = keys["paused"]
    if item.in_brackets:
        before = max((node.end for node in item.children() if node.end < key), default=0)
        if before and "#" not in file.text[before:key]:
            return file.replaced(before, given.end, "")
        return file.replaced(given.start, given.end, "false")
    start, end = file.line_start(key), file.line_end(given.end)
    alone = not (file.text[start:key] + file.text[given.end : end]).strip()
    above = file.line_start(start - 1)
    explained = file.line(above).lstrip().startswith("#") and not any(
        node.start < above < node.end for node in item.children()
    )
    if alone and not explained:
        return file.without_lines(start, file.next_line(given.end))
    return file.replaced(given.start, given.end, "false")
