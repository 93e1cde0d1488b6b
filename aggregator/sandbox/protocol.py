"""What a sandbox does."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from aggregator.core.candidates import Candidate
from aggregator.types import Extraction, ExtractRequest, Fingerprint, PageSelectors, ParsedFeed


class SandboxProtocol(Protocol):
    """Every method raises what the rule of core/ that it runs raises, and SandboxError; with an
    installation that lacks something, LibraryMissing."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    async def parse(self, body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
        """As core.parse.parse_feed. Raises ParseError and NotAFeed, fields included."""

    async def parse_page(
        self, body: bytes, selectors: PageSelectors, *, url: str, content_type: str | None
    ) -> ParsedFeed:
        """As core.watched_page.parse_page. Raises ParseError."""

    async def find_feeds(
        self, body: bytes, *, url: str, content_type: str | None
    ) -> list[Candidate]:
        """As core.discovery.find_feeds."""

    async def extract(self, request: ExtractRequest) -> Extraction:
        """As core.extract.extract. Raises ExtractError."""

    async def fingerprints(self, items: Sequence[tuple[str, str, str | None]]) -> list[Fingerprint]:
        """As core.fingerprint.fingerprint and core.meaning.with_meaning, of each (title, text,
        language) in order."""

    async def close(self) -> None:
        """End every child process. Calls under way fail; later ones raise SandboxError."""
