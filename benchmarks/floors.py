"""The floors of quality: measured, raised, and lowered with a reason only.

    python -m benchmarks.floors                            measure all, and raise what can be raised
    python -m benchmarks.floors --lower NAME --why REASON  lower this one to what is measured
    python -m benchmarks.floors --check                    measure nothing: has one been lowered?

A raised floor is the measured figure less the margin that tests/floors.toml states for it. A figure
below its floor is said, and its floor stays.
"""

from __future__ import annotations

import argparse
import logging
import math
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import extract_rivals, figures
from benchmarks.extract_pages import PAGES
from benchmarks.floors_check import check
from benchmarks.floors_file import FILE, Floors, Lowering, add_lowering, parse, pin
from benchmarks.measure import print_table
from benchmarks.stories_sets import STORIES


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What measuring makes of the floors, by name."""

    floors: Mapping[str, float]
    """New ones."""
    measured: Mapping[str, float]
    """What the file's comments are to say."""
    lowered: tuple[Lowering, ...]
    below: tuple[str, ...]
    """Stay, though the figure is lower."""


class NotLowered(Exception):
    """What is asked to be lowered cannot be; says why."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the floors of quality, and raise them.")
    parser.add_argument("--check", action="store_true", help="only say whether one was lowered")
    parser.add_argument("--lower", action="append", default=[], metavar="NAME")
    parser.add_argument("--why", default="", metavar="REASON", help="of --lower")
    options = parser.parse_args()
    if options.check:
        return print_check(FILE)
    if bool(options.lower) != bool(options.why.strip()):
        parser.error("--lower NAME and --why REASON go together")
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")  # others' libraries have many
    text = FILE.read_text(encoding="utf-8")
    pinned, measured = parse(text), measure()
    try:
        changes = settle(pinned, measured, lower=options.lower, why=options.why)
    except NotLowered as error:
        parser.exit(1, f"{error}\n")
    _print(pinned, measured, changes)
    text = pin(text, changes.floors, changes.measured)
    for lowering in changes.lowered:
        text = add_lowering(text, lowering)
    FILE.write_text(text, encoding="utf-8")
    return 1 if changes.below else 0


def print_check(path: Path) -> int:
    """Say whether a floor was lowered without a reason; 1 if so."""
    found = check(path)
    for problem in found.problems:
        print(problem, file=sys.stderr)
    if not found.problems and not found.against:
        print("No floor was compared: git has no older version of them here.")
    return 1 if found.problems else 0


def measure() -> dict[str, float]:
    """All figures that can be measured here, by name. Says what cannot."""
    found: dict[str, float] = {}
    if PAGES.is_dir():
        for extraction in figures.EXTRACTION:
            found |= _named("extraction", extraction())
        if extract_rivals.missing():
            print(
                f"[rivals] is left as it is: {', '.join(extract_rivals.missing())} not installed."
            )
        else:
            found |= _named("rivals", figures.best_of_rivals())
    else:
        print(f"[extraction] and [rivals] are left as they are: {PAGES} is not there.")
    if STORIES.is_dir():
        for stories in figures.STORIES:
            found |= _named("stories", stories())
    else:
        print(f"[stories] is left as it is: {STORIES} is not there.")
    return found


def settle(pinned: Floors, measured: Mapping[str, float], *, lower: list[str], why: str) -> Changes:
    """Raises NotLowered where one of `lower` is no floor, or no lower than its floor."""
    floors, lowered, below = dict[str, float](), list[Lowering](), list[str]()
    for name in lower:
        if name not in pinned.values or name not in measured:
            raise NotLowered(f"{name} is not a floor that is measured here; see the names above.")
        if measured[name] >= pinned.values[name]:
            raise NotLowered(f"{name} is measured at {measured[name]:.4f} and need not be lowered.")
    for name in sorted(measured.keys() & pinned.values.keys()):
        figure, floor = measured[name], pinned.values[name]
        reachable = round(figure, 4) if _is_rival(name) else _down(figure - pinned.margin(name))
        if reachable > floor:
            floors[name] = reachable
        elif name in lower:
            floors[name] = reachable
            lowered.append(Lowering(name=name, before=floor, after=reachable, why=why))
        elif figure < floor and not _is_rival(name):
            below.append(name)
    shown = {name: figure for name, figure in measured.items() if name not in below}
    return Changes(floors=floors, measured=shown, lowered=tuple(lowered), below=tuple(below))


def _print(pinned: Floors, measured: Mapping[str, float], changes: Changes) -> None:
    rows = []
    for name in dict.fromkeys([*pinned.values, *measured]):
        floor, figure = pinned.values.get(name), measured.get(name)
        said = "" if floor is not None else "not pinned: add it to tests/floors.toml"
        if name in changes.below:
            said = "BELOW its floor, which stays"
        elif name in changes.floors:
            verb = "raised" if floor is None or changes.floors[name] > floor else "lowered"
            said = f"{verb} to {changes.floors[name]}"
        rows.append([name, _shown(figure), _shown(floor), said])
    print_table(["", "measured", "floor", ""], rows)


def _named(table: str, found: Mapping[str, float]) -> dict[str, float]:
    return {f"{table}.{name}": figure for name, figure in found.items()}


def _is_rival(name: str) -> bool:
    """Others' figures are no floors of ours: they are pinned as they are, and may fall behind."""
    return name.startswith("rivals.")


def _down(figure: float) -> float:
    """To three places."""
    return math.floor(round(figure * 1_000, 6)) / 1_000


def _shown(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.4f}"


if __name__ == "__main__":
    sys.exit(main())
