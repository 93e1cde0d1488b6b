"""What the configuration means, for the rest of the program: plain frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.config.web import WebConfig
from aggregator.types import (
    Channel,
    Database,
    DigestTarget,
    PagePolicy,
    Schedule,
    SectionRule,
    Source,
    Watch,
)


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is encrypted."""

    STARTTLS = "starttls"
    """It begins in clear and must switch to TLS before anything is said."""
    TLS = "tls"
    """TLS from the first byte."""
    NONE = "none"
    """Not at all: for a server on the same machine or network."""

    @property
    def port(self) -> int:
        """The port that belongs to it."""
        return {"starttls": 587, "tls": 465, "none": 25}[self.value]


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    AUTO = "auto"
    """Text on a terminal, JSON otherwise."""
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestConfig:
    name: str
    """Unique whatever its case; that of the section `digest` is "digest"."""
    title: str
    schedule: Schedule
    timezone: ZoneInfo
    """That of the schedule."""
    to: tuple[DigestTarget, ...]
    """Empty: it is made and kept, and goes nowhere."""
    sender: str | None
    """Address, with or without a name before it, also of what watches mail; None: only when no
    target is a mail address, a file, a maildir or a command, and no channel is a mail address."""
    language: str
    """BCP 47 primary subtag, one of `notify.words.LANGUAGES`."""
    query: str
    """What it is about, in the search language; "": everything."""
    tags: tuple[str, ...]
    """Articles of sources with one of these; empty: of all."""
    sections: tuple[SectionRule, ...]
    max_stories: int
    """Shown in full; as many again, at most, with their headline only."""
    max_items: int
    send_empty: bool
    images: bool
    """Whether stories are shown with their picture, which is loaded from the outlet."""
    unsubscribe: str | None
    """mailto: or https: address for List-Unsubscribe; None: a mail to the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpConfig:
    host: str
    port: int
    security: SmtpSecurity
    username: str | None
    """None: no login."""
    password: str | None
    """Does not show in a repr; None exactly when `username` is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogConfig:
    level: LogLevel
    format: LogFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesConfig:
    copy_window: timedelta
    """How far apart two articles may be to count as copies of one text."""
    event_window: timedelta
    """How far apart two articles may be to count as reports of one event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """feeds.yaml with every default filled in. Equal files give equal values."""

    storage: Database
    sources: tuple[Source, ...]
    """Those that are polled, in file order."""
    paused: tuple[Source, ...]
    """Those with `paused: true`, in file order."""
    interval: timedelta
    """What a source without its own interval has; already filled in in `sources`."""
    max_interval: timedelta
    """The same for `max_interval`; of a source it is never below its `interval`."""
    pages: PagePolicy
    """The same for `pages`."""
    host_delay: timedelta
    concurrency: int
    timeout: timedelta
    lease: timedelta
    """How long a host is a task's own; longer than `timeout`."""
    keep_pages: timedelta
    """How long pages are kept as they were served; zero: not at all."""
    max_feed_size: int
    """Bytes, decoded."""
    max_page_size: int
    """Bytes, decoded."""
    allow: tuple[str, ...]
    """Hosts, addresses and networks that may be asked although they are not public."""
    proxy: str | None = field(repr=False)
    """For the sources that name none; None: connections are direct."""
    ca_file: Path | None
    """Certificates that are trusted besides the usual ones; None: no others."""
    contact: str | None
    """None: the User-Agent names no operator."""
    digest: DigestConfig
    """The section `digest`, with its defaults where feeds.yaml says nothing."""
    digests: tuple[DigestConfig, ...]
    """Those that are made: `digest` if it has recipients or is the only one, then those of the
    section `digests`, which have its values where they say nothing themselves, but for `to`
    (nobody) and `title` (their name)."""
    smtp: SmtpConfig | None
    """None: no mail server; then no target or channel is a mail address."""
    log: LogConfig
    stories: StoriesConfig
    outlines: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By address of a source: what else an OPML list said of it, (name, value) each."""
    channels: tuple[Channel, ...] = ()
    """In file order; after them the mail addresses that watches name themselves."""
    watches: tuple[Watch, ...] = ()
    """In file order; what `to` names is in `channels`."""
    web: WebConfig = field(default_factory=WebConfig)
