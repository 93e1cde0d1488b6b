"""What is followed, changed in feeds.yaml as the command line does, for apps."""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import Request

from aggregator.config.editing import NewSource, add_sources, remove_sources
from aggregator.config.opml import unfollowed
from aggregator.core.opml import parse_opml
from aggregator.core.text import clean_line
from aggregator.errors import UsageError
from aggregator.service.seeking import seeking
from aggregator.types import SourceStatus
from aggregator.web.clients.following import Following, following_now
from aggregator.web.site import Site, site_of

MOST_TAGS = 50


async def found_at(site: Site, address: str) -> tuple[str, str]:
    """(address, name) of the first feed of a site or a page, as `aggregator add --yes` takes it.
    Raises UsageError where there is none."""
    async with seeking(site.config()) as seeker:
        found = await seeker.find(address, tell=lambda _what: None)
        if not found.feeds:
            why = f": {found.trouble}" if found.trouble else ""
            raise UsageError(f"no feed was found at {found.url}{why}")
        chosen = found.feeds[0]
        known = await seeker.followed_as(chosen)
        if known is not None:
            raise UsageError(f"{chosen.url} is followed already, as “{known}”")
        return chosen.url, clean_line(chosen.name)


def follow(
    request: Request, address: str, *, name: str, tags: Collection[str]
) -> SourceStatus | None:
    """Add a feed whose address is known; None: the store does not have it yet. Raises UsageError
    and ConfigError."""
    site = site_of(request)
    new = NewSource(url=address, name=name or None, tags=tuple(tags)[:MOST_TAGS])
    add_sources(site.config_path, [new], environ=site.environ)
    return taken_up(request).at(address)


def unfollow(request: Request, addresses: Collection[str]) -> None:
    """Raises UsageError and ConfigError; articles stay."""
    site = site_of(request)
    remove_sources(site.config_path, addresses, environ=site.environ)
    taken_up(request)


def import_list(request: Request, data: bytes) -> int:
    """Follow what an OPML list names and is not followed yet; how many. Raises UsageError, also for
    what is no list, and ConfigError."""
    site = site_of(request)
    read = parse_opml(data)
    if not read.entries:
        first = read.problems[0].message if read.problems else "It lists no feed."
        raise UsageError(f"this list cannot be used: {first}")
    new = unfollowed(read.entries, site.config_path, environ=site.environ)
    add_sources(site.config_path, new, environ=site.environ)
    taken_up(request)
    return len(new)


def taken_up(request: Request) -> Following:
    """What is followed now. A service takes a changed feeds.yaml up by itself, in a moment; but
    apps go on with the number of what they have added at once."""
    site = site_of(request)
    config = site.config_in_file()
    site.storage.sync_sources(config.sources, now=site.clock())
    return following_now(request)
