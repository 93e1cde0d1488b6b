"""The page over a million articles: what each part costs the server, and how much is transferred.

    python -m benchmarks.web [--articles 1000000] [--keep FILE] [--requests 30] [--json]
                            [--times 1]

Times are milliseconds of CPU of this process for one request, over HTTP on loopback: the server's,
and what a bare client takes, about a millisecond. The machine may be busy with other things
meanwhile: then ask each several times (`--times`), of which the shortest counts. Transferred is the
page as it is sent to browsers, compressed where it is, and in the last column with everything it
loads once (style, script, icon).
"""

from __future__ import annotations

import argparse
import random
import re
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from math import inf
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import uvicorn
from starlette.types import ASGIApp

from aggregator.config import Config, load
from aggregator.service.meters import Meters
from aggregator.service.runtime import fetcher_for
from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import open_storage
from aggregator.web.app import create_app
from aggregator.web.site import Site
from benchmarks.measure import machine
from benchmarks.search_spread import say
from benchmarks.search_texts import END, YEARS, Words, fill, sources

_HEADERS = {
    "Accept": "text/html,application/xhtml+xml",
    "Accept-Encoding": "gzip, deflate, br",
}
_LOADED = re.compile(r"(?:src|href)=\"(/static/[^\"]+)\"")
_HEADING = f"{'':<26}{'p50 ms':>9}{'p95 ms':>9}{'most ms':>9}{'KB':>9}{'KB with all':>13}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of requests of one kind."""

    kind: str
    p50: float
    """Milliseconds of CPU."""
    p95: float
    most: float
    page: float
    """KB over the wire, on average, headers included."""
    whole: float
    """With all that the page loads."""


def main() -> None:
    arguments = _arguments()
    say(arguments.json, machine(), {"machine": machine()})
    with tempfile.TemporaryDirectory() as directory:
        path = arguments.keep or Path(directory) / "web.db"
        if not path.exists():
            fill(path, arguments.articles)
        config = _config(Path(directory), path)
        with closing(open_storage(path)) as storage, _served(_app(storage, config)) as client:
            say(arguments.json, _HEADING, None)
            for kind, addresses in _asked(storage, arguments.requests).items():
                _tell(_cost(client, kind, addresses, arguments.times), as_json=arguments.json)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a store that an earlier run has kept, or keeps")
    parser.add_argument("--requests", type=int, default=30, help="of each kind")
    parser.add_argument("--times", type=int, default=1, help="each is asked; the shortest counts")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _config(folder: Path, database: Path) -> Config:
    feeds = folder / "feeds.yaml"
    feeds.write_text(
        f"storage: {database.resolve()}\nsources: [https://example.org/feed]\n", encoding="utf-8"
    )
    return replace(load(feeds, environ={}), sources=tuple(sources()))


def _app(storage: Storage, config: Config) -> ASGIApp:
    fetcher = fetcher_for(config)
    site = Site(
        storage=storage,
        config=lambda: config,
        fetcher=lambda: fetcher,
        clock=lambda: END,
        config_path=Path("feeds.yaml"),
        environ={},
        meters=Meters(),
        polls=False,
    )
    return create_app(site)


def _asked(storage: Storage, count: int) -> Mapping[str, list[str]]:
    """Addresses by kind."""
    rng, words = random.Random(5), Words().by_rank

    def several(make: Callable[[], str]) -> list[str]:
        return [make() for _ in range(count)]

    def day() -> str:
        return str((END - timedelta(days=rng.randrange(1, YEARS.days))).date())

    def word(first: int, last: int) -> str:
        return quote(str(words[rng.randrange(first, last)]))

    stories = storage.stories(
        since=END - timedelta(days=30), until=END, min_sources=1, limit=count, brief=True
    )
    articles = storage.counts().articles
    return {
        "health": ["/healthz"] * count,
        "first page": ["/"] * count,
        "first page, another day": several(lambda: f"/?day={day()}"),
        "story": [f"/stories/{story.story_id}" for story in stories],
        "article": several(lambda: f"/articles/{rng.randrange(1, articles + 1)}"),
        "search, a word": several(lambda: f"/search?q={word(500, 20_000)}"),
        "search, two words": several(lambda: f"/search?q={word(20, 500)}+{word(20, 2_000)}"),
        "sources": ["/sources"] * count,
        "a source": several(lambda: f"/sources/{rng.randrange(1, len(sources()) + 1)}"),
        "metrics": ["/metrics"] * count,
    }


class _Client:
    def __init__(self, host: str, port: int) -> None:
        self._connection = HTTPConnection(host, port, timeout=60)

    def get(self, address: str) -> int:
        """Bytes over the wire, those of the headers included. Raises AssertionError."""
        self._connection.request("GET", address, headers=_HEADERS)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, f"{address}: {answer.status}"
        return len(body) + sum(len(name) + len(value) + 4 for name, value in answer.getheaders())

    def loaded(self, address: str) -> set[str]:
        """What a page loads."""
        self._connection.request("GET", address, headers={**_HEADERS, "Accept-Encoding": ""})
        return set(_LOADED.findall(self._connection.getresponse().read().decode()))


def _cost(client: _Client, kind: str, addresses: list[str], times: int) -> Cost:
    loaded = client.loaded(addresses[0])  # and nothing is made for the first time later
    beside = sum(client.get(address) for address in loaded)
    took = [inf] * len(addresses)
    size = 0
    for number, address in enumerate(addresses * times):
        began = time.process_time()
        size += client.get(address)
        cost = (time.process_time() - began) * 1_000
        took[number % len(addresses)] = min(took[number % len(addresses)], cost)
    took.sort()
    page = size / (len(addresses) * times)
    return Cost(
        kind=kind,
        p50=took[len(took) // 2],
        p95=took[min(len(took) * 95 // 100, len(took) - 1)],
        most=took[-1],
        page=page / 1_000,
        whole=(page + beside) / 1_000,
    )


def _tell(cost: Cost, *, as_json: bool) -> None:
    times = f"{cost.p50:9.1f}{cost.p95:9.1f}{cost.most:9.1f}"
    say(as_json, f"{cost.kind:<26}{times}{cost.page:9.1f}{cost.whole:13.1f}", asdict(cost))


@contextmanager
def _served(app: ASGIApp) -> Iterator[_Client]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        settings = uvicorn.Config(app, log_level="warning", lifespan="off", access_log=False)
        server = uvicorn.Server(settings)
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield _Client(host, port)
        finally:
            server.should_exit = True
            thread.join(timeout=10)


if __name__ == "__main__":
    main()
