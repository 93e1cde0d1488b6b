"""A template for one line, as in `{at:%d.%m.} {title:.60}`, filled with named values.

Fields are names only: nothing of a value can be reached by a template but the value itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from string import Formatter

_SPEC = re.compile(r"(?:.?[<>^])?(0?)([0-9]{0,3})(?:\.([0-9]{1,5}))?")
"""How a text or a number is filled up and cut: at most to 999 characters."""
_ESCAPES = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}
_ESCAPE = re.compile(r"\\[tn\\]")
_TIME = "%Y-%m-%d %H:%M"

Value = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Template:
    _parts: tuple[tuple[str, str | None, str], ...]
    """(text, name of the field behind it or None, how it is written)."""

    def filled(self, values: Mapping[str, Value]) -> str:
        """None gives nothing; times are written as they are, so bring them into their zone."""
        return "".join(
            text if name is None else text + _written(values[name], spec)
            for text, name, spec in self._parts
        )


def template(text: str, fields: Mapping[str, type]) -> Template:
    r"""Read a template with these fields (names, and `str`, `int` or `datetime`).

    `{{` and `}}` are braces; `\t`, `\n` and `\\` are what they are elsewhere. Raises ValueError
    with a sentence that says what would be right.
    """
    try:
        read = [*Formatter().parse(_ESCAPE.sub(lambda match: _ESCAPES[match[0]], text))]
    except ValueError:
        raise ValueError("has a brace without its other one; write {{ or }} for a brace") from None
    parts = []
    for literal, name, spec, conversion in read:
        if name is not None:
            if name not in fields:
                raise ValueError(_unknown(name, fields))
            if conversion:
                raise ValueError(f"may have no ! in {{{name}}}; leave “!{conversion}” out")
            _check(name, spec or "", fields[name])
        parts.append((literal, name, spec or ""))
    if all(name is None for _, name, _ in parts):
        raise ValueError(f"has no field in it; there are {_listed(fields)}")
    return Template(tuple(parts))


def _check(name: str, spec: str, kind: type) -> None:
    if kind is datetime:
        if "{" in spec or not (spec == "" or "%" in spec):
            raise ValueError(
                f"can write {{{name}}} as a time only, as in {{{name}:%d.%m.%Y %H:%M}}, not {spec}"
            )
        return
    match = _SPEC.fullmatch(spec)
    if match is None or (kind is int and match[3]):
        example = ">6" if kind is int else ".60"
        raise ValueError(
            f"can fill up {{{name}}} and cut it, as in {{{name}:{example}}}, but “{spec}” is no way"
            " to do so"
        )
    if match[1] and kind is str:
        raise ValueError(f"can fill up numbers with 0 only, not {{{name}:{spec}}}")


def _written(value: Value, spec: str) -> str:
    if isinstance(value, datetime):
        return value.strftime(spec or _TIME)
    if value is None:
        return "" if "%" in spec else format("", _of_text(spec))
    return format(value, spec)


def _of_text(spec: str) -> str:
    """For nothing in place of a number: blanks, not zeros."""
    match = _SPEC.fullmatch(spec)
    return match[2].lstrip("0") if match else ""


def _unknown(name: str, fields: Collection[str]) -> str:
    near = get_close_matches(name.lower(), fields, n=1)
    hint = f"did you mean {{{near[0]}}}? There are" if near else "there are"
    return f"has no field {{{name}}}; {hint} {_listed(fields)}"


def _listed(fields: Collection[str]) -> str:
    return " ".join(f"{{{name}}}" for name in fields)
