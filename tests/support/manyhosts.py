"""A press of many hosts on loopback: thousands of feeds, known entries, a log of every request.

    with ManyHosts(Layout(feeds=2000, hosts=400), folder) as press: ...

Every host is an address of its own in 127.0.0.0/8 (Linux answers to all of them), so that
politeness by host is what it is in life. The server is one process, `manyhosts_server.py`; its log
is read with `requestlog`. What is served follows from the layout, so that both sides know it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from requestlog import Request, read

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).with_name("manyhosts_server.py")
_WORKER = "https://example.org/worker/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Who publishes what. Entry 0 of a feed is its oldest one."""

    feeds: int
    hosts: int
    entries: int = 3
    """Of each feed, before more are published."""
    outlets: int = 2
    """So many feeds, on different hosts, carry the same text: those are one story."""
    paged: int = 4
    """Of every so many stories one has its text on a page only; 0: none has."""
    size: int = 900
    """Characters of a text, at least."""

    def host(self, feed: int) -> str:
        number = feed % self.hosts
        return f"127.7.{number // 250}.{1 + number % 250}"

    @staticmethod
    def feed_path(feed: int) -> str:
        return f"/feed/{feed}"

    @staticmethod
    def page_path(feed: int, entry: int) -> str:
        return f"/page/{feed}/{entry}"

    @staticmethod
    def guid(feed: int, entry: int) -> str:
        return f"urn:entry:{feed}:{entry}"

    def has_page(self, feed: int, entry: int) -> bool:
        """Whether the text is on a page of the feed's host, and the feed has a teaser only."""
        return bool(self.paged) and (feed // self.outlets + entry) % self.paged == 0

    def story(self, feed: int, entry: int) -> str:
        """The same for the entries that carry the same text."""
        return f"{feed // self.outlets}:{entry}"


class ManyHosts:
    """The running press. A context manager; `published` says how many entries each feed has."""

    def __init__(self, layout: Layout, folder: Path, *, delay: timedelta = timedelta()) -> None:
        """`delay` goes by before each answer. The log is kept in `folder`."""
        self.layout = layout
        self.published = [layout.entries] * layout.feeds
        self._log = folder / "requests.log"
        self._delay = delay
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    def __enter__(self) -> Self:
        paths = os.pathsep.join([str(ROOT), str(SERVER.parent)])
        process = subprocess.Popen(
            [sys.executable, str(SERVER), json.dumps(asdict(self.layout)), str(self._log)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": paths},
        )
        self._process = process
        assert process.stdout is not None
        self.port = int(process.stdout.readline())
        self.set_delay(self._delay)
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        assert process is not None
        process.communicate()  # closes its input, which ends it
        assert process.returncode == 0, f"the press ended with {process.returncode}"

    # --- what it does

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def set_delay(self, delay: timedelta) -> None:
        """Before each answer to the requests that come from now on."""
        self._do("delay", delay.total_seconds())

    def publish(self, feeds: Iterable[int]) -> None:
        """One more entry in each of these feeds; served from when this returns."""
        wanted = list(feeds)
        self._do("publish", wanted)
        for feed in wanted:
            self.published[feed] += 1

    def under_way(self) -> list[Request]:
        """Requests that are not answered yet; they have no end."""
        return [Request(**fields) for fields in self._do("under way")]

    def requests(self) -> list[Request]:
        """Every request that is answered or broken off, in order of its end."""
        return read(self._log)

    def _do(self, what: str, value: object = None) -> Any:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps([what, value]) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    # --- what is there

    def url(self, feed: int) -> str:
        return f"http://{self.layout.host(feed)}:{self.port}{self.layout.feed_path(feed)}"

    def entries(self) -> set[tuple[int, int]]:
        """(feed, entry) of everything published."""
        return {
            (feed, entry) for feed, count in enumerate(self.published) for entry in range(count)
        }

    def guids(self) -> Counter[str]:
        return Counter(self.layout.guid(*entry) for entry in self.entries())

    def pages(self) -> Counter[tuple[str, str]]:
        """(host, path) of every page that is the text of an entry."""
        layout = self.layout
        return Counter(
            (layout.host(feed), layout.page_path(feed, entry))
            for feed, entry in self.entries()
            if layout.has_page(feed, entry)
        )

    def stories(self) -> set[frozenset[str]]:
        """The GUIDs of each story."""
        found: dict[str, set[str]] = {}
        for feed, entry in self.entries():
            found.setdefault(self.layout.story(feed, entry), set()).add(
                self.layout.guid(feed, entry)
            )
        return {frozenset(guids) for guids in found.values()}

    def feeds_yaml(self, storage: str, *, worker: str, **settings: str) -> str:
        """A configuration for one process, which tells its name to the press."""
        lines = [f"storage: {json.dumps(storage)}", f"contact: {_WORKER}{worker}"]
        lines += [f"{key}: {value}" for key, value in settings.items()]
        lines.append("allow: [127.0.0.0/8]")
        lines.append("sources:")
        for feed in range(self.layout.feeds):
            lines += [f"  - url: {self.url(feed)}", f"    name: Outlet {feed}"]
        return "\n".join(lines) + "\n"


def worker_of(agent: str) -> str:
    """The name of the process that asked; "" when it has told none."""
    return agent.partition(_WORKER)[2].rstrip(")")
