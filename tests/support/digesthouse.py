"""Digests over a real store, with a clock that the test moves and articles of its own.

with DigestHouse(tmp_path) as room:
    room.write("  to: file:digest.eml\n  from: news@example.org\n")
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    assert room.made() == ["2026-03-02"]
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from outlets import Outlets, text_about

from aggregator.config import Config, load
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade, Digests
from aggregator.storage.protocol import Storage
from aggregator.types import Delivery, Edition, KeptDigest, PostgresUrl

HEAD = """\
sources: [{url: 'https://gull.example.org/feed'}]
digest:
  timezone: UTC
"""


class DigestHouse:
    """Set up on Sunday, 1 March 2026, at noon UTC."""

    def __init__(self, folder: Path, *names: str, database: PostgresUrl | None = None) -> None:
        """`database`: None for a file in the folder."""
        self.folder = folder
        self.outlets = Outlets(database or folder, *(names or ("Gull", "Heron", "Skua")))
        self.config: Config
        self._seeds: dict[str, int] = {}

    def __enter__(self) -> Self:
        self.outlets.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.outlets.__exit__()

    @property
    def storage(self) -> Storage:
        return self.outlets.storage

    def write(self, digest: str, rest: str = "") -> None:
        """feeds.yaml, with so much more of its section `digest`."""
        (self.folder / "feeds.yaml").write_text(HEAD + digest + rest, encoding="utf-8")
        self.config = load(self.folder / "feeds.yaml", environ={})

    def publish(self, outlet: str, slug: str) -> None:
        """An article, a minute later; of one slug all outlets have the same text."""
        seed = self._seeds.setdefault(slug, len(self._seeds) + 1)
        _, text = text_about(seed)
        self.outlets.publish(outlet, **{slug: (f"{slug.capitalize()} in the news", text)})
        self.outlets.run()

    def at(self, text: str) -> None:
        self.outlets.now = datetime.fromisoformat(text).replace(tzinfo=UTC)

    def run(
        self, at: str | None = None, *, storage: Storage | None = None
    ) -> list[DigestMade | DigestTry]:
        """What a service does that has just begun; what happened."""
        if at is not None:
            self.at(at)
        happened: list[DigestMade | DigestTry] = []
        digests = Digests(
            config=self.config,
            storage=storage or self.storage,
            clock=lambda: self.outlets.now,
            report=happened.append,
        )
        asyncio.run(digests.run())
        return happened

    # --- what there is then

    def kept(self, digest: str = "digest") -> list[KeptDigest]:
        """The earliest first."""
        return self.storage.digests(digest, limit=100)[::-1]

    def made(self, digest: str = "digest") -> list[str]:
        """The editions, as their date, and their slot where it is not the first."""
        slots = (one.edition for one in self.kept(digest))
        return [str(one.local_date) + (f"/{one.slot}" if one.slot > 1 else "") for one in slots]

    def told(self, digest: str = "digest") -> list[set[str]]:
        """Of each edition the slugs in its text."""
        return [
            {slug for slug in self._seeds if f"{slug.capitalize()} in the news" in text}
            for text in (one.rendered.text for one in self.kept(digest))
        ]

    def deliveries(self, edition: Edition | None = None) -> dict[str, Delivery]:
        """By recipient, of an edition, by default the last."""
        found = self.storage.deliveries(edition or self.kept()[-1].edition)
        return {one.recipient: one for one in found}
