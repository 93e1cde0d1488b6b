"""The press: every outlet on a port of its own, the truth about their stories, and a log."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from aggregator.demo.model import Article, Outlet, Relation, Site
from aggregator.demo.newsroom import Newsroom
from aggregator.demo.routes import Answer, answer
from aggregator.demo.server import HOST, OutletServer

_PLAIN_SCALAR = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")
_LOG_LENGTH = 100_000


class Request(NamedTuple):
    """One line of the log."""

    at: datetime
    outlet: str
    path: str
    """With its query."""
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the press knows of an article, to check a reader's findings against."""

    story: str
    """The same for all reports of one event; an article that stands alone has its own."""
    relation: Relation
    of: str | None
    """Address, as in the feed, of the article that `relation` refers to; None: it is the first."""
    outlet: str
    title: str
    language: str
    published_at: datetime
    page_url: str
    """Where the page is in the end: without tracking and after redirects."""
    text: str
    """Paragraphs parted by an empty line; of an article behind a paywall, those that are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PressOutlet:
    """An outlet with its present addresses."""

    name: str
    feed_url: str
    site_url: str
    language: str
    tags: tuple[str, ...]
    furniture: tuple[str, ...]
    """Paragraphs that recur on its pages and belong to none of its articles."""


class Press:
    """Serves from `start` to `stop`, or as a context manager.

    `now`, aware, is the moment at which the replayed week ends. `ports` maps names of outlets to
    ports, as `Press.ports` gives them, so that a press that is started again keeps its addresses;
    an outlet without one gets any free port. Methods may be called from any thread.
    """

    def __init__(self, now: datetime, *, ports: Mapping[str, int] | None = None) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be an aware time")
        self._newsroom = Newsroom(now.astimezone(UTC))
        self._wanted_ports = dict(ports or {})
        self._servers: dict[str, OutletServer] = {}
        self._requests: deque[Request] = deque(maxlen=_LOG_LENGTH)

    # --- serving

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Raises OSError, with nothing left open, when a wanted port is taken."""
        try:
            for outlet in self._newsroom.outlets:
                self._servers[outlet.name] = OutletServer(
                    self._wanted_ports.get(outlet.name, 0),
                    partial(self._answer, outlet),
                    partial(self._log, outlet.name),
                )
        except OSError:
            for server in self._servers.values():
                server.server_close()
            self._servers.clear()
            raise
        for server in self._servers.values():
            server.start()

    def stop(self) -> None:
        """Free all ports. Started again, the press keeps them and all that was changed."""
        if not self._servers:
            return
        self._wanted_ports = self.ports
        with ThreadPoolExecutor(len(self._servers)) as pool:
            list(pool.map(OutletServer.stop, self._servers.values()))
        self._servers.clear()

    def _answer(self, outlet: Outlet, target: str) -> Answer:
        return answer(self._site(outlet), target)

    def _log(self, outlet: str, path: str, status: int) -> None:
        self._requests.append(Request(datetime.now(UTC), outlet, path, status))

    # --- what there is

    @property
    def requests(self) -> list[Request]:
        """The latest hundred thousand, oldest first."""
        return list(self._requests)

    @property
    def ports(self) -> dict[str, int]:
        """Name of outlet to port; empty before the start."""
        return {name: server.port for name, server in self._servers.items()}

    @property
    def outlets(self) -> list[PressOutlet]:
        return [
            PressOutlet(
                name=site.outlet.name,
                feed_url=site.feed_url,
                site_url=f"{site.base}/",
                language=site.outlet.language,
                tags=site.outlet.tags,
                furniture=site.outlet.furniture,
            )
            for site in self._sites()
        ]

    def truth(self) -> dict[str, Truth]:
        """By the address that the feed gives each article."""
        sites = self._sites()
        links = {article.slug: site.link(article) for site in sites for article in site.articles}
        return {
            links[article.slug]: _truth(site, article, links)
            for site in sites
            for article in site.articles
        }

    def truth_of(self, url: str) -> Truth | None:
        """By any address of an article: with tracking, without it, or after a redirect.

        None: no article of this press has it.
        """
        found = self._find(url)
        return self.truth()[found[0].link(found[1])] if found else None

    def feeds_yaml(self, storage: str | Mapping[str, str]) -> str:
        """A complete configuration that follows every outlet; `storage` as it stands there."""
        lines = [f"storage: {json.dumps(storage)}", "host_delay: 0s"]
        lines += ["allow: [127.0.0.1]", "sources:"]
        for outlet in self.outlets:
            lines.append(f"  - name: {_scalar(outlet.name)}")
            lines.append(f"    url: {outlet.feed_url}")
            lines.append(f"    tags: [{', '.join(map(_scalar, outlet.tags))}]")
        return "\n".join(lines) + "\n"

    # --- what changes

    def publish(self, outlet: str, *, title: str, text: str, at: datetime | None = None) -> str:
        """Add an article at `at` (None: the press's now); the address that the feed gives it.

        Raises KeyError when no outlet has this name.
        """
        outlets = {known.name: known for known in self._newsroom.outlets}
        article = self._newsroom.add(outlets[outlet], title=title, text=text, at=at)
        return self._site(outlets[outlet]).link(article)

    def edit(
        self,
        url: str,
        *,
        title: str | None = None,
        text: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Change title or text (None: keep) of the article at any of its addresses.

        `at` is the time of the change (None: the press's now). Its date of publication, its
        address and its identifier in the feed stay. Raises KeyError when there is none.
        """
        found = self._find(url)
        if found is None:
            raise KeyError(url)
        self._newsroom.change(found[1].slug, title=title, text=text, at=at)

    # --- addresses

    def _site(self, outlet: Outlet) -> Site:
        port = self._servers[outlet.name].port
        return self._newsroom.site(outlet, f"http://{HOST}:{port}")

    def _sites(self) -> list[Site]:
        return [self._site(outlet) for outlet in self._newsroom.outlets]

    def _find(self, url: str) -> tuple[Site, Article] | None:
        for site in self._sites():
            if site.base == "{0.scheme}://{0.netloc}".format(urlsplit(url)):
                article = site.find(url)
                return None if article is None else (site, article)
        return None


def _truth(site: Site, article: Article, links: Mapping[str, str]) -> Truth:
    return Truth(
        story=article.story,
        relation=article.relation,
        of=None if article.of is None else links[article.of],
        outlet=site.outlet.name,
        title=article.title,
        language=site.outlet.language,
        published_at=article.published_at,
        page_url=site.url(article),
        text=article.readable,
    )


def _scalar(value: str) -> str:
    """A YAML scalar: plain where that is safe, else quoted as JSON, which YAML contains."""
    return value if _PLAIN_SCALAR.fullmatch(value) else json.dumps(value, ensure_ascii=False)
