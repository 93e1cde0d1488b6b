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
    # What begins with the file's name keeps it as it is written.
    return _ended(text) if text.startswith("feeds.") else sentence(text)


def sentence(text: str) -> str:
    """With a capital letter and a full stop, where it has none."""
    return _ended(text[:1].upper() + text[1:])


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
