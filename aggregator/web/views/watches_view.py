"""Watches, what they catch and what they send, as their pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from aggregator.core.durations import format_duration
from aggregator.core.kind_names import RELATION_NAMES
from aggregator.core.notices import latest
from aggregator.notify.links import safe_link, safe_name
from aggregator.service.rehearsing import Message, Rehearsal
from aggregator.service.shapes.watches import Fared, hours, rate
from aggregator.types import (
    Article,
    Channel,
    ChannelKind,
    Marks,
    Notice,
    NoticeItem,
    NoticeState,
    Watch,
    WatchPer,
)
from aggregator.web.views.outlets import counted
from aggregator.web.views.search_view import Part, parts_of
from aggregator.web.views.texts import TextView, headline_view, text_view
from aggregator.web.views.times import Times, TimeView

KINDS = {
    ChannelKind.MAIL: "mail",
    ChannelKind.WEBHOOK: "webhook",
    ChannelKind.APPRISE: "chat",
}
EXCERPT = 200
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a form for a new watch holds, as it was typed."""

    name: str = ""
    query: str = ""
    to: tuple[str, ...] = ()
    """Names of channels."""
    address: str = ""
    """Mail addresses besides, parted by commas."""
    per: str = "article"
    at_most: str = ""
    quiet: str = ""
    silent: str = ""

    @property
    def channels(self) -> tuple[str, ...]:
        more = (one.strip() for one in self.address.split(","))
        return tuple(dict.fromkeys((*self.to, *filter(None, more))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelView:
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchView:
    name: str
    href: str
    query: str
    search: str | None
    """What it finds now; None: it is about silent sources."""
    feed: str | None
    to: tuple[str, ...]
    manner: tuple[str, ...]
    """As in ("each story", "at most 1/h", "not 22:00-07:00")."""
    last: TimeView | None
    """When it last caught or sent something; None: never, or not known."""
    waiting: int
    """Caught, and in no message yet."""
    unsent: int
    dead: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchView:
    headline: TextView
    href: str
    excerpt: TextView
    source: str
    time: TimeView
    read: bool
    starred: bool
    article_id: int
    out: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    notice_id: int
    channel: str
    kind: str
    """"good", "warn" or "bad"."""
    word: str
    """"sent", "waiting" or "given up"."""
    what: str
    """Its first headline, and how many more."""
    made: TimeView
    sent: TimeView | None
    due: TimeView | None
    tries: str
    error: str | None
    is_dead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TellView:
    """Something that a message tells."""

    headline: TextView
    href: str | None
    snippet: tuple[Part, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message that would have been made."""

    time: TimeView
    waits: bool
    """It would be sent only then."""
    count: str
    items: tuple[TellView, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalView:
    says: str
    messages: tuple[MessageView, ...]
    """The latest first."""


def address_of(name: str) -> str:
    """Of a watch's page."""
    return f"/watches/{quote(name, safe='')}"


def channel_views(channels: Iterable[Channel]) -> tuple[ChannelView, ...]:
    return tuple(ChannelView(name=one.name, kind=KINDS[one.kind]) for one in channels)


def watch_view(watch: Watch, how: Fared, times: Times) -> WatchView:
    is_search = watch.silent is None
    return WatchView(
        name=watch.name,
        href=address_of(watch.name),
        query=watch.query,
        search=f"/search?{urlencode({'q': watch.query})}" if is_search else None,
        feed=f"/feeds/articles.atom?{urlencode({'watch': watch.name})}" if is_search else None,
        to=watch.to,
        manner=manner_of(watch),
        last=times.at(how.last_at) if how.last_at else None,
        waiting=how.waiting,
        unsent=how.unsent,
        dead=how.dead,
    )


def manner_of(watch: Watch) -> tuple[str, ...]:
    """What is sent, and when."""
    if watch.silent is not None:
        parts = [f"sources silent for {format_duration(watch.silent)}"]
    else:
        parts = ["each story once" if watch.per is WatchPer.STORY else "each article"]
    parts += [f"at most {rate(watch.at_most)}"] if watch.at_most else []
    parts += [f"not {hours(watch)}"] if watch.quiet else []
    return tuple(parts)


def catch_view(article: Article, marks: Mapping[int, Marks], times: Times) -> CatchView:
    summary = article.summary
    mark = marks.get(summary.article_id)
    return CatchView(
        headline=headline_view(summary.title, summary.language),
        href=f"/articles/{summary.article_id}",
        excerpt=text_view(_beginning(article.text), summary.language),
        source=safe_name(summary.source),
        time=times.at(summary.at),
        read=mark.read if mark else False,
        starred=mark.starred if mark else False,
        article_id=summary.article_id,
        out=safe_link(summary.url),
    )


def notice_view(notice: Notice, times: Times) -> NoticeView:
    kind, word = {
        NoticeState.SENT: ("good", "sent"),
        NoticeState.WAITING: ("warn", "waiting"),
        NoticeState.DEAD: ("bad", "given up"),
    }[notice.state]
    content = notice.content
    others = len(content.items) + content.more - 1
    headline = content.items[0].headline if content.items else "(nothing)"
    waits = notice.state is NoticeState.WAITING
    return NoticeView(
        notice_id=notice.notice_id,
        channel=notice.channel,
        kind=kind,
        word=word,
        what=f"{headline} and {others:,} more" if others > 0 else headline,
        made=times.at(notice.created_at),
        sent=times.at(notice.sent_at) if notice.sent_at else None,
        due=times.at(notice.due_at) if waits and notice.due_at else None,
        tries="1 try" if notice.attempts == 1 else f"{notice.attempts} tries",
        error=notice.error,
        is_dead=notice.state is NoticeState.DEAD,
    )


def rehearsal_view(done: Rehearsal, times: Times) -> RehearsalView:
    return RehearsalView(
        says=_says(done),
        messages=tuple(_message(one, done, times) for one in reversed(done.messages)),
    )


def _says(done: Rehearsal) -> str:
    if done.watch.silent is not None:
        return (
            f"It would tell now of {counted(done.items, 'source') if done.items else 'no source'}."
        )
    if not done.messages:
        return "It would have sent nothing."
    sent = f"{counted(done.items, 'item')} in {counted(len(done.messages), 'message')}"
    where = "" if done.watch.to else ", if it had a channel; what it catches is seen here"
    return f"It would have sent {sent}{where}."


def _message(message: Message, done: Rehearsal, times: Times) -> MessageView:
    shown = latest(message.items)
    return MessageView(
        time=times.at(message.at),
        waits=message.at > done.until,
        count=counted(len(message.items), "item"),
        items=tuple(_tell(item, times) for item in shown),
        more=len(message.items) - len(shown),
    )


def _tell(item: NoticeItem, times: Times) -> TellView:
    relation = RELATION_NAMES[item.relation] if item.relation is not None else ""
    facts = [safe_name(item.source), times.at(item.at).text]
    facts += [relation] if relation else []
    facts += [counted(item.outlets, "outlet")] if item.outlets > 1 else []
    return TellView(
        headline=headline_view(item.headline, None),
        href=None if item.article_id is None else f"/articles/{item.article_id}",
        snippet=parts_of(item.snippet),
        facts=tuple(facts),
    )


def _beginning(text: str) -> str:
    line = " ".join(text[: 2 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + " …"
