"""Adding, removing and pausing sources in feeds.yaml, adding and removing watches, everything else
byte for byte.

Every change is read again before it is written: all but the entries that are meant must be as
before, or the file stays as it is. The new file takes the place of the old one at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from aggregator.config import Config, edits
from aggregator.config.edited import EditedFile, Version
from aggregator.config.entries import NewSource, NewWatch
from aggregator.config.replacing import replaced
from aggregator.config.values import MAX_NAME
from aggregator.core.text import clean_line, shorten
from aggregator.core.urls import normalise
from aggregator.core.watch_rules import watch_key
from aggregator.errors import UsageError

__all__ = [
    "NewSource",
    "NewWatch",
    "add_sources",
    "add_watch",
    "listed_names",
    "remove_sources",
    "remove_watch",
    "set_paused",
]


def listed_names(path: Path, *, environ: Mapping[str, str]) -> dict[str, str]:
    """The name of each source by its address; none of a file that is not there, or not begun.

    Raises UsageError and ConfigError.
    """
    with replaced(path) as draft:
        file = _sources_of(path, environ)
        return _listed(file, file.read(draft.text))


def add_sources(
    path: Path, entries: Sequence[NewSource], *, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Put sources at the end of the list, and return how each of them is called.

    A file that is not there yet is made. A name that is taken gets a number; a source without one
    that would have others of its host called differently has its own written down. Raises
    UsageError, also for an address that is followed already, and ConfigError when the file is
    wrong as it is.
    """
    if not entries:
        return ()
    with replaced(path) as draft:
        file = _sources_of(path, environ)
        old = file.read(draft.text)
        known = _listed(file, old)
        new = _as_read(entries)
        _refuse_known(new, known)
        draft.text, names = _added(file, old, _named(new, known))
        if not known.items() <= names.items():
            new = [replace(one, name=one.name or names[one.url]) for one in new]
            draft.text, names = _added(file, old, _named(new, known))
        return tuple(names[one.url] for one in new)


def remove_sources(path: Path, urls: Collection[str], *, environ: Mapping[str, str]) -> None:
    """Take the sources with these addresses out of the list. Raises as `add_sources` does.

    Another of their host that has no name of its own may be called by a shorter one then.
    """
    with replaced(path) as draft:
        file = _sources_of(path, environ)
        old = file.read(draft.text)
        if len(set(urls)) >= len(_names(file.config(old))):
            raise UsageError(
                f"{path} must list at least one source; pause the last one, or add another first"
            )
        positions = {_position(file, old, url) for url in urls}
        kept = [one for at, one in enumerate(old.listed()) if at not in positions]
        draft.text = file.edited(old, edits.remove, positions)
        file.check(old, draft.text, kept)


def set_paused(
    path: Path, urls: Collection[str], *, paused: bool, environ: Mapping[str, str]
) -> None:
    """Pause the sources with these addresses, or end that. Raises as `add_sources` does."""
    with replaced(path) as draft:
        file = _sources_of(path, environ)
        old = file.read(draft.text)
        before = file.config(old)
        already = {source.url for source in (before.paused if paused else before.sources)}
        positions = {_position(file, old, url) for url in urls if url not in already}
        if not positions:
            return
        draft.text = file.edited(old, edits.pause if paused else edits.resume, positions)
        wanted = [
            {**_plain(one), "paused": str(paused).lower()} if at in positions else one
            for at, one in enumerate(old.listed())
        ]
        file.check(old, draft.text, wanted)


def add_watch(
    path: Path,
    watch: NewWatch,
    *,
    environ: Mapping[str, str],
    called: Callable[[str], str] = str,
) -> None:
    """Put a watch at the end of `watches`. Raises UsageError, also for a name that is taken and for
    what cannot be right, and ConfigError when the file is wrong as it is.

    `called`: how whoever adds it calls a key, in those messages.
    """
    to_address = any("://" in one for one in watch.to)  # Apprise knows whether it can be used
    with replaced(path) as draft:
        file = EditedFile(path, environ, "watches", thorough=to_address)
        old = file.read(draft.text)
        names = {watch_key(known.name): known.name for known in file.config(old).watches}
        taken = names.get(watch_key(watch.name))
        if taken is not None:
            raise UsageError(
                f"{path} has a watch “{taken}” already; give this one another name, or remove that"
            )
        fields = watch.fields()
        draft.text = file.edited(old, partial(edits.add, section="watches"), [fields])
        file.check(old, draft.text, [*old.listed(), fields], called=called)


