"""Which source or address somebody means who wants it tested."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.config import Config
from aggregator.core.feed_addresses import feed_key
from aggregator.errors import UsageError
from aggregator.service.findings import addresses
from aggregator.types import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be polled."""

    urls: tuple[str, ...]
    """To be tried one after the other."""
    source: Source
    """How; its address is the first of them."""
    is_followed: bool
    """Whether feeds.yaml lists it."""


def target_of(wanted: str, config: Config) -> Target:
    """By the name or address of a source, a part of its name, or any address.

    Raises UsageError when it may mean several, or nothing.
    """
    sources = (*config.sources, *config.paused)
    word = wanted.casefold()
    known = [one for one in sources if word in {one.name.casefold(), one.url.casefold()}]
    if not known and " " not in wanted and any(mark in wanted for mark in ".:/"):
        urls = addresses(wanted)
        keys = {feed_key(url) for url in urls}
        known = [one for one in sources if feed_key(one.url) in keys]
        if not known:
            return Target(urls=urls, source=_unnamed(urls[0], config), is_followed=False)
    known = known or [one for one in sources if word in one.name.casefold()]
    if not known:
        raise UsageError(
            f"no source is called “{wanted}”; give a name out of feeds.yaml, or an address"
        )
    if len(known) > 1:
        listed = ", ".join(f"“{one.name}”" for one in known[:5])
        raise UsageError(f"“{wanted}” may mean {listed}; say which")
    return Target(urls=(known[0].url,), source=known[0], is_followed=True)


def _unnamed(url: str, config: Config) -> Source:
    return Source(
        name=url,
        url=url,
        interval=config.interval,
        max_interval=config.max_interval,
        pages=config.pages,
    )
