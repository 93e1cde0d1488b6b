"""Other names and tags for sources in feeds.yaml, everything else byte for byte."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.config import Config, document
from aggregator.config.edited import EditedFile, Version
from aggregator.config.edits import CannotEdit
from aggregator.config.entries import Field, in_brackets, scalar
from aggregator.config.replacing import replaced
from aggregator.config.tree import Node
from aggregator.config.values import MAX_NAME
from aggregator.core.text import clean_line, shorten
from aggregator.core.urls import normalise
from aggregator.errors import UsageError
from aggregator.types import Source

_Fields = Mapping[str, Field]
"""The new values of one source's keys; those that stay are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChange:
    """What becomes of a source."""

    name: str | None = None
    """None, here and below: it stays."""
    tags: Sequence[str] | None = None
    """These, and no others."""


def set_name(path: Path, url: str, name: str, *, environ: Mapping[str, str]) -> None:
    """Call the source with this address so. Raises as `change_sources` does."""
    change_sources(path, lambda _: SourceChange(name=name), urls=[url], environ=environ)


def set_tags(path: Path, url: str, tags: Sequence[str], *, environ: Mapping[str, str]) -> None:
    """Give the source with this address these tags, and no others. Raises as `change_sources`
    does."""
    change_sources(path, lambda _: SourceChange(tags=tags), urls=[url], environ=environ)


def change_sources(
    path: Path,
    change: Callable[[Source], SourceChange],
    *,
    urls: Collection[str] | None = None,
    environ: Mapping[str, str],
) -> frozenset[str]:
    """Change the sources with these addresses (None: all), paused ones too, in one edit.

    Returns the addresses of those that were not as they should be. `change` is told what the file
    says now. `never_join` of others follows a new name. A source without a name that would be
    called differently, since another of its host has a name now, has its own written down. Raises
    UsageError, also for a name that is another source's whatever its case, and ConfigError when
    the file is wrong as it is.
    """
    with replaced(path) as draft:
        file = EditedFile(path, environ, "sources", _plain)
        old = file.read(draft.text)
        known = _by_address(file.config(old))
        for url in urls or ():
            if url not in known:
                raise UsageError(f"{path} does not list {url}, or no longer; nothing was changed")
        meant = {url: change(known[url]) for url in (known if urls is None else urls)}
        wanted = {url: _fields(one, known[url]) for url, one in meant.items()}
        wanted = {url: fields for url, fields in wanted.items() if fields}
        if not wanted:
            return frozenset()
        names = {url: str(wanted.get(url, {}).get("name", one.name)) for url, one in known.items()}
        _refuse_shared(names, wanted)
        renamed = {
            one.name.casefold(): names[url] for url, one in known.items() if names[url] != one.name
        }
        draft.text, after = _changed(file, old, wanted, renamed)
        strayed = [url for url, name in names.items() if after[url].name != name]
        if strayed:
            kept = {url: {**wanted.get(url, {}), "name": names[url]} for url in strayed}
            draft.text, _ = _changed(file, old, {**wanted, **kept}, renamed)
        return frozenset(wanted)


# --- what is wanted ------------------------------------------------------------------------------


def _fields(change: SourceChange, source: Source) -> _Fields:
    """Those that change. Raises UsageError."""
    fields: dict[str, Field] = {}
    if change.name is not None:
        name = clean_line(change.name)
        if not name:
            raise UsageError(f"“{source.name}” needs a name; give one that is not empty")
        if len(name) > MAX_NAME:
            raise UsageError(
                f"a name may have {MAX_NAME} characters at most, not {len(name)}; give a shorter"
                f" one than “{shorten(name, 60)}”"
            )
        if name != source.name:
            fields["name"] = name
    if change.tags is not None:
        tags = [*dict.fromkeys(filter(None, map(clean_line, change.tags)))]
        for tag in tags:
            if "," in tag:
                raise UsageError(
                    f"the tag “{shorten(tag, 60)}” holds a comma, which parts tags; leave it out"
                )
        if tuple(tags) != source.tags:
            fields["tags"] = tags
    return fields


def _refuse_shared(names: Mapping[str, str], wanted: Mapping[str, _Fields]) -> None:
    """Raises UsageError for a new name that another source has, or gets at the same time."""
    owners: dict[str, list[str]] = {}
    for url, name in names.items():
        owners.setdefault(name.casefold(), []).append(url)
    for url in (url for url, fields in wanted.items() if "name" in fields):
        others = [other for other in owners[names[url].casefold()] if other != url]
        if others:
            name = names[others[0]]
            raise UsageError(f"another source is called “{name}”; choose a name of its own")


# --- what is written -----------------------------------------------------------------------------


