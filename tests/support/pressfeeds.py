"""Some of the demo's outlets: to read all of them takes seconds."""

from __future__ import annotations

from collections.abc import Mapping

from aggregator.demo.press import Press, PressOutlet, Truth

SOURCE = "  - name: "
FEW = ("The Europe Today", "The Gulf Observer")
"""The feed of the one has full texts, of the other pages have to be fetched; what the one reports
the other copies."""


def feeds_of(press: Press, storage: str | Mapping[str, str], *outlets: str) -> str:
    """Of `press.feeds_yaml(storage)` the beginning, and the sources of these names."""
    head, *sources = press.feeds_yaml(storage).split(SOURCE)
    kept = [one for one in sources if one.partition("\n")[0] in outlets]
    assert len(kept) == len(outlets), f"one of {outlets} is no outlet"
    return SOURCE.join([head, *kept])


class FewOutlets:
    """A press as it would be with these outlets only."""

    def __init__(self, press: Press, *outlets: str) -> None:
        """Without `outlets`: those of FEW."""
        self.press = press
        self._names = outlets or FEW

    @property
    def outlets(self) -> list[PressOutlet]:
        return [one for one in self.press.outlets if one.name in self._names]

    def truth(self) -> dict[str, Truth]:
        return {url: one for url, one in self.press.truth().items() if one.outlet in self._names}

    def feeds_yaml(self, storage: str | Mapping[str, str]) -> str:
        return feeds_of(self.press, storage, *self._names)
