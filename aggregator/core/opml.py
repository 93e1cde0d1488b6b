"""Lists of feeds: OPML 1.0, 1.1 and 2.0 (http://opml.org/spec2.opml) read and written, and lists
in plain text read.

What is read is taken as it is meant, whatever state the list is in: spellings of attributes, the
feed's address under another name, folders as tags. What an outline says beyond the fields of
`OpmlEntry` is kept and written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from aggregator.core.charsets import decode_and_tell
from aggregator.core.feed_addresses import feed_address, feed_key
from aggregator.core.markup import unescape
from aggregator.core.opml_entry import (
    MAX_FOLDER,
    MAX_TITLE,
    OpmlEntry,
    as_category,
    plain_name,
    read_outline,
)
from aggregator.core.outlines import Kind, Outlines, Tag, read_outlines
from aggregator.core.sniff import feed_start, root_name
from aggregator.core.text import shorten
from aggregator.core.xml_repair import mend

__all__ = ("OpmlEntry", "OpmlImport", "OpmlProblem", "parse_opml", "write_opml")

MAX_ENTRIES = 50_000
MAX_PROBLEMS = 1_000
MAX_DEPTH = 20
"""Folders within folders; what lies deeper counts as lying in the last."""

_HEAD = 20_000
"""Characters in which the list may say its title and version."""
_TITLE = re.compile(r"<title\b[^>]*>([^<]*+)</title\s*>", re.IGNORECASE)
_VERSION = re.compile(r"""<opml\b[^>]*?\sversion\s*=\s*["']\s*([0-9.]{1,8})""", re.IGNORECASE)
_NAMESPACE = re.compile(
    r"""\bxmlns:([A-Za-z_][\w.-]{0,60})\s*=\s*(?:"([^"<&]{1,500})"|'([^'<&]{1,500})')"""
)
_ADDRESS = re.compile(r"(?:https?|feed|itpc|pcast)://[^\s\"'<>]+", re.IGNORECASE)
_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_AROUND_TITLE = " \t-–—:|*[](),\"'"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlProblem:
    line: int
    """From 1; 0 when the list as a whole is meant."""
    message: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlImport:
    """A list as it was read."""

    title: str
    """Of the list; empty: it has none."""
    version: str | None
    """Of OPML; None: it does not say, or is plain text."""
    entries: tuple[OpmlEntry, ...]
    """Each feed once, in the order of the list."""
    problems: tuple[OpmlProblem, ...]
    """In the order of lines; none of them kept the rest from being read."""
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """Address by prefix: those that names of attributes may have."""


def parse_opml(data: bytes) -> OpmlImport:
    """Every feed that a list names, whatever state the list is in. Never raises.

    A feed that comes twice is one entry, and the folders of its second place become tags of it.
    At most MAX_ENTRIES are read, and at most MAX_PROBLEMS told.
    """
    decoded = decode_and_tell(data, None)
    document = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    collected = _Collection()
    if decoded.warning:
        collected.tell(0, decoded.warning)
    outlines = read_outlines(document)
    if not outlines.tags and "&lt;outline" in document.lower():
        collected.tell(0, "Its markup is escaped as if it were text. It was read all the same.")
        document = unescape(document)
        outlines = read_outlines(document)
    if outlines.tags:
        collected.read_outlines(outlines)
    elif document.lstrip()[:1] in {"<", "{"}:
        collected.tell(0, _what_it_is(document))
    else:
        collected.read_lines(document)
    title = _TITLE.search(document, 0, _HEAD) if outlines.tags else None
    version = _VERSION.search(document, 0, _HEAD)
    return OpmlImport(
        title=plain_name(unescape(title[1]), MAX_TITLE) if title else "",
        version=version[1] if version else None,
        entries=tuple(collected.entries.values()),
        problems=tuple(sorted(collected.problems, key=lambda one: one.line)),
        namespaces={one[1]: one[2] or one[3] for one in _NAMESPACE.finditer(document)},
    )


def write_opml(
    entries: Iterable[OpmlEntry],
    *,
    title: str,
    created_at: datetime | None = None,
    namespaces: Mapping[str, str] | None = None,
) -> bytes:
    """OPML 2.0 in UTF-8. Entries of one folder come together, where the first of them stands.

    `parse_opml` reads the same entries from it, but for their lines, as long as their texts are
    as it makes them. Prefixes in names of attributes that are not among `namespaces` are declared
    under an address of their own.
    """
    root = _Folder()
    prefixes: set[str] = set()
    for entry in entries:
        root.at(entry.folders).items.append(entry)
        prefixes.update(name.partition(":")[0] for name, _ in entry.attributes if ":" in name)
    addresses = namespaces or {}
    declared = "".join(
        f" xmlns:{prefix}={quoteattr(addresses.get(prefix) or f'urn:prefix:{prefix}')}"
        for prefix in sorted(prefixes - {"xml"})
    )
    created = f"<dateCreated>{format_datetime(created_at)}</dateCreated>" if created_at else ""
    lines = (
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0"{declared}>',
        f"  <head><title>{escape(title)}</title>{created}</head>",
        "  <body>",
        *root.lines("    "),
        "  </body>",
        "</opml>",
        "",
    )
    return mend("\n".join(lines), {}).encode()  # without the characters that XML forbids


