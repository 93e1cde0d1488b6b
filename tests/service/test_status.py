"""What a health check says of the file beside a SQLite database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.service.exchanges import Totals
from aggregator.service.status import ServiceStatus, mark_stopped, read_health, write_status

NOW = datetime(2024, 2, 7, 10, 30, tzinfo=UTC)


def written(folder: Path, *, articles: int = 2, stories: int = 2) -> Path:
    path = folder / "news.db.status.json"
    status = ServiceStatus(
        pid=1,
        version="1",
        started_at=NOW,
        written_at=NOW,
        sources=1,
        articles=articles,
        stories=stories,
        pending_texts=0,
        unassigned=0,
        jobs=0,
        exchanges=Totals(),
        config_error=None,
    )
    write_status(path, status)
    return path


def test_a_service_that_was_stopped_is_not_alive(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert read_health(path, now=NOW) == (True, "alive with 2 articles, 2 stories")
    mark_stopped(path, at=NOW + timedelta(seconds=1))
    assert read_health(path, now=NOW + timedelta(seconds=2)) == (
        False,
        "the service was stopped at 2024-02-07 10:30 UTC; start it with `aggregator run`",
    )
    assert read_health(written(tmp_path), now=NOW)[0]


def test_one_article_is_no_articles(tmp_path: Path) -> None:
    path = written(tmp_path, articles=1, stories=1)
    assert read_health(path, now=NOW) == (True, "alive with 1 article, 1 story")


def test_a_sign_of_life_from_the_future_is_none(tmp_path: Path) -> None:
    alive, sentence = read_health(written(tmp_path), now=NOW - timedelta(days=1))
    assert not alive
    assert "the clock has been set back" in sentence


def test_a_file_that_is_not_there_or_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    missing, odd = tmp_path / "missing.json", tmp_path / "odd.json"
    mark_stopped(missing, at=NOW)
    assert not missing.exists()
    odd.write_text("[]")
    mark_stopped(odd, at=NOW)
    assert odd.read_text() == "[]"