def _changed(
    file: EditedFile, old: Version, wanted: Mapping[str, _Fields], renamed: Mapping[str, str]
) -> tuple[str, dict[str, Source]]:
    """The new text, and what its sources are by address. Raises UsageError.

    `renamed`: new names by old ones without their case.
    """
    listed = old.listed()
    positions = {_address(entry): position for position, entry in enumerate(listed)}
    fields = {positions[url]: one for url, one in wanted.items()}
    for position, value in _avoiding(listed, renamed).items():
        fields[position] = {**fields.get(position, {}), "never_join": value}
    text = file.edited(old, _edited, fields)
    for position, one in fields.items():
        listed[position] = {**_plain(listed[position]), **one}
    return text, _by_address(file.check(old, text, listed))


def _avoiding(listed: Sequence[object], renamed: Mapping[str, str]) -> dict[int, Field]:
    """What becomes of `never_join`, by position of the entries where it names what is renamed."""
    found: dict[int, Field] = {}
    for position, entry in enumerate(listed):
        given = entry.get("never_join") if isinstance(entry, dict) else None
        names = [*map(str, given if isinstance(given, list) else [given])]
        if "*" in names or str(given).lower() == "all":
            continue  # all of them are meant
        new = [renamed.get(clean_line(name).casefold(), name) for name in names]
        if given and new != names:
            found[position] = new if isinstance(given, list) else new[0]
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text goes, and what of the old one it replaces."""

    start: int
    end: int
    text: str


def _edited(text: str, wanted: Mapping[int, _Fields], tree: Node | None = None) -> str:
    """`wanted`: by position in the list."""
    tree = tree or document.read(text)[0]
    sources = tree.child("sources") if tree else None
    if sources is None or not isinstance(sources.value, list):
        raise CannotEdit("its sources are no list")
    places = [
        place
        for position, fields in wanted.items()
        for place in _places(text, sources.value[position], fields, flow=sources.in_brackets)
    ]
    for place in sorted(places, key=lambda one: one.start, reverse=True):
        text = text[: place.start] + place.text + text[place.end :]
    return text


def _places(text: str, item: Node, fields: _Fields, *, flow: bool) -> list[_Place]:
    """Where the fields of one entry go: in place of what is given, the others together."""
    if item.is_alias:
        raise CannotEdit("the entry is an alias")
    given = {key: node for key in fields if (node := item.child(key)) is not None}
    places = [_instead(text, key, node, fields[key]) for key, node in given.items()]
    in_flow = item.in_brackets or (flow and isinstance(item.value, str))
    new = [_pair(key, one, flow=in_flow) for key, one in fields.items() if key not in given]
    if not new:
        return places
    if isinstance(item.value, str):
        pairs = [f"url: {text[item.start : item.end]}", *new]
        whole = f"{{{', '.join(pairs)}}}" if flow else _line(text, item.start).join(pairs)
        return [*places, _Place(item.start, item.end, whole)]
    if item.in_brackets:
        last = max(node.end for node in item.children())
        return [*places, _Place(last, last, "".join(f", {pair}" for pair in new))]
    first = min((item.key_starts or {}).values())
    line = _line(text, first)
    return [*places, _Place(first, first, "".join(pair + line for pair in new))]


def _instead(text: str, key: str, given: Node, value: Field) -> _Place:
    written = text[given.start : given.end]
    if given.is_alias:
        raise CannotEdit(f"its {key} {'are' if key == 'tags' else 'is'} an alias")
    if "#" in written and (key == "tags" or written.startswith(("|", ">"))):
        raise CannotEdit(f"a comment may stand within its {key}")
    return _Place(given.start, given.end, _value(value, flow=True))


def _pair(key: str, value: Field, *, flow: bool) -> str:
    return f"{key}: {_value(value, flow=flow)}"


def _value(value: Field, *, flow: bool) -> str:
    return scalar(value, flow=flow) if isinstance(value, str) else in_brackets(value)


def _line(text: str, at: int) -> str:
    """A line break, and what leads to the same column."""
    ending = "\r\n" if "\r\n" in text else "\n"
    return ending + " " * (at - text.rfind("\n", 0, at) - 1)


# --- entries -------------------------------------------------------------------------------------


def _plain(entry: object) -> dict[str, object]:
    """An entry with what it says by leaving it out."""
    keys = {"url": entry} if isinstance(entry, str) else entry
    if not isinstance(keys, dict):
        return {}
    return {**keys, "tags": keys.get("tags") or []}


def _address(entry: object) -> str | None:
    """As it is compared."""
    address = entry.get("url") if isinstance(entry, dict) else entry
    return normalise(clean_line(address)) if isinstance(address, str) else None


def _by_address(config: Config) -> dict[str, Source]:
    return {source.url: source for source in (*config.sources, *config.paused)}
