"""The file of pinned figures, tests/floors.toml: read, edited and compared with an older one.

Every table but `margins` and `lowered` holds floors, which are called by table and key, as in
"extraction.title". An entry of `[[lowered]]` gives the reason for one floor that was lowered or
taken out.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[1] / "tests" / "floors.toml"
_NO_FLOORS = frozenset({"margins", "lowered"})
_TABLE = re.compile(r"\s*\[(?P<name>[^\[\]]+)\]\s*(?:#.*)?$")
_PINNED = re.compile(r"(?P<head>\s*(?P<key>[\w-]+)\s*=\s*)[\d.]+(?P<rest>\s*(?:#.*)?)$")
_MEASURED = re.compile(r"(measured )\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowering:
    name: str
    before: float
    after: float | None
    """None: the floor was taken out."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    values: Mapping[str, float]
    margins: Mapping[str, float]
    """By name, or by table."""
    lowered: tuple[Lowering, ...]
    """The oldest first."""

    def table(self, name: str) -> dict[str, float]:
        """The floors of one table, by key."""
        parts = ((full.partition("."), value) for full, value in self.values.items())
        return {key: value for (table, _, key), value in parts if table == name}

    def margin(self, name: str) -> float:
        """What is left between a measured figure and its floor."""
        return self.margins.get(name, self.margins.get(name.partition(".")[0], 0.0))


def read(path: Path = FILE) -> Floors:
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> Floors:
    """Raises ValueError for what is no floors file, with what is wrong."""
    tables = tomllib.loads(text)
    values = {
        f"{table}.{key}": _number(f"{table}.{key}", value)
        for table, pinned in tables.items()
        if table not in _NO_FLOORS
        for key, value in pinned.items()
    }
    margins = {name: _number(name, value) for name, value in tables.get("margins", {}).items()}
    lowered = tuple(_lowering(entry) for entry in tables.get("lowered", []))
    return Floors(values=values, margins=margins, lowered=lowered)


def below(figures: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """The figures that are below their floor. One that is not pinned raises KeyError."""
    return {name: figure for name, figure in figures.items() if figure < floors[name]}


# --- comparing ------------------------------------------------------------------------------------


def unexplained(old: Floors, new: Floors) -> list[str]:
    """A sentence for each floor that is lower than it was, or gone, without a reason for that.

    Only reasons that the old file does not have count, and only those that begin at the floor as
    it was, or where another of them ends.
    """
    reasons = (Counter(new.lowered) - Counter(old.lowered)).keys()
    sentences = []
    for name, was in old.values.items():
        now = new.values.get(name)
        if now is not None and now >= was:
            continue
        given = [reason for reason in new.lowered if reason.name == name and reason in reasons]
        if _explains(given, was, now):
            continue
        change = f"lowered from {was} to {now}" if now is not None else f"taken out; it was {was}"
        sentences.append(
            f"{name} was {change}. Raise the quality, or give the reason in the file: "
            f'[[lowered]] with name = "{name}", from, to and why.'
        )
    return sentences


def _explains(given: Iterable[Lowering], was: float, now: float | None) -> bool:
    """Whether the reasons, one after the other, lead from the one to the other."""
    reached = was
    for reason in given:
        if not reason.why.strip() or reason.before != reached:
            continue
        if reason.after is None:
            return now is None
        reached = reason.after
    return now is not None and now >= reached


# --- editing --------------------------------------------------------------------------------------


def pin(text: str, floors: Mapping[str, float], measured: Mapping[str, float]) -> str:
    """The file with these floors, by name, and the measured figures in their comments. All else
    stays as it is."""
    table, lines = "", []
    for line in text.splitlines(keepends=True):
        if found := _TABLE.match(line):
            table = found["name"].strip()
        lines.append(_pin_line(line, table, floors, measured))
    return "".join(lines)


def add_lowering(text: str, lowering: Lowering) -> str:
    """The file with one more entry at its end."""
    after = "" if lowering.after is None else f"to = {lowering.after}\n"
    return (
        f"{text.rstrip()}\n\n[[lowered]]\nname = {_string(lowering.name)}\n"
        f"from = {lowering.before}\n{after}why = {_string(lowering.why)}\n"
    )


def _pin_line(
    line: str, table: str, floors: Mapping[str, float], measured: Mapping[str, float]
) -> str:
    body = line.rstrip("\r\n")
    found = None if table in _NO_FLOORS else _PINNED.match(body)
    if found is None:
        return line
    name = f"{table}.{found['key']}"
    if name in floors:
        body = f"{found['head']}{floors[name]}{found['rest']}"
    if name in measured:
        body = _MEASURED.sub(rf"\g<1>{measured[name]:.4f}", body)
    return body + line[len(line.rstrip("\r\n")) :]


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} is not a number: {value!r}")  # noqa: TRY004 - of the file's text
    return float(value)


def _lowering(entry: Mapping[str, object]) -> Lowering:
    for key in ("name", "from", "why"):
        if key not in entry:
            raise ValueError(f"An entry of [[lowered]] has no {key}: {dict(entry)}")
    after = entry.get("to")
    return Lowering(
        name=str(entry["name"]),
        before=_number("from", entry["from"]),
        after=None if after is None else _number("to", after),
        why=str(entry["why"]),
    )


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
