"""What `check` notes: nothing is wrong with the file, but something in it leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aggregator.config import Config

_PORTS = {"http": 80, "https": 443}


def notes(config: Config) -> Iterator[str]:
    """Sentences without an end."""
    yield from _not_asked(config)
    yield from _watching_none(config)
    yield from _tags_of_none(config)


def _not_asked(config: Config) -> Iterator[str]:
    """Sources and webhooks that are no public address by what is written already. What names lead
    to is seen when they are asked."""
    from aggregator.fetch.guard import Guard
    from aggregator.types import ChannelKind

    guard = Guard.allowing(config.allow)
    addresses = [
        *((f"the source “{one.name}”", one.url) for one in config.sources),
        *(
            (f"the channel “{one.name}”", one.address)
            for one in config.channels
            if one.kind is ChannelKind.WEBHOOK
        ),
    ]
    for what, address in addresses:
        parts = urlsplit(address)
        try:
            port = parts.port or _PORTS.get(parts.scheme.lower(), 443)
            refusal = guard.refusal_unresolved(parts.hostname or "", port)
        except ValueError:  # no address at all is another matter
            continue
        if refusal:
            yield f"{what} is not reached: {refusal}"


def _watching_none(config: Config) -> Iterator[str]:
    """Watches for silence that no source is meant by."""
    from aggregator.core.watch_rules import names, sources_of

    for watch in config.watches:
        root = None if watch.silent is None else sources_of(watch)
        known = (*config.sources, *config.paused)
        if root is not None and not any(names(root, source) for source in known):
            yield f"no source is meant by “{watch.query}” of the watch “{watch.name}”"


def _tags_of_none(config: Config) -> Iterator[str]:
    """Tags that a digest is about and no source has."""
    from aggregator.core.source_keys import tag_key
    from aggregator.types import SectionKind

    known = {tag_key(tag) for one in config.sources + config.paused for tag in one.tags}
    for digest in config.digests:
        parts = (one.value for one in digest.sections if one.kind is SectionKind.TAG)
        for tag in dict.fromkeys([*digest.tags, *parts]):
            if tag_key(tag) not in known:
                yield f"no source has the tag “{tag}”, which the digest “{digest.name}” is about"
