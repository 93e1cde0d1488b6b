"""What a store consists of, for moving it as a whole: every table, its columns and its key.

Left out are the processes that work on the database (`workers`), assignments that are being made
anew (`regrouped`), what a window in memory has to forget (`taken_out`), the search index with the
forms of words, which the destination builds anew, and whatever an engine keeps there. A test
compares this list with the schema of every backend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from aggregator.storage.search_rebuild import REACHED, VERSION
from aggregator.storage.unfinished import UNFINISHED


class Kind(Enum):
    """How a column is declared."""

    INTEGER = "integer"
    """Of 64 bits."""
    REAL = "real"
    TEXT = "text"
    BYTES = "bytes"


_INTEGER, _REAL, _TEXT, _BYTES = Kind.INTEGER, Kind.REAL, Kind.TEXT, Kind.BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; its rows travel as tuples in the order of `columns`."""

    name: str
    columns: Mapping[str, Kind]
    key: tuple[str, ...]
    """Unique, and what the rows are ordered by: bytes of UTF-8, not a language's order."""
    where: str = "TRUE"
    """Which of its rows belong to the store, in SQL."""

    def key_of(self, row: tuple[object, ...]) -> tuple[object, ...]:
        """The values of `key` in a row."""
        names = [*self.columns]
        return tuple(row[names.index(name)] for name in self.key)


TEXTS = Table(
    name="texts",
    columns={
        "article_id": _INTEGER,
        "title": _TEXT,
        "text": _TEXT,
        "facets": _TEXT,
        "html": _TEXT,
    },
    key=("article_id",),
)
"""What is searched; the first four columns are what `Session.index` takes."""

