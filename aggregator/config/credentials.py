"""Secrets, request headers and certificates: what feeds.yaml only names, and what it may send.

A secret never stands in feeds.yaml: the file names an environment variable or another file. No
message here repeats one.
"""

from __future__ import annotations

import re
from pathlib import Path

from aggregator.config.values import Surroundings, text
from aggregator.core.text import clean_line
from aggregator.fetch.proxy import Proxy

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
_OUR_FIELDS = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "if-modified-since",
        "if-none-match",
        "proxy-authorization",
        "range",
        "te",
        "transfer-encoding",
        "upgrade",
    }
)
_MAX_SECRET = 64 * 1024


class HiddenText(str):
    """Text that works as any other and does not show in a repr, so that no log line holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


UNREAD = HiddenText("a secret that is not at hand")
"""In its place, see `Surroundings.secrets`."""


def secret_from_environment(value: object, around: Surroundings) -> HiddenText:
    variable = text(value)
    if _VARIABLE.fullmatch(variable) is None:
        # Not repeated: it may well be the secret itself.
        raise ValueError("must be the name of an environment variable, not the secret itself")
    secret = around.environ.get(variable, "")
    if not (secret or around.secrets):
        return UNREAD
    if not secret:
        # Only what looks like a variable is repeated, for the same reason.
        shown = f"the environment variable {variable}" if variable.isupper() else "this variable"
        state = "empty" if variable in around.environ else "not set"
        raise ValueError(f"{shown} is {state}")
    return HiddenText(secret)


def secret_from_file(value: object, around: Surroundings) -> HiddenText:
    """The file's text without its trailing line break."""
    path = around.resolve(text(value))
    shown = f'the file "{clean_line(str(path))}"'
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_SECRET + 1)
    except OSError as error:
        if not around.secrets:
            return UNREAD
        raise ValueError(f"{shown} cannot be read: {error.strerror}") from None
    if len(raw) > _MAX_SECRET:
        raise ValueError(f"{shown} is too large for a secret")
    try:
        secret = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError(f"{shown} is not text in UTF-8") from None
    if not secret:
        raise ValueError(f"{shown} is empty")
    return HiddenText(secret)


def header_name(value: object) -> str:
    line = text(value)
    if _FIELD_NAME.fullmatch(line) is None:
        raise ValueError("is no header name; those have letters, digits and hyphens, no spaces")
    if line.lower() in _OUR_FIELDS:
        raise ValueError("is set by aggregator itself; remove the line")
    return line


def cookie_name(value: object) -> str:
    line = text(value)
    if _FIELD_NAME.fullmatch(line) is None:
        raise ValueError(
            "is no name of a cookie; those have letters, digits, hyphens and underscores, no spaces"
        )
    return line


def user_name(value: object) -> str:
    line = text(value)
    if ":" in line:
        raise ValueError("may hold no colon, which would end it (RFC 7617)")
    return line


def proxy(value: object, around: Surroundings) -> str:
    """An address, `{env: NAME}` or `{file: PATH}`; "none" is the empty text: no proxy."""
    if isinstance(value, dict):
        result: str = _named(value, around, "an address")
    else:
        result = text(value)
        if result.lower() == "none":
            return ""
        if "@" in result:
            raise ValueError(
                "holds a login, which does not belong in this file; write {env: NAME} for an "
                "environment variable or {file: PATH} for a file that has the whole address"
            )
    Proxy.parse(result)  # raises ValueError, with a sentence that does not repeat it
    return HiddenText(result)


def _named(value: dict[object, object], around: Surroundings, else_what: str) -> HiddenText:
    if set(value) == {"env"}:
        return secret_from_environment(value["env"], around)
    if set(value) == {"file"}:
        return secret_from_file(value["file"], around)
    raise ValueError(f"must be {else_what}, {{env: NAME}} or {{file: PATH}}")


def header_value(value: object, around: Surroundings) -> str:
    """A text, `{env: NAME}` or `{file: PATH}`."""
    if isinstance(value, dict):
        result: str = _named(value, around, "a text")
    else:
        result = text(value)
    if _FIELD_VALUE.fullmatch(result) is None:
        raise ValueError("may hold only printable ASCII characters, on one line")
    return result


def cookie_value(value: object, around: Surroundings) -> str:
    """The same, but for what would end a cookie or break it."""
    result = header_value(value, around)
    if ";" in result:
        raise ValueError(
            "holds a semicolon, which would end it; give each cookie a line of its own, and write"
            " a semicolon that belongs to one as %3B"
        )
    if "\t" in result:
        raise ValueError("holds a tab, which no cookie may; write it as %09")
    return HiddenText(result)


def certificates(value: object, around: Surroundings) -> Path:
    """A file of certificates that can be trusted, in PEM."""
    import ssl  # noqa: PLC0415 - slow to load, and seldom needed

    path = around.resolve(text(value))
    shown = f'the file "{clean_line(str(path))}"'
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ValueError(
            f"{shown} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"
        ) from None
    except OSError as error:
        raise ValueError(f"{shown} cannot be read: {error.strerror}") from None
    return path
