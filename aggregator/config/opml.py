"""The list of sources as an OPML list, and outlines of others as sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from aggregator.config.editing import listed_names
from aggregator.config.entries import NewSource
from aggregator.config.model import Config
from aggregator.config.values import MAX_NAME, attribute_name
from aggregator.core.feed_addresses import feed_key
from aggregator.core.opml import OpmlEntry, write_opml
from aggregator.core.text import shorten
from aggregator.types import Source

TITLE = "Sources of aggregator"
NAMESPACE = "urn:aggregator:opml"
_PAUSED = ("aggregator:paused", "true")
"""OPML has nothing for it; other readers leave it alone."""


def new_source(entry: OpmlEntry) -> NewSource:
    """What an outline says, all of which feeds.yaml has a place for."""
    name = shorten(entry.title, MAX_NAME)
    said = {"htmlUrl": entry.site_url} if entry.site_url else {}
    if name != entry.title:
        said["title"] = entry.title
    return NewSource(
        url=entry.url,
        name=name or None,
        tags=entry.tags,
        language=entry.language,
        opml=tuple((said | dict(filter(_is_kept, entry.attributes))).items()),
        paused=_PAUSED in entry.attributes,
    )


def unfollowed(
    entries: Iterable[OpmlEntry], path: Path, *, environ: Mapping[str, str]
) -> list[NewSource]:
    """Those that feeds.yaml at `path` does not list yet, under any address of the same feed.

    Raises UsageError and ConfigError for a file that cannot be read.
    """
    known = {feed_key(url) for url in listed_names(path, environ=environ)}
    return [new_source(one) for one in entries if feed_key(one.url) not in known]


def to_opml(config: Config) -> bytes:
    """Every source; the first tag of each is its folder, the others are its categories.

    Read again by `parse_opml` and `new_source`, it gives sources with the same addresses, names,
    tags, languages and attributes, paused ones paused, but for names and tags with markup in them.
    """
    entries = [
        *(_outline(source, config) for source in config.sources),
        *(_outline(source, config, _PAUSED) for source in config.paused),
    ]
    return write_opml(entries, title=TITLE, namespaces={"aggregator": NAMESPACE})


def _outline(source: Source, config: Config, *more: tuple[str, str]) -> OpmlEntry:
    return OpmlEntry(
        url=source.url,
        title=source.name,
        folders=source.tags[:1],
        categories=source.tags[1:],
        language=source.language,
        attributes=(*config.outlines.get(source.url, ()), *more),
    )


def _is_kept(attribute: tuple[str, str]) -> bool:
    try:
        return bool(attribute_name(attribute[0]))
    except ValueError:
        return False
