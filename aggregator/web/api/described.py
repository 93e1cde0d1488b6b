"""How dataclasses become schemas in the OpenAPI document: by their docstrings."""

from __future__ import annotations

from dataclasses import is_dataclass
from types import ModuleType
from typing import TypeVar

from aggregator.service.explaining import Line
from aggregator.service.findings import Miss
from aggregator.service.shapes import (
    articles,
    digests,
    found,
    hits,
    sources,
    stories,
    watches,
    workers,
)
from aggregator.types import Counts, Link, Media, PastRevision
from aggregator.web.api import answers, problems

T = TypeVar("T")

_TAKEN = {"use_attribute_docstrings": True, "extra": "forbid"}
_GIVEN = {"use_attribute_docstrings": True, "ser_json_timedelta": "float"}


def taken(kind: type[T]) -> type[T]:
    """A body of a request: what it does not know is refused, not passed over."""
    kind.__pydantic_config__ = _TAKEN  # type: ignore[attr-defined]
    return kind


def given(kind: type[T]) -> type[T]:
    kind.__pydantic_config__ = _GIVEN  # type: ignore[attr-defined]
    return kind


def _describe(*modules: ModuleType) -> None:
    for module in modules:
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                given(kind)


_describe(articles, digests, found, hits, sources, stories, watches, workers, answers, problems)
for _kind in (Counts, Line, Link, Media, Miss, PastRevision):
    given(_kind)
