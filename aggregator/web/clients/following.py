"""What is followed, as apps show it: subscriptions with numbers, and their tags as folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request

from aggregator.core.feed_addresses import feed_key
from aggregator.core.source_keys import tag_key
from aggregator.types import Source, SourceStatus
from aggregator.web.site import site_of

_KEPT = timedelta(minutes=1)
"""Apps ask for ten lists one after the other, and to count the articles of each source takes its
time."""


UNTAGGED = "Untagged"
"""Where sources without a tag lie: FreshRSS and Miniflux have a folder for every one, and some apps
cannot do without."""


def labels_of(one: SourceStatus) -> tuple[str, ...]:
    """At least one."""
    return one.source.tags or (UNTAGGED,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    sources: tuple[SourceStatus, ...]
    """Those that are polled, by name."""

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(one.source_id for one in self.sources)

    def labels(self) -> dict[str, frozenset[int]]:
        """The sources of each tag, as it is written first, in order of the tags."""
        names: dict[str, str] = {}
        found: dict[str, set[int]] = {}
        for one in self.sources:
            for tag in labels_of(one):
                key = tag_key(tag)
                names.setdefault(key, tag)
                found.setdefault(key, set()).add(one.source_id)
        return {names[key]: frozenset(found[key]) for key in sorted(found)}

    def labelled(self, label: str) -> frozenset[int]:
        """The sources with this tag; none where there is no such tag."""
        key = tag_key(label)
        return frozenset(
            one.source_id for one in self.sources if key in map(tag_key, labels_of(one))
        )

    def at(self, address: str) -> SourceStatus | None:
        """The source with this address; None: there is none."""
        key = feed_key(address)
        return next((one for one in self.sources if feed_key(one.source.url) == key), None)

    def source(self, source_id: int) -> SourceStatus | None:
        return next((one for one in self.sources if one.source_id == source_id), None)


@dataclass(frozen=True, slots=True)
class _Kept:
    at: datetime
    wanted: Sequence[Source]
    """As feeds.yaml had them."""
    following: Following


def following(request: Request) -> Following:
    """As it was a minute ago at the earliest, and since feeds.yaml was changed. Raises
    StorageError."""
    site = site_of(request)
    now, wanted = site.clock(), site.config().sources
    kept: _Kept | None = getattr(request.app.state, "followed_by_clients", None)
    if kept is not None and kept.wanted == wanted and kept.at <= now < kept.at + _KEPT:
        return kept.following
    return following_now(request)


def following_now(request: Request) -> Following:
    """As it is. Raises StorageError."""
    site = site_of(request)
    now, wanted = site.clock(), site.config().sources
    found = Following(sources=tuple(site.storage.source_statuses()))
    fits = {one.source.url for one in found.sources} == {one.url for one in wanted}
    request.app.state.followed_by_clients = _Kept(now, wanted, found) if fits else None
    return found
