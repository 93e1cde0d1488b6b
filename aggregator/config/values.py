"""How the text behind a key is read: one function a kind of value.

Each takes what stands in the file (text, a dict, a list, or None) and returns the value, or
raises ValueError with a sentence that says what would be right. Values are repeated in messages
only where they cannot be secrets.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from ipaddress import IPv6Address
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from aggregator.core.durations import format_duration, format_size, parse_duration, parse_size
from aggregator.core.text import clean_line, shorten
from aggregator.core.urls import host_key, normalise

if TYPE_CHECKING:
    from aggregator.core.query_tree import Query

Number = TypeVar("Number", int, float, timedelta)
Choice = TypeVar("Choice", bound=StrEnum)

MAX_NAME = 100
"""Characters of the name of a source."""

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\w-]{1,63}\.)*[\w-]{1,63}")
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}(?::[A-Za-z_][A-Za-z0-9_.-]{0,99})?")
_TAKEN_ATTRIBUTES = frozenset({"text", "xmlUrl", "category", "aggregator:paused"})
_HOST_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a file may refer to: the environment, and files relative to its own folder."""

    environ: Mapping[str, str]
    folder: Path
    thorough: bool = True
    """False: what is slow to look up is taken as right."""
    secrets: bool = True
    """False: nothing is sent or fetched, so that a secret that is not at hand is taken as right."""

    def resolve(self, text: str) -> Path:
        """Relative to the folder; a leading `~/` is the user's home."""
        home = self.environ.get("HOME")
        if text.startswith("~/") and home:
            return Path(home, text[2:])
        return self.folder / text


@dataclass(frozen=True, slots=True)
class Range(Generic[Number]):
    """Bounds, both included, that say themselves in a message."""

    low: Number
    high: Number
    parse: Callable[[object], Number]
    show: Callable[[Number], str] = str

    def __call__(self, value: object) -> Number:
        number = self.parse(value)
        if not self.low <= number <= self.high:
            raise ValueError(f"must be from {self}, not {self.show(number)}")
        return number

    def __str__(self) -> str:
        return f"{self.show(self.low)} to {self.show(self.high)}"


def durations(low: str, high: str) -> Range[timedelta]:
    return Range(parse_duration(low), parse_duration(high), _duration, format_duration)


def sizes(low: str, high: str) -> Range[int]:
    return Range(parse_size(low), parse_size(high), _size, format_size)


def whole_numbers(low: int, high: int) -> Range[int]:
    return Range(low, high, _whole)


def numbers(low: float, high: float) -> Range[float]:
    return Range(low, high, _number, "{:g}".format)


def kind(value: object) -> str:
    """What stands there, in the user's words."""
    if isinstance(value, dict):
        return "a group of keys"
    return "a list" if isinstance(value, list) else "text"


