"""What clients send: in the address, in a form, or in both, without much regard for which."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST = 20_000
"""Values; apps send ten thousand items at once."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """Of one request; those of the form come first."""

    given: tuple[tuple[str, str], ...]
    form: frozenset[str] = frozenset()
    """Names of those that the form has."""

    def one(self, name: str, default: str = "") -> str:
        """The first value that is not empty."""
        return next((value for key, value in self.given if key == name and value), default)

    def all(self, name: str) -> list[str]:
        """Every value that is not empty, in order."""
        return [value for key, value in self.given if key == name and value]

    def has(self, name: str) -> bool:
        """Whether it is given, be it empty."""
        return any(key == name for key, _ in self.given)

    def number(self, name: str, default: int, *, most: int) -> int:
        """One from 1 to `most`; the default for what is none."""
        written = self.one(name)
        if not (written.isascii() and written.isdigit() and 0 < len(written) < 10):
            return default
        return min(int(written), most) or default


async def parameters(request: Request) -> Parameters:
    """A dependency. Raises HTTPException 400 for more values than any app sends."""
    query = request.url.query
    body = ""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    form: list[tuple[str, str]] = []
    if kind == "multipart/form-data":
        async with request.form(max_fields=MOST) as sent:
            form = [(key, value) for key, value in sent.multi_items() if isinstance(value, str)]
    elif kind in ("", "application/x-www-form-urlencoded"):
        body = (await request.body()).decode("utf-8", "replace")
    try:
        form += parse_qsl(body, keep_blank_values=True, max_num_fields=MOST)
        more = parse_qsl(query, keep_blank_values=True, max_num_fields=MOST)
    except ValueError:
        raise HTTPException(400, f"More than {MOST:,} values are not taken at once.") from None
    return Parameters((*form, *more), frozenset(key for key, _ in form))