# --- reading -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Collection:
    """What has been read of a list so far."""

    entries: dict[str, OpmlEntry] = field(default_factory=dict)
    """By the key of their address."""
    problems: list[OpmlProblem] = field(default_factory=list)

    def tell(self, line: int, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(OpmlProblem(line=line, message=message))

    def read_outlines(self, outlines: Outlines) -> None:
        if outlines.flaw:
            message = f"It is not well-formed XML: {outlines.flaw}. It was read all the same."
            self.tell(outlines.flaw_line, message)
        path: list[str] = []  # of the outlines that are open; empty: a feed, or without a name
        for tag in outlines.tags:
            if tag.kind is Kind.CLOSE:
                del path[-1:]
            else:
                name = self._read_outline(tag, [one for one in path[:MAX_DEPTH] if one])
                if tag.kind is Kind.OPEN:
                    path.append(name)
        if path:
            self.tell(0, f"Outlines without an end: {len(path)}. Feeds may be in wrong folders.")

    def _read_outline(self, tag: Tag, folders: list[str]) -> str:
        """The name that it gives to a folder; empty: it is none."""
        for attribute in tag.repeated:
            self.tell(tag.line, f"The attribute {attribute} comes twice; the first one counts.")
        read = read_outline(tag, folders)
        is_folder = tag.kind is Kind.OPEN and read.is_folder
        if read.problem and not is_folder:
            self.tell(tag.line, read.problem)
        if read.entry is not None:
            self._add(read.entry)
        return plain_name(read.name, MAX_FOLDER) if is_folder else ""

    def _add(self, entry: OpmlEntry) -> None:
        key = feed_key(entry.url)
        known = self.entries.get(key)
        if known is None:
            if len(self.entries) < MAX_ENTRIES:
                self.entries[key] = entry
            else:
                self.tell(entry.line, f"Left out: only the first {MAX_ENTRIES:,} feeds are read.")
            return
        message = f"{entry.url} stands at line {known.line} already."
        if more := [tag for tag in entry.tags if tag not in known.tags]:
            self.entries[key] = replace(known, categories=(*known.categories, *more))
            message += f" That one got the tags of this: {', '.join(more)}."
        self.tell(entry.line, message)

    def read_lines(self, text: str) -> None:
        """One feed a line: its address, with a title before it, or newsboat's tags after it."""
        for number, line in enumerate(map(str.strip, text.split("\n")), start=1):
            if line and not line.startswith(("#", "//", ";")):
                self._read_line(line, number)
        if not self.entries:
            self.problems = [OpmlProblem(line=0, message="It lists no feed.")]

    def _read_line(self, line: str, number: int) -> None:
        match = _ADDRESS.search(line)
        address = match[0].rstrip(".,;|)]") if match else line
        url = feed_address(address)
        if url is None:
            self.tell(number, f'"{shorten(line, 60)}" holds no address of a feed.')
            return
        before, after = (line[: match.start()], line[match.end() :]) if match else ("", "")
        words = [one[1] or one[2] or "" for one in _WORD.finditer(after)]
        title = next((word[1:] for word in words if word[:1] == "~"), before.strip(_AROUND_TITLE))
        tags = (as_category(word) for word in words if word[:1] not in {"~", "!", "#"})
        self._add(
            OpmlEntry(
                url=url,
                title=plain_name(title, MAX_TITLE),
                categories=tuple(dict.fromkeys(filter(None, tags))),
                line=number,
            )
        )


def _what_it_is(document: str) -> str:
    """Of a document that is no list."""
    root = root_name(document)
    if root == "opml":
        return "It lists no feed."
    if root == "html":
        return "It is a web page, not a list of feeds."
    if feed_start(document, root) is not None:
        return "It is a feed, not a list of feeds; add its address by itself."
    return "It is no list of feeds."


# --- writing -------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Folder:
    items: list[OpmlEntry | str] = field(default_factory=list)
    """Feeds, and names of folders, in order."""
    folders: dict[str, _Folder] = field(default_factory=dict)

    def at(self, path: Iterable[str]) -> _Folder:
        folder = self
        for name in path:
            if name not in folder.folders:
                folder.items.append(name)
                folder.folders[name] = _Folder()
            folder = folder.folders[name]
        return folder

    def lines(self, indent: str) -> Iterator[str]:
        for item in self.items:
            if isinstance(item, OpmlEntry):
                yield f"{indent}<outline{_attributes(_said(item))}/>"
            else:
                yield f"{indent}<outline{_attributes({'text': item, 'title': item})}>"
                yield from self.folders[item].lines(indent + "  ")
                yield f"{indent}</outline>"


def _said(entry: OpmlEntry) -> dict[str, str]:
    name = entry.title or entry.url
    said = {"text": name, "title": name, "type": "rss", "xmlUrl": entry.url}
    if entry.site_url:
        said["htmlUrl"] = entry.site_url
    if entry.language:
        said["language"] = entry.language
    if entry.categories:
        said["category"] = ",".join(map(as_category, entry.categories))
    return said | dict(entry.attributes)


def _attributes(said: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in said.items())
