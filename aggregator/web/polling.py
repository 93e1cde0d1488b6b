"""Whether anybody polls: what a page promises depends on it."""

from __future__ import annotations

from pathlib import Path

from aggregator.service.presence import any_alive
from aggregator.service.status import read_health, status_path
from aggregator.web.site import Site

IDLE = (
    "No service is running, so nothing is polled: start “aggregator run”, or poll once by "
    "“aggregator update”."
)


def polls(site: Site) -> bool:
    """This process, or another one on the same database."""
    if site.polls:
        return True
    database, now = site.config().storage, site.clock()
    if isinstance(database, Path):
        return read_health(status_path(database), now=now)[0]
    return any_alive(site.storage.workers(), now=now)


def promised(site: Site, kind: str, done: str, soon: str) -> tuple[str, str]:
    """The notice of something done to feeds.yaml or a source: its kind, and what it says. `soon`:
    what a running service makes of it."""
    if polls(site):
        return kind, f"{done} {soon}".rstrip()
    return "warn", f"{done} {IDLE}"
