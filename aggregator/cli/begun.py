"""The configuration of somebody who has just begun, for commands that need no source."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.errors import ConfigError

if TYPE_CHECKING:
    from aggregator.config import Config

_PLACEHOLDER = "https://example.org/"
_SOURCES = re.compile(r"^sources[ \t]*:", re.MULTILINE)
# The key with nothing in it: until the next key, or the end, there are but comments.
_NO_SOURCES = re.compile(
    r"^sources[ \t]*:[ \t]*(?:\[[ \t]*\])?[ \t]*(?:#.*)?\r?$"
    r"(?=(?:\n[ \t\r]*(?:#.*)?)*(?:\n[^\s#-]|\Z))",
    re.MULTILINE,
)


def config_so_far(path: Path) -> Config:
    """The configuration, also of a file that is not there yet, or that lists no source so far."""
    from aggregator.config import load, parse

    try:
        return load(path, environ=os.environ)
    except ConfigError:
        begun = _begun(path)
        if begun is None:
            raise
    folder = path.absolute().parent
    config = parse(begun, file=str(path), folder=folder, environ=os.environ)
    return replace(config, sources=())


def _begun(path: Path) -> str | None:
    """The text with a source in it; None: it has sources, or cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError):
        return None
    begun, found = _NO_SOURCES.subn(f"sources: [{_PLACEHOLDER}]", text, count=1)
    if not found and _SOURCES.search(text):
        return None
    return begun if found else f"{text}\nsources: [{_PLACEHOLDER}]\n"
