"""What the publisher said: a document, cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.types.sources import PollHints


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"
    """What has pages, such as a PDF."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that comes with an entry."""

    url: str
    """Absolute http(s)."""
    kind: MediaKind
    type: str | None = None
    """MIME type as given; None: not given."""
    title: str = ""
    """One line: its title, else its description or caption; empty: none given."""
    credit: str = ""
    """One line; empty: none given."""
    size: int | None = None
    """Bytes; None: not given."""
    duration: timedelta | None = None
    """None: not given."""
    width: int | None = None
    """Pixels; None: not given."""
    height: int | None = None
    """Pixels; None: not given."""


class LinkKind(StrEnum):
    """How an entry stands to what it links to."""

    REPLY_TO = "reply-to"
    """It answers it (Atom threading, RFC 4685)."""
    COMMENTS = "comments"
    """A page of comments on it."""
    COMMENTS_FEED = "comments-feed"
    CORRECTS = "corrects"
    """It corrects or replaces it."""
    CORRECTED_BY = "corrected-by"
    """It has been corrected or replaced by it."""
    RELATED = "related"
    VIA = "via"
    """Where it was found, or whose it was first (RSS `source`)."""
    ALTERNATE = "alternate"
    """The same in another form or language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something else that an entry refers to."""

    kind: LinkKind
    url: str | None = None
    """Absolute http(s); None: only its identifier is given."""
    ref: str = ""
    """The identifier (GUID) of what is meant; empty: not given."""
    title: str = ""
    """One line; empty: none given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedEntry:
    """One entry as the feed has it, cleaned: texts are plain, HTML is sanitised, URLs absolute."""

    guid: str | None
    """None: the feed gives none."""
    url: str | None
    """Absolute http(s); None: the entry links nowhere."""
    title: str
    """One line of plain text; empty when the feed gives none."""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    """None: not given, or not a date."""
    updated_at: datetime | None = None
    """None: not given, or not a date."""
    language: str | None = None
    """Of the entry, else of the feed; None: neither says."""
    summary_html: str = ""
    content_html: str = ""
    text: str = ""
    """Plain text of the content, else of the summary; paragraphs parted by an empty line."""
    image_url: str | None = None
    """None: no image named."""
    categories: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    format: str
    """rss20, rss10, rss091, atom10, atom03, json1, …"""
    title: str
    site_url: str | None
    """None: the feed does not link to its site."""
    language: str | None
    """None: the feed does not say."""
    entries: tuple[ParsedEntry, ...]
    warning: str | None = None
    """What is wrong with the document although it could be read; None: nothing."""
    hints: PollHints | None = None
    """None: the feed gives none."""
    complete: bool = True
    """Whether the document came to its end; one that breaks off is to be asked for again."""
    withdrawn: tuple[str, ...] = ()
    """GUIDs of entries that the publisher has taken back (Atom tombstones, RFC 6721)."""
