"""Sources as their pages show them: how each fares, in a word, a sentence and a small chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from urllib.parse import urlencode

from aggregator.core.source_keys import tag_key
from aggregator.core.sparkline import bars, days_before
from aggregator.core.standing import (
    Standing,
    interval_words,
    next_poll_at,
    reasons,
    standing,
    without_login,
)
from aggregator.core.text import fold
from aggregator.notify.links import safe_link, safe_name
from aggregator.types import Source, SourceOutline, SourceStatus
from aggregator.web.views.outlets import counted
from aggregator.web.views.times import Times, TimeView, short_day, span_in_words

DAYS = 14
"""Of the chart."""
CHART = (84, 24)
"""Width and height of a list's chart, in units of its picture."""
LARGE_CHART = (280, 56)
SILENT_AFTER = timedelta(days=7)
"""Without a new article."""
_SOON = timedelta(minutes=1)


class State(StrEnum):
    """What can be asked for."""

    ALL = "all"
    FAILING = "failing"
    """Also those that are polled no longer, since they are gone."""
    SILENT = "silent"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address says."""

    state: State = State.ALL
    tag: str = ""
    name: str = ""
    """A part of the name or of the address."""
    number: int = 1
    """Of the page."""

    @property
    def address(self) -> str:
        values = {
            "state": "" if self.state is State.ALL else self.state.value,
            "tag": self.tag,
            "name": self.name,
            "number": "" if self.number == 1 else str(self.number),
        }
        said = urlencode({key: value for key, value in values.items() if value})
        return f"/sources?{said}" if said else "/sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    path: str
    """The attribute `d`; "": nothing came."""
    width: int
    height: int
    says: str
    """As in "Items a day since 17 Nov: 0, 2, 5; 7 in all"."""
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    kind: str
    """"good", "warn", "bad" or "off"."""
    word: str
    """As in "failing"."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagView:
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A source in the list."""

    name: str
    url: str
    """The key of its forms."""
    address: str
    """The same to be shown."""
    href: str | None
    """None: it is paused or new, and has no page."""
    tags: tuple[TagView, ...]
    health: Health
    chart: Chart | None
    articles: str
    newest: TimeView | None
    next_poll: str
    """As in "in 20 minutes"."""
    why: str
    """Why then, in sentences; "" where there is nothing to say."""
    is_paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailView:
    """A source on its own page."""

    source_id: int
    name: str
    url: str
    address: str
    site: str | None
    """Its home page."""
    title: str
    """What it calls itself; "" where that is not known, or the same."""
    tags: tuple[TagView, ...]
    written_tags: str
    """As a form has them."""
    health: Health
    chart: Chart
    articles: str
    newest: TimeView | None
    last_poll: TimeView | None
    answer: str
    """As in "status 200"."""
    last_ok: TimeView | None
    next_poll: TimeView | None
    """None: never."""
    next_poll_in: str
    interval: str
    validators: tuple[str, ...]
    """What it is asked with so that it need not answer again."""
    polled_at: str | None
    """Where it has moved to; None: it has not."""
    why: tuple[str, ...]
    is_held: bool
    is_retired: bool


def health_of(status: SourceStatus, times: Times) -> Health:
    now = times.now
    error = status.state.last_error
    match standing(status, now=now):
        case Standing.NEW:
            return Health(kind="off", word="new", sentence="It has not been polled yet.")
        case Standing.RETIRED:
            return Health(kind="bad", word="gone", sentence=error or "It is polled no longer.")
        case Standing.HELD:
            said = "Its publisher asked to be left alone for a while."
            return Health(kind="warn", word="held", sentence=error or said)
        case Standing.FAILING:
            return Health(kind="bad", word="failing", sentence=error or "")
    if is_silent(status, now=now):
        since = status.newest_at
        said = (
            f"Nothing new for {span_in_words(now - since)}."
            if since
            else "It is read without trouble, and has never had anything."
        )
        return Health(kind="warn", word="silent", sentence=said)
    return Health(kind="good", word="ok", sentence="")


def paused_health() -> Health:
    return Health(kind="off", word="paused", sentence="It is not polled until it is resumed.")


def is_silent(status: SourceStatus, *, now: datetime) -> bool:
    """It is read without trouble, and nothing new comes."""
    state = status.state
    if state.last_ok_at is None or state.last_error is not None or state.retired_at is not None:
        return False
    return status.newest_at is None or now - status.newest_at > SILENT_AFTER


def is_failing(stands: str) -> bool:
    """`stands`: a word of `core.standing`."""
    return stands in (Standing.FAILING, Standing.RETIRED)


def chart_of(counts: Mapping[date, int], *, today: date, size: tuple[int, int] = CHART) -> Chart:
    """Of the last days, with the present one."""
    days = days_before(today, DAYS)
    numbers = [counts.get(day, 0) for day in days]
    total = sum(numbers)
    width, height = size
    listed = ", ".join(map(str, numbers))
    return Chart(
        path=bars(numbers, width=width, height=height),
        width=width,
        height=height,
        says=f"Items a day since {short_day(days[0])}: {listed}; {total:,} in all",
        total=total,
    )


def row_view(status: SourceStatus, counts: Mapping[date, int], times: Times) -> RowView:
    source = status.source
    return RowView(
        name=safe_name(source.name),
        url=source.url,
        address=without_login(source.url),
        href=f"/sources/{status.source_id}",
        tags=tag_views(source.tags),
        health=health_of(status, times),
        chart=chart_of(counts, today=times.today),
        articles=counted(status.articles, "article"),
        newest=times.at(status.newest_at) if status.newest_at else None,
        next_poll=_until(next_poll_at(status, now=times.now), times.now),
        why="" if status.state.retired_at else status.state.why,
    )


def new_row(source: Source) -> RowView:
    """One that stands in feeds.yaml, and was not taken up yet."""
    said = "It has not been polled yet."
    health = Health(kind="off", word="new", sentence=said)
    return _bare_row(source, health, next_poll="when a service runs", is_paused=False)


def paused_row(source: Source) -> RowView:
    return _bare_row(source, paused_health(), next_poll="never", is_paused=True)


def _bare_row(source: Source, health: Health, *, next_poll: str, is_paused: bool) -> RowView:
    """Of one that has no page."""
    return RowView(
        name=safe_name(source.name),
        url=source.url,
        address=without_login(source.url),
        href=None,
        tags=tag_views(source.tags),
        health=health,
        chart=None,
        articles="",
        newest=None,
        next_poll=next_poll,
        why="",
        is_paused=is_paused,
    )


def detail_view(status: SourceStatus, counts: Mapping[date, int], times: Times) -> DetailView:
    source, state, now = status.source, status.state, times.now
    coming = next_poll_at(status, now=now)
    name, title = safe_name(source.name), safe_name(state.title or "")
    stands = standing(status, now=now)
    validators = [f"ETag {state.etag}" if state.etag else ""]
    validators += [f"Last-Modified {state.last_modified}" if state.last_modified else ""]
    return DetailView(
        source_id=status.source_id,
        name=name,
        url=source.url,
        address=without_login(source.url),
        site=safe_link(state.site_url),
        title="" if title == name else title,
        tags=tag_views(source.tags),
        written_tags=", ".join(source.tags),
        health=health_of(status, times),
        chart=chart_of(counts, today=times.today, size=LARGE_CHART),
        articles=f"{status.articles:,}",
        newest=times.at(status.newest_at) if status.newest_at else None,
        last_poll=times.at(state.last_poll_at) if state.last_poll_at else None,
        answer="no answer" if state.last_status is None else f"status {state.last_status}",
        last_ok=times.at(state.last_ok_at) if state.last_ok_at else None,
        next_poll=times.at(coming) if coming else None,
        next_poll_in=_until(coming, now),
        interval=interval_words(source),
        validators=tuple(filter(None, validators)),
        polled_at=without_login(state.address) if state.address else None,
        why=tuple(reasons(status, now=now)),
        is_held=stands is Standing.HELD,
        is_retired=stands is Standing.RETIRED,
    )


def tag_views(tags: Iterable[str]) -> tuple[TagView, ...]:
    return tuple(TagView(text=safe_name(tag), href=Asked(tag=tag).address) for tag in tags)


def named_by(asked: Asked) -> Callable[[Source | SourceOutline], bool]:
    """Whether a source has the name that is asked for."""
    part = fold(asked.name)
    return lambda one: not part or part in fold(one.name) or part in one.url.casefold()


def tagged_by(asked: Asked) -> Callable[[Source], bool]:
    """Whether a source has the tag that is asked for."""
    tag = tag_key(asked.tag)
    return lambda source: not asked.tag or tag in map(tag_key, source.tags)


def tags_of(sources: Iterable[Source], *, most: int) -> list[tuple[str, int]]:
    """Those that most sources have, with how many that are."""
    names: dict[str, str] = {}
    numbers: dict[str, int] = {}
    # As they are written first: most sources have the same few.
    for tag, count in Counter(chain.from_iterable(one.tags for one in sources)).items():
        key = tag_key(tag)
        names.setdefault(key, tag)
        numbers[key] = numbers.get(key, 0) + count
    keys = sorted(numbers, key=lambda key: (-numbers[key], key))
    return [(names[key], numbers[key]) for key in keys[:most]]


def page_of(rows: Sequence[object], number: int, *, size: int) -> tuple[slice, int]:
    """What a page shows, and how many pages there are, at least one."""
    pages = max(-(-len(rows) // size), 1)
    at = min(max(number, 1), pages)
    return slice((at - 1) * size, at * size), pages


def _until(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "never"
    return "now" if at - now < _SOON else f"in {span_in_words(at - now)}"
