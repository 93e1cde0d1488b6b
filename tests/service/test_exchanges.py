"""B35: a line of the log for each exchange, and what they come to in the status file."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from program import Cli
from rogues import Request, Rogues, answers, rss

from aggregator.fetch.record import Exchange
from aggregator.service.exchanges import Exchanges
from aggregator.types import FailureGrade, FetchFailed, FetchOutcome, NotModified

PLAIN, MISSING, PACKED = "127.0.0.1", "127.0.0.2", "127.0.0.3"
BODY = rss("packed", 20)
WIRE = gzip.compress(BODY)


def exchange(outcome: FetchOutcome, *, received: int = 0, decoded: int = 0) -> Exchange:
    return Exchange(
        url="https://example.com/feed",
        outcome=outcome,
        steps=(),
        received=received,
        decoded=decoded,
    )


def test_exchanges_are_counted() -> None:
    exchanges = Exchanges()
    half = timedelta(seconds=0.5)
    url = "https://example.com/feed"
    exchanges(
        exchange(NotModified(url=url, etag=None, last_modified=None, elapsed=half)),
    )
    failed = FetchFailed(url=url, grade=FailureGrade.SOFT, reason="no", status=503, elapsed=half)
    exchanges(exchange(failed, received=10, decoded=100))
    totals = exchanges.totals
    assert (totals.count, totals.not_modified, totals.failed) == (2, 1, 1)
    assert (totals.received, totals.decoded, totals.seconds) == (10, 100, 1.0)


async def plain(request: Request) -> None:
    await request.answer(rss("plain"))


async def packed(request: Request) -> None:
    await request.answer(WIRE, fields="Content-Encoding: gzip\r\n")


@contextmanager
def service(cli: Cli, log: Path) -> Iterator[None]:
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*cli.command, "run"], cwd=cli.folder, stderr=stream, env=cli.environment()
        )
    try:
        yield
        process.terminate()
        assert process.wait(timeout=30) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def totals(cli: Cli) -> dict[str, Any]:
    path = cli.folder / "aggregator.db.status.json"
    if not path.exists():
        return {"count": 0}
    told: dict[str, Any] = json.loads(path.read_text())["exchanges"]
    return told


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers to all of 127.0.0.0/8")
def test_b35_a_service_leaves_a_line_for_each_exchange_and_counts_them(cli: Cli) -> None:
    log = cli.folder / "log.jsonl"
    hosts = {PLAIN: plain, MISSING: answers("404 Not Found"), PACKED: packed}
    with Rogues(hosts) as press:
        sources = {host: press.url(host) for host in hosts}
        cli.write(press.feeds_yaml(sources, pages="never", log="{format: json}"))
        with service(cli, log):
            until(lambda: totals(cli)["count"] == len(hosts))
            counted = totals(cli)
        events = [json.loads(line) for line in log.read_text().splitlines()]
        lines = {one["url"]: one for one in events if one["event"] == "exchange"}
        assert set(lines) == set(sources.values())
        assert len(lines) == sum(one["event"] == "exchange" for one in events)

    missing, compressed = lines[sources[MISSING]], lines[sources[PACKED]]
    assert (missing["status"], missing["error"]) == (404, "the server answered 404 Not Found")
    assert (compressed["status"], compressed["error"]) == (200, None)
    assert (compressed["received"], compressed["decoded"]) == (len(WIRE), len(BODY))
    for host, url in sources.items():
        line = lines[url]
        assert (line["at"], line["address"], line["http"]) == (url, host, "HTTP/1.1")
        assert (line["requests"], line["reused"], line["tls"]) == (1, False, None)
        assert line["seconds"] >= line["wait"] >= 0
        assert line["connect"] >= 0

    assert (counted["not_modified"], counted["failed"]) == (0, 1)
    for what in ("received", "decoded"):
        assert counted[what] == sum(line[what] for line in lines.values())
    assert counted["seconds"] == pytest.approx(
        sum(line["seconds"] for line in lines.values()), abs=0.01
    )
