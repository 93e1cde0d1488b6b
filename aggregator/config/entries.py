"""New entries of `sources` and `watches` as text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aggregator.core.text import clean_line
from aggregator.types import PageSelectors

# What stands without quotes: far less than YAML allows, and nothing that some reader of YAML takes
# for a number, a date or a word of its own.
_PLAIN = re.compile(
    r"(?![0-9.,:_+-]*\Z)[^\W_](?:[\w/.()%+=~@!$*'’&;-]|[:?#,](?=[^\s,]))*"
    r"(?: (?:[\w/.()%+=~@!$*'’&;-]|[:?,](?=[^\s,]))+)*"
)
_NOT_IN_BRACKETS = re.compile(r"[,\[\]{}?]")
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_STEP = "  "

Field = str | list[str] | Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """What `aggregator add` and `import` say of a source."""

    url: str
    name: str | None = None
    """Gets a number when it is taken; None: derived from the address."""
    tags: tuple[str, ...] = ()
    language: str | None = None
    select: PageSelectors | None = None
    opml: tuple[tuple[str, str], ...] = ()
    """What else an OPML list says of it: (name, value) each."""
    paused: bool = False

    def fields(self) -> dict[str, Field]:
        """Those that say something, in the order of docs/configuration.md."""
        selectors = asdict(self.select) if self.select else {}
        said: dict[str, Field | None] = {
            "url": self.url,
            "name": self.name,
            "tags": [*self.tags],
            "language": self.language,
            "select": {key: css for key, css in selectors.items() if css is not None},
            "opml": dict(self.opml),
            "paused": "true" if self.paused else None,
        }
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatch:
    """What `aggregator watch add` says of a watch, each as it is written in the file."""

    name: str
    query: str = ""
    """"": only with `silent`."""
    to: tuple[str, ...]
    """Names of channels, mail addresses, URLs of Apprise; empty: it sends nothing."""
    per: str | None = None
    """None, here and below: the line is left out."""
    at_most: str | None = None
    quiet: str | None = None
    timezone: str | None = None
    silent: str | None = None

    def fields(self) -> dict[str, Field]:
        """Those that say something, in the order of docs/configuration.md."""
        said: dict[str, Field | None] = {
            "name": clean_line(self.name),
            "query": clean_line(self.query),
            "to": clean_line(self.to[0]) if len(self.to) == 1 else [*map(clean_line, self.to)],
            "per": self.per,
            "at_most": self.at_most,
            "quiet": self.quiet,
            "timezone": self.timezone,
            "silent": self.silent,
        }
        return {key: value for key, value in said.items() if value}


def in_lines(fields: Mapping[str, Field], indent: str) -> list[str]:
    """The keys of one entry, one a line and `indent` before all but the first."""
    lines = []
    for key, value in fields.items():
        if isinstance(value, Mapping):
            lines.append(f"{key}:")
            lines += [f"{_STEP}{scalar(name)}: {scalar(text)}" for name, text in value.items()]
        elif isinstance(value, str):
            lines.append(f"{key}: {scalar(value)}")
        else:
            lines.append(f"{key}: {in_brackets(value)}")
    return lines[:1] + [indent + line for line in lines[1:]]


def in_brackets(value: Field | Mapping[str, Field]) -> str:
    """The same on one line, in flow style."""
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, Mapping):
        pairs = (f"{scalar(key, flow=True)}: {in_brackets(one)}" for key, one in value.items())
        return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(map(in_brackets, value))}]"


def scalar(text: str, *, flow: bool = False) -> str:
    """A text in quotes where it needs them."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    if plain and not (flow and _NOT_IN_BRACKETS.search(text)):
        return text
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"  # as searches are written by hand
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
