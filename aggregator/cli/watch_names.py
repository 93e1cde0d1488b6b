"""Which watch somebody means."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from aggregator.core.watch_rules import watch_key
from aggregator.errors import UsageError

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.types import Watch


def watch_named(config: Config, name: str) -> Watch:
    """Whatever its case and accents. Raises UsageError, with the nearest name."""
    by_key = {watch_key(one.name): one for one in config.watches}
    found = by_key.get(watch_key(name))
    if found is not None:
        return found
    near = get_close_matches(watch_key(name), by_key, n=1)
    if near:
        hint = f"did you mean “{by_key[near[0]].name}”?"
    elif by_key:
        hint = "`aggregator watch list` names all"
    else:
        hint = "feeds.yaml has none; `aggregator watch add` makes one"
    raise UsageError(f"there is no watch “{name}”; {hint}")
