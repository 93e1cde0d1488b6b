"""What a poll in slow motion has to say: each step as a line, for a person and for JSON alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from itertools import pairwise
from urllib.parse import urlsplit

from aggregator.core.cache_headers import not_before
from aggregator.core.decide import page_needed
from aggregator.core.durations import format_duration
from aggregator.core.feed_hints import hinted
from aggregator.core.freshness import judge
from aggregator.core.moves import MOVED_AFTER
from aggregator.core.text import shorten
from aggregator.core.urls import host_key
from aggregator.errors import NotAFeed, ParseError, SandboxError
from aggregator.fetch.hops import REDIRECTS, is_permanent
from aggregator.fetch.http import Exchange
from aggregator.fetch.record import Step
from aggregator.service.findings import format_name
from aggregator.types import (
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    NotModified,
    PagePolicy,
    ParsedEntry,
    ParsedFeed,
    PollHints,
)

SHOWN = 3
"""Items whose titles are shown."""
_DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_CURES = (
    ("certificate", "For an authority of your own, name its file under `ca_file` in feeds.yaml."),
    ("took longer", "Try again later, or allow more time with `timeout` in feeds.yaml."),
    ("no address is known", "Check the spelling of the host."),
    ("is not asked", ""),
    ("proxy", "Check `proxy` in feeds.yaml."),
    ("larger than", "Allow more with `max_feed_size` in feeds.yaml."),
)


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step."""

    label: str
    state: State
    text: str


def good(label: str, text: str) -> Line:
    return Line(label=label, state=State.OK, text=text)


def odd(label: str, text: str) -> Line:
    return Line(label=label, state=State.WARN, text=text)


def bad(label: str, text: str) -> Line:
    return Line(label=label, state=State.BAD, text=text)


# --- the way there -------------------------------------------------------------------------------


def looked_up(host: str, addresses: Sequence[str], refusals: Sequence[str | None]) -> Line:
    """`refusals`: what the guard says of each address."""
    let_through = [one for one, why in zip(addresses, refusals, strict=True) if why is None]
    reasons = [why for why in refusals if why]
    if not let_through:
        return bad("DNS", f"{reasons[0]}.")
    listed = ", ".join(let_through)
    said = f"{host} is an address itself" if [host] == let_through else f"{host} is at {listed}"
    if reasons:
        return odd("DNS", f"{said}; {reasons[0]}.")
    return good("DNS", f"{said}; the guard lets it through.")


def connections(exchange: Exchange, *, proxy: str | None) -> Iterator[Line]:
    """Of each request that came to an answer."""
    via = f" through the proxy {proxy}" if proxy else ""
    for step in exchange.steps:
        if step.status is None:
            continue
        done = [f"{urlsplit(step.url).scheme} to {host_key(step.url)}{via}"]
        if step.reused:
            done.append("over the connection that was there")
        elif step.connect is not None:
            done.append(f"connected to {step.address} in {_seconds(step.connect)}")
        if step.tls is not None:
            done.append(f"TLS in {_seconds(step.tls)}")
        if step.wait is not None:
            done.append(f"{step.http_version} answer after {_seconds(step.wait)}")
        yield good("connection", f"{', '.join(done)}.")


def redirects(exchange: Exchange) -> Iterator[Line]:
    """Each of them, and what becomes of the address that is stored."""
    steps = _one_each(exchange.steps)
    if not steps or steps[0].status is None:
        return
    hops = [(step, after.url) for step, after in pairwise(steps) if step.status in REDIRECTS]
    if not hops:
        yield good("redirects", "none.")
        return
    for step, target in hops:
        yield good("redirect", f"{step.status} to {target} ({_kind(step, target)}).")
    moved_to = getattr(exchange.outcome, "moved_to", None)
    if moved_to:
        yield odd(
            "redirects",
            f"It has moved for good: after {MOVED_AFTER} polls that say so it is polled at "
            f"{moved_to}. Better put that address into feeds.yaml.",
        )
    elif not isinstance(exchange.outcome, FetchFailed):
        yield good("redirects", "Not all of them are for good, so the stored address stays.")


def _one_each(steps: Sequence[Step]) -> list[Step]:
    """Without the tries that were made again as a connection had died."""
    return [
        step
        for step, after in zip(steps, [*steps[1:], None], strict=True)
        if after is None or after.url != step.url or step.status is not None
    ]


def _kind(step: Step, target: str) -> str:
    if is_permanent(step.status or 0, step.url, target):
        return "for good"
    downgraded = step.url.startswith("https:") and not target.startswith("https:")
    return "from https to http, so never kept" if downgraded else "temporary"


def failed(outcome: FetchFailed) -> Line:
    """Why nothing came, and what to do."""
    label = "connection" if outcome.status is None else "status"
    return bad(label, f"{outcome.reason}. {_cure(outcome)}".strip())


