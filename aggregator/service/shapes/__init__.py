"""What programs are told, by the command line as JSON and by the API: one frozen type for each.

Names of fields are the names in the JSON. Each module has the types and the functions that make
them; `codec.to_json` writes them.

stories, articles, hits   what is stored; hits: what a search finds
sources, found            what is followed; found: what could be
watches, digests          what is sent
workers                   who does it
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def widened(kind: type[T], shape: Any, **more: object) -> T:
    """A shape with further fields, as a type that is derived from its own."""
    return kind(**{one.name: getattr(shape, one.name) for one in fields(shape)}, **more)