TABLES = (
    Table(
        name="meta",
        columns={"key": _TEXT, "value": _INTEGER},
        key=("key",),
        where=f"key NOT IN ('{UNFINISHED}', '{VERSION}', '{REACHED}')",
    ),
    Table(
        name="sources",
        columns={
            "id": _INTEGER,
            "name": _TEXT,
            "name_key": _TEXT,
            "url": _TEXT,
            "host": _TEXT,
            "tags": _TEXT,
            "language": _TEXT,
            "interval_us": _INTEGER,
            "pages": _TEXT,
            "weight": _REAL,
            "headers": _TEXT,
            "active": _INTEGER,
            "etag": _TEXT,
            "last_modified": _TEXT,
            "body_hash": _TEXT,
            "next_poll_at": _INTEGER,
            "hold_until": _INTEGER,
            "last_poll_at": _INTEGER,
            "last_ok_at": _INTEGER,
            "last_error": _TEXT,
            "last_status": _INTEGER,
            "failures": _REAL,
            "title": _TEXT,
            "site_url": _TEXT,
            "lease_until": _INTEGER,
            "max_interval_us": _INTEGER,
            "respect_robots": _INTEGER,
            "proxy": _TEXT,
            "selectors": _TEXT,
            "why": _TEXT,
            "not_before_at": _INTEGER,
            "pace": _TEXT,
            "hints": _TEXT,
            "address": _TEXT,
            "moved_to": _TEXT,
            "moved_times": _INTEGER,
            "gone_at": _INTEGER,
            "retired_at": _INTEGER,
            "rules": _TEXT,
            "grouped": _INTEGER,
            "never_join": _TEXT,
        },
        key=("id",),
    ),
    Table(
        name="source_tags",
        columns={"tag": _TEXT, "source_id": _INTEGER},
        key=("tag", "source_id"),
    ),
    Table(
        name="hosts",
        columns={"host": _TEXT, "lease_until": _INTEGER, "free_at": _INTEGER},
        key=("host",),
    ),
    Table(
        name="robots",
        columns={
            "origin": _TEXT,
            "asked_at": _INTEGER,
            "status": _INTEGER,
            "failing_since": _INTEGER,
            "body": _BYTES,
        },
        key=("origin",),
    ),
    Table(
        name="articles",
        columns={
            "id": _INTEGER,
            "source_id": _INTEGER,
            "story_id": _INTEGER,
            "guid": _TEXT,
            "url": _TEXT,
            "title": _TEXT,
            "authors": _TEXT,
            "categories": _TEXT,
            "language": _TEXT,
            "image_url": _TEXT,
            "published_at": _INTEGER,
            "updated_at": _INTEGER,
            "first_seen_at": _INTEGER,
            "at": _INTEGER,
            "words": _INTEGER,
            "content_hash": _TEXT,
            "revision": _INTEGER,
            "revised_at": _INTEGER,
            "text_state": _TEXT,
            "text_origin": _TEXT,
            "text_error": _TEXT,
            "text_attempts": _INTEGER,
            "page_host": _TEXT,
            "text_due_at": _INTEGER,
            "text_lease_until": _INTEGER,
            "text_version": _INTEGER,
            "media": _TEXT,
            "links": _TEXT,
            "withdrawn_at": _INTEGER,
            "kind": _TEXT,
            "kind_why": _TEXT,
            "text_why": _TEXT,
            "confidence": _REAL,
            "utc_offset": _INTEGER,
            "image_alt": _TEXT,
            "site_name": _TEXT,
            "canonical_url": _TEXT,
            "dateline": _TEXT,
            "credits": _TEXT,
            "unseen_at": _INTEGER,
        },
        key=("id",),
    ),
    Table(
        name="article_keys",
        columns={"source_id": _INTEGER, "key": _TEXT, "article_id": _INTEGER},
        key=("source_id", "key"),
    ),
    TEXTS,
    Table(
        name="kept_pages",
        columns={
            "article_id": _INTEGER,
            "host": _TEXT,
            "kept_at": _INTEGER,
            "size": _INTEGER,
            "data": _BYTES,
        },
        key=("article_id",),
    ),
    Table(
        name="furniture",
        columns={"host": _TEXT, "seen_at": _INTEGER, "data": _BYTES},
        key=("host",),
    ),
    Table(
        name="revisions",
        columns={
            "article_id": _INTEGER,
            "number": _INTEGER,
            "title": _TEXT,
            "text": _TEXT,
            "seen_at": _INTEGER,
        },
        key=("article_id", "number"),
    ),
    Table(
        name="fingerprints",
        columns={"article_id": _INTEGER, "at": _INTEGER, "data": _BYTES},
        key=("article_id",),
    ),
    Table(
        name="assignments",
        columns={
            "seq": _INTEGER,
            "article_id": _INTEGER,
            "story_id": _INTEGER,
            "relation": _TEXT,
            "of_id": _INTEGER,
            "score": _REAL,
            "why": _TEXT,
            "assigned_at": _INTEGER,
            "continues_id": _INTEGER,
        },
        key=("seq",),
    ),
    Table(
        name="placements",
        columns={
            "article_id": _INTEGER,
            "with_id": _INTEGER,
            "placed_at": _INTEGER,
            "stays": _INTEGER,
        },
        key=("article_id",),
    ),
    Table(
        name="stories",
        columns={
            "id": _INTEGER,
            "articles": _INTEGER,
            "outlets": _INTEGER,
            "first_at": _INTEGER,
            "last_at": _INTEGER,
        },
        key=("id",),
    ),
    Table(
        name="stars",
        columns={"article_id": _INTEGER, "starred_at": _INTEGER},
        key=("article_id",),
    ),
    Table(
        name="read_until",
        columns={"source_id": _INTEGER, "article_id": _INTEGER, "marked_at": _INTEGER},
        key=("source_id",),
    ),
    Table(
        name="read_marks",
        columns={"article_id": _INTEGER, "read": _INTEGER, "marked_at": _INTEGER},
        key=("article_id",),
    ),
    Table(
        name="digests",
        columns={
            "digest": _TEXT,
            "local_date": _TEXT,
            "slot": _INTEGER,
            "title": _TEXT,
            "since_at": _INTEGER,
            "until_at": _INTEGER,
            "made_at": _INTEGER,
            "stories": _INTEGER,
            "singles": _INTEGER,
            "left_out": _INTEGER,
            "data": _BYTES,
        },
        key=("digest", "local_date", "slot"),
    ),
    Table(
        name="digest_told",
        columns={"digest": _TEXT, "article_id": _INTEGER, "told_at": _INTEGER},
        key=("digest", "article_id"),
    ),
    Table(
        name="deliveries",
        columns={
            "digest": _TEXT,
            "local_date": _TEXT,
            "slot": _INTEGER,
            "recipient": _TEXT,
            "message_id": _TEXT,
            "state": _TEXT,
            "attempts": _INTEGER,
            "error": _TEXT,
            "retry_at": _INTEGER,
            "prepared_at": _INTEGER,
            "recorded_at": _INTEGER,
            "message": _BYTES,
        },
        key=("digest", "local_date", "slot", "recipient"),
    ),
    Table(
        name="watches",
        columns={"name": _TEXT, "since_id": _INTEGER, "set_up_at": _INTEGER},
        key=("name",),
    ),
    Table(
        name="watch_hits",
        columns={
            "id": _INTEGER,
            "watch": _TEXT,
            "subject": _TEXT,
            "article_id": _INTEGER,
            "source_id": _INTEGER,
            "snippet": _TEXT,
            "at": _INTEGER,
            "told_at": _INTEGER,
        },
        key=("id",),
    ),
    Table(
        name="notices",
        columns={
            "id": _INTEGER,
            "key": _TEXT,
            "watch": _TEXT,
            "channel": _TEXT,
            "content": _TEXT,
            "state": _TEXT,
            "begun": _INTEGER,
            "attempts": _INTEGER,
            "error": _TEXT,
            "due_at": _INTEGER,
            "created_at": _INTEGER,
            "sent_at": _INTEGER,
        },
        key=("id",),
    ),
    Table(
        name="held_channels",
        columns={"name": _TEXT, "held_until": _INTEGER},
        key=("name",),
    ),
    Table(
        name="web_password",
        columns={"id": _INTEGER, "hash": _TEXT},
        key=("id",),
    ),
    Table(
        name="access_tokens",
        columns={
            "id": _INTEGER,
            "name": _TEXT,
            "scope": _TEXT,
            "hash": _BYTES,
            "fever_hash": _BYTES,
            "created_at": _INTEGER,
            "used_at": _INTEGER,
        },
        key=("id",),
    ),
    Table(
        name="web_sessions",
        columns={
            "hash": _BYTES,
            "created_at": _INTEGER,
            "seen_at": _INTEGER,
            "agent": _TEXT,
        },
        key=("hash",),
    ),
)
"""Each after those that its rows refer to."""
