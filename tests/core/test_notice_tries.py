from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.notice_tries import WAITS, after_try
from aggregator.errors import DeliveryError
from aggregator.types.watching import Notice, NoticeContent, NoticeState

NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
MADE = Notice(
    notice_id=3,
    key="k3",
    watch="harbour",
    channel="desk",
    content=NoticeContent(watch="Harbour", query="harbour", items=(), more=0, since_at=NOW),
    state=NoticeState.WAITING,
    attempts=0,
    error=None,
    due_at=NOW,
    created_at=NOW,
    sent_at=None,
)


def refusal(*, permanent: bool = False, retry_after: timedelta | None = None) -> DeliveryError:
    return DeliveryError(
        "The hook is busy.", recipient="desk", permanent=permanent, retry_after=retry_after
    )


def tried_until_given_up(retry_after: timedelta | None) -> tuple[Notice, list[timedelta]]:
    notice, now = MADE, NOW
    waits: list[timedelta] = []
    while True:
        notice = after_try(notice, error=refusal(retry_after=retry_after), now=now)
        assert (notice.key, notice.content) == (MADE.key, MADE.content)
        if notice.due_at is None:
            return notice, waits
        assert notice.state is NoticeState.WAITING
        waits.append(notice.due_at - now)
        now = notice.due_at


def test_sent_is_sent_also_after_failures() -> None:
    once = after_try(MADE, error=refusal(), now=NOW)
    later = NOW + timedelta(minutes=2)
    sent = after_try(once, error=None, now=later)
    assert (sent.state, sent.attempts, sent.sent_at) == (NoticeState.SENT, 2, later)
    assert (sent.error, sent.due_at) == (None, None)


def test_a_permanent_error_is_the_end_at_once() -> None:
    dead = after_try(MADE, error=refusal(permanent=True, retry_after=timedelta(hours=1)), now=NOW)
    assert (dead.state, dead.attempts, dead.error) == (NoticeState.DEAD, 1, "The hook is busy.")
    assert (dead.due_at, dead.sent_at) == (None, None)


def test_temporary_trouble_is_waited_out_for_two_days_at_growing_intervals() -> None:
    dead, waits = tried_until_given_up(None)
    assert (dead.state, dead.error) == (NoticeState.DEAD, "The hook is busy.")
    assert tuple(waits) == WAITS
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=1)
    assert timedelta(hours=44) < sum(waits, timedelta()) < timedelta(hours=52)


def test_a_server_is_left_alone_for_as_long_as_it_asks() -> None:
    failed = after_try(MADE, error=refusal(retry_after=timedelta(minutes=40)), now=NOW)
    assert failed.due_at == NOW + timedelta(minutes=40)


@given(asked=st.timedeltas(min_value=timedelta(days=-9)))
def test_nothing_that_a_server_asks_for_makes_it_sooner_or_endless(asked: timedelta) -> None:
    dead, waits = tried_until_given_up(asked)
    assert dead.state is NoticeState.DEAD
    assert all(wait >= usual for wait, usual in zip(waits, WAITS, strict=True))
    assert sum(waits, timedelta()) < timedelta(days=3)


def test_a_dead_one_that_is_tried_again_begins_anew() -> None:
    dead, _ = tried_until_given_up(None)
    again = after_try(
        Notice(**{name: getattr(dead, name) for name in dead.__slots__} | {"attempts": 0}),
        error=refusal(),
        now=NOW,
    )
    assert (again.state, again.due_at) == (NoticeState.WAITING, NOW + WAITS[0])
