"""The verbs that every database runs as the shared functions over a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator.storage.later import Later
from aggregator.storage.verbs.access import AccessVerbs
from aggregator.storage.verbs.digests import DigestVerbs
from aggregator.storage.verbs.feeds import FeedVerbs
from aggregator.storage.verbs.marks import MarkVerbs
from aggregator.storage.verbs.reading import ReadingVerbs
from aggregator.storage.verbs.stories import StoryVerbs
from aggregator.storage.verbs.texts import TextVerbs
from aggregator.storage.verbs.watches import WatchVerbs

if TYPE_CHECKING:
    from aggregator.storage import clock_back, housekeeping
    from aggregator.types import CleanUpReport, Worker
else:  # each when one of its verbs is asked for
    clock_back = Later("clock_back")
    housekeeping = Later("housekeeping")


class Verbs(
    FeedVerbs,
    TextVerbs,
    StoryVerbs,
    ReadingVerbs,
    MarkVerbs,
    WatchVerbs,
    DigestVerbs,
    AccessVerbs,
):
    """Most of `protocol.Storage`, where the verbs are described."""

    def report_worker(self, worker: Worker) -> None:
        self._write(lambda session: housekeeping.report_worker(session, worker))

    def forget_worker(self, name: str) -> None:
        self._write(lambda session: housekeeping.forget_worker(session, name))

    def workers(self) -> list[Worker]:
        return self._read(housekeeping.workers)

    def release_claims(self) -> int:
        return self._write(housekeeping.release_claims)

    def heed_clock(self, *, now: datetime) -> int:
        return self._write(lambda session: clock_back.heed(session, now=now))

    def clean_up(self, *, window: timedelta, keep_pages: timedelta) -> CleanUpReport:
        report = self._write(lambda session: housekeeping.clean_up(session, window=window))
        self._write(housekeeping.drop_told)
        self._write(housekeeping.drop_delivered)
        self._write(housekeeping.drop_read)
        self._write(housekeeping.drop_sessions)
        pages, more = 0, True
        while more:
            dropped, more = self._write(
                lambda session: housekeeping.drop_pages(session, keep_pages=keep_pages)
            )
            pages += dropped
        return replace(report, pages=pages)
