"""Digests, their editions and to whom they went, as their pages show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from aggregator.config import DigestConfig
from aggregator.service.shapes.digests import DigestFared, when
from aggregator.types import Delivery, DeliveryState, Edition, KeptDigest, SectionKind
from aggregator.web.views.outlets import counted
from aggregator.web.views.times import Times, TimeView, long_day, span_in_words

_STATES = {
    DeliveryState.SENT: ("good", "sent"),
    DeliveryState.SENDING: ("warn", "to be sent"),
    DeliveryState.FAILED: ("bad", "failed"),
}
_SECTIONS = {
    SectionKind.TAG: "sources with the tag",
    SectionKind.WATCH: "what the watch catches:",
    SectionKind.QUERY: "what matches",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """As `_health.html.j2` draws it."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    recipient: str
    state: StateView
    tries: str
    error: str | None
    retry: TimeView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionView:
    href: str
    day: str
    """As in "Monday, 30 March 2026"."""
    slot: str
    """As in "2nd of the day"; "" for the first."""
    subject: str
    held: str
    """As in "9 stories, 12 single items"."""
    since: TimeView
    until: TimeView
    made: TimeView
    states: tuple[StateView, ...]
    """How many deliveries are in each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    name: str
    title: str
    href: str
    when: str
    next: TimeView | None
    """None: never."""
    next_in: str
    to: tuple[str, ...]
    about: tuple[str, ...]
    """What it is about, where that is not everything."""
    sections: tuple[str, ...]
    last: EditionView | None


def address_of(name: str) -> str:
    """Of a digest's page."""
    return f"/digests/{quote(name, safe='')}"


def edition_address(edition: Edition) -> str:
    return f"{address_of(edition.digest)}/{edition.local_date.isoformat()}/{edition.slot}"


def digest_view(item: DigestFared, times: Times) -> DigestView:
    one = item.one
    about = [f"tag {tag}" for tag in one.tags]
    about += [one.query] if one.query else []
    return DigestView(
        name=one.name,
        title=one.title,
        href=address_of(one.name),
        when=when(one),
        next=times.at(item.next_at) if item.next_at else None,
        next_in=_until(item.next_at, times.now),
        to=tuple(target.name for target in one.to),
        about=tuple(about),
        sections=_sections(one),
        last=edition_view(item.last, item.deliveries, times) if item.last else None,
    )


def edition_view(kept: KeptDigest, deliveries: Sequence[Delivery], times: Times) -> EditionView:
    edition = kept.edition
    stories = "1 story" if kept.stories == 1 else f"{kept.stories:,} stories"
    held = [stories, counted(kept.singles, "single item")]
    held += [f"{kept.left_out:,} left out"] if kept.left_out else []
    return EditionView(
        href=edition_address(edition),
        day=long_day(edition.local_date),
        slot="" if edition.slot == 1 else f"edition {edition.slot} of the day",
        subject=kept.rendered.subject,
        held=", ".join(held),
        since=times.at(kept.since_at),
        until=times.at(kept.until_at),
        made=times.at(kept.made_at),
        states=_states(deliveries),
    )


def delivery_views(deliveries: Iterable[Delivery], times: Times) -> tuple[DeliveryView, ...]:
    return tuple(
        DeliveryView(
            recipient=one.recipient,
            state=StateView(kind=_STATES[one.state][0], word=_STATES[one.state][1]),
            tries="1 try" if one.attempts == 1 else f"{one.attempts} tries",
            error=one.error if one.state is not DeliveryState.SENT else None,
            retry=times.at(one.retry_at) if one.retry_at else None,
        )
        for one in deliveries
    )


def _states(deliveries: Iterable[Delivery]) -> tuple[StateView, ...]:
    numbers = Counter(one.state for one in deliveries)
    return tuple(
        StateView(kind=kind, word=f"{numbers[state]} {word}")
        for state, (kind, word) in _STATES.items()
        if numbers[state]
    )


def _sections(one: DigestConfig) -> tuple[str, ...]:
    return tuple(f"{rule.title}: {_SECTIONS[rule.kind]} {rule.value}" for rule in one.sections)


def _until(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"in {span_in_words(at - now)}"
