from __future__ import annotations

from datetime import timedelta

import pytest
from digestroom import UNTIL, status

from aggregator.core.digest_troubles import Trouble, TroubleKind, trouble, trouble_of
from aggregator.types import SourceStatus

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (status(), None),
        (status(error="It answers 404.", failures=0.5), None),
        (status(error="It answers 404.", failures=1.0), "It answers 404."),
        (status(newest_at=UNTIL - 30 * DAY), None),
        (
            status(newest_at=UNTIL - 31 * DAY),
            "Nothing new for 31 days, although the feed can be read.",
        ),
        (status(newest_at=None), "The feed can be read but has had no article yet."),
        (status(ok_at=None, newest_at=None), None),
        (status(error="It is gone.", retired_at=UNTIL - 3 * DAY), "It is gone."),
        (status(retired_at=UNTIL - 3 * DAY), "It is polled no longer."),
        (
            status(address="https://me:secret@example.org/new"),
            "It has moved for good to https://example.org/new; put that into feeds.yaml.",
        ),
    ],
)
def test_trouble_is_a_sentence(state: SourceStatus, sentence: str | None) -> None:
    assert trouble(state, now=UNTIL) == sentence


def test_a_trouble_says_what_it_is_and_for_how_long() -> None:
    ok_at = UNTIL - 2 * DAY - timedelta(hours=23)
    failing = status(error="It answers 404.", failures=2.0, ok_at=ok_at, newest_at=None)
    assert trouble_of(failing, now=UNTIL) == Trouble(
        kind=TroubleKind.FAILING, days=2, said="It answers 404."
    )
    never = status(error="It answers 404.", failures=2.0, ok_at=None)
    assert trouble_of(never, now=UNTIL) == Trouble(kind=TroubleKind.FAILING, said="It answers 404.")
    gone = status(error="It is gone.", retired_at=UNTIL - 3 * DAY)
    assert trouble_of(gone, now=UNTIL) == Trouble(
        kind=TroubleKind.RETIRED, days=3, said="It is gone."
    )
    silent = status(newest_at=UNTIL - 40 * DAY)
    assert trouble_of(silent, now=UNTIL) == Trouble(kind=TroubleKind.SILENT, days=40)
    empty = status(newest_at=None)
    assert trouble_of(empty, now=UNTIL) == Trouble(kind=TroubleKind.EMPTY)


def test_one_that_fails_where_it_moved_to_is_failing() -> None:
    found = trouble_of(
        status(error="It answers 404.", failures=2.0, address="https://example.org/new"), now=UNTIL
    )
    assert found is not None
    assert found.kind is TroubleKind.FAILING


def test_one_that_moved_is_reported_also_when_it_is_silent() -> None:
    found = trouble_of(
        status(newest_at=UNTIL - 40 * DAY, address="https://example.org/new"), now=UNTIL
    )
    assert found == Trouble(kind=TroubleKind.MOVED, address="https://example.org/new")
