"""A feeds.yaml that follows some of the demo's outlets: all of them take seconds to read."""

from __future__ import annotations

from aggregator.demo.press import Press

SOURCE = "  - name: "


def feeds_of(press: Press, storage: str, *outlets: str) -> str:
    """Of `press.feeds_yaml(storage)` the beginning, and the sources of these names."""
    head, *sources = press.feeds_yaml(storage).split(SOURCE)
    kept = [one for one in sources if one.partition("\n")[0] in outlets]
    assert len(kept) == len(outlets), f"one of {outlets} is no outlet"
    return SOURCE.join([head, *kept])
