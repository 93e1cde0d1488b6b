"""How what digests say is read: recipients, hours, days, sections."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import time

from aggregator.config.channels import CHANNEL_INSTEAD, kind_of, unwritten_address
from aggregator.config.values import (
    Surroundings,
    any_line,
    mail_address,
    quote,
    search,
    sender,
    text,
    url,
)
from aggregator.config.values import language as language_code
from aggregator.types import ChannelKind, DigestTarget, SectionKind, TargetKind

PLACEHOLDERS = ("{digest}", "{date}", "{time}")
"""What may stand in the name of a file for what an edition has."""

_FILE, _COMMAND, _MAILTO = "file:", "command:", "mailto:"
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DASH = re.compile(r"[-–]")
_IN_A_ROW = 3
"""From so many days on they are written as a range."""
_MAIL_FIELDS = re.compile(r"[!#-;=?-~]*")
"""What may follow the address in mailto: without ending the header that it stands in."""
_SECTION = "must be tag:… or watch:…, or keys such as {query: flood OR drought, title: Floods}"


# --- recipients ----------------------------------------------------------------------------------


def target_kind(line: str) -> TargetKind | None:
    """By how a recipient is written, whether or not it is right; None: as the name of a channel."""
    start = line.lower()
    if start.startswith(_FILE):
        return TargetKind.MAILDIR if line.endswith("/") else TargetKind.FILE
    if start.startswith(_COMMAND):
        return TargetKind.COMMAND
    if "://" in line:
        return TargetKind.APPRISE
    return TargetKind.MAIL if "@" in line else None


def target(value: object, around: Surroundings) -> DigestTarget | str:
    """A recipient, or the name of a channel."""
    line = text(value)
    kind = target_kind(line)
    match kind:
        case None:
            return line
        case TargetKind.MAIL:
            return _mail(line)
        case TargetKind.COMMAND:
            address = _command(line[len(_COMMAND) :], around)
        case TargetKind.APPRISE:
            address = _chat(line, around)
        case TargetKind.FILE | TargetKind.MAILDIR:
            address = str(around.resolve(_path(line[len(_FILE) :], kind)))
    return DigestTarget(name=line, kind=kind, address=address)


def _mail(line: str) -> DigestTarget:
    """Known by the address alone, so that another name before it is no other recipient."""
    if line.lower().startswith(_MAILTO):
        line = line[len(_MAILTO) :]
    if "<" not in line:
        if "," in line:
            raise ValueError(f"{quote(line)} holds a comma; write several as a list, [one, two]")
        address = mail_address(line)
    else:
        from email.utils import parseaddr  # noqa: PLC0415 - seldom needed

        address = parseaddr(sender(line))[1]
    return DigestTarget(name=address, kind=TargetKind.MAIL, address=line)


def _path(path: str, kind: TargetKind) -> str:
    path = path.strip()
    if path.startswith("//"):
        if not path.startswith("///"):
            raise ValueError("names a file of another machine; write it as in file:/srv/news.eml")
        path = path[2:]
    if not path.strip("/."):
        raise ValueError("names no file; write one as in file:digests/{date}.eml, or a maildir as"
                         " in file:Maildir/")  # fmt: skip
    rest = path
    for placeholder in PLACEHOLDERS:
        rest = rest.replace(placeholder, "")
    if "{" in rest or "}" in rest:
        listed = f"{', '.join(PLACEHOLDERS[:-1])} and {PLACEHOLDERS[-1]}"
        raise ValueError(f"{quote(path)} has something else in braces than {listed}")
    if kind is TargetKind.MAILDIR:
        if rest != path:
            raise ValueError("is a maildir, in which each edition has a file of its own; write it"
                             " without braces")  # fmt: skip
    elif not path.lower().endswith(".eml"):
        raise ValueError(f"{quote(path)} must end in .eml, as a file with a message does, or in /,"
                         " as a maildir")  # fmt: skip
    return path


def _command(line: str, around: Surroundings) -> str:
    """With the place of its program, where one is given, from the root."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ValueError(f"is no command line: {str(error).lower()}") from None
    if not words or not words[0]:
        raise ValueError("names no program; write it as in command:/usr/sbin/sendmail -i -t")
    program = words[0]
    if "/" in program:
        program = str(around.resolve(program))
    if around.thorough and shutil.which(program, path=around.environ.get("PATH")) is None:
        raise ValueError(
            f"names the program {quote(words[0])}, which is not there or cannot be run"
        )
    return shlex.join([program, *words[1:]])


