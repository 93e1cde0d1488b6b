"""What `extract --again` says in the end."""

from __future__ import annotations

import pytest

from aggregator.cli.again import print_report, report_fields
from aggregator.pipeline import AgainFailure, AgainReport

FAILED = AgainFailure(article_id=7, title="Boats counted", error="The page is empty.")


def test_what_changed_and_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(AgainReport(seen=9, changed=3, failed=(FAILED,), left_to_leader=True))
    assert capsys.readouterr().out.splitlines() == [
        "9 articles read again: 3 changed, 5 as before, 1 failed",
        "article 7: Boats counted — The page is empty.",
        "Stories are left to the worker that leads; `aggregator workers` says which.",
    ]


def test_many_failures_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(AgainReport(seen=50, failed=(FAILED,) * 40))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 22
    assert lines[-1].startswith("… and 20 more")


def test_nothing_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(AgainReport())
    assert capsys.readouterr().out.startswith("No pages are kept")


def test_the_report_as_one_object() -> None:
    assert report_fields(AgainReport(seen=2, changed=1, failed=(FAILED,))) == {
        "seen": 2,
        "changed": 1,
        "unchanged": 0,
        "failed": [{"id": 7, "title": "Boats counted", "error": "The page is empty."}],
        "left_to_leader": False,
    }
