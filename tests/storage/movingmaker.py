"""A store with something in every table, and what it answers, for the tests of moving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alertmaker import hit, notice
from readermaker import access_token, web_session
from storemaker import (
    EDITION,
    HOUR,
    LEASE,
    NOW,
    assign,
    claim,
    decision,
    delivery,
    extraction,
    fetched,
    joins,
    kept_digest,
    new,
    polled,
    put,
    record,
    record_page,
    revise,
    source,
    source_id,
    store,
)

from aggregator.core.query import parse
from aggregator.storage.backends import open_storage
from aggregator.storage.bulk import Row, open_reader
from aggregator.storage.moving import Move, Progress, move
from aggregator.storage.protocol import Storage
from aggregator.storage.tables import TABLES
from aggregator.types import (
    ArticleText,
    Database,
    KeptPages,
    Link,
    LinkKind,
    Manners,
    Media,
    MediaKind,
    NoticeState,
    Pace,
    PageCopy,
    PageKind,
    PageRole,
    PageRules,
    PageSelectors,
    PollHints,
    RobotsCopy,
    Scope,
    Source,
    TextOrigin,
    TextState,
    Worker,
)

_SCRIPTS = "Δελτίο · गेहूँ · 小麦 · 🌾 \U00010348"


_MEDIA = (
    Media(
        url="https://example.com/talk.mp3",
        kind=MediaKind.AUDIO,
        type="audio/mpeg",
        title=_SCRIPTS,
        credit="Ada",
        size=2**40,
        duration=timedelta(hours=1, milliseconds=500),
    ),
    Media(url="https://example.com/a.png", kind=MediaKind.IMAGE, width=3, height=4),
)
_LINKS = (
    Link(kind=LinkKind.CORRECTS, url=None, ref="ferry"),
    Link(kind=LinkKind.VIA, url="https://example.org/feed", title=_SCRIPTS),
)


def moved(origin: Database, destination: Database, *, restart: bool = False) -> Move:
    return move(origin, destination, restart=restart, watch=_ignore)


def _ignore(progress: Progress) -> None:
    """For tests that do not look."""


def filled(path: Path) -> Path:
    """A SQLite file with something in every table."""
    storage = open_storage(path)
    try:
        fill(storage)
    finally:
        storage.close()
    return path


def fill(storage: Storage) -> None:
    harbour = source(
        "Harbour",
        tags=("Sea", "Trade"),
        language="en",
        weight=0.1 + 0.2,
        manners=Manners(grouped=False, never_join=frozenset({"*", "väl"})),
    )
    inland = source("Inland", headers=(("X-Key", "väl\tue"),), interval=timedelta(minutes=7))
    first = store(
        storage,
        new("wheat", title=_SCRIPTS, text=f"Wheat prices rise. {_SCRIPTS}", categories=("Grain",)),
        new(
            "ferry",
            text="The ferry is back.",
            published_at=NOW - HOUR,
            updated_at=NOW,
            authors=("Ada", "Bo"),
            image_url="https://example.com/a.png",
            media=_MEDIA,
            links=_LINKS,
        ),
        new("old", text="First version.", guid=None, language=None),
        wanted=harbour,
    )
    second = store(
        storage,
        new("copy", text=f"Wheat prices rise. {_SCRIPTS}", url="https://example.org/copy"),
        new("page", page_host="pages.example.org", text_origin=TextOrigin.SUMMARY),
        new("lost", page_host="pages.example.org", url="https://pages.example.org/lost"),
        wanted=inland,
        at=NOW + HOUR,
    )
    storage.sync_sources([harbour], now=NOW + HOUR)  # the other one keeps its history
    revise(storage, first[2], new("old", text="Second version, longer."), at=NOW + 2 * HOUR)
    storage.wake(None, now=NOW + 2 * HOUR, force=True)
    withdrawal = replace(decision(), withdrawn=("ferry",))
    record(storage, polled(claim(storage, at=NOW + 2 * HOUR), withdrawal, at=NOW + 2 * HOUR))
    storage.sync_sources([harbour, inland], now=NOW + 2 * HOUR)
    pages = storage.claim_texts("pages.example.org", now=NOW + 2 * HOUR, lease=LEASE, limit=2)
    page = extraction(
        ArticleText(
            title="The page",
            text="Its full text.",
            html="<p>Its full text.</p>",
            published_at=NOW,
            utc_offset=timedelta(hours=5, minutes=30),
            image_url="https://example.com/b.png",
            image_alt=_SCRIPTS,
            site_name="The Harbour",
            canonical_url="https://example.com/page",
            dateline="BAKU (Harbour)",
            credits=("Harbour", _SCRIPTS),
        ),
        kind=PageKind.PAYWALL,
        confidence=0.1 + 0.2,
        furniture=b"\0known\xff",
    )
    kept = KeptPages(
        feed=pages[0].feed,
        pages=(
            PageCopy(role=PageRole.PAGE, url=None, content_type=None, body=bytes(range(256)) * 99),
        ),
    )
    failed = fetched(
        pages[1],
        None,
        state=TextState.RETRY,
        at=NOW + 2 * HOUR,
        error="The server was busy.",
        retry_at=NOW + 3 * HOUR,
    )
    storage.record_text(failed)
    record_page(storage, "pages.example.org", fetched(pages[0], page, at=NOW + 2 * HOUR, keep=kept))
    assign(
        storage,
        joins(first[0], first[0]),
        joins(second[0], first[0]),
        replace(joins(first[1], first[1]), continues=first[0]),
        at=NOW + 2 * HOUR,
    )
    storage.star([first[1], second[0]], now=NOW + 2 * HOUR)
    for story in (second[0], first[0]):  # off, and back
        put(storage, story, second[0], at=NOW + 2 * HOUR)
    storage.mark_all_read(None, until=second[0], now=NOW)
    storage.mark_unread([first[1]], now=NOW)
    storage.mark_read([second[-1]], now=NOW)
    storage.set_password_hash("$argon2id$…")
    storage.add_token(access_token(_SCRIPTS, used_at=NOW))
    storage.add_token(access_token("phone", scope=Scope.READ))
    for name in ("1", _SCRIPTS):
        storage.open_session(web_session(name))
    storage.keep_digest(kept_digest(title=_SCRIPTS), first)
    deliveries = [
        delivery(recipient, message=bytes(range(256)), retry_at=NOW)
        for recipient in ("ada@example.org", "bo@example.org")
    ]
    storage.prepare_deliveries(deliveries, now=NOW)
    storage.record_delivery(
        replace(deliveries[0], attempts=2, error="The mail server is down."), now=NOW
    )
    storage.keep_robots(
        RobotsCopy(
            origin="https://pages.example.org",
            asked_at=NOW,
            status=200,
            body=b"\x00User-agent: *\xff",
            failing_since=NOW + HOUR,
        )
    )
    _watched(storage, first)
    _with_a_past(storage, [harbour, inland])
    # Under way when the process died.
    storage.wake(None, now=NOW + 3 * HOUR, force=True)
    storage.claim_feeds("harbour.example.com", now=NOW + 3 * HOUR, lease=LEASE)
    storage.claim_texts("pages.example.org", now=NOW + 3 * HOUR, lease=LEASE, limit=9)
    storage.report_worker(
        Worker(
            name="machine-1",
            machine="machine",
            version="0",
            started_at=NOW,
            seen_at=NOW,
            jobs=1,
            leads=True,
        )
    )


def _watched(storage: Storage, articles: Sequence[int]) -> None:
    """Something of everything that watches leave: caught, told, sent, refused."""
    storage.sync_watches(["baku"], ["desk", "phone"], now=NOW)
    told, waits = hit(articles[0], snippet=_SCRIPTS), hit(articles[1])
    storage.record_hits([told, waits], cursor=storage.latest_cursor())
    storage.put_notices([notice("1"), notice("2", "phone")], [told], now=NOW)
    sent, failed = storage.due_notices(now=NOW, limit=9)
    assert storage.begin_notice(sent)
    storage.record_notice(
        replace(sent, state=NoticeState.SENT, attempts=1, due_at=None, sent_at=NOW)
    )
    refused = replace(failed, attempts=2, error="It was refused.", due_at=NOW + HOUR)
    storage.record_notice(refused, hold_until=NOW + HOUR)


def _with_a_past(storage: Storage, others: Sequence[Source]) -> None:
    """A source that has been through everything that can happen to one."""
    wanted = source(
        "Gone",
        max_interval=timedelta(days=1),
        respect_robots=False,
        proxy="http://proxy.example.com:8080",
        rules=PageRules(body=("article", "//main"), headers=(("Cookie", "väl\tue"),)),
        selectors=PageSelectors(item=".news > li", title="h3", date="time::attr(datetime)"),
    )
    at = NOW + 2 * HOUR
    storage.sync_sources([*others, wanted], now=at)
    only = {source_id(storage, wanted.name)}
    [taken] = storage.claim_feeds("gone.example.com", now=at, lease=LEASE, only=only)
    record(storage, polled(taken, at=at, body_hash="h"))
    storage.wake(only, now=at, force=True)
    [taken] = storage.claim_feeds("gone.example.com", now=at, lease=LEASE, only=only)
    after = polled(
        taken,
        decision([new("gone")]),
        at=at,
        etag='W/"é"',
        last_modified="yesterday",
        body_hash="h",
        hold_until=at + HOUR,
        last_error="It is gone.",
        last_status=410,
        failures=1.25,
        title=_SCRIPTS,
        site_url="https://gone.example.com/",
        why="It is polled no longer.",
        not_before_at=NOW + HOUR,
        pace=Pace(at=at, usual=1.5, observed=HOUR, lately=0.1 + 0.2, last_at=NOW),
        hints=PollHints(ttl=HOUR, update_base=NOW, skip_hours=(0, 23), skip_days=(6,)),
        address="https://new.example.org/feed",
        moved_to="https://newer.example.org/feed",
        moved_times=2,
        gone_at=NOW,
        retired_at=at,
    )
    record(storage, after)


def many(path: Path, articles: int) -> Path:
    """A SQLite file whose tables take several transactions to copy."""
    storage = open_storage(path)
    try:
        for start in range(0, articles, 1_000):
            batch = [new(str(n), text=f"Word{n} of many.") for n in range(start, start + 1_000)]
            claimed = claim(storage, source(), at=NOW + start * HOUR)
            ids = record(storage, polled(claimed, decision(batch), at=NOW + start * HOUR))
            assign(storage, *(joins(one, one) for one in ids[:20]))
    finally:
        storage.close()
    return path


def contents(database: Database) -> dict[str, list[Row]]:
    """Every row of every table."""
    with open_reader(database) as reader:
        return {table.name: [*reader.rows(table)] for table in TABLES}


def answers(database: Database) -> Iterator[tuple[str, object]]:
    """What the store says, a name and a value each; `check` finds nothing wrong."""
    storage = open_storage(database)
    try:
        assert storage.check() == []
        yield "created", storage.created_at()
        yield "sources", storage.source_statuses()
        yield "counts", storage.counts()
        yield "stories", storage.stories(limit=99)
        yield "window", [*storage.window(span=timedelta(days=30))]
        yield "state", storage.grouping_state()
        yield "recalled", storage.recall(range(1, 20))
        yield "unassigned", storage.unassigned(limit=99)
        yield (
            "digests",
            (storage.digests(limit=9), storage.told(EDITION.digest, range(1, 20))),
        )
        yield "marks", (storage.marks(range(1, 20)), storage.unread())
        yield "access", (storage.password_hash(), storage.tokens(), storage.sessions(now=NOW))
        yield "deliveries", (storage.deliveries(EDITION), storage.open_deliveries(now=NOW + HOUR))
        later = NOW + 99 * HOUR
        yield (
            "due",
            (storage.due_hosts(now=later, limit=9), storage.due_text_hosts(now=later, limit=9)),
        )
        for query in (
            "wheat",
            "小麦",
            "title:page",
            "ferry OR version",
            "tag:sea",
            "lang:en",
            "is:starred",
        ):
            yield query, storage.search(parse(query, now=NOW), limit=99).hits
        yield "watches", (storage.watch_cursor(), storage.open_hits(), storage.notices(limit=9))
        yield (
            "messages due",
            (storage.due_notices(now=NOW, limit=9), storage.due_channels(now=later)),
        )
        yield "kept", storage.kept_articles(after=0, limit=99)
        yield "furniture", storage.furniture("pages.example.org")
        for number in range(1, 20):
            yield f"article {number}", storage.article(number)
    finally:
        storage.close()
