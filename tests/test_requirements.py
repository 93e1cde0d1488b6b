"""What pyproject.toml asks for brings all that is imported, with whatever installs it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1] / "pyproject.toml"

Matches = Callable[[str, str], bool]
"""Whether an extra that is asked for is one that is offered."""


def installed(matches: Matches) -> set[str]:
    """The distributions that the project's requirements lead to, by their normal names, where an
    installer has such an idea of extras."""
    wanted = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    ahead = [Requirement(one) for one in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while ahead:
        one = ahead.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key not in seen:
            seen.add(key)
            ahead += _needed(distribution(one.name), one.extras, matches)
    return {name for name, _ in seen}


def _needed(found: Distribution, extras: set[str], matches: Matches) -> Iterator[Requirement]:
    offered = found.metadata.get_all("Provides-Extra") or []
    chosen = ["", *(one for one in offered if any(matches(extra, one) for extra in extras))]
    for line in found.requires or []:
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in chosen):
            yield one


def test_nothing_is_left_out_by_installers_that_compare_extras_letter_by_letter() -> None:
    """As pip 23 does, which Python 3.11 comes with; to newer ones html_clean is html-clean."""
    normal = installed(lambda one, other: canonicalize_name(one) == canonicalize_name(other))
    assert "lxml-html-clean" in normal
    assert installed(lambda one, other: one == other) == normal
