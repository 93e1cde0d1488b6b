"""Figures for Prometheus: what is counted, and who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network

import pytest
from prometheus_client.parser import text_string_to_metric_families
from webhouse import House

from aggregator.config.web import TrustedProxy
from aggregator.errors import DeliveryError
from aggregator.fetch.record import Exchange
from aggregator.pipeline import (
    Event,
    FeedPolled,
    HitsCaught,
    NoticesMade,
    NoticeTried,
    StoriesAssigned,
    TextFetched,
    TextsMadeAgain,
    WorkDropped,
)
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade
from aggregator.service.figures import FiguresKeeper, figures
from aggregator.service.meters import Meters
from aggregator.types import (
    Assignment,
    Delivery,
    DeliveryState,
    Edition,
    FailureGrade,
    FetchFailed,
    KeptDigest,
    Notice,
    NoticeContent,
    NoticeState,
    NotModified,
    PageKind,
    Relation,
    RenderedDigest,
    Scope,
    TextOrigin,
    TextState,
)
from aggregator.web.access.secrets import new_token
from aggregator.web.counting import ROUTES, route_class

AT = datetime(2026, 3, 30, 12, tzinfo=UTC)
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def shown(web: House) -> Samples:
    answer = web.client.get("/metrics")
    assert answer.status_code == 200
    return samples(answer.text)


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def polled(**changes: object) -> FeedPolled:
    usual = FeedPolled(
        source="Outlet",
        url="https://outlet.example/feed",
        status=200,
        error=None,
        unchanged=False,
        new=0,
        revised=0,
        warning=None,
        next_poll_at=AT,
        why="",
        elapsed=timedelta(seconds=1),
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def fetched_text(**changes: object) -> TextFetched:
    usual = TextFetched(
        article_id=1,
        title="",
        url="https://outlet.example/1",
        state=TextState.READY,
        kind=PageKind.ARTICLE,
        origin=TextOrigin.PAGE,
        words=100,
        error=None,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def assigned(article_id: int, relation: Relation) -> Assignment:
    return Assignment(article_id=article_id, story=1, relation=relation, of=None, score=1.0, why="")


EDITION = Edition(digest="digest", local_date=date(2026, 3, 30), slot=0)


def delivery(state: DeliveryState, *, retry_at: datetime | None = None) -> Delivery:
    return Delivery(
        edition=EDITION,
        recipient="reader@example.org",
        message_id="<1@example.org>",
        message=b"",
        state=state,
        attempts=1,
        error=None,
        retry_at=retry_at,
    )


def notice(*, due_at: datetime | None) -> Notice:
    return Notice(
        notice_id=1,
        key="1",
        watch="w",
        channel="mail",
        content=NoticeContent(watch="w", query="a", items=(), more=0, since_at=AT),
        state=NoticeState.WAITING,
        attempts=1,
        error=None,
        due_at=due_at,
        created_at=AT,
        sent_at=None,
    )


def edition() -> KeptDigest:
    return KeptDigest(
        edition=EDITION,
        title="Digest",
        since_at=AT - timedelta(days=1),
        until_at=AT,
        made_at=AT,
        rendered=RenderedDigest(subject="Digest", html="<p></p>", text="", short=""),
        stories=1,
        singles=0,
        left_out=0,
    )


def test_what_happens_is_counted_by_its_outcome(web: House) -> None:
    now = 100.0
    meters = web.site.meters
    meters.timer = lambda: now
    events: list[Event] = [
        polled(new=2, revised=1, new_ids=(7, 8), delays=(timedelta(minutes=10), timedelta(days=3))),
        polled(),
        polled(unchanged=True),
        polled(error="The server does not answer."),
        fetched_text(),
        fetched_text(state=TextState.FAILED, kind=None, origin=TextOrigin.SUMMARY),
        TextsMadeAgain(host="outlet.example", seen=5, changed=3, failed=0),
        HitsCaught(looked_at=9, caught=4),
        NoticesMade(watch="w", items=4, channels=("mail", "phone")),
        WorkDropped(what="page of “A”"),
    ]
    for event in events:
        meters.event_happened(event)
    now = 107.0
    meters.event_happened(
        StoriesAssigned(
            assignments=(assigned(7, Relation.NEW), assigned(9, Relation.COPY)),
            elapsed=timedelta(seconds=0.2),
        )
    )
    found = shown(web)
    for outcome in ("news", "nothing-new", "unchanged", "failed"):
        assert value(found, "aggregator_polls_total", outcome=outcome) == 1
    assert value(found, "aggregator_items_total", change="new") == 2
    assert value(found, "aggregator_items_total", change="revised") == 1
    texts = "aggregator_texts_total"
    assert value(found, texts, kind="article", origin="page", state="ready") == 1
    assert value(found, texts, kind="none", origin="summary", state="failed") == 1
    assert value(found, "aggregator_texts_again_total") == 3
    assert value(found, "aggregator_watch_hits_total") == 4
    assert value(found, "aggregator_notices_total", event="made") == 2
    assert value(found, "aggregator_work_dropped_total") == 1
    assert value(found, "aggregator_assigned_total", relation="new") == 1
    assert value(found, "aggregator_assigned_total", relation="copy") == 1
    assert value(found, "aggregator_assigned_total", relation="report") == 0
    assert value(found, "aggregator_grouping_seconds_bucket", le="0.1") == 0
    assert value(found, "aggregator_grouping_seconds_bucket", le="0.5") == 1
    published = "aggregator_publication_to_stored_seconds"
    assert value(found, f"{published}_bucket", le="900.0") == 1
    assert value(found, f"{published}_bucket", le="86400.0") == 1
    assert value(found, f"{published}_bucket", le="+Inf") == 2
    # the other article was stored by another process
    assert value(found, "aggregator_stored_to_story_seconds_count") == 1
    assert value(found, "aggregator_stored_to_story_seconds_sum") == 7


def test_tries_to_deliver_are_counted_by_what_becomes_of_them() -> None:
    meters = Meters()
    meters.digest_happened(DigestMade(kept=edition()))
    meters.digest_happened(DigestTry(delivery=delivery(DeliveryState.SENT), error=None))
    sentence = "The mail server does not answer."
    error = DeliveryError(sentence, recipient="reader@example.org", permanent=False)
    for again in (AT, AT, None):
        failed = delivery(DeliveryState.FAILED, retry_at=again)
        meters.digest_happened(DigestTry(delivery=failed, error=error))
    assert dict(meters.digests) == {"made": 1, "sent": 1, "retried": 2, "failed": 1}
    for problem, again in ((None, None), (sentence, AT), (sentence, None)):
        meters.event_happened(NoticeTried(notice=notice(due_at=again), error=problem))
    assert dict(meters.notices) == {"sent": 1, "retried": 1, "dead": 1}


def test_exchanges_are_counted_by_outcome_and_duration() -> None:
    meters = Meters()
    url = "https://outlet.example/feed"
    failed = FetchFailed(
        url=url, grade=FailureGrade.HARD, reason="It is gone.", elapsed=timedelta(seconds=2)
    )
    same = NotModified(url=url, etag=None, last_modified=None, elapsed=timedelta(seconds=0.05))
    for outcome in (failed, same, same):
        meters.exchange_happened(
            Exchange(url=url, outcome=outcome, steps=(), received=10, decoded=20)
        )
    assert meters.received == 30
    assert sum(meters.exchanges["failed"].counts) == 1
    assert meters.exchanges["not-modified"].counts[0] == 2  # a bound belongs to what is below it
    assert meters.exchanges["not-modified"].total == pytest.approx(0.1)


def test_the_store_is_told_as_it_is(web: House) -> None:
    found = shown(web)
    counts = web.storage.counts()
    assert value(found, "aggregator_store_up") == 1
    assert value(found, "aggregator_articles") == counts.articles > 0
    assert value(found, "aggregator_stories") == counts.stories > 0
    assert value(found, "aggregator_sources", standing="ok") > 0
    assert value(found, "aggregator_sources", standing="retired") == 0
    assert value(found, "aggregator_oldest_due_seconds") == 0


def test_what_waits_is_told_with_how_long_it_has(web: House) -> None:
    web.storage.wake(None, now=web.now, force=True)
    found = figures(web.storage, web.config, now=web.now + timedelta(minutes=10))
    assert found.due_feeds == web.storage.counts().sources
    assert found.oldest_due_at is not None
    assert found.oldest_due_at <= web.now
    web.now += timedelta(minutes=10)
    assert value(shown(web), "aggregator_oldest_due_seconds") >= 600


def test_a_digest_is_told_from_its_making_to_the_last_recipient(web: House) -> None:
    (digest, *_) = web.config.digests
    web.config = replace(web.config, digests=(replace(digest, name="digest"),))
    kept = web.storage.keep_digest(edition(), ())
    web.storage.prepare_deliveries([delivery(DeliveryState.SENDING)], now=AT)
    before = figures(web.storage, web.config, now=AT)
    assert (before.digest_made_at, before.digest_sent_of) == (kept.made_at, None)
    assert before.deliveries[DeliveryState.SENDING] == 1
    web.storage.record_delivery(delivery(DeliveryState.SENT), now=AT)
    after = figures(web.storage, web.config, now=AT)
    assert after.digest_sent_of == kept.made_at
    assert after.deliveries[DeliveryState.SENT] == 1


def test_figures_are_read_anew_after_some_seconds_only(web: House) -> None:
    now = 0.0
    keeper = FiguresKeeper(timer=lambda: now)
    first = keeper.current(web.storage, web.config, now=web.now)
    now = 29.0
    assert keeper.current(web.storage, web.config, now=web.now) is first
    now = 31.0
    assert keeper.current(web.storage, web.config, now=web.now) is not first


def test_without_its_database_a_process_still_tells_of_itself(web: House) -> None:
    proxy = TrustedProxy(header="Remote-User", sources=(ip_network("127.0.0.1"),))
    web.config = replace(web.config, web=replace(web.config.web, proxy=proxy))
    web.storage.close()
    answer = web.client.get("/metrics", headers={"Remote-User": "prometheus"})
    assert answer.status_code == 200
    found = samples(answer.text)
    assert value(found, "aggregator_store_up") == 0
    assert value(found, "aggregator_polls_total", outcome="failed") == 0
    assert not any(name == "aggregator_articles" for name, _ in found)


def test_requests_are_counted_by_part_never_by_address(web: House) -> None:
    for path in ("/", "/stories/999999", "/nowhere/at/all", "/healthz", "/static/app.css"):
        web.client.get(path)
    found = shown(web)
    asked = {labels for name, labels in found if name == "aggregator_http_requests_total"}
    assert {dict(one)["route"] for one in asked} == {"page", "probes", "static"}
    assert value(found, "aggregator_http_requests_total", route="page", status="200") == 1
    assert value(found, "aggregator_http_requests_total", route="page", status="404") == 2
    assert value(found, "aggregator_http_request_seconds_count", route="page") == 3


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "page"),
        ("/stories/1", "page"),
        ("/api/v1/search", "api"),
        ("/api/greader.php/reader/api/0/tag/list", "greader"),
        ("/reader/api/0/tag/list", "greader"),
        ("/fever/", "fever"),
        ("/feeds/stories.atom", "feeds"),
        ("/feeds.opml", "feeds"),
        ("/img/a/b", "pictures"),
    ],
)
def test_each_address_belongs_to_a_part(path: str, route: str) -> None:
    assert route_class(path) == route
    assert route in ROUTES


def test_a_token_that_may_read_is_enough_and_nothing_is_not(web: House) -> None:
    web.storage.set_password_hash("$argon2id$none")
    assert web.client.get("/metrics").status_code == 401
    token, stored = new_token("prometheus", Scope.READ, now=web.now)
    web.storage.add_token(stored)
    bearer = {"Authorization": f"Bearer {token}"}
    assert web.client.get("/metrics", headers=bearer).status_code == 200


def test_openmetrics_is_given_to_who_prefers_it(web: House) -> None:
    wanted = {"Accept": "application/openmetrics-text; version=1.0.0,text/plain;q=0.5"}
    answer = web.client.get("/metrics", headers=wanted)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")
