"""Sources, watches, digests and the program, as the API takes and answers them beside
`service.shapes`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body

from aggregator.service.explaining import Line
from aggregator.service.findings import Miss
from aggregator.service.shapes.digests import DeliveryFields
from aggregator.service.shapes.found import CandidateFields
from aggregator.types import Counts, PageSelectors
from aggregator.web.api.described import given, taken
from aggregator.web.api.parameters import BodyFlag, BodyId, BodyText
from aggregator.web.api.problems import Mistake

SourceDone = Literal["added", "changed", "removed", "paused", "resumed", "unchanged"]


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Where the items of a page without a feed are. CSS selectors; within an item they may end
    with `::attr(name)`."""

    item: BodyText
    """What its items are."""
    title: BodyText | None = None
    link: BodyText | None = None
    date: BodyText | None = None
    summary: BodyText | None = None

    def read(self) -> PageSelectors:
        return PageSelectors(
            item=self.item,
            title=self.title,
            link=self.link,
            date=self.date,
            summary=self.summary,
        )


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class AddressToLookAt:
    """Where to look for feeds."""

    url: BodyText
    """Of a site, of one of its pages, or of a feed; `https://` may be left out."""
    select: Selectors | None = None
    """Watch the page itself; null: look for feeds."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceToAdd:
    """A source for feeds.yaml."""

    url: BodyText
    """Of the feed itself, as `POST /sources/discover` has found it, or of the page that is
    watched."""
    name: BodyText | None = None
    """As in the `title` that `POST /sources/discover` has found; a number is put to one that is
    taken. Null: by its address, for nothing is fetched."""
    tags: Annotated[list[BodyText], Body(max_length=50)] = field(default_factory=list)
    select: Selectors | None = None
    """Watch the page itself."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceToChange:
    """What becomes of a source."""

    name: BodyText | None = None
    """No other source may be called so, whatever the case; null, here and below: it stays."""
    tags: Annotated[list[BodyText], Body(max_length=50)] | None = None
    """These, and no others."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceChanged:
    """What has come of a change."""

    name: str
    url: str
    done: SourceDone


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesToRefresh:
    """Which sources are to be polled now."""

    sources: Annotated[list[BodyText], Body(max_length=1_000)] | None = None
    """Names, addresses, or parts of either that fit only one; null: all."""
    force: BodyFlag = False
    """Also where the publisher asked to be left alone, and named sources that have retired."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """Which sources a running service polls now."""

    due: tuple[str, ...]
    waiting: tuple[str, ...]
    """Those that want to be left alone."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """An item of a page that is watched, or of a feed."""

    title: str
    url: str | None
    published_at: datetime | None


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """What could be followed at an address."""

    url: str
    """What was made of what was typed."""
    requests: int
    """How many were made."""
    error: str | None
    """Why the address itself could not be had; null: it could."""
    candidates: tuple[CandidateFields, ...]
    misses: tuple[Miss, ...]
    items: tuple[FoundItem, ...]
    """Of the first candidate, the first few."""
    followed_as: str | None
    """The name of the source that the first candidate is already; null: it is not followed."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """A poll in slow motion."""

    url: str
    ok: bool
    steps: tuple[Line, ...]


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A feed of a list."""

    name: str
    url: str
    tags: tuple[str, ...]
    line: int
    known: bool
    """It is followed already."""
    added: bool


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProblem:
    """Something that is wrong with a list."""

    problem: str
    line: int
    """0: the list as a whole."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What has come of a list."""

    feeds: tuple[Imported, ...]
    problems: tuple[ImportProblem, ...]


# --- watches, digests -----------------------------------------------------------------------------


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchToAdd:
    """A watch for feeds.yaml; each value is written as it is there."""

    name: BodyText
    query: BodyText = ""
    """Empty only with `silent`."""
    to: Annotated[list[BodyText], Body(max_length=50)] = field(default_factory=list)
    """Channels of feeds.yaml, and mail addresses; empty: it sends nothing."""
    per: Literal["article", "story"] | None = None
    at_most: BodyText | None = None
    """As in `1/h`."""
    quiet: BodyText | None = None
    """As in `22:00-07:00`."""
    timezone: BodyText | None = None
    silent: BodyText | None = None
    """As in `24h`."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class WatchChanged:
    """What has come of a change."""

    name: str
    done: Literal["added", "removed"]


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFields:
    """A message that says that it is a test."""

    channel: str
    sent: bool
    error: str | None
    """A sentence; null: it was sent."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesToRetry:
    """Which messages are to be tried again."""

    notices: Annotated[list[BodyId], Body(min_length=1, max_length=1_000)] | None = None
    """Their numbers; null: all that are dead."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What is tried again."""

    retried: int
    not_dead: int
    """How many of those that were named are not dead."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPreview:
    """What the next edition would hold now. Nothing is kept or sent."""

    subject: str
    text: str
    html: str
    short: str
    """For a chat: a few lines."""


@taken
@dataclass(frozen=True, slots=True, kw_only=True)
class DigestToSend:
    """To whom a digest is sent now."""

    to: BodyText | None = None
    """Only to this one of its recipients, at once also where it was refused before; null: to all
    who have not had it."""


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSent:
    """What has come of sending a digest."""

    date: str | None
    """Of the edition; null: there was nothing new, and nothing was sent."""
    slot: int | None
    deliveries: tuple[DeliveryFields, ...]
    """As they are now."""


# --- the program ----------------------------------------------------------------------------------


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFields:
    """What this process serves."""

    version: str
    time: datetime
    """By the clock of the database."""
    polls: bool
    """Whether this process polls, too; else another does, or nobody."""
    alive: bool
    """Whether somebody polls."""
    says: str
    """All that in words, with what is wrong."""
    counts: Counts


@given
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFields:
    """Whether feeds.yaml and the database are in order."""

    ok: bool
    problems: tuple[Mistake, ...]
    """Of feeds.yaml."""
    database: tuple[str, ...] | None
    """What is wrong with the database, a sentence each; null: it was not looked at."""
