"""What a store must do: coarse verbs, one transaction each.

The protocol is synchronous; callers in the event loop use `asyncio.to_thread`. Every verb may be
called from any thread. A verb that returns has committed; a verb that raises has changed nothing.
Reading verbs see one consistent state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query
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


Order = Literal["newest", "relevance"]

LEADER = "leader"
"""The role of the process that assigns stories, runs watches, mails the digest and cleans up."""


class Role(Protocol):
    """Something that one process at a time does; lost when the process or its connection dies."""

    def take(self) -> bool:
        """Whether we have it, from now on or still. Cheap; ask again before each use.

        Raises StorageError when the database cannot be reached; then we do not have it.
        """

    def drop(self) -> None:
        """Leave it to others; one that is not held is no error."""


class Storage(Protocol):
    """See the module's docstring. Errors: StorageError and its children."""

    @property
    def shared(self) -> bool:
        """Whether several processes may work on it at once."""

    def close(self) -> None:
        """Finish what is under way and release files; further calls raise StorageError."""

    def clock(self) -> datetime:
        """The time that all who work on the database go by: leases are compared across machines."""

    def role(self, name: str) -> Role:
        """A role that its processes compete for; a database that is not shared gives it to all."""

    # --- sources

    def sync_sources(self, sources: Sequence[Source], *, now: datetime) -> SyncReport:
        """Make the store's list of sources equal to `sources`.

        A source is recognised by its URL, else by its name, so that renaming it or moving it
        keeps its articles (a moved one forgets its validators). A new one is due at `now`. One
        that is missing is no longer polled, keeps its articles, and comes back with its history.
        """

    def created_at(self) -> datetime | None:
        """When a list of sources was first stored; None: none has been."""

    def source_statuses(
        self, *, only: Collection[int] | None = None, url: str | None = None
    ) -> list[SourceStatus]:
        """Every source that is polled, by name; `only` these ids, and the one of this address."""

    def source_outlines(
        self, *, now: datetime, silent_since: datetime | None = None, tag: str | None = None
    ) -> list[SourceOutline]:
        """The same sources, by id, and little of each: what it costs to choose among them. Those
        with this tag; None: all. Without `silent_since`, none is called silent."""

    def wake(self, source_ids: Collection[int] | None, *, now: datetime, force: bool) -> int:
        """Make these sources (None: all) due now, and return how many are.

        Without `force`, a source that the publisher asked to leave alone keeps its time, and so
        does one whose host is to be left alone. With it, a retired source among `source_ids` is
        polled again.
        """

    # --- COMMIT 1: polling

    def due_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        """Hosts with feeds due that nobody holds, longest due first; `only` these source ids.

        A host that wants to be left alone for more than a minute yet (see `release_host`, and
        `hold_host_until` of what is recorded) is not among them, and cannot be claimed.
        """

    def claim_feeds(
        self, host: str, *, now: datetime, lease: timedelta, only: Collection[int] | None = None
    ) -> list[FeedClaim]:
        """Take the host and its due feeds for the time of the lease.

        Empty while somebody holds the host, be it for its feeds or for its pages: one task serves
        it at a time. Give it back with `release_host`; after a crash it falls free by itself.
        """

    def release_host(self, host: str, *, lease_until: datetime, free_at: datetime) -> None:
        """Give a host back, to be asked again from `free_at` on.

        What was claimed with it and not recorded is due again. A lease that is no longer held is
        no error: nothing changes.
        """

    def known_entries(self, source_id: int, keys: Collection[str]) -> list[KnownEntry]:
        """Articles of the source that have come under any of these keys.

        `keys` of each answer are those of the asked ones under which it has come.
        """

    def record_poll(self, record: PollRecord) -> list[int]:
        """Store the outcome of one poll and end its claim; ids of the new articles, in order.

        Identifiers grow in the order of `decision.new`, which is the oldest first.

        Raises ClaimLost when the claim is no longer held. A key that the source already has is
        never stored twice, whatever the decision says. A source that was woken since `polled_at`
        stays due. When the source has moved to where another one is polled, that one gets its
        articles and this one retires.
        """

    # --- COMMIT 2: full text

    def due_text_hosts(
        self, *, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[HostWork]:
        """Hosts with article pages due that nobody holds, longest due first."""

    def claim_texts(
        self,
        host: str,
        *,
        now: datetime,
        lease: timedelta,
        limit: int,
        only: Collection[int] | None = None,
    ) -> list[TextClaim]:
        """Take the host and up to `limit` of its due pages, newest first: as `claim_feeds`."""

    def robots_copy(self, origin: str) -> RobotsCopy | None:
        """The last copy of a site's robots.txt (see `RobotsCopy.origin`); None: there is none."""

    def keep_robots(self, copy: RobotsCopy) -> None:
        """Store a copy in place of the last one."""

    def record_text(self, record: TextRecord) -> None:
        """Store what became of one page and end its claim. Raises ClaimLost.

        An article that stood alone in its story and whose text changes is assigned anew.
        `record.extracted.furniture` is kept for the host of the page, in the same transaction.
        """

    def furniture(self, host: str) -> bytes:
        """What is known of the recurring text of the pages of a host; empty: nothing."""

    # --- texts made again

    def count_kept(
        self,
        *,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """How many articles `kept_articles` has to give in all."""

    def kept_articles(
        self,
        *,
        after: int,
        limit: int,
        only: Collection[int] | None = None,
        host: str | None = None,
        since: datetime | None = None,
    ) -> list[KeptArticle]:
        """Articles whose pages are kept, with ids above `after`, by id: `only` of these sources,
        of this page host, first seen since then. Up to `limit`, fewer where their pages are large,
        at least one if there is any."""

    def record_again(self, again: Sequence[TextAgain], *, now: datetime) -> int:
        """Store texts made again; how many of them differ from what was stored.

        One whose article has changed since it was read is left out. Every story to which a changed
        one belongs is taken apart: all its articles are to be assigned anew. The furniture of each
        host is kept.
        """

    # --- COMMIT 3: stories

    def unassigned(self, *, limit: int) -> list[Unassigned]:
        """Articles whose text is not pending and that have no story, by (at, source, url): up to
        `limit`, fewer where their texts are long, at least one if there is any. One that a person
        has placed with another article that has no story waits until that one has."""

    def grouping_state(self) -> int:
        """Changes whenever stories change otherwise than by `assign` and as `taken_out` tells: by
        hand, by texts made again, by `regroup`; when all articles of the newest day are taken out;
        and when sources are to be treated otherwise, or become one. Who has a window in memory
        reads it anew then."""

    def window(self, *, span: timedelta) -> Iterator[tuple[GroupInput, Assignment]]:
        """Assigned articles whose `at` lies within `span` of the newest one's, in the order in
        which they were assigned."""

    def recall(self, article_ids: Collection[int]) -> list[GroupInput]:
        """These articles as grouping saw them when they were assigned, in any order; those without
        a fingerprint are left out. An article that was taken out of its story has its former one
        until it is assigned anew, or is older than all that others are compared with."""

    def taken_out(self) -> list[int]:
        """Articles that had a story, await another one, and can still be recalled as they were. Who
        has a window in memory takes them out of it before anything else is decided."""

    def assign(
        self,
        assigned: Sequence[tuple[GroupInput, Assignment]],
        *,
        now: datetime,
        state: int | None = None,
    ) -> list[Assignment]:
        """Store assignments and the fingerprints they rest on, in order; those that were stored.

        One for an article that has one already, or whose text has changed since it was read, is
        left out. One into a story that is gone, because its only article changed meanwhile, goes
        where the article it resembles has gone, or else starts a story of its own. One that a
        person has placed goes where it was put, and is left out while there is no such story. A
        story that is gone is not continued. None is stored when `grouping_state` is no longer
        `state`; None: whatever it is.
        """

    def place(self, assignments: Sequence[Assignment], *, now: datetime) -> Placed:
        """Put articles where a person wants them, and remember it for every later assignment.

        All are of one story: an existing one, then each is placed with its first article; or that
        of one of the articles itself, which then starts it, and the others are placed with it.
        `assignments` (at least one) replace what the articles had; they keep their place in the
        order. A story whose first article is taken out goes on under the id of the one that was
        assigned next (of those that are placed with none of the others that stay), and what was
        placed with an article that was taken out stays with that one. The first of those that stay
        begins a story at every later assignment, too, so that the two are not joined again.
        Raises NotGrouped, and changes nothing, for an article without a story or one that does not
        exist, and for a story that does not exist.
        """

    # --- stories made anew

    def regrouped(
        self, *, after: int, limit: int, since: datetime | None = None
    ) -> list[Regrouped]:
        """Assigned articles with `at` since then (None: all) in the order of assignment, with `seq`
        above `after`: up to `limit`, fewer where their texts are long, at least one if there is
        any."""

    def regroup(
        self,
        assigned: Iterable[tuple[GroupInput, Assignment]],
        *,
        state: int,
        now: datetime,
        since: datetime | None = None,
    ) -> bool:
        """Replace the assignments of these articles, which are those that `regrouped` gave for
        `since`, all at once. `assigned` is read as it comes, in transactions of their own.

        False, and nothing has changed, when `grouping_state` is no longer `state`. An article whose
        text has changed meanwhile is to be assigned anew, and so is one that has come into a story
        meanwhile that is no more. What is older than `since` in such a story goes on under the id
        of the one assigned next. The articles keep their places in the order of assignment, and
        are where a person has placed them, whatever `assigned` says. Of two runs at once the one
        that began last counts.
        """

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
        """Articles that match, by when they were first stored or by relevance.

        Of a word in the article's language every form is found, of a phrase in quotes these only.
        `fold`: of the articles of a story that match, the first of the answer stands for all, on
        whatever page that is. `after` is what the page before gave; what has arrived since the
        first page is on none. What has no words to rank by comes newest first in either order.
        Without `passages` snippets are empty, which is less work.
        Raises UsageError for an `after` that was given for another search, or is none.
        """

    def search_counts(self, query: Query, *, most: int = 20) -> SearchCounts:
        """How many articles match; `most` sources and languages are named."""

    def matching(self, query: Query | None, *, beyond: int = 0, limit: int) -> list[Article]:
        """Whole articles that match (None: all), ids above `beyond`, by id: up to
        `limit`, fewer where their texts are long, at least one if there is any. Without former
        revisions."""

    def star(self, article_ids: Collection[int], *, now: datetime) -> int:
        """Mark articles; how many were not before. Those that do not exist are left out."""

    def unstar(self, article_ids: Collection[int]) -> int:
        """Take the marks away; how many there were."""

    def stories(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        min_sources: int = 1,
        limit: int,
        brief: bool = False,
    ) -> list[Story]:
        """Stories with an article first seen in [since, until), the one with most outlets first,
        then the latest; None: no bound. Each comes with all its articles. `brief`: only the first
        of them has its excerpt."""

    def story(self, story_id: int) -> Story | None:
        """None: there is no such story."""

    def article(self, article_id: int) -> Article | None:
        """With its former revisions and its assignment; None: there is no such article."""

    def counts(self) -> Counts:
        """Totals for summaries and health checks."""

    # --- watches

    def sync_watches(
        self, names: Collection[str], channels: Collection[str], *, now: datetime
    ) -> dict[str, int]:
        """Make the store's list of watches equal to `names` (folded); of each the last article that
        it does not look at, which is the last there was when it was set up.

        What one that is gone has caught and is in no message is dropped. Messages that wait for a
        watch that is gone, or for a channel that is not among `channels`, are dead.
        """

    def watch_cursor(self) -> WatchCursor:
        """Where watches stand; at first, after everything that is stored: who sets a watch up wants
        to know of what comes."""

    def latest_cursor(self) -> WatchCursor:
        """After everything that is stored now."""

    def to_watch(
        self, cursor: WatchCursor, *, limit: int, now: datetime, patience: timedelta
    ) -> tuple[list[WatchItem], WatchCursor]:
        """What is to be looked at next, and where that ends: articles that have got a story, in the
        order of assignment, and those that have waited for one, mostly since their page is slow,
        for longer than `patience` since they were first seen; up to `limit`, fewer where their
        texts are long. An article may come again, when it has a story or another one. What is no
        news is passed over: it is an archive's (see storage.watches), or was first seen a week ago.
        None are left when the cursor stays as it was."""

    def watch_items(self, story_id: int, *, limit: int) -> list[WatchItem]:
        """The articles of a story, the first `limit` by time."""

    def record_hits(self, hits: Sequence[WatchHit], *, cursor: WatchCursor | None) -> int:
        """Store what watches have caught and how far they have looked (None: as before), at once;
        how many hits are new: one with the (watch, subject) of another is left out, and so is a
        story of which the watch has caught an article under another subject."""

    def open_hits(self, watches: Collection[str] | None = None) -> list[WatchHit]:
        """Those of these watches (None: all) that are in no message yet, the earliest first."""

    def notice_items(self, hits: Sequence[WatchHit]) -> list[NoticeItem]:
        """What a message tells of each, as things are now; without those that are gone."""

    def notice_times(self, watch: str, *, since: datetime) -> list[datetime]:
        """When messages of a watch (name, folded) were made, each once however many channels it
        went to, the earliest first."""

    def put_notices(
        self, notices: Sequence[Notice], hits: Sequence[WatchHit], *, now: datetime
    ) -> int:
        """Store messages and that these hits are in them, at once; how many are new: one with the
        key of another is left out. None is stored if one of the hits is in a message already. Where
        the last try at the channel failed and a message of the watch waits that was never tried,
        the content is added to that one instead, under the new key."""

    def due_channels(self, *, now: datetime) -> list[str]:
        """Those with a try due, by name."""

    def due_notices(self, *, now: datetime, limit: int, channel: str | None = None) -> list[Notice]:
        """Messages with a try due, to this channel (None: to any): first those that were tried
        before, then those longest due; none to a channel that is held."""

    def begin_notice(self, notice: Notice) -> bool:
        """It is about to be sent, and not changed any more; False: it has been changed since it was
        read, or does not wait any more."""

    def record_notice(self, notice: Notice, *, hold_until: datetime | None = None) -> None:
        """Store what became of a try. Until `hold_until` nothing is due at its channel; one that
        has been sent ends that."""

    def notices(
        self, *, state: NoticeState | None = None, watch: str | None = None, limit: int
    ) -> list[Notice]:
        """The latest ones first."""

    def retry_notices(self, notice_ids: Collection[int] | None, *, now: datetime) -> int:
        """Have dead messages (None: all of them) tried again at once; how many were dead."""

    # --- digests

    def digest_matches(self, query: Query, *, since: datetime, until: datetime) -> frozenset[int]:
        """Ids of the articles first seen in [since, until) that match."""

    def caught(self, *, since: datetime, until: datetime) -> dict[int, frozenset[str]]:
        """Of each article that watches caught in [since, until), their names (folded)."""

    def told(self, digest: str, article_ids: Collection[int]) -> frozenset[int]:
        """Those of these articles that an edition of a digest (name, folded) told; after some
        months it is forgotten."""

    def keep_digest(self, kept: KeptDigest, told: Collection[int]) -> KeptDigest:
        """Freeze an edition and which articles it tells, at once. Returns what is stored: where
        there is such an edition already that one, unchanged."""

    def digest(self, edition: Edition) -> KeptDigest | None:
        """None: there is none."""

    def digests(
        self, digest: str | None = None, *, local_date: date | None = None, limit: int
    ) -> list[KeptDigest]:
        """Editions of a digest (name, folded; None: of all), of that day (None: any), the latest
        first: by `until_at`, then by name."""

    def deliveries(self, edition: Edition) -> list[Delivery]:
        """What has been prepared of an edition, by recipient."""

    def open_deliveries(self, *, now: datetime) -> list[Delivery]:
        """Prepared and not sent, with a try due at `now`."""

    def prepare_deliveries(self, deliveries: Sequence[Delivery], *, now: datetime) -> int:
        """Freeze messages before sending; one that exists for (edition, recipient) stays as it is.

        Returns how many are new.
        """

    def record_delivery(self, delivery: Delivery, *, now: datetime) -> None:
        """Store the state after a try."""

    # --- the reader's marks

    def mark_read(self, article_ids: Collection[int], *, now: datetime) -> int:
        """How many of them were unread before. Those that do not exist are left out."""

    def mark_unread(self, article_ids: Collection[int], *, now: datetime) -> int:
        """How many of them were read before. One that was first seen long ago is read again with
        the next `clean_up`."""

    def mark_all_read(
        self, source_ids: Collection[int] | None, *, until: int, now: datetime
    ) -> int:
        """Everything of these sources (None: of all) up to this article id, which need not be one
        of theirs; how many were unread. What is stored later is unread."""

    def marks(self, article_ids: Collection[int]) -> dict[int, Marks]:
        """Of those that exist."""

    def unread(self) -> dict[int, Unread]:
        """By source id; sources without any are left out. What was first seen long ago (see
        `clean_up`) is read."""

    def stream(self, query: StreamQuery, *, limit: int) -> list[StreamItem]:
        """What a reader's app lists: up to `limit` of what `query` asks for, in its order."""

    def articles(self, article_ids: Collection[int]) -> list[Article]:
        """Those that exist, by id, without former revisions."""

    def daily_counts(
        self, *, since: datetime, only: Collection[int] | None = None
    ) -> dict[int, dict[date, int]]:
        """Articles first seen since then, by source id and UTC day; days without any are left
        out. `only`: of these sources; None: of all."""

    # --- access to the page

    def password_hash(self) -> str | None:
        """As argon2 writes it; None: there is no password."""

    def set_password_hash(self, value: str | None) -> None:
        """Ends all sessions."""

    def add_token(self, token: AccessToken) -> AccessToken:
        """With its id. Raises UsageError for a name that another one has."""

    def tokens(self) -> list[AccessToken]:
        """By name."""

    def revoke_token(self, name: str) -> bool:
        """False: there is none."""

    def token(self, hash_: bytes, *, now: datetime) -> AccessToken | None:
        """That with this hash or this `fever_hash`, which is used now; None: there is none."""

    def open_session(self, session: WebSession) -> None:
        """Store it."""

    def session(self, hash_: bytes, *, now: datetime) -> WebSession | None:
        """That with this hash, which is seen now; None: there is none, or it was last seen 30 days
        ago."""

    def sessions(self, *, now: datetime) -> list[WebSession]:
        """Those that are not over, the last seen first."""

    def close_session(self, hash_: bytes) -> None:
        """One that is not known is no error."""

    def close_sessions(self) -> int:
        """All of them; how many."""

    # --- housekeeping

    def report_worker(self, worker: Worker) -> None:
        """Keep a process's latest sign of life."""

    def forget_worker(self, name: str) -> None:
        """A process ends; one that is not known is no error."""

    def workers(self) -> list[Worker]:
        """Every process that has not said that it ends, by name."""

    def release_claims(self) -> int:
        """End every claim. Only for a process that knows it is alone (see `instance`)."""

    def clean_up(self, *, window: timedelta, keep_pages: timedelta) -> CleanUpReport:
        """Drop what is no longer needed: fingerprints that no further article will be compared with
        (older than the newest assigned one by more than the window), pages kept for longer than
        `keep_pages` (counted from the latest one; of zero: all), marks of what was first seen 30
        days before the latest article, which is read from then on, sessions of browsers that are
        over, hosts that were asked long ago and the furniture of those that gave no page for long,
        copies of robots.txt that count no longer, workers that have been silent for a day, what
        watches caught long ago and the messages about it, what digests told long ago and their
        messages that are not open any more, write-ahead logs. In several transactions, so that
        nobody waits for all of it."""

    def check(self) -> list[str]:
        """Problems with the database's integrity, a sentence each; empty: it is whole."""
