"""What is wrong with a request, as what would be right.

The types of mistakes are those of pydantic (https://docs.pydantic.dev/latest/errors/validation_errors/),
whose own messages name its types and show patterns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fastapi.exceptions import RequestValidationError

WHEN = (
    r"^([1-9][0-9]{0,4}[smhd]|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?)?)$"
)
ONE_LINE = r"^[^\x00-\x1F\x7F]*$"
AFTER = r"^[A-Za-z0-9.-]+$"
EVENT_ID = r"^[0-9]{1,18}-[0-9]{1,18}$"
_WRITTEN = {
    WHEN: "must be a duration such as 12h or 3d, a day such as 2026-02-07, or a time such as"
    " 2026-02-07T12:30:00Z",
    ONE_LINE: "must be one line, without control characters",
    AFTER: "must be what the page before gave as its `after`",
    EVENT_ID: "must be the `id` of an event",
}
"""Of what is read by a pattern."""
_RIGHT = {
    "missing": "is missing",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "string_type": "must be a text",
    "string_unicode": "must be a text in UTF-8",
    "string_too_long": "must have {max_length} characters or fewer",
    "string_too_short": "must have {min_length} characters or more",
    "too_long": "must have {max_length} items or fewer",
    "too_short": "must have {min_length} items or more",
    "bytes_too_long": "must have {max_length} bytes or fewer",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "dataclass_type": "must be an object",
    "extra_forbidden": "is not known",
    "unexpected_keyword_argument": "is not known",
    "json_invalid": "cannot be read as JSON",
}
_OTHERWISE = "cannot be used as it is"
_OURS = "value_error"
"""What a check of ours has raised; its message is a sentence of ours."""


def mistakes_of(error: RequestValidationError) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where each is, from `query`, `path` or `body` on, and what would be right, as the end of a
    sentence: "must be a whole number"."""
    for one in cast("list[Mapping[str, Any]]", error.errors()):
        yield tuple(map(str, one["loc"])), _right(one)


def _right(one: Mapping[str, Any]) -> str:
    kind, context = str(one["type"]), one.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        return _WRITTEN.get(context["pattern"], _OTHERWISE)
    if kind == _OURS:
        return f"cannot be used: {context.get('error', _OTHERWISE)}"
    return _RIGHT.get(kind, _OTHERWISE).format_map(context)
