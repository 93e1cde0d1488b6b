"""Adding, removing and pausing sources in feeds.yaml, everything else byte for byte.

Every change is read again before it is written: all but the sources that are meant must be as
before, or the file stays as it is. The new file takes the place of the old one at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from aggregator.config import Config, edits, interpret, read
from aggregator.config.document import Unreadable
from aggregator.config.edits import CannotEdit
from aggregator.config.entries import NewSource
from aggregator.config.replacing import replaced
from aggregator.config.tree import Flaw, Node
from aggregator.config.values import MAX_NAME
from aggregator.core.text import clean_line, shorten
from aggregator.core.urls import normalise
from aggregator.errors import ConfigError, UsageError

__all__ = ["NewSource", "add_sources", "listed_names", "remove_sources", "set_paused"]

Edit = TypeVar("Edit")


def listed_names(path: Path, *, environ: Mapping[str, str]) -> dict[str, str]:
    """The name of each source by its address; none of a file that is not there, or not begun.

    Raises UsageError and ConfigError.
    """
    with replaced(path) as draft:
        file = _File(path, environ)
        return file.names(file.read(draft.text))


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
        file = _File(path, environ)
        old = file.read(draft.text)
        known = file.names(old)
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
        file = _File(path, environ)
        old = file.read(draft.text)
        if len(set(urls)) >= len(_names(file.config(old))):
            raise UsageError(
                f"{path} must list at least one source; pause the last one, or add another first"
            )
        positions = {file.position(old, url) for url in urls}
        kept = [one for at, one in enumerate(old.listed()) if at not in positions]
        draft.text = file.edited(old, edits.remove, positions)
        file.check(old, draft.text, kept)


def set_paused(
    path: Path, urls: Collection[str], *, paused: bool, environ: Mapping[str, str]
) -> None:
    """Pause the sources with these addresses, or end that. Raises as `add_sources` does."""
    with replaced(path) as draft:
        file = _File(path, environ)
        old = file.read(draft.text)
        before = file.config(old)
        already = {source.url for source in (before.paused if paused else before.sources)}
        positions = {file.position(old, url) for url in urls if url not in already}
        if not positions:
            return
        draft.text = file.edited(old, edits.pause if paused else edits.resume, positions)
        wanted = [
            {**_plain(one), "paused": str(paused).lower()} if at in positions else one
            for at, one in enumerate(old.listed())
        ]
        file.check(old, draft.text, wanted)


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


def _added(file: _File, old: _Version, entries: Sequence[NewSource]) -> tuple[str, dict[str, str]]:
    """The new text, and the name of each source by its address."""
    fields = [entry.fields() for entry in entries]
    text = file.edited(old, edits.add, fields)
    return text, _names(file.check(old, text, [*old.listed(), *fields]))


# --- reading before and after --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Version:
    """A text of the file as YAML."""

    text: str
    tree: Node | None
    flaws: Sequence[Flaw]

    def listed(self) -> list[object]:
        """The entries of `sources` as they are written."""
        sources = self.tree.child("sources") if self.tree else None
        plain = sources.plain() if sources else None
        return plain if isinstance(plain, list) else []

    def others(self) -> object:
        """All but `sources`."""
        plain = self.tree.plain() if self.tree else None
        if isinstance(plain, dict):
            return {key: value for key, value in plain.items() if key != "sources"}
        return plain or {}

    def lists_nothing(self) -> bool:
        """Whether the list is only not begun yet, which is no mistake when something is added."""
        if self.tree is None or self.tree.value is None:
            return True
        sources = self.tree.child("sources")
        return isinstance(self.tree.value, dict) and (sources is None or not sources.value)


@dataclass(frozen=True, slots=True)
class _File:
    """How the texts of one file are read."""

    path: Path
    environ: Mapping[str, str]

    def read(self, text: str) -> _Version:
        """Raises ConfigError."""
        return _Version(text, *read(text, file=str(self.path)))

    def config(self, version: _Version) -> Config:
        """Raises ConfigError."""
        return interpret(
            version.tree,
            version.flaws,
            file=str(self.path),
            folder=self.path.absolute().parent,
            environ=self.environ,
        )

    def names(self, version: _Version) -> dict[str, str]:
        """By address. Raises ConfigError."""
        return {} if version.lists_nothing() else _names(self.config(version))

    def position(self, version: _Version, url: str) -> int:
        """Of a source in the list; raises UsageError."""
        for position, item in enumerate(version.listed()):
            address = item.get("url") if isinstance(item, dict) else item
            if isinstance(address, str) and normalise(clean_line(address)) == url:
                return position
        raise UsageError(f"{self.path} does not list {url}, or no longer; nothing was changed")

    def edited(
        self, version: _Version, edit: Callable[[str, Edit, Node | None], str], what: Edit
    ) -> str:
        """The new text; raises UsageError."""
        try:
            return edit(version.text, what, version.tree)
        except CannotEdit as error:
            raise self._refusal(str(error)) from None
        except Unreadable as error:
            raise self._refusal(error.flaw.message) from None

    def check(self, old: _Version, text: str, wanted: Iterable[object]) -> Config:
        """What the new text means, in which `sources` must be `wanted` and all else as it was."""
        try:
            new = self.read(text)
            same = new.others() == old.others()
            if not (same and [*map(_plain, new.listed())] == [*map(_plain, wanted)]):
                raise self._refusal("other parts of the file would change with it")
            return self.config(new)
        except ConfigError as error:
            first = error.problems[0]
            why = f"{first.key} {first.message}" if first.key else first.message
            raise self._refusal(why) from None

    def _refusal(self, why: str) -> UsageError:
        return UsageError(f"{self.path} stays as it is: {why}. Make this change in the file itself")


def _plain(entry: object) -> dict[str, object]:
    """An entry with what it says by leaving it out."""
    keys = {"url": entry} if isinstance(entry, str) else entry
    return {"paused": "false", **keys} if isinstance(keys, dict) else {}


def _names(config: Config) -> dict[str, str]:
    """By address."""
    return {source.url: source.name for source in (*config.sources, *config.paused)}