def _chat(line: str, around: Surroundings) -> str:
    if kind_of(line) is ChannelKind.WEBHOOK:
        raise ValueError(f"is the address of a webhook, which takes no digest; {CHANNEL_INSTEAD}")
    return unwritten_address(line, around).text


# --- when ----------------------------------------------------------------------------------------


def in_order(hours: tuple[time, ...]) -> tuple[time, ...]:
    """Each once."""
    if not hours:
        raise ValueError('is empty; give at least one time, at: "07:00"')
    return tuple(sorted(set(hours)))


def days(value: object) -> frozenset[int]:
    """As in daily, mon-fri or mon, thu; 0 is Monday."""
    parts = [text(one) for one in value] if isinstance(value, list) else text(value).split(",")
    if not parts:
        raise ValueError("is empty; name at least one day, or write daily")
    return frozenset[int]().union(*(_days(part.strip().lower()) for part in parts))


def _days(part: str) -> frozenset[int]:
    """One day, or several in a row, also over the end of the week."""
    if part == "daily":
        return frozenset(range(7))
    ends = [_day(word.strip()) for word in _DASH.split(part)]
    first, last = ends[0], ends[-1]
    if first is None or last is None or len(ends) > 2:
        raise ValueError(f"must be daily, or days as in mon-fri or [mon, thu], not {quote(part)}")
    return frozenset((first + more) % 7 for more in range((last - first) % 7 + 1))


def _day(word: str) -> int | None:
    """By at least three letters of its English name."""
    if len(word) < 3:
        return None
    return next((number for number, name in enumerate(_WEEK) if name.startswith(word)), None)


def written_days(chosen: frozenset[int]) -> str:
    """As `days` reads them."""
    if len(chosen) == len(_WEEK):
        return "daily"
    parts = []
    for first in sorted(day for day in chosen if (day - 1) % 7 not in chosen):
        row = [first]
        while (row[-1] + 1) % 7 in chosen:
            row.append((row[-1] + 1) % 7)
        words = [_WEEK[day][:3] for day in row]
        parts += words if len(row) < _IN_A_ROW else [f"{words[0]}-{words[-1]}"]
    return ", ".join(parts)


# --- what is in it -------------------------------------------------------------------------------


def language(value: object) -> str:
    """One that a digest can be written in."""
    code = language_code(value)
    from aggregator.notify.words import LANGUAGES  # noqa: PLC0415 - seldom needed

    if code not in LANGUAGES:
        known = ", ".join(sorted(LANGUAGES))
        raise ValueError(f"must be a language that digests are written in: {known}; not {code}")
    return code


def query(value: object) -> str:
    """In the search language; it may be empty."""
    line = any_line(value)
    if line:
        search(line)  # raises ValueError, with a sentence
    return line


def section_query(value: object) -> str:
    line = text(value)
    search(line)  # the same
    return line


def section_of(line: str) -> tuple[SectionKind, str] | None:
    """Of a section that is one text; None: it is not written as one."""
    kind, parted, name = line.partition(":")
    word = kind.strip().lower()
    if not parted or word not in {SectionKind.TAG, SectionKind.WATCH}:
        return None
    return SectionKind(word), name.strip()


def section_from_text(value: object) -> object:
    """As the keys that it stands for."""
    if not isinstance(value, str):
        return value
    found = section_of(value)
    if found is None:
        raise ValueError(f"{quote(value)} is no section: it {_SECTION}")
    return {found[0].value: found[1]}


def unsubscribe(value: object) -> str:
    """Where one writes, or goes, to get it no more (RFC 2369, RFC 8058)."""
    line = text(value)
    scheme, _, rest = line.partition(":")
    if scheme.lower() == "https":
        return url(line)
    if scheme.lower() != "mailto":
        raise ValueError(
            "must be mailto:news@example.org or a web address that begins with https://"
        )
    address, _, fields = rest.partition("?")
    mail_address(address)
    if not address.isascii() or _MAIL_FIELDS.fullmatch(fields) is None:
        raise ValueError(
            "may hold ASCII characters only, and no space; write a space as %20, as in"
            " mailto:news@example.org?subject=No%20more"
        )
    return f"{_MAILTO}{rest}"