def _cure(outcome: FetchFailed) -> str:
    status = outcome.status
    if status is None or status == 200:
        cures = (cure for words, cure in _CURES if words in outcome.reason)
        return next(cures, "Look at the address in a browser, and try again later.")
    if status == 429:
        pause = outcome.retry_after
        wish = f"It asks for a pause of {format_duration(pause)}. " if pause else ""
        return f"{wish}Leave it alone for a while; a service would do so by itself."
    if status in {401, 403}:
        return (
            "If it wants a login, give the source `login` or `headers` in feeds.yaml; else ask "
            "the publisher whether programs are welcome."
        )
    if status in {404, 410}:
        return "Find out where the feed is now: `aggregator add` with the address of the site."
    if status >= 500:
        return "That is the server's own trouble: try again later."
    return "Look at the address in a browser."


# --- what came -----------------------------------------------------------------------------------


def status(fetched: Fetched) -> Line:
    return good("status", f"{fetched.status} {HTTPStatus(fetched.status).phrase}.")


def size(exchange: Exchange, fetched: Fetched) -> Line:
    encoding = fetched.headers.get("content-encoding", "").strip()
    if not encoding:
        return good("size", f"{exchange.decoded:,} bytes, not compressed.")
    return good(
        "size",
        f"{exchange.received:,} bytes received, {exchange.decoded:,} decoded ({encoding}).",
    )


def unreadable(error: ParseError | SandboxError, url: str) -> Line:
    """No feed came; if the page names some, so does this."""
    feeds = error.feeds if isinstance(error, NotAFeed) else ()
    named = [feed for feed in feeds if feed not in str(error)]
    more = f" It names {', '.join(named[:SHOWN])}." if named else ""
    cure = f" `aggregator add {url}` looks for feeds." if isinstance(error, NotAFeed) else ""
    return bad("format", f"{error}{more}{cure}")


def form(parsed: ParsedFeed, fetched: Fetched) -> Line:
    kind = fetched.content_type or "no Content-Type"
    title = f"“{parsed.title}”" if parsed.title else "without a title"
    text = f"{format_name(parsed.format)}, {title}, sent as {kind}."
    if parsed.warning or not parsed.complete:
        broken = "" if parsed.complete else "It breaks off, so its validators are not kept."
        warning = parsed.warning or ""
        return odd("format", " ".join(filter(None, (text, warning, broken))))
    return good("format", text)


def items(parsed: ParsedFeed, now: datetime) -> Iterator[Line]:
    entries = parsed.entries
    if not entries:
        yield odd("items", "none, which changes nothing of what is stored.")
        return
    full = sum(1 for entry in entries if _is_full(entry))
    fresh = judge(parsed, now).says
    yield good("items", f"{fresh}; {full} of {len(entries)} with their full text.")
    for entry in entries[:SHOWN]:
        at = entry.published_at
        date = f"{at:%Y-%m-%d %H:%M} UTC" if at else "no date"
        title = shorten(entry.title or entry.text or entry.url or "", 100)
        yield good("item", f"{date}: {title}")


def _is_full(entry: ParsedEntry) -> bool:
    return bool(entry.text) and not page_needed(entry, PagePolicy.AUTO)


def validators(state: FeedState, fetched: Fetched, again: FetchOutcome | None) -> Line:
    """`again`: what a second request with them came to; None: there are none to send."""
    given = [f"ETag {state.etag}" if state.etag else ""]
    given += [f"Last-Modified {state.last_modified}" if state.last_modified else ""]
    said = " and ".join(filter(None, given))
    if again is None:
        other = fetched.etag or fetched.last_modified
        why = (
            "those that came are not kept, for another server gave them or the feed breaks off"
            if other
            else "none"
        )
        return odd("validators", f"{why}: every poll transfers the whole feed.")
    if isinstance(again, NotModified):
        return good("validators", f"{said}; asked again with that, the server answers 304.")
    if isinstance(again, FetchFailed):
        return odd("validators", f"{said}; asked again with that: {again.reason}.")
    same = "though nothing has changed" if again.body == fetched.body else "for it has changed"
    return odd("validators", f"{said}; asked again with that, it all comes again, {same}.")


def wishes(fetched: Fetched, hints: PollHints | None, now: datetime) -> Iterator[Line]:
    """When the publisher wants to be asked again."""
    yield good("caching", not_before(fetched.headers, now=now, fetched_at=now).why)
    if hints is None:
        yield good("hints", "The feed itself says nothing of when to come back.")
        return
    said = [hinted(hints, now=now, fetched_at=now).why]
    if hints.skip_hours:
        said.append(f"It skips these hours in UTC: {', '.join(map(str, hints.skip_hours))}.")
    if hints.skip_days:
        said.append(f"It skips {', '.join(_DAYS[day] for day in hints.skip_days)}.")
    yield good("hints", " ".join(said))


def next_poll(state: FeedState) -> Line:
    return good("next poll", f"{state.next_poll_at:%Y-%m-%d %H:%M} UTC. {state.why}")


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.3f} s"
