"""The verbs that every database runs as the shared functions over a session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from aggregator.errors import StorageError
from aggregator.storage import search_counts, search_pages
from aggregator.storage.later import Later

if TYPE_CHECKING:
    from aggregator.core.query_tree import Node, Query
    from aggregator.storage import access as _access
    from aggregator.storage import again as _again
    from aggregator.storage import deliveries as _deliveries
    from aggregator.storage import digests as _digests
    from aggregator.storage import furniture as _furniture
    from aggregator.storage import (
        grouping,
        hosts,
        housekeeping,
        kept,
        placing,
        polls,
        reading,
        regrouping,
        robots,
        source_listing,
        stars,
        stories,
        streams,
        texts,
    )
    from aggregator.storage import hits as _hits
    from aggregator.storage import marks as _marks
    from aggregator.storage import notices as _notices
    from aggregator.storage import sources as _sources
    from aggregator.storage import watches as _watches
    from aggregator.storage.protocol import Order
    from aggregator.storage.search_pages import Finder
    from aggregator.storage.sql import Session
    from aggregator.types import (
        AccessToken,
        Article,
        Assignment,
        CleanUpReport,
        Counts,
        Delivery,
        Edition,
        FeedClaim,
        GroupInput,
        HostWork,
        KeptArticle,
        KeptDigest,
        KnownEntry,
        Marks,
        Notice,
        NoticeItem,
        NoticeState,
        Placed,
        PollRecord,
        Regrouped,
        RobotsCopy,
        SearchCounts,
        SearchPage,
        Source,
        SourceOutline,
        SourceStatus,
        Story,
        StreamItem,
        StreamQuery,
        SyncReport,
        TextAgain,
        TextClaim,
        TextRecord,
        Unassigned,
        Unread,
        WatchCursor,
        WatchHit,
        WatchItem,
        WebSession,
        Worker,
    )
else:  # each when one of its verbs is asked for
    _access = Later("access")
    _again = Later("again")
    _deliveries = Later("deliveries")
    _digests = Later("digests")
    _furniture = Later("furniture")
    grouping = Later("grouping")
    _hits = Later("hits")
    hosts = Later("hosts")
    housekeeping = Later("housekeeping")
    kept = Later("kept")
    _marks = Later("marks")
    _notices = Later("notices")
    placing = Later("placing")
    polls = Later("polls")
    reading = Later("reading")
    regrouping = Later("regrouping")
    robots = Later("robots")
    source_listing = Later("source_listing")
    _sources = Later("sources")
    stars = Later("stars")
    stories = Later("stories")
    streams = Later("streams")
    texts = Later("texts")
    _watches = Later("watches")

T = TypeVar("T")


class Verbs(ABC):
    """Most of `protocol.Storage`, where the verbs are described."""

    @abstractmethod
    def _read(self, work: Callable[[Session], T]) -> T:
        """What `work` returns; it sees one state, and may be done several times."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Session]:
        """One state, for as long as the block runs."""

    @abstractmethod
    def _write(self, work: Callable[[Session], T]) -> T:
        """What `work` returns, in a transaction that has been committed; it may be done several
        times."""

    @abstractmethod
    def _finder(self, session: Session, root: Node) -> Finder:
        """Who finds what matches, in the index of this database."""

    # --- sources

    def sync_sources(self, sources: Sequence[Source], *, now: datetime) -> SyncReport:
        return self._write(lambda session: _sources.sync_sources(session, sources, now=now))

    def created_at(self) -> datetime | None:
        return self._read(_sources.created_at)

    def source_statuses(
        self, *, only: Collection[int] | None = None, url: str | None = None
    ) -> list[SourceStatus]:
        return self._read(
            lambda session: source_listing.source_statuses(session, only=only, url=url)
        )

    def source_outlines(
        self, *, now: datetime, silent_since: datetime | None = None, tag: str | None = None
    ) -> list[SourceOutline]:
        return self._read(
            lambda session: source_listing.source_outlines(
                session, now=now, silent_since=silent_since, tag=tag
            )
        )

    def wake(self, source_ids: Collection[int] | None, *, now: datetime, force: bool) -> int:
        return self._write(lambda session: _sources.wake(session, source_ids, now=now, force=force))

    # --- COMMIT 1: polling

    def due_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        return self._read(lambda session: polls.due_hosts(session, now=now, limit=limit, only=only))

    def claim_feeds(
        self, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None = None
    ) -> list[FeedClaim]:
        return self._write(
            lambda session: polls.claim_feeds(session, host, now=now, lease=lease, only=only)
        )

    def release_host(self, host: str, *, lease_until: datetime, free_at: datetime) -> None:
        self._write(
            lambda session: hosts.release(session, host, lease_until=lease_until, free_at=free_at)
        )

    def known_entries(self, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
        return self._read(lambda session: polls.known_entries(session, source_id, keys))

    def record_poll(self, record: PollRecord) -> list[int]:
        return self._write(lambda session: polls.record_poll(session, record))

    # --- COMMIT 2: full text

    def due_text_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        return self._read(
            lambda session: texts.due_text_hosts(session, now=now, limit=limit, only=only)
        )

    def claim_texts(
        self,
        host: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        only: Collection[int] | None = None,
    ) -> list[TextClaim]:
        return self._write(
            lambda session: texts.claim_texts(
                session, host, now=now, lease=lease, limit=limit, only=only
            )
        )

    def robots_copy(self, origin: str) -> RobotsCopy | None:
        return self._read(lambda session: robots.robots_copy(session, origin))

    def keep_robots(self, copy: RobotsCopy) -> None:
        self._write(lambda session: robots.keep_robots(session, copy))

    def record_text(self, record: TextRecord) -> None:
        packed = None if record.keep is None else kept.pack(record.keep)
        self._write(lambda session: texts.record_text(session, record, packed))

    def furniture(self, host: str) -> bytes:
        return self._read(lambda session: _furniture.furniture(session, host))

    # --- texts made again

    def count_kept(
        self,
        *,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> int:
        return self._read(
            lambda session: kept.count_kept(session, only=only, host=host, since=since)
        )

    def kept_articles(
        self,
        *,
        after: int,
        limit: int,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> list[KeptArticle]:
        return self._read(
            lambda session: kept.kept_articles(
                session, after=after, limit=limit, only=only, host=host, since=since
            )
        )

    def record_again(self, again: Sequence[TextAgain], *, now: datetime) -> int:
        return self._write(lambda session: _again.record_again(session, again, now=now))

    # --- COMMIT 3: stories

    def unassigned(self, *, limit: int) -> list[Unassigned]:
        return self._read(lambda session: grouping.unassigned(session, limit=limit))

    def grouping_state(self) -> int:
        return self._read(stories.grouping_state)

    def window(self, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
        with self._reading() as session:
            yield from grouping.window(session, span=span)

    def taken_out(self) -> list[int]:
        return self._read(grouping.taken_out)

    def recall(self, article_ids: Collection[int]) -> list[GroupInput]:
        return self._read(lambda session: grouping.recall(session, article_ids))

    def assign(
        self,
        assigned: Sequence[tuple[GroupInput, Assignment]],
        *,
        now: datetime,
        state: int | None = None,
    ) -> list[Assignment]:
        return self._write(lambda session: stories.assign(session, assigned, now=now, state=state))

    def place(self, assignments: Sequence[Assignment], *, now: datetime) -> Placed:
        return self._write(lambda session: placing.place(session, assignments, now=now))

    # --- stories made anew

    def regrouped(
        self, *, after: int, limit: int, since: datetime | None = None
    ) -> list[Regrouped]:
        return self._read(
            lambda session: grouping.regrouped(session, after=after, limit=limit, since=since)
        )

    def regroup(
        self,
        assigned: Iterable[tuple[GroupInput, Assignment]],
        *,
        state: int,
        now: datetime,
        since: datetime | None = None,
    ) -> bool:
        run = self._write(lambda session: regrouping.begin(session, state=state))
        if run is None:
            return False
        try:
            for chunk in regrouping.staged(assigned):
                if not self._write(partial(regrouping.stage, rows=chunk, run=run, state=state)):
                    return False
            return self._write(partial(regrouping.swap, run=run, state=state, now=now, since=since))
        finally:
            with suppress(StorageError):  # what is left the next one drops
                self._write(partial(regrouping.drop, run=run))

    # --- reading

    def search(
        self,
        query: Query,
        *,
        limit: int,
        order: Order = "newest",
        fold: bool = False,
        after: str | None = None,
        passages: bool = True,
    ) -> SearchPage:
        return self._read(
            lambda session: search_pages.page(
                session,
                self._finder(session, query.root),
                query,
                limit=limit,
                order=order,
                fold=fold,
                after=after,
                passages=passages,
            )
        )

    def search_counts(self, query: Query, *, most: int = 20) -> SearchCounts:
        return self._read(
            lambda session: search_counts.counts(
                session, self._finder(session, query.root), most=most
            )
        )

    def matching(self, query: Query | None, *, beyond: int = 0, limit: int) -> list[Article]:
        return self._read(
            lambda session: reading.matching(
                session,
                None if query is None else self._finder(session, query.root),
                beyond=beyond,
                limit=limit,
            )
        )

    def star(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: stars.star(session, article_ids, now=now))

    def unstar(self, article_ids: Collection[int]) -> int:
        return self._write(lambda session: stars.unstar(session, article_ids))

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        min_sources: int = 1,
        limit: int,
        brief: bool = False,
    ) -> list[Story]:
        return self._read(
            lambda session: reading.stories(
                session,
                since=since,
                until=until,
                min_sources=min_sources,
                limit=limit,
                brief=brief,
            )
        )

    def story(self, story_id: int) -> Story | None:
        return self._read(lambda session: reading.story(session, story_id))

    def article(self, article_id: int) -> Article | None:
        return self._read(lambda session: reading.article(session, article_id))

    def counts(self) -> Counts:
        return self._read(reading.counts)

    # --- watches

    def sync_watches(
        self, names: Collection[str], channels: Collection[str], *, now: datetime
    ) -> dict[str, int]:
        return self._write(lambda session: _watches.sync_watches(session, names, channels, now=now))

    def watch_cursor(self) -> WatchCursor:
        return self._read(_watches.watch_cursor)

    def latest_cursor(self) -> WatchCursor:
        return self._read(_watches.latest_cursor)

    def to_watch(
        self, cursor: WatchCursor, *, limit: int, now: datetime, patience: timedelta
    ) -> tuple[list[WatchItem], WatchCursor]:
        return self._read(
            lambda session: _watches.to_watch(
                session, cursor, limit=limit, now=now, patience=patience
            )
        )

    def watch_items(self, story_id: int, *, limit: int) -> list[WatchItem]:
        return self._read(lambda session: _watches.watch_items(session, story_id, limit=limit))

    def record_hits(self, hits: Sequence[WatchHit], *, cursor: WatchCursor | None) -> int:
        return self._write(lambda session: _hits.record_hits(session, hits, cursor=cursor))

    def open_hits(self, watches: Collection[str] | None = None) -> list[WatchHit]:
        return self._read(lambda session: _hits.open_hits(session, watches))

    def notice_items(self, hits: Sequence[WatchHit]) -> list[NoticeItem]:
        return self._read(lambda session: _hits.notice_items(session, hits))

    def notice_times(self, watch: str, *, since: datetime) -> list[datetime]:
        return self._read(lambda session: _notices.notice_times(session, watch, since=since))

    def put_notices(
        self, notices: Sequence[Notice], hits: Sequence[WatchHit], *, now: datetime
    ) -> int:
        return self._write(lambda session: _notices.put_notices(session, notices, hits, now=now))

    def due_channels(self, *, now: datetime) -> list[str]:
        return self._read(lambda session: _notices.due_channels(session, now=now))

    def due_notices(self, *, now: datetime, limit: int, channel: str | None = None) -> list[Notice]:
        return self._read(
            lambda session: _notices.due_notices(session, now=now, limit=limit, channel=channel)
        )

    def begin_notice(self, notice: Notice) -> bool:
        return self._write(lambda session: _notices.begin_notice(session, notice))

    def record_notice(self, notice: Notice, *, hold_until: datetime | None = None) -> None:
        self._write(lambda session: _notices.record_notice(session, notice, hold_until=hold_until))

    def notices(
        self, *, state: NoticeState | None = None, watch: str | None = None, limit: int
    ) -> list[Notice]:
        return self._read(
            lambda session: _notices.notices(session, state=state, watch=watch, limit=limit)
        )

    def retry_notices(self, notice_ids: Collection[int] | None, *, now: datetime) -> int:
        return self._write(lambda session: _notices.retry_notices(session, notice_ids, now=now))

    # --- digests

    def digest_matches(self, query: Query, *, since: datetime, until: datetime) -> frozenset[int]:
        return self._read(
            lambda session: _digests.digest_matches(
                session, self._finder(session, query.root), since=since, until=until
            )
        )

    def caught(self, *, since: datetime, until: datetime) -> dict[int, frozenset[str]]:
        return self._read(lambda session: _hits.caught(session, since=since, until=until))

    def told(self, digest: str, article_ids: Collection[int]) -> frozenset[int]:
        return self._read(lambda session: _digests.told(session, digest, article_ids))

    def keep_digest(self, kept: KeptDigest, told: Collection[int]) -> KeptDigest:
        packed = _digests.pack(kept)
        return self._write(lambda session: _digests.keep_digest(session, packed, told))

    def digest(self, edition: Edition) -> KeptDigest | None:
        return self._read(lambda session: _digests.digest(session, edition))

    def digests(
        self, digest: str | None = None, *, local_date: date | None = None, limit: int
    ) -> list[KeptDigest]:
        return self._read(
            lambda session: _digests.digests(session, digest, local_date=local_date, limit=limit)
        )

    def deliveries(self, edition: Edition) -> list[Delivery]:
        return self._read(lambda session: _deliveries.deliveries(session, edition))

    def open_deliveries(self, *, now: datetime) -> list[Delivery]:
        return self._read(lambda session: _deliveries.open_deliveries(session, now=now))

    def prepare_deliveries(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        return self._write(
            lambda session: _deliveries.prepare_deliveries(session, deliveries, now=now)
        )

    def record_delivery(self, delivery: Delivery, *, now: datetime) -> None:
        self._write(lambda session: _deliveries.record_delivery(session, delivery, now=now))

    # --- the reader's marks

    def mark_read(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: _marks.mark_read(session, article_ids, now=now))

    def mark_unread(self, article_ids: Collection[int], *, now: datetime) -> int:
        return self._write(lambda session: _marks.mark_unread(session, article_ids, now=now))

    def mark_all_read(
        self, source_ids: Collection[int] | None, *, until: int, now: datetime
    ) -> int:
        return self._write(
            lambda session: _marks.mark_all_read(session, source_ids, until=until, now=now)
        )

    def marks(self, article_ids: Collection[int]) -> dict[int, Marks]:
        return self._read(lambda session: _marks.marks(session, article_ids))

    def unread(self) -> dict[int, Unread]:
        return self._read(_marks.unread)

    def stream(self, query: StreamQuery, *, limit: int) -> list[StreamItem]:
        return self._read(lambda session: streams.stream(session, query, limit=limit))

    def articles(self, article_ids: Collection[int]) -> list[Article]:
        return self._read(lambda session: reading.articles(session, article_ids))

    def daily_counts(
        self, *, since: datetime, only: Collection[int] | None = None
    ) -> dict[int, dict[date, int]]:
        return self._read(lambda session: streams.daily_counts(session, since=since, only=only))

    # --- access to the page

    def password_hash(self) -> str | None:
        return self._read(_access.password_hash)

    def set_password_hash(self, value: str | None) -> None:
        self._write(lambda session: _access.set_password_hash(session, value))

    def add_token(self, token: AccessToken) -> AccessToken:
        return self._write(lambda session: _access.add_token(session, token))

    def tokens(self) -> list[AccessToken]:
        return self._read(_access.tokens)

    def revoke_token(self, name: str) -> bool:
        return self._write(lambda session: _access.revoke_token(session, name))

    def token(self, hash_: bytes, *, now: datetime) -> AccessToken | None:
        found = self._read(lambda session: _access.token(session, hash_))
        if found is None or not _access.is_due(found.used_at, now=now):
            return found
        with suppress(StorageError):  # whoever asks does not wait for what is only noted
            self._write(lambda session: _access.use_token(session, found.token_id, now=now))
            return replace(found, used_at=now)
        return found

    def open_session(self, session: WebSession) -> None:
        self._write(lambda writer: _access.open_session(writer, session))

    def session(self, hash_: bytes, *, now: datetime) -> WebSession | None:
        found = self._read(lambda session: _access.web_session(session, hash_, now=now))
        if found is None or not _access.is_due(found.seen_at, now=now):
            return found
        with suppress(StorageError):
            self._write(lambda session: _access.see_session(session, hash_, now=now))
            return replace(found, seen_at=now)
        return found

    def sessions(self, *, now: datetime) -> list[WebSession]:
        return self._read(lambda session: _access.web_sessions(session, now=now))

    def close_session(self, hash_: bytes) -> None:
        self._write(lambda session: _access.close_session(session, hash_))

    def close_sessions(self) -> int:
        return self._write(_access.close_sessions)

    # --- housekeeping

    def report_worker(self, worker: Worker) -> None:
        self._write(lambda session: housekeeping.report_worker(session, worker))

    def forget_worker(self, name: str) -> None:
        self._write(lambda session: housekeeping.forget_worker(session, name))

    def workers(self) -> list[Worker]:
        return self._read(housekeeping.workers)

    def release_claims(self) -> int:
        return self._write(housekeeping.release_claims)

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
