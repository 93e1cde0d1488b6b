"""Where the store is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

_OPTION = re.compile(r"([?&][^=&?]*=)[^&]*")


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """A PostgreSQL database, by its libpq connection URI; as text it shows no password."""

    uri: str = field(repr=False)

    def __str__(self) -> str:
        scheme, _, rest = _OPTION.sub(_without_secret, self.uri).partition("://")
        # Up to the last "@", so that a password hides also where it should have been encoded.
        login, at, server = rest.rpartition("@")
        name, colon, _ = login.partition(":")
        return f"{scheme}://{name}{':***' if colon else ''}{at}{server}"


def _without_secret(option: re.Match[str]) -> str:
    return f"{option[1]}***" if "password" in unquote(option[1]).lower() else option[0]


Database = Path | PostgresUrl
"""A SQLite file, or a PostgreSQL database."""
