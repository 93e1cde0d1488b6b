"""Texts made again from the pages that are kept: by a better extractor, by new rules, or since more
is known of an outlet's furniture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import ExtractError, SandboxError
from aggregator.pipeline.line import Pipeline
from aggregator.types import ExtractRequest, KeptArticle, TextAgain

ARTICLES_AT_A_TIME = 50
"""Read, extracted and recorded together."""

Progress = Callable[[int, int], None]
"""Told after each article: how many are done, and how many there are in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainFailure:
    """An article that stays as it was, as its pages could not be read."""

    article_id: int
    title: str
    error: str
    """A sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainReport:
    seen: int = 0
    """Articles whose pages were kept."""
    changed: int = 0
    """Whose text, or what is known of it, is another one now."""
    failed: tuple[AgainFailure, ...] = ()
    left_to_leader: bool = False
    """Whether the stories of what changed are left to the worker that leads."""

    @property
    def unchanged(self) -> int:
        return self.seen - self.changed - len(self.failed)


async def extract_again(
    line: Pipeline,
    *,
    only: Collection[int] | None = None,
    since: datetime | None = None,
    host: str | None = None,
    furniture: bytes = b"",
    progress: Progress = lambda _done, _total: None,
) -> AgainReport:
    """Make the texts of stored articles again, and store those that differ.

    `only` of these sources (ids), first seen since then, of this page host; None: all. `furniture`:
    what is known of the host beyond what is stored; empty: no more, or no host is named. An article
    whose pages cannot be read stays as it is. Those whose text has changed are without a story
    until `assign_stories`. Raises StorageError; what was recorded before stays.
    """
    ahead = {host: furniture} if host is not None and furniture else {}
    work = _Again(line=line, only=only, since=since, progress=progress, ahead=ahead)
    await work.run(host)
    # What was learned on the way is of use to the articles at its beginning, too.
    for settled in sorted(work.settled if host is None else ()):
        await work.run(settled)
    seen = len(work.seen)
    changed = min(work.changed, seen - len(work.failed))
    return AgainReport(seen=seen, changed=changed, failed=tuple(work.failed.values()))


@dataclass(slots=True, kw_only=True)
class _Again:
    line: Pipeline
    only: Collection[int] | None
    since: datetime | None
    progress: Progress
    ahead: dict[str, bytes]
    """What is known of hosts and not stored yet: with the first that is recorded of them, it is."""
    done: int = 0
    total: int = 0
    changed: int = 0
    seen: set[int] = field(default_factory=set)
    """Ids of articles."""
    failed: dict[int, AgainFailure] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    """Hosts of which enough is known now."""

    async def run(self, host: str | None) -> None:
        """All articles that are asked for; of one host, or (None) of all."""
        storage, only, since = self.line.storage, self.only, self.since
        self.total += await asyncio.to_thread(storage.count_kept, only=only, host=host, since=since)
        after = 0
        while articles := await asyncio.to_thread(
            storage.kept_articles,
            after=after,
            limit=ARTICLES_AT_A_TIME,
            only=only,
            host=host,
            since=since,
        ):
            after = articles[-1].article_id
            await self._make(articles)

    async def _make(self, articles: Sequence[KeptArticle]) -> None:
        """Hosts side by side, as far as the sandbox has places; the articles of one in turn."""
        by_host: dict[str, list[KeptArticle]] = {}
        for article in articles:
            by_host.setdefault(article.host, []).append(article)
            self.seen.add(article.article_id)
        furniture = await asyncio.to_thread(self._furniture, tuple(by_host))
        made = await asyncio.gather(
            *(self._of_host(host, of, furniture[host]) for host, of in by_host.items())
        )
        again = [one for of_host in made for one in of_host]
        if not again:
            return
        changed = await asyncio.to_thread(
            self.line.storage.record_again, again, now=self.line.clock()
        )
        if changed:
            # Stories have been taken apart that it knows as whole.
            self.line.grouper = None
        self.changed += changed

    def _furniture(self, hosts: Sequence[str]) -> dict[str, bytes]:
        return {
            host: self.ahead.pop(host, b"") or self.line.storage.furniture(host) for host in hosts
        }

    async def _of_host(
        self, host: str, articles: Sequence[KeptArticle], furniture: bytes
    ) -> list[TextAgain]:
        made = []
        for article in articles:
            request = ExtractRequest(
                pages=article.kept.pages,
                feed=article.kept.feed,
                rules=article.rules,
                furniture=furniture,
            )
            try:
                found = await self.line.sandbox.extract(request)
            except (ExtractError, SandboxError) as error:
                self.failed[article.article_id] = AgainFailure(
                    article_id=article.article_id, title=article.title, error=str(error)
                )
            else:
                furniture = found.furniture or furniture
                if found.furniture_settled:
                    self.settled.add(host)
                made.append(TextAgain(article=article, extracted=found))
            self.done += 1
            self.progress(self.done, max(self.done, self.total))
        return made
