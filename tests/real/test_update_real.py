"""`aggregator update` over the real feeds, served on loopback: nothing missing, nothing twice."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin

import pytest
from program import Cli
from test_parse_real import ENTRIES, FEEDS, address, read_json, read_xml

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not FEEDS.is_dir(), reason="shared/data/feeds is not beside the repository"),
]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Quiet(SimpleHTTPRequestHandler):
    """Files with their modification times, hence 304 where nothing changed."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def present() -> list[str]:
    return sorted(name for name in ENTRIES if (FEEDS / name).exists())


Stored = tuple[str, tuple[str, ...], datetime | None]


def stored(database: Path) -> dict[str, list[Stored]]:
    """(title, address, time of publication) of each source's articles."""
    found: dict[str, list[Stored]] = {}
    with closing(sqlite3.connect(database)) as connection:
        for name, title, url, published in connection.execute(
            "select s.name, a.title, a.url, a.published_at from articles a "
            "join sources s on s.id = a.source_id order by a.id"
        ):
            at = None if published is None else EPOCH + timedelta(microseconds=published)
            found.setdefault(name, []).append((title, address(url or ""), at))
    return found


def test_every_entry_is_stored_once_and_says_what_the_file_says(cli: Cli) -> None:
    with serving(FEEDS) as base:
        cli.write(
            "host_delay: 0s\npages: never\nallow: [127.0.0.1]\nsources:\n"
            + "".join(f"  - {{name: {name}, url: '{base}/{name}'}}\n" for name in present())
        )
        first = json.loads(cli("update", "--json").stdout)
        again = json.loads(cli("update", "--force", "--json").stdout)

        assert first["failed"] == again["failed"] == []
        assert first["new"] == sum(ENTRIES[name] for name in present())
        assert (again["polled"], again["new"], again["revised"]) == (len(present()), 0, 0)
        found = stored(cli.folder / "aggregator.db")
        for name in present():
            path = FEEDS / name
            said = list((read_json if path.suffix == ".json" else read_xml)(path))
            here = f"{base}/{name}"
            expected = [
                (item.title, address(relocated(item.link, here)), item.date) for item in said
            ]
            assert sorted(map(repr, found.get(name, []))) == sorted(map(repr, expected)), name


def relocated(link: str, here: str) -> str:
    """The reading resolves relative links against an address of its own."""
    base = "https://feeds.example.com/dir/"
    root = "https://feeds.example.com/"
    if link.startswith(base):
        return urljoin(here, link[len(base) :])
    return urljoin(here, "/" + link[len(root) :]) if link.startswith(root) else link


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"<html><body><p>Please enable cookies</p></body></html>", "page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), ""),
        (b"<rss><channel><title>Cut", ""),
    ],
)
def test_what_is_no_feed_is_a_named_failure(
    cli: Cli, tmp_path: Path, body: bytes, says: str
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "feed").write_bytes(body)
    with serving(folder) as base:
        cli.write(f"allow: [127.0.0.1]\nsources: [{{name: Odd, url: '{base}/feed'}}]\n")
        summary = json.loads(cli("update", "--json", check=None).stdout)
        if summary["failed"]:
            assert says in summary["failed"][0]["error"]
        else:
            assert summary["new"] == 0
