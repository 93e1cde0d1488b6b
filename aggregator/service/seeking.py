"""What looks for feeds, opened and closed in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.config import Config
from aggregator.fetch.gate import HostGate
from aggregator.pipeline import Fetching
from aggregator.sandbox import Sandbox, SandboxProtocol
from aggregator.service.finding import find, followed_as
from aggregator.service.findings import Findings, FoundFeed
from aggregator.service.runtime import fetcher_for
from aggregator.service.watching import watch
from aggregator.types import PageSelectors


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Fetcher, sandbox and gate, as all of one command share them."""

    config: Config
    fetcher: Fetching
    sandbox: SandboxProtocol
    gate: HostGate
    clock: Callable[[], datetime] = _now

    async def find(self, typed: str, *, tell: Callable[[str], None]) -> Findings:
        """As `finding.find`."""
        return await find(
            typed,
            config=self.config,
            fetcher=self.fetcher,
            sandbox=self.sandbox,
            gate=self.gate,
            clock=self.clock,
            tell=tell,
        )

    async def watch(self, typed: str, selectors: PageSelectors) -> FoundFeed:
        """As `watching.watch`."""
        return await watch(
            typed,
            selectors,
            config=self.config,
            fetcher=self.fetcher,
            sandbox=self.sandbox,
            gate=self.gate,
            clock=self.clock,
        )

    async def followed_as(self, feed: FoundFeed) -> str | None:
        """The name of the source that is this feed already; None: there is none."""
        source = await followed_as(feed, self.config, fetcher=self.fetcher, gate=self.gate)
        return source.name if source else None


@asynccontextmanager
async def seeking(config: Config) -> AsyncIterator[Seeker]:
    """Raises UsageError for certificates that cannot be used."""
    async with fetcher_for(config) as fetcher, Sandbox(workers=1) as sandbox:
        gate = HostGate(config.host_delay)
        yield Seeker(config=config, fetcher=fetcher, sandbox=sandbox, gate=gate)
