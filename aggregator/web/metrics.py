"""Figures for Prometheus: the only importer of prometheus_client.

No label has values without end, such as addresses or names. docs/metrics.md says what each means.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Header, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from aggregator import __version__
from aggregator.errors import StorageError
from aggregator.service.figures import Figures, FiguresKeeper
from aggregator.service.meters import Histogram, Meters
from aggregator.types import Relation, Scope
from aggregator.web.access.visitor import needs
from aggregator.web.site import Site, site_of

router = APIRouter()

_Name = TypeVar("_Name", bound=str)

_PICTURES = ("kept", "shared", "fetched", "missed", "busy")


@router.get("/metrics", dependencies=[Depends(needs(Scope.READ))])
def show_metrics(request: Request, accept: Annotated[str, Header()] = "") -> Response:
    """In the text format of Prometheus, or OpenMetrics for who prefers it."""
    site, state = site_of(request), request.app.state
    if not hasattr(state, "figures"):
        state.figures = FiguresKeeper()
    registry = CollectorRegistry()
    registry.register(_Ours(site, state.figures))
    ProcessCollector(registry=registry)
    encode, media_type = choose_encoder(accept)
    return Response(encode(registry), media_type=media_type)


class _Ours(Collector):
    def __init__(self, site: Site, figures: FiguresKeeper) -> None:
        self._site = site
        self._figures = figures

    def describe(self) -> list[Metric]:
        """Nothing: else all would be read to learn what there is."""
        return []

    def collect(self) -> Iterator[Metric]:
        site = self._site
        labels = {"version": __version__, "python": platform.python_version()}
        yield _info("aggregator_build", "Which version this is.", labels)
        with site.meters.lock:
            counted = list(_of_the_process(site.meters))
        yield from counted
        now = site.clock()
        try:
            found = self._figures.current(site.storage, site.config(), now=now)
        except StorageError:
            found = None
        yield _gauge("aggregator_store_up", "Whether the database answers.", found is not None)
        if found is not None:
            yield from _of_the_store(found, now)


def _of_the_process(meters: Meters) -> Iterator[Metric]:
    yield _counter(
        "aggregator_polls",
        "Polls of feeds, by outcome.",
        "outcome",
        meters.polls,
        ("news", "nothing-new", "unchanged", "failed"),
    )
    yield _counter(
        "aggregator_items",
        "Articles that polls brought, by whether they were new or changed.",
        "change",
        meters.items,
        ("new", "revised"),
    )
    yield _histograms(
        "aggregator_fetch_seconds",
        "Duration of exchanges over HTTP, redirects included, by outcome.",
        "outcome",
        meters.exchanges,
    )
    yield _total("aggregator_received_bytes", "Bodies as they came over the wire.", meters.received)
    texts = CounterMetricFamily(
        "aggregator_texts",
        "Article pages, by what they were, where the text is from, and how far it has come.",
        labels=("kind", "origin", "state"),
    )
    for page, count in sorted(meters.texts.items()):
        texts.add_metric(page, count)
    yield texts
    yield _total(
        "aggregator_texts_again",
        "Texts freed later of what recurs on the pages of their host.",
        meters.texts_again,
    )
    yield _counter(
        "aggregator_assigned",
        "Articles that were given a story, by their relation to it.",
        "relation",
        meters.assigned,
        tuple(Relation),
    )
    yield _histogram(
        "aggregator_grouping_seconds",
        "Duration of finding the stories of the articles of one commit.",
        meters.grouping,
    )
    yield _histogram(
        "aggregator_publication_to_stored_seconds",
        "From an article's publication to its being stored.",
        meters.published,
    )
    yield _histogram(
        "aggregator_stored_to_story_seconds",
        "From an article's being stored to its having a story.",
        meters.to_story,
    )
    yield _total("aggregator_watch_hits", "What watches have caught.", meters.hits)
    yield _counter(
        "aggregator_notices",
        "Messages of watches: those made, and what became of tries to deliver them.",
        "event",
        meters.notices,
        ("made", "sent", "retried", "dead"),
    )
    yield _counter(
        "aggregator_digests",
        "Digests: editions made, and what became of tries to deliver them.",
        "event",
        meters.digests,
        ("made", "sent", "retried", "failed"),
    )
    yield _total(
        "aggregator_work_dropped", "Work whose claim ran out before it was done.", meters.dropped
    )
    yield _total("aggregator_job_errors", "Jobs that ended by an error.", meters.job_errors)
    requests = CounterMetricFamily(
        "aggregator_http_requests",
        "Requests that the page has answered, by part and status.",
        labels=("route", "status"),
    )
    for asked, count in sorted(meters.requests.items()):
        requests.add_metric(asked, count)
    yield requests
    yield _histograms(
        "aggregator_http_request_seconds",
        "From a request to the end of its answer, by part; streams are not among them.",
        "route",
        meters.request_seconds,
    )
    yield _counter(
        "aggregator_pictures",
        "Pictures that the page was asked for, by where they came from.",
        "outcome",
        meters.pictures,
        _PICTURES,
    )


def _of_the_store(found: Figures, now: datetime) -> Iterator[Metric]:
    counts = found.counts
    yield _gauge("aggregator_articles", "Articles stored.", counts.articles)
    yield _gauge("aggregator_stories", "Stories stored.", counts.stories)
    yield _gauges("aggregator_sources", "Sources, by how they stand.", "standing", found.sources)
    yield _gauge(
        "aggregator_pending_texts", "Articles whose page is to be fetched.", counts.pending_texts
    )
    yield _gauge(
        "aggregator_unassigned", "Articles that are ready and have no story.", counts.unassigned
    )
    yield _gauge(
        "aggregator_due_hosts", "Hosts with feeds due that nobody polls yet.", found.due_hosts
    )
    yield _gauge("aggregator_due_feeds", "Feeds due on these hosts.", found.due_feeds)
    late = 0.0 if found.oldest_due_at is None else (now - found.oldest_due_at).total_seconds()
    yield _gauge(
        "aggregator_oldest_due_seconds",
        "For how long the feed is due that has waited longest.",
        max(late, 0.0),
    )
    yield _gauge(
        "aggregator_open_hits",
        "What watches have caught and no message tells yet.",
        found.open_hits,
    )
    yield _gauges(
        "aggregator_open_notices",
        "Messages of watches that are to be sent, or were given up.",
        "state",
        found.notices,
    )
    yield _gauges(
        "aggregator_digest_deliveries",
        "Recipients of each digest's latest edition, by whether they have had it.",
        "state",
        found.deliveries,
    )
    yield _time(
        "aggregator_digest_made_timestamp_seconds",
        "When the latest edition of a digest was made.",
        found.digest_made_at,
    )
    yield _time(
        "aggregator_digest_sent_timestamp_seconds",
        "When the latest edition was made that all its recipients have had.",
        found.digest_sent_of,
    )


def _info(name: str, text: str, labels: Mapping[str, str]) -> Metric:
    family = GaugeMetricFamily(f"{name}_info", text, labels=tuple(labels))
    family.add_metric(tuple(labels.values()), 1)
    return family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def _gauges(name: str, text: str, label: str, values: Mapping[_Name, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for key, value in values.items():
        family.add_metric((str(key),), value)
    return family


def _time(name: str, text: str, at: datetime | None) -> Metric:
    """Without a value where there is none."""
    return GaugeMetricFamily(name, text, value=None if at is None else at.timestamp())


def _total(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _counter(
    name: str, text: str, label: str, counts: Mapping[str, int], known: tuple[str, ...]
) -> Metric:
    """With a zero for what is known and has not happened yet: rates are then right at once."""
    family = CounterMetricFamily(name, text, labels=(label,))
    for key in dict.fromkeys((*map(str, known), *counts)):
        family.add_metric((key,), counts.get(key, 0))
    return family


def _histogram(name: str, text: str, histogram: Histogram) -> Metric:
    return HistogramMetricFamily(name, text, buckets=_buckets(histogram), sum_value=histogram.total)


def _histograms(name: str, text: str, label: str, histograms: Mapping[str, Histogram]) -> Metric:
    family = HistogramMetricFamily(name, text, labels=(label,))
    for key, histogram in sorted(histograms.items()):
        family.add_metric((key,), _buckets(histogram), histogram.total)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    """(upper bound, how many are not above it)."""
    buckets, below = [], 0
    for bound, count in zip((*histogram.bounds, None), histogram.counts, strict=True):
        below += count
        buckets.append(("+Inf" if bound is None else str(bound), float(below)))
    return buckets
