"""The work of a sandbox without one."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from aggregator.sandbox.tasks import ExtractTask, FingerprintTask, ParseTask
from aggregator.types import ArticleText, Fingerprint, ParsedFeed


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

    async def extract(
        self, body: bytes, *, url: str | None, content_type: str | None, title_hint: str | None
    ) -> ArticleText:
        task = ExtractTask(body=body, url=url, content_type=content_type, title_hint=title_hint)
        return ExtractTask.load()(task)

    async def fingerprints(self, items: Sequence[tuple[str, str, str | None]]) -> list[Fingerprint]:
        return FingerprintTask.load()(FingerprintTask(items=tuple(items)))

    async def close(self) -> None:
        """There is nothing to end."""
