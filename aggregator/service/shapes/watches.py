"""Watches, what they would have sent, and their messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.core.durations import format_duration
from aggregator.core.watch_rules import watch_key
from aggregator.types import Notice, NoticeState, Rate, Relation, Watch, WatchPer

if TYPE_CHECKING:
    from aggregator.service.rehearsing import Message, Rehearsal
    from aggregator.storage.protocol import Storage

_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """What has become of a watch so far."""

    last_at: datetime | None
    """When it last caught something, or a message was last made of it; None: never, or not known,
    for it has no channels."""
    waiting: int
    """Caught, and in no message yet."""
    unsent: int
    """Messages that wait to be sent."""
    dead: int
    """Messages that were given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFields:
    """A watch, and how it fares."""

    name: str
    query: str
    to: tuple[str, ...]
    """Names of channels; empty: what it catches is for digests only."""
    per: WatchPer | None
    """Null: it is about silent sources."""
    at_most: str | None
    """Messages in a time, as in `1/h`; null: no bound."""
    quiet: str | None
    """Hours in which nothing is sent, as in `22:00-07:00`; null: none."""
    timezone: str | None
    """Of these hours."""
    silent: str | None
    """How long a source is silent before it tells, as in `1d`; null: it is about articles."""
    last_at: datetime | None
    """When it last caught something, or a message was last made of it; null: never, or not known,
    for it has no channels."""
    waiting: int
    """Caught, and in no message yet."""
    unsent: int
    """Messages that wait to be sent."""
    dead: int
    """Messages that were given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFields:
    """A message of a watch."""

    id: int
    key: str
    watch: str
    channel: str
    state: NoticeState
    attempts: int
    error: str | None
    """A sentence; null: no failure so far."""
    due_at: datetime | None
    """When it is tried next; null: never."""
    created_at: datetime
    sent_at: datetime | None
    """Null: it has not been sent."""
    headlines: tuple[str, ...]
    more: int
    """How many further things it tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageItemFields:
    """Something that a message tells."""

    article: int | None
    """Null: it is about a source."""
    story: int | None
    headline: str
    source: str
    url: str | None
    at: datetime
    outlets: int
    relation: Relation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFields:
    """A message that would have been made."""

    at: datetime
    waits: bool
    """It would be sent only then."""
    items: tuple[MessageItemFields, ...]


def fared(storage: Storage, watches: Sequence[Watch]) -> dict[str, Fared]:
    """By folded name."""
    keys = [watch_key(one.name) for one in watches]
    waiting: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    for hit in storage.open_hits(keys):
        waiting[hit.watch] += 1
        last[hit.watch] = hit.at
    unsent, dead = (
        Counter(one.watch for one in storage.notices(state=state, limit=_MOST))
        for state in (NoticeState.WAITING, NoticeState.DEAD)
    )
    for key in keys:
        for notice in storage.notices(watch=key, limit=1):
            last[key] = max(last.get(key, notice.created_at), notice.created_at)
    return {
        key: Fared(last_at=last.get(key), waiting=waiting[key], unsent=unsent[key], dead=dead[key])
        for key in keys
    }


def rate(value: Rate) -> str:
    """As feeds.yaml has it: 1/h, 2/30m."""
    span = format_duration(value.span)
    return f"{value.most}/{span[1:] if span in {'1h', '1d', '1m'} else span}"


def hours(watch: Watch) -> str | None:
    """Its quiet ones, as feeds.yaml has them; None: it has none."""
    quiet = watch.quiet
    return None if quiet is None else f"{quiet.begin:%H:%M}-{quiet.end:%H:%M}"


def watch_fields(watch: Watch, how: Fared | None) -> WatchFields:
    """`how`: None where nothing has been stored yet."""
    return WatchFields(
        name=watch.name,
        query=watch.query,
        to=watch.to,
        per=None if watch.silent else watch.per,
        at_most=rate(watch.at_most) if watch.at_most else None,
        quiet=hours(watch),
        timezone=watch.quiet.timezone if watch.quiet else None,
        silent=format_duration(watch.silent) if watch.silent else None,
        last_at=how.last_at if how else None,
        waiting=how.waiting if how else 0,
        unsent=how.unsent if how else 0,
        dead=how.dead if how else 0,
    )


def notice_fields(notice: Notice) -> NoticeFields:
    return NoticeFields(
        id=notice.notice_id,
        key=notice.key,
        watch=notice.content.watch,
        channel=notice.channel,
        state=notice.state,
        attempts=notice.attempts,
        error=notice.error,
        due_at=notice.due_at,
        created_at=notice.created_at,
        sent_at=notice.sent_at,
        headlines=tuple(item.headline for item in notice.content.items),
        more=notice.content.more,
    )


def message_fields(message: Message, done: Rehearsal) -> MessageFields:
    return MessageFields(
        at=message.at,
        waits=message.at > done.until,
        items=tuple(
            MessageItemFields(
                article=item.article_id,
                story=item.story_id,
                headline=item.headline,
                source=item.source,
                url=item.url,
                at=item.at,
                outlets=item.outlets,
                relation=item.relation,
            )
            for item in message.items
        ),
    )
