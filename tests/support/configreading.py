"""Texts of feeds.yaml as they are read, and what they may name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import certifi

from aggregator.config import Config, parse

FOLDER = Path("/srv/news")
TWO_LINES = "sources:\n  - https://theeuropetoday.com/feed/\n"
CERTIFICATES = Path(certifi.where()).read_text(encoding="ascii", errors="replace")


def read(text: str, *, environ: Mapping[str, str] | None = None, folder: Path = FOLDER) -> Config:
    return parse(text, file="feeds.yaml", folder=folder, environ=environ or {})