def remove_watch(path: Path, name: str, *, environ: Mapping[str, str]) -> str:
    """Take the watch of this name, whatever its case and accents, out of `watches`.

    Returns its name as it is written. Raises as `add_watch` does.
    """
    with replaced(path) as draft:
        file = EditedFile(path, environ, "watches")
        old = file.read(draft.text)
        names = [watch.name for watch in file.config(old).watches]
        keys, wanted = [*map(watch_key, names)], watch_key(name)
        if wanted not in keys:
            near = get_close_matches(wanted, keys, n=1)
            hint = f"; did you mean “{names[keys.index(near[0])]}”?" if near else ""
            raise UsageError(f"{path} has no watch “{shorten(name, MAX_NAME)}”{hint}")
        position = keys.index(wanted)
        draft.text = file.edited(old, partial(edits.remove, section="watches"), {position})
        listed = old.listed()
        file.check(old, draft.text, [*listed[:position], *listed[position + 1 :]])
        return names[position]


# --- what is added -------------------------------------------------------------------------------


def _as_read(entries: Iterable[NewSource]) -> list[NewSource]:
    """With texts as they will be when they have been read."""
    return [
        replace(
            entry,
            url=normalise(entry.url) or clean_line(entry.url),
            tags=tuple(dict.fromkeys(filter(None, map(clean_line, entry.tags)))),
            opml=tuple((key, clean_line(value)) for key, value in entry.opml),
        )
        for entry in entries
    ]


def _refuse_known(entries: Iterable[NewSource], known: Mapping[str, str]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.url in known:
            raise UsageError(f"{entry.url} is followed already, as “{known[entry.url]}”")
        if entry.url in seen:
            raise UsageError(f"{entry.url} is given twice; once is enough")
        seen.add(entry.url)


def _named(entries: Iterable[NewSource], known: Mapping[str, str]) -> list[NewSource]:
    """With a number after each name that is taken."""
    taken = {name.casefold() for name in known.values()}
    numbers: Counter[str] = Counter()
    named = []
    for entry in entries:
        name = wanted = shorten(entry.name or "", MAX_NAME)
        while name and name.casefold() in taken:
            numbers[wanted] += 1
            number = str(numbers[wanted] + 1)
            name = f"{shorten(wanted, MAX_NAME - len(number) - 1)} {number}"
        taken.add(name.casefold())
        named.append(replace(entry, name=name or None))
    return named


def _added(
    file: EditedFile, old: Version, entries: Sequence[NewSource]
) -> tuple[str, dict[str, str]]:
    """The new text, and the name of each source by its address."""
    fields = [entry.fields() for entry in entries]
    text = file.edited(old, edits.add, fields)
    return text, _names(file.check(old, text, [*old.listed(), *fields]))


def _plain(entry: object) -> dict[str, object]:
    """An entry with what it says by leaving it out."""
    keys = {"url": entry} if isinstance(entry, str) else entry
    return {"paused": "false", **keys} if isinstance(keys, dict) else {}


def _names(config: Config) -> dict[str, str]:
    """By address."""
    return {source.url: source.name for source in (*config.sources, *config.paused)}


def _sources_of(path: Path, environ: Mapping[str, str]) -> EditedFile:
    return EditedFile(path, environ, "sources", _plain)


def _listed(file: EditedFile, version: Version) -> dict[str, str]:
    """The sources' names by address. Raises ConfigError."""
    return {} if version.lists_nothing() else _names(file.config(version))


def _position(file: EditedFile, version: Version, url: str) -> int:
    """Of a source in the list; raises UsageError."""
    for position, item in enumerate(version.listed()):
        address = item.get("url") if isinstance(item, dict) else item
        if isinstance(address, str) and normalise(clean_line(address)) == url:
            return position
    raise UsageError(f"{file.path} does not list {url}, or no longer; nothing was changed")
