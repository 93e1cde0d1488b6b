"""What a watch has caught, as each kind of channel shows it. Pure: the same notice, the same bytes.

Headlines, names and snippets are publishers' words. Here they lose controls and bidirectional
overrides, and links that are not plainly http(s) are dropped; HTML is escaped by the template, and
in chats what would be a mention or a link with another text is put out of action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from aggregator.core.text import clean_line, shorten
from aggregator.notify.inert import inert, inert_link
from aggregator.notify.links import LinkView, safe_link
from aggregator.notify.render import RenderedMail, page
from aggregator.notify.wrapping import wrap
from aggregator.types import NoticeContent, NoticeItem, Relation

MOST_IN_CHAT = 10
_SUBJECT = 140
_LONGEST_NAME = 100
_LONGEST_HEADLINE = 300
_LONGEST_SNIPPET = 500
_MARKS = re.compile("[\x02\x03]")
_RELATIONS = {
    Relation.SAME: "the same again",
    Relation.COPY: "a copy",
    Relation.REWRITE: "a rewrite",
    Relation.TRANSLATION: "a translation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A piece of a snippet."""

    text: str
    matched: bool
    """It is what the watch looks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    headline: LinkView
    about: str
    """Source, time, and what else tells it from others."""
    snippet: tuple[PartView, ...]
    of_source: bool
    """It is about a source, and the snippet is a sentence about that."""

    @property
    def snippet_text(self) -> str:
        return "".join(part.text for part in self.snippet)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    watch: str
    counts: str
    """As in "7 new"."""
    items: tuple[ItemView, ...]
    more: str
    """A sentence; "" when all are shown."""
    query: str
    """"" for a watch over all sources."""


def view_notice(content: NoticeContent, *, timezone: tzinfo) -> NoticeView:
    """Everything that is shown, in the order in which it is; times are those of `timezone`."""
    return NoticeView(
        watch=_name(content.watch),
        counts=_counts(content),
        items=tuple(_item(item, timezone) for item in content.items),
        more=f"and {content.more:,} more" if content.more else "",
        query=shorten(content.query, _LONGEST_SNIPPET),
    )


def subject(content: NoticeContent) -> str:
    """One line: "Baku: Bridge opens", or "Baku: 7 new, latest: Bridge opens"."""
    watch = _name(content.watch)
    if not content.items:
        return f"{watch}: {_counts(content)}"
    latest = _headline(content.items[0])
    several = len(content.items) + content.more > 1
    opening = f"{watch}: {_counts(content)}, latest:" if several else f"{watch}:"
    return f"{opening} {shorten(latest, max(_SUBJECT - len(opening), 40))}"


def render_notice(content: NoticeContent, *, timezone: tzinfo) -> RenderedMail:
    """As a mail."""
    view = view_notice(content, timezone=timezone)
    return RenderedMail(
        subject=subject(content),
        text="\n\n".join(_paragraphs(view)) + "\n",
        html=page("notice.html.j2", notice=view),
    )


def chat_text(content: NoticeContent, *, timezone: tzinfo, limit: int) -> str:
    """Some lines for a chat, `limit` characters at most: as many items as fit, the rest counted."""
    view = view_notice(content, timezone=timezone)
    total = len(content.items) + content.more
    blocks = [_in_chat(item) for item in view.items[:MOST_IN_CHAT]]
    while True:
        left = total - len(blocks)
        more = [f"and {left:,} more"] if left and blocks else []
        text = "\n".join([*blocks, *more])
        if len(text) <= limit and blocks:
            return text
        if len(blocks) <= 1:
            # The one line that says most, without its address: half of one leads nowhere.
            return shorten(view.items[0].headline.text if view.items else view.counts, limit)
        blocks.pop()


def chat_subject(content: NoticeContent, *, limit: int) -> str:
    """The subject for a chat, `limit` characters at most."""
    return shorten(inert(subject(content)), min(limit, _SUBJECT))


def marked_spans(snippet: str) -> tuple[str, list[tuple[int, int]]]:
    """The snippet as clean text, and where in it the matches begin and end, in characters."""
    text, spans = "", []
    for part in _parts(snippet):
        if part.matched:
            spans.append((len(text), len(text) + len(part.text)))
        text += part.text
    return text, spans


def _item(item: NoticeItem, timezone: tzinfo) -> ItemView:
    return ItemView(
        headline=LinkView(text=_headline(item), url=safe_link(item.url), lang="", dir="auto"),
        about=", ".join(filter(None, _about(item, timezone))),
        snippet=_parts(item.snippet),
        of_source=item.article_id is None,
    )


def _about(item: NoticeItem, timezone: tzinfo) -> Iterator[str]:
    if item.article_id is not None:  # else the headline names it
        yield _name(item.source)
    local = item.at.astimezone(timezone)
    yield f"{local:%a} {local.day} {local:%b %H:%M %Z}"
    if item.relation is not None:
        yield _RELATIONS.get(item.relation, "")
    if item.outlets > 1:
        yield f"{item.outlets} outlets"


def _headline(item: NoticeItem) -> str:
    return shorten(item.headline, _LONGEST_HEADLINE) or "(without a title)"


def _name(name: str) -> str:
    return shorten(name, _LONGEST_NAME)


def _counts(content: NoticeContent) -> str:
    """Of a watch for silence, the things are sources."""
    count = len(content.items) + content.more
    if content.items and all(item.article_id is None for item in content.items):
        return f"{count:,} {'source' if count == 1 else 'sources'}"
    return f"{count:,} new"


def _parts(snippet: str) -> tuple[PartView, ...]:
    """The snippet in pieces that are matches and pieces between them; a mark that is missing or too
    many does no harm."""
    pieces, matched, left = [], False, _LONGEST_SNIPPET
    for piece, mark in _marked(snippet):
        # With its spaces at either end, which belong between the pieces.
        text = clean_line(f"|{piece}|")[1:-1][:left]
        if text:
            pieces.append(PartView(text=text, matched=matched))
        left -= len(text)
        matched = mark == "\x02"
    return tuple(pieces)


def _marked(snippet: str) -> Iterator[tuple[str, str]]:
    """Each piece with the mark behind it, which is empty for the last one."""
    at = 0
    for mark in _MARKS.finditer(snippet):
        yield snippet[at : mark.start()], mark[0]
        at = mark.end()
    yield snippet[at:], ""


def _paragraphs(view: NoticeView) -> Iterator[str]:
    yield f"{wrap(view.watch)}\n{view.counts}"
    for item in view.items:
        lines = [wrap(item.headline.text), wrap(item.about, first="  ", indent="  ")]
        if item.snippet_text.strip():
            lines.append(wrap(item.snippet_text, first="  ", indent="  "))
        if item.headline.url:
            lines.append(f"  {item.headline.url}")
        yield "\n".join(lines)
    if view.more:
        yield view.more
    if view.query:
        yield f"{'-' * 8}\n{wrap(f'Watched for: {view.query}')}"


def _in_chat(item: ItemView) -> str:
    lines = [f"• {inert(item.headline.text)} ({inert(item.about)})"]
    if item.of_source:
        lines.append(inert(item.snippet_text))
    if item.headline.url:
        lines.append(inert_link(item.headline.url))
    return "\n".join(lines)
