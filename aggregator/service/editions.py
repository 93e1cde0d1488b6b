"""Editions of digests, made from the store: what one holds, which is next, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches

from aggregator.config import Config, DigestConfig
from aggregator.core.clockwork import DuePeriod, begins_at, due_edition, next_strike
from aggregator.core.digest import DigestPlan, build_digest, told_articles
from aggregator.core.query import parse
from aggregator.core.watch_rules import watch_key
from aggregator.errors import UsageError
from aggregator.notify.render import render_fitting
from aggregator.storage.protocol import Storage
from aggregator.types import Digest, Edition, KeptDigest, SectionKind

STORIES_READ = 50_000
"""Stories considered for one edition, also those of one article; more than a day has."""
_DAY = timedelta(days=1)
_LATER = timedelta(hours=1)
"""A watch catches an article somewhat after it was first seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An edition that may be made, and what it covers: [since_at, until_at)."""

    edition: Edition
    since_at: datetime
    until_at: datetime
    is_preview: bool = False
    """It is looked at only: nobody can find it again."""


def digest_key(name: str) -> str:
    """A name as it is stored and compared."""
    return watch_key(name)


def digest_named(config: Config, name: str | None) -> DigestConfig:
    """Whatever its case and accents; None: the first. Raises UsageError, which lists those that
    there are."""
    if name is None:
        return config.digests[0]
    by_key = {digest_key(one.name): one for one in config.digests}
    found = by_key.get(digest_key(name))
    if found is not None:
        return found
    near = get_close_matches(digest_key(name), by_key, n=1)
    hint = f"did you mean “{by_key[near[0]].name}”? " if near else ""
    listed = ", ".join(f"“{one.name}”" for one in config.digests)
    raise UsageError(f"there is no digest “{name}”; {hint}feeds.yaml has {listed}")


# --- which edition -------------------------------------------------------------------------------


def due_span(storage: Storage, one: DigestConfig, due: DuePeriod) -> Span | None:
    """Of the edition that is due; None: an edition covers its period already."""
    since_at = begins_at(due, last_until_at=_last_until(storage, one))
    if since_at is None:
        return None
    edition = Edition(digest=digest_key(one.name), local_date=due.local_date, slot=due.slot)
    return Span(edition=edition, since_at=since_at, until_at=due.until_at)


def present_span(
    storage: Storage, one: DigestConfig, *, now: datetime, since: datetime | None = None
) -> Span | None:
    """Of the edition that somebody may have made at `now`, ahead of its hour: today's next one, up
    to now. None: today has had all of its editions.

    It begins where the last one ended, as one that is made at its hour does; without such, a day
    ago, or as long ago as there is between two hours of the schedule. `since`: it begins then.
    """
    key, today = digest_key(one.name), now.astimezone(one.timezone).date()
    kept = [item.edition.slot for item in storage.digests(key, local_date=today, limit=_SLOTS)]
    due = due_edition(now, schedule=one.schedule, started_at=None)
    struck = due.slot if due is not None and due.local_date == today else 1
    slot = max(kept) + 1 if kept else struck
    if slot > len(one.schedule.hours):
        return None
    edition = Edition(digest=key, local_date=today, slot=slot)
    return Span(edition=edition, since_at=since or _begins(storage, one, now), until_at=now)


def preview_span(
    storage: Storage, one: DigestConfig, *, now: datetime, since: datetime | None = None
) -> Span:
    """The same for looking at only: when today has had all of its editions, as if tomorrow's were
    made now."""
    span = present_span(storage, one, now=now, since=since)
    if span is not None:
        return replace(span, is_preview=True)
    tomorrow = now.astimezone(one.timezone).date() + _DAY
    edition = Edition(digest=digest_key(one.name), local_date=tomorrow, slot=1)
    since_at = since or _begins(storage, one, now)
    return Span(edition=edition, since_at=since_at, until_at=now, is_preview=True)


def last_edition(storage: Storage, one: DigestConfig) -> KeptDigest | None:
    """None: none has been made."""
    found = storage.digests(digest_key(one.name), limit=1)
    return found[0] if found else None


_SLOTS = 1_000
"""More than a day has."""


def _last_until(storage: Storage, one: DigestConfig) -> datetime | None:
    last = last_edition(storage, one)
    return None if last is None else last.until_at


def _begins(storage: Storage, one: DigestConfig, now: datetime) -> datetime:
    first = next_strike(now, one.schedule)
    second = None if first is None else next_strike(first, one.schedule)
    usual = second - first if first is not None and second is not None else _DAY
    span = DuePeriod(local_date=now.date(), slot=1, since_at=now - max(usual, _DAY), until_at=now)
    return begins_at(span, last_until_at=_last_until(storage, one)) or now


# --- what it holds -------------------------------------------------------------------------------


def content_of(
    storage: Storage, config: Config, one: DigestConfig, span: Span, *, again: bool = False
) -> Digest:
    """`again`: also what former editions have told."""
    since_at, until_at = span.since_at, span.until_at
    stories = storage.stories(since=since_at, until=until_at, limit=STORIES_READ)
    numbers = [item.article.article_id for story in stories for item in story.articles]
    queries = {rule.value for rule in one.sections if rule.kind is SectionKind.QUERY}

    def found(query: str) -> frozenset[int]:
        # Periods in a query count back from the end of the edition, whenever it is made.
        return storage.digest_matches(parse(query, now=until_at), since=since_at, until=until_at)

    built = build_digest(
        stories,
        storage.source_statuses(),
        plan=_plan(config, one),
        edition=span.edition,
        since_at=since_at,
        until_at=until_at,
        matches=found(one.query) if one.query else None,
        caught=storage.caught(since=since_at, until=until_at + _LATER) if config.watches else {},
        told=frozenset() if again else storage.told(span.edition.digest, numbers),
        section_matches={query: found(query) for query in queries},
    )
    return replace(built, is_preview=span.is_preview)


def keep(storage: Storage, digest: Digest, *, now: datetime) -> KeptDigest:
    """Render and freeze it. Where another process was first, what that has kept.

    What was taken off it because the page would have been too long is not told.
    """
    shown, rendered = render_fitting(digest)
    made = KeptDigest(
        edition=shown.edition,
        title=shown.title,
        since_at=shown.since_at,
        until_at=shown.until_at,
        made_at=now,
        rendered=rendered,
        stories=sum(len(part.stories) + len(part.brief) for part in shown.sections),
        singles=len(shown.singles),
        left_out=shown.left_out,
    )
    return storage.keep_digest(made, told_articles(shown))


def _plan(config: Config, one: DigestConfig) -> DigestPlan:
    return DigestPlan(
        title=one.title,
        timezone=one.timezone.key,
        language=one.language,
        tags=one.tags,
        sections=one.sections,
        watches={watch_key(watch.name): watch.name for watch in config.watches},
        max_stories=one.max_stories,
        max_items=one.max_items,
        images=one.images,
        home=config.web.url,
    )


def is_empty(kept: KeptDigest) -> bool:
    return not kept.stories and not kept.singles and not kept.left_out


def names_of(digests: Sequence[DigestConfig]) -> dict[str, DigestConfig]:
    """By name as it is stored."""
    return {digest_key(one.name): one for one in digests}
