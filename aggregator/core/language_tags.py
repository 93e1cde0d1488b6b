"""Language tags (BCP 47), as publishers write them and as they are kept."""

from __future__ import annotations

import re

_SUBTAG = re.compile(r"[A-Za-z]{2,3}(?=[-_]|\Z)")


def read_language(value: str) -> str | None:
    """The primary subtag of what should be a tag, in lower case; None: it is none."""
    match = _SUBTAG.match(value.strip())
    return match[0].lower() if match else None


def primary_subtag(tag: str) -> str:
    """Of a tag that is kept, in lower case."""
    return tag.replace("_", "-").partition("-")[0].lower()
