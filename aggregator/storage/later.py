"""Modules that are imported when something in them is wanted for the first time.

A command that prints twenty hits needs few of the store's verbs, and to import the others, with
the types of what they take and give, would take it longer than the search itself.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module of this package. Any thread may be the first to ask."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # asked for by copying and the like, of the stand-in
            raise AttributeError(name)
        found = getattr(import_module(f"aggregator.storage.{self._module}"), name)
        setattr(self, name, found)
        return found
