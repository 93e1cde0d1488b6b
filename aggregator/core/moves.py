"""Where a feed is, when its publisher moves it or takes it away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.core.next_poll import GONE_CONFIRMED_AFTER
from aggregator.core.urls import same_server
from aggregator.types import FeedState, Fetched, FetchFailed, FetchOutcome, NotModified, Source

MOVED_AFTER = 3
"""Answers in a row that name the same new address for good, before it is believed."""


def relocated(state: FeedState, outcome: Fetched | NotModified, *, source: Source) -> FeedState:
    """The state after an answer that has the feed, as far as its address is concerned."""
    target = outcome.moved_to
    if target is None:
        return replace(state, moved_to=None, moved_times=0)
    times = state.moved_times + 1 if target == state.moved_to else 1
    if times < MOVED_AFTER:
        return replace(state, moved_to=target, moved_times=times)
    address = with_login(target, state.address or source.url)
    return replace(
        state,
        address=None if address == source.url else address,
        moved_to=None,
        moved_times=0,
        # They were given by the very address that is asked from now on (B8).
        etag=outcome.etag or (state.etag if isinstance(outcome, NotModified) else None),
        last_modified=outcome.last_modified
        or (state.last_modified if isinstance(outcome, NotModified) else None),
    )


def after_gone(state: FeedState, outcome: FetchOutcome, *, now: datetime) -> FeedState:
    """The same after a failure: a 410 that is still there a day later retires the feed."""
    state = replace(state, moved_to=None, moved_times=0)
    if not isinstance(outcome, FetchFailed) or outcome.status != 410:
        return state
    if state.gone_at is None:
        return replace(state, gone_at=now)
    if now - state.gone_at < GONE_CONFIRMED_AFTER:
        return state
    sentence = (
        f"It has answered 410 Gone since {state.gone_at:%Y-%m-%d}, so it is polled no longer; "
        "`aggregator refresh NAME --force` tries it again."
    )
    return replace(state, retired_at=now, last_error=sentence, why=sentence)


def with_login(target: str, url: str) -> str:
    """`target` with the user and password of `url`, if the same server gets them."""
    scheme, _, rest = url.partition("://")
    login, at, _ = rest.partition("/")[0].rpartition("@")
    if not at or not same_server(url, target):
        return target
    scheme, _, rest = target.partition("://")
    return f"{scheme}://{login}@{rest}"
