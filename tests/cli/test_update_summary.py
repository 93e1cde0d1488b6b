"""What a pass says of the watches when it is over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.cli.update import print_summary, summary_fields
from aggregator.pipeline.events import NoticeTried
from aggregator.service.update import UpdateSummary
from aggregator.types import Notice, NoticeContent, NoticeState

NOW = datetime(2026, 3, 30, 5, 0, tzinfo=UTC)
REFUSED = "The mail server refused the recipient; check the address."


def tried(error: str) -> NoticeTried:
    content = NoticeContent(watch="Baku", query="baku", items=(), more=0, since_at=NOW)
    notice = Notice(
        notice_id=1,
        key="baku-1",
        watch="baku",
        channel="desk",
        content=content,
        state=NoticeState.DEAD,
        attempts=1,
        error=error,
        due_at=None,
        created_at=NOW,
        sent_at=None,
    )
    return NoticeTried(notice=notice, error=error)


def test_what_watches_caught_and_what_was_sent_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = UpdateSummary(caught=2, sent=1)
    print_summary(summary)
    assert "Watches caught 2 articles; 1 message sent\n" in capsys.readouterr().out
    assert (summary_fields(summary)["caught"], summary_fields(summary)["sent"]) == (2, 1)


def test_what_could_not_be_sent_is_told_with_its_channel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = UpdateSummary(unsent=[tried(REFUSED)])
    print_summary(summary)
    assert f"not sent to desk: {REFUSED}\n" in capsys.readouterr().out
    assert summary_fields(summary)["unsent"] == [{"channel": "desk", "error": REFUSED}]


def test_without_watches_nothing_is_said_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(UpdateSummary(new=3))
    assert "atches" not in capsys.readouterr().out
