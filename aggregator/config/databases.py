"""Where the database is: a file, or a PostgreSQL server with a password that is kept elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote

from aggregator.config.values import Surroundings, quote, text
from aggregator.core.text import shorten
from aggregator.types import Database, PostgresUrl

_POSTGRES = re.compile(r"(postgres|postgresql)(:/{0,2})(.*)", re.IGNORECASE | re.DOTALL)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")
_SERVER = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:@]*)(?::([0-9]*))?")
_EXAMPLE = "postgresql://user@host/database"
_ENCODE = (
    "cannot be read; in names and passwords, % @ : / ? # are written as %25 %40 %3A %2F %3F %23"
)
_ELSEWHERE = (
    "holds a password, which does not belong in this file; take it out and give it in the variable"
    " PGPASSWORD or in ~/.pgpass, or put the whole URL into the variable AGGREGATOR_STORAGE, or"
    " name where it is: storage: {env: NAME} or storage: {file: PATH}"
)


def database(value: object, around: Surroundings) -> Database:
    """As written in feeds.yaml: a file name, a PostgreSQL URL without a password, or where the
    whole URL is: `{env: NAME}` or `{file: PATH}`."""
    if isinstance(value, dict):
        return _named(value, around)
    line = text(value)
    found = _postgres(line)
    if found is None:
        return _file(line, around)
    if _password(found):
        raise ValueError(_ELSEWHERE)
    return found


def database_in_environment(value: str, around: Surroundings) -> Database:
    """A file name, or a PostgreSQL URL with or without its password."""
    return _postgres(value.strip()) or _file(text(value), around)


def _named(value: dict[object, object], around: Surroundings) -> PostgresUrl:
    from aggregator.config.credentials import (  # noqa: PLC0415 - few have a secret here
        secret_from_environment,
        secret_from_file,
    )

    around = replace(around, secrets=True)
    if set(value) == {"env"}:
        what, secret = "the variable", secret_from_environment(value["env"], around)
    elif set(value) == {"file"}:
        what, secret = "the file", secret_from_file(value["file"], around)
    else:
        raise ValueError(f"must be a file name, {_EXAMPLE}, {{env: NAME}} or {{file: PATH}}")
    try:
        url = _postgres(secret.strip())
    except ValueError as error:
        raise ValueError(f"leads to a URL that {error}") from None
    if url is None:
        raise ValueError(f"needs {what} to hold the URL of a PostgreSQL database, {_EXAMPLE}")
    return url


def _file(line: str, around: Surroundings) -> Path:
    scheme = line.partition("://")[0] if "://" in line else ""
    if scheme:
        raise ValueError(f"must be a file name or {_EXAMPLE}, without {shorten(scheme, 20)}://")
    path = around.resolve(line)
    if line.endswith("/") or path.is_dir():
        example = shorten(f"{line.rstrip('/')}/aggregator.db", 200)
        raise ValueError(f"{quote(line)} is a folder; give the name of a file, as in {example}")
    return path


def _postgres(line: str) -> PostgresUrl | None:
    """None: it is another kind of database. Raises ValueError; the text is never repeated."""
    match = _POSTGRES.fullmatch(line)
    if match is None:
        return None
    if match[2] != "://":
        raise ValueError(f"must be written as in {_EXAMPLE}")
    rest = match[3]
    if re.search(r"[\s\x00-\x1f\x7f]", rest):
        raise ValueError("has a space or a line break in it; a space is written as %20")
    where, _, options = rest.partition("?")
    servers, _, name = where.partition("/")
    if "#" in rest or "@" in name + options or servers.count("@") > 1:
        raise ValueError(_ENCODE)
    _check_servers(servers.rpartition("@")[2])
    keys = _options(options)
    # What is left out of the URL, libpq may find in a service file.
    if not (servers.rpartition("@")[2] or keys & {"host", "hostaddr", "service"}):
        raise ValueError(
            f"names no server; write {_EXAMPLE}, or postgresql:///database?host=/run/postgresql"
            " for a socket in that folder"
        )
    if not (name or keys & {"dbname", "service"}):
        raise ValueError(f"names no database; write {_EXAMPLE}")
    if _BROKEN_ESCAPE.search(rest):
        raise ValueError(_ENCODE)
    return PostgresUrl(f"{match[1].lower()}://{rest}")


def _check_servers(servers: str) -> None:
    """Several may be given, parted by commas."""
    for server in servers.split(","):
        match = _SERVER.fullmatch(server)
        if match is None:
            raise ValueError(_ENCODE)
        if match[1] and not 1 <= int(match[1][:6]) <= 65_535:
            raise ValueError("has a port that is not from 1 to 65535")


def _options(options: str) -> set[str]:
    """The names of the options after the question mark."""
    items = options.split("&") if options else []
    if any(item.count("=") != 1 or item.startswith("=") for item in items):
        raise ValueError(
            'needs key=value after "?" and between "&"; a further "=" in a value is written as %3D'
        )
    return {unquote(item.partition("=")[0]) for item in items}


def _password(url: PostgresUrl) -> bool:
    where, _, options = url.uri.partition("://")[2].partition("?")
    login = where.rpartition("@")[0]
    return bool(login.partition(":")[2]) or any(
        "password" in key.lower() for key, _ in parse_qsl(options)
    )
