"""The articles of all outlets at one moment, and what changes them while the press runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime

from aggregator.demo.articles import load
from aggregator.demo.model import Article, Outlet, Site


class Newsroom:
    """May be used from any thread; each answer is consistent in itself."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.outlets, self._articles = load(now)
        self._lock = threading.Lock()

    def site(self, outlet: Outlet, base: str) -> Site:
        """The outlet's site as it is now, served at the origin `base`."""
        with self._lock:
            own = [entry for entry in self._articles.values() if entry.outlet == outlet.key]
        own.sort(key=lambda entry: (entry.published_at, entry.id), reverse=True)
        return Site(outlet=outlet, base=base, articles=tuple(own))

    def add(self, outlet: Outlet, *, title: str, text: str, at: datetime | None) -> Article:
        """A new article at `at` (None: now) that is a story of its own."""
        with self._lock:
            own = [entry for entry in self._articles.values() if entry.outlet == outlet.key]
            latest = max(own, key=lambda entry: entry.id)
            slug = f"{outlet.key}-{latest.id + 1}"
            article = Article(
                id=latest.id + 1,
                slug=slug,
                outlet=outlet.key,
                title=title,
                text=text,
                section=latest.section,
                author=latest.author,
                published_at=at or self._now,
                updated_at=at or self._now,
                story=slug,
                relation="first",
                of=None,
            )
            self._articles[slug] = article
        return article

    def change(
        self, slug: str, *, title: str | None, text: str | None, at: datetime | None
    ) -> None:
        """A new title or text (None: as it was) at `at` (None: now)."""
        with self._lock:
            article = self._articles[slug]
            self._articles[slug] = replace(
                article,
                title=article.title if title is None else title,
                text=article.text if text is None else text,
                summary=article.summary if text is None else "",
                updated_at=at or self._now,
            )
