"""The entries of one document: each once, and the keys under which it may be known."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.core.contents import content_hash, words
from aggregator.core.text import clean_line, join_words, shorten
from aggregator.core.urls import url_key
from aggregator.types import ParsedEntry, ParsedFeed

_MAX_KEY = 200
_MAX_TITLE = 120


def entry_keys(entry: ParsedEntry, feed: ParsedFeed) -> frozenset[str]:
    """Every key under which the store may know an entry; at least one, and each short.

    "g:" and the GUID, "u:" and the folded address unless that is the site's home page, and "t:"
    with a hash of title, day and text, under which entries are kept that nothing else tells apart.
    """
    keys = {_own_key(entry)}
    if entry.guid and (guid := clean_line(entry.guid)):
        keys.add(_key("g:", _fold_guid(guid)))
    if entry.url and (address := url_key(entry.url)) != url_key(feed.site_url or ""):
        keys.add(_key("u:", address))
    return frozenset(keys)


@dataclass(slots=True, kw_only=True)
class Item:
    """An entry of the document, once."""

    position: int
    entry: ParsedEntry
    keys: set[str]
    own_key: str
    address: str
    """Folded; empty: the entry links nowhere."""
    title: str
    """Folded."""
    content_hash: str
    strong: frozenset[str] = frozenset()
    """GUID and address, where no other item carries them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed feed, ready to be compared with what the store knows."""

    feed: ParsedFeed
    items: tuple[Item, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Every key under which the store may know one of the entries."""
        return frozenset().union(*(item.keys for item in self.items))


def prepare(feed: ParsedFeed) -> Document:
    """The entries without repetitions; the first of several equal ones stays."""
    every = [_item(position, entry, feed) for position, entry in enumerate(feed.entries)]
    carriers = Counter(key for item in every for key in item.keys)
    shared = {key for key, count in carriers.items() if count > 1}
    items: list[Item] = []
    seen: dict[tuple[str, ...], Item] = {}
    for item in every:
        evidence = list(_evidence(item, item.keys & shared))
        twin = next((seen[signs] for signs in evidence if signs in seen), None)
        if twin is None:
            items.append(item)
        else:
            twin.keys |= item.keys
        for signs in evidence:
            seen.setdefault(signs, twin or item)
    carriers = Counter(key for item in items for key in item.keys)
    for item in items:
        item.strong = frozenset(
            key for key in item.keys if carriers[key] == 1 and not key.startswith("t:")
        )
    return Document(feed=feed, items=tuple(items))


def _item(position: int, entry: ParsedEntry, parsed: ParsedFeed) -> Item:
    keys = set(entry_keys(entry, parsed))
    return Item(
        position=position,
        entry=entry,
        keys=keys,
        own_key=next(key for key in keys if key.startswith("t:")),
        address=url_key(entry.url or ""),
        title=folded_title(display_title(entry)),
        content_hash=content_hash(
            entry.title, entry.text, summary_html=entry.summary_html if entry.content_html else ""
        ),
    )


def _evidence(item: Item, keys: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Two entries with one of these in common are the same: a key, title and address, and besides
    the time or the text."""
    at = item.entry.published_at
    for key in keys:
        yield key, item.title, item.address, item.content_hash
        if at is not None:
            yield key, item.title, item.address, at.isoformat()


def display_title(entry: ParsedEntry) -> str:
    """The entry's title, else the beginning of its text, else where it links to."""
    return entry.title or shorten(entry.text, _MAX_TITLE) or entry.url or entry.guid or ""


def folded_title(title: str) -> str:
    return " ".join(words(title))


def _fold_guid(guid: str) -> str:
    """A GUID that is an address is folded like one; but its fragment may be what is unique."""
    if not guid.startswith(("http://", "https://")):
        return guid
    _, mark, fragment = guid.partition("#")
    return url_key(guid) + mark + fragment if mark else url_key(guid)


def _key(kind: str, value: str) -> str:
    if len(value) > _MAX_KEY:
        value = hashlib.sha256(value.encode(errors="replace")).hexdigest()
    return kind + value


def _own_key(entry: ParsedEntry) -> str:
    day = f"{entry.published_at:%Y-%m-%d}" if entry.published_at else ""
    told = "\n".join((join_words(entry.title), day, join_words(entry.text)))
    return "t:" + hashlib.blake2b(told.encode(errors="replace"), digest_size=16).hexdigest()
