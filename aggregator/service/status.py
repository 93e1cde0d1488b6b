"""The status file: what a health check reads, beside the database, replaced as a whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.core.enumerating import counted
from aggregator.service.exchanges import Totals

STALE_AFTER = timedelta(seconds=90)
"""A service that has written no status for so long is stuck or gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """What the service says of itself, every few seconds."""

    pid: int
    version: str
    started_at: datetime
    written_at: datetime
    sources: int
    articles: int
    stories: int
    pending_texts: int
    unassigned: int
    jobs: int
    """Under way."""
    exchanges: Totals
    """Over HTTP, since the service started."""
    config_error: str | None
    """Why the edited feeds.yaml was refused; None: it was taken."""
    digest_errors: tuple[str, ...] = ()
    """Who has not had the last edition of a digest, and why."""
    page: str | None = None
    """Where the page is served, http://…; None: it is not."""
    page_error: str | None = None
    """Why it is not, although it should be."""


def status_path(database: Path) -> Path:
    return database.with_name(database.name + ".status.json")


def write_status(path: Path, status: ServiceStatus) -> None:
    """Replace the file atomically, so that a reader never sees half of it."""
    fields = {
        "pid": status.pid,
        "version": status.version,
        "started_at": status.started_at.isoformat(),
        "written_at": status.written_at.isoformat(),
        "sources": status.sources,
        "articles": status.articles,
        "stories": status.stories,
        "pending_texts": status.pending_texts,
        "unassigned": status.unassigned,
        "jobs": status.jobs,
        "exchanges": {
            **asdict(status.exchanges),
            "seconds": round(status.exchanges.seconds, 3),
        },
        "config_error": status.config_error,
        "digest_errors": status.digest_errors,
        "page": status.page,
        "page_error": status.page_error,
    }
    _replace(path, fields)


def _replace(path: Path, fields: Mapping[str, object]) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(temporary, path)  # noqa: PTH105 - Path.replace is the same; os says it is atomic


def mark_stopped(path: Path, *, at: datetime) -> None:
    """Say in the file that the service has ended. Raises OSError; one that is not there, or that
    nobody can read, says no more than before."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return
    if not isinstance(fields, dict):
        return
    _replace(path, {**fields, "stopped_at": at.isoformat()})


def read_health(path: Path, *, now: datetime) -> tuple[bool, str]:
    """Whether the service is alive, and a sentence about it."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        written_at = datetime.fromisoformat(fields["written_at"])
        articles = counted(fields["articles"], "article")
        counts = f"{articles}, {counted(fields['stories'], 'story', 'stories')}"
        stopped_at = fields.get("stopped_at")
        if stopped_at is not None:
            stopped = f"{datetime.fromisoformat(stopped_at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            return False, f"the service was stopped at {stopped}; start it with `aggregator run`"
        config_error = fields["config_error"]
        digest_errors = [str(one) for one in fields.get("digest_errors", ())]
        page, page_error = fields.get("page"), fields.get("page_error")
    except FileNotFoundError:
        return False, f"no service has written {path}; start it with `aggregator run`"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return False, f"{path} cannot be read ({error}); restart the service"
    age = now - written_at
    if age > STALE_AFTER:
        return False, f"the service last gave a sign of life {int(age.total_seconds())} s ago"
    if age < -STALE_AFTER:
        return False, (
            f"the service last gave a sign of life in {int(-age.total_seconds())} s from now: the"
            " clock has been set back, and it has given none since"
        )
    more = troubles(config_error, digest_errors)
    if not more and page_error is not None:
        more = f"; the page is not served, and tried again every second: {page_error}"
    elif not more and page:
        more = f"; the page is at {page}"
    return True, f"alive with {counts}{more}"


def troubles(config_error: str | None, digest_errors: Sequence[str]) -> str:
    """What is wrong with a service that is alive, to stand behind that; empty: nothing."""
    if config_error is not None:
        return f"; the edited feeds.yaml was refused: {config_error}"
    return f"; a digest was not sent: {'; '.join(digest_errors)}" if digest_errors else ""
