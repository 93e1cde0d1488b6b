"""What everything under `web` is served from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from starlette.requests import HTTPConnection

from aggregator.config import Config, load
from aggregator.fetch.http import Fetcher
from aggregator.service.meters import Meters
from aggregator.storage.protocol import Storage


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The parts of the program that answers are made from. One for a process."""

    storage: Storage
    config: Callable[[], Config]
    """As it is now: it changes while the service runs."""
    fetcher: Callable[[], Fetcher]
    """The guarded one, as it is now; for pictures, and for looking at a source before it is
    followed."""
    clock: Callable[[], datetime]
    config_path: Path
    """feeds.yaml, which is edited when sources and watches are added."""
    environ: Mapping[str, str]
    """What the configuration is read with."""
    meters: Meters
    """What this process has done."""
    polls: bool
    """Whether this process polls, too; else another does, or nobody."""

    def config_in_file(self) -> Config:
        """As the file is, which the running service may not have read yet; without secrets. Raises
        ConfigError."""
        return load(self.config_path, environ=self.environ, secrets=False)


def site_of(connection: HTTPConnection) -> Site:
    """That of the application which a request came to. A dependency of FastAPI."""
    return cast("Site", connection.app.state.site)
