"""The work of a sandbox without one."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aggregator.core.candidates import Candidate
from aggregator.sandbox.tasks import ExtractTask, FindTask, FingerprintTask, PageTask, ParseTask
from aggregator.types import Extraction, ExtractRequest, Fingerprint, PageSelectors, ParsedFeed


class InlineSandbox:
    """Does everything in this process, at once, without deadline or limit (SandboxProtocol)."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def parse(self, body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
        return ParseTask.load()(ParseTask(body=body, url=url, content_type=content_type))

    async def parse_page(
        self, body: bytes, selectors: PageSelectors, *, url: str, content_type: str | None
    ) -> ParsedFeed:
        task = PageTask(body=body, selectors=selectors, url=url, content_type=content_type)
        return PageTask.load()(task)

    async def find_feeds(
        self, body: bytes, *, url: str, content_type: str | None
    ) -> list[Candidate]:
        return FindTask.load()(FindTask(body=body, url=url, content_type=content_type))

    async def extract(self, request: ExtractRequest) -> Extraction:
        task = ExtractTask.of(request)
        return ExtractTask.load()(task)

    async def fingerprints(self, items: Sequence[tuple[str, str, str | None]]) -> list[Fingerprint]:
        return FingerprintTask.load()(FingerprintTask(items=tuple(items)))

    async def close(self) -> None:
        """There is nothing to end."""
