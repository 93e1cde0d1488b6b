"""Errors as sentences of a page."""

from __future__ import annotations

from pathlib import Path

from aggregator.errors import AggregatorError


def sentence_of(error: AggregatorError, config_path: Path | None = None) -> str:
    """With a capital letter and a full stop, and without the folder in which feeds.yaml lies,
    which is nobody's business."""
    text = str(error)
    if config_path is not None:
        text = text.replace(str(config_path.absolute()), config_path.name)
        text = text.replace(str(config_path), config_path.name)
    if not text.endswith((".", "?", "!")):
        text += "."
    # What begins with the file's name keeps it as it is written.
    return text if text.startswith("feeds.") else text[:1].upper() + text[1:]