def one_of(choices: type[Choice]) -> Callable[[object], Choice]:
    """A word out of an enumeration."""
    words = [choice.value for choice in choices]

    def read(value: object) -> Choice:
        word = text(value).lower()
        if word not in words:
            near = get_close_matches(word, words, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            listed = ", ".join(words[:-1]) + " or " + words[-1]
            raise ValueError(f"must be {listed}, not {quote(word)}{hint}")
        return choices(word)

    return read


def quote(value: str) -> str:
    return f'"{shorten(value, 60)}"'


def text(value: object) -> str:
    """One line of plain text, not empty."""
    if not isinstance(value, str):
        raise ValueError(f"needs text, not {kind(value)}")  # noqa: TRY004 - pydantic collects ValueError only
    line = clean_line(value)
    if not line:
        raise ValueError("is empty; give a value or remove the line")
    return line


def name(value: object) -> str:
    line = text(value)
    if len(line) > MAX_NAME:
        raise ValueError(f"may have {MAX_NAME} characters at most, not {len(line)}")
    return line


def tag(value: object) -> str:
    line = text(value)
    if "," in line:
        raise ValueError(f"holds a comma; write several tags as a list, [{shorten(line, 60)}]")
    return line


def flag(value: object) -> bool:
    word = text(value).lower()
    if word not in _FLAGS:
        raise ValueError(f"must be true or false, not {quote(word)}")
    return _FLAGS[word]


def url(value: object) -> str:
    """An absolute http(s) address that can be sent as it is."""
    line = text(value)
    if " " in line:
        raise ValueError(f"{quote(line)} has a space in it; an address has none (write %20)")
    if "://" not in line:
        guess = f"https://{line.lstrip('/')}"
        hint = f"; did you mean {shorten(guess, 200)}?" if normalise(guess) else ""
        raise ValueError(f"{quote(line)} does not begin with https:// or http://{hint}")
    address = normalise(line)
    if address is None:
        scheme = line.partition("://")[0].lower()
        if scheme not in {"http", "https"}:
            raise ValueError(f"must begin with https:// or http://, not {shorten(scheme, 20)}://")
        raise ValueError(f"{quote(line)} is no web address: its host or port cannot be right")
    if address != normalise(line, userinfo=True):
        raise ValueError(
            "holds a user name or password; take it out, and give it beside url, as in"
            " login: {username: newsdesk, password_env: NAME}"
        )
    return address


def language(value: object) -> str:
    code = text(value).lower()
    if _LANGUAGE.fullmatch(code) is None:
        raise ValueError(f"must be a language code such as en, ur or zh, not {quote(code)}")
    return code


def mail_address(value: object) -> str:
    line = text(value)
    if _ADDRESS.fullmatch(line) is None:
        raise ValueError(f"{quote(line)} is no mail address; write one as in news@example.org")
    return line


def sender(value: object) -> str:
    """An address, also with a name before it: `News desk <news@example.org>`."""
    line = text(value)
    from email.utils import parseaddr  # noqa: PLC0415 - a search needs no mail address

    _, address = parseaddr(line)
    if _ADDRESS.fullmatch(address) is None:
        raise ValueError(f"{quote(line)} is no mail address; write it as News <news@example.org>")
    return line


def contact(value: object) -> str:
    line = text(value)
    if _ADDRESS.fullmatch(line) is None and not (line.isascii() and host_key(line)):
        raise ValueError(f"must be a mail address or the address of a web page, not {quote(line)}")
    return line


def host_name(value: object) -> str:
    line = text(value)
    if line.count(":") == 1:
        raise ValueError(f"{quote(line)} holds a colon; put the port under port")
    host = line.removeprefix("[").removesuffix("]")
    if ":" in host:
        try:
            return str(IPv6Address(host))
        except ValueError:
            pass
    elif _HOST_NAME.fullmatch(host):
        return host
    raise ValueError(f"{quote(line)} is no host name; write it as in mail.example.org")


def allowed(value: object) -> str:
    """A host, an address or a network that may be asked although it is not public."""
    entry = text(value)
    from aggregator.fetch.guard import Guard  # noqa: PLC0415 - seldom needed

    Guard.allowing([entry])  # raises ValueError, with a sentence
    return entry


def selector(value: object) -> str:
    """One CSS selector, perhaps with `::attr(name)`."""
    css = text(value)
    from aggregator.core.selectors import compile_selector  # noqa: PLC0415 - seldom needed

    compile_selector(css)  # raises ValueError, with a sentence
    return css


def rule(value: object) -> str:
    """One selector in CSS, perhaps with `::attr(name)`, or in XPath."""
    line = text(value)
    from aggregator.core.selectors import compile_rule  # noqa: PLC0415 - seldom needed

    compile_rule(line)  # raises ValueError, with a sentence
    return line


def element_rule(value: object) -> str:
    """The same, of elements and not of their texts."""
    line = text(value)
    from aggregator.core.selectors import compile_element_rule  # noqa: PLC0415 - seldom needed

    compile_element_rule(line)  # raises ValueError, with a sentence
    return line


def search(line: str) -> Query:
    """A query in the search language, read; whether it can be does not depend on when."""
    from aggregator.core.query import parse  # noqa: PLC0415 - seldom needed
    from aggregator.errors import QueryError  # noqa: PLC0415 - seldom needed

    try:
        return parse(line, now=datetime(2000, 1, 1, tzinfo=UTC))
    except QueryError as error:
        raise ValueError(f"cannot be read as a search: {error}") from None


def one_or_more(value: object) -> object:
    """A list, or one text that stands for a list of one."""
    return [value] if isinstance(value, str) else value


def all_or_some(value: object) -> object:
    """The same; `all` stands for the one name "*"."""
    if isinstance(value, str) and value.strip().lower() == "all":
        return ["*"]
    return one_or_more(value)


def attribute_name(value: object) -> str:
    """Of an element of XML, such as htmlUrl or app:color."""
    line = text(value)
    if _ATTRIBUTE.fullmatch(line) is None:
        raise ValueError(f"{quote(line)} is no name of an attribute")
    if line in _TAKEN_ATTRIBUTES:
        raise ValueError("is written from url, name, tags and paused; remove the line")
    return line


def any_line(value: object) -> str:
    """Text that may be empty."""
    if value is not None and not isinstance(value, str):
        raise ValueError(f"needs text, not {kind(value)}")
    return clean_line(value or "")


def time_of_day(value: object) -> time:
    line = text(value)
    match = _TIME.fullmatch(line)
    if match is None or not (int(match[1]) < 24 and int(match[2]) < 60):
        raise ValueError(f"must be a time from 00:00 to 23:59, as in 07:30, not {quote(line)}")
    return time(int(match[1]), int(match[2]))


def timezone(value: object) -> ZoneInfo:
    line = text(value)
    try:
        return ZoneInfo(line)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = _nearest_zone(line)
    raise ValueError(f"{quote(line)} is no time zone of the IANA list{hint}")


def _nearest_zone(line: str) -> str:
    by_word = {zone.rpartition("/")[2].lower(): zone for zone in sorted(available_timezones())}
    word = line.rpartition("/")[2].replace(" ", "_").lower()
    near = get_close_matches(word, by_word, n=1)
    return f"; did you mean {by_word[near[0]]}?" if near else ", as in Asia/Karachi"


def _duration(value: object) -> timedelta:
    line = text(value)
    try:
        return parse_duration("0s" if line == "0" else line)
    except ValueError as error:
        raise ValueError(f"{quote(line)} is no duration: {error}") from None


def _size(value: object) -> int:
    line = text(value)
    try:
        return parse_size(line)
    except ValueError as error:
        raise ValueError(f"{quote(line)} is no size: {error}") from None


def _whole(value: object) -> int:
    line = text(value)
    if _WHOLE.fullmatch(line) is None:
        raise ValueError(f"must be a whole number, not {quote(line)}")
    return int(line)


def _number(value: object) -> float:
    line = text(value)
    if _DECIMAL.fullmatch(line) is None or not math.isfinite(float(line)):
        raise ValueError(f"must be a number such as 1.5, not {quote(line)}")
    return float(line)
