"""The sources as feeds.yaml lists them now, each with how it fares as far as the store knows.

The store follows the file when somebody polls: with the next `aggregator update`, and at once where
a service runs. Until then the two differ, and it is the file that people have just edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aggregator.config import Config
from aggregator.core.text import fold
from aggregator.types import PostgresUrl, Source, SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One source."""

    source: Source
    """As the file has it."""
    status: SourceStatus | None
    """None: the store has not heard of it yet."""
    is_paused: bool = False


def listed(config: Config, statuses: Sequence[SourceStatus]) -> list[Listed]:
    """By name, and those that are paused last; `statuses` are all of the store's.

    A source is known by its address, else by its name, as the store will have it. A database that
    is shared may have further sources, of another machine's file.
    """
    by_url = {status.source.url: status for status in statuses}
    wanted = {source.url for source in (*config.sources, *config.paused)}
    free = {one.source.name: one for one in statuses if one.source.url not in wanted}

    def found(source: Source) -> SourceStatus | None:
        status = by_url.get(source.url) or free.pop(source.name, None)
        return None if status is None else replace(status, source=source)

    polled = [Listed(source=one, status=found(one)) for one in config.sources]
    paused = [Listed(source=one, status=found(one), is_paused=True) for one in config.paused]
    if isinstance(config.storage, PostgresUrl):
        polled += [Listed(source=one.source, status=one) for one in free.values()]
    return [*_by_name(polled), *_by_name(paused)]


def _by_name(items: list[Listed]) -> list[Listed]:
    return sorted(items, key=lambda one: fold(one.source.name))
