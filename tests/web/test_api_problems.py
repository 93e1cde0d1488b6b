"""Errors of ours as problem details."""

from __future__ import annotations

import json

import pytest
from starlette.exceptions import HTTPException

from aggregator.errors import (
    AggregatorError,
    ConfigError,
    ConfigProblem,
    DatabaseBusy,
    DeliveryError,
    InstanceRunning,
    NotGrouped,
    ParseError,
    QueryError,
    StorageError,
    TaskCrashed,
    UsageError,
)
from aggregator.web.api.problems import Refused, problem_of


@pytest.mark.parametrize(
    "error", [StorageError("/srv/news.db cannot be opened"), DatabaseBusy("/srv/news.db is busy")]
)
def test_where_the_database_is_is_not_told(error: AggregatorError) -> None:
    made = problem_of(error)
    assert made is not None
    assert made.status_code == 503
    assert b"srv" not in bytes(made.body)
    assert b"Try again in a moment." in bytes(made.body)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("name two stories"), 422),
        (QueryError("a word is missing", column=3), 422),
        (ParseError("it is no list"), 422),
        (NotGrouped("article 7 has no story"), 409),
        (InstanceRunning("another one works on it", pid=1), 409),
        (TaskCrashed("it died"), 502),
        (DeliveryError("it was refused", recipient="desk", permanent=True), 502),
    ],
)
def test_each_error_has_its_status_and_its_sentence(error: AggregatorError, status: int) -> None:
    made = problem_of(error)
    assert made is not None
    told = json.loads(bytes(made.body))
    assert (made.status_code, told["status"]) == (status, status)
    assert made.headers["content-type"] == "application/problem+json"
    assert made.headers["cache-control"] == "no-store"
    said = str(error)
    assert told["detail"] == f"{said[0].upper()}{said[1:]}."
    assert told["column"] == (3 if isinstance(error, QueryError) else None)


def test_what_is_wrong_in_feeds_yaml_is_listed_and_its_folder_is_not_told() -> None:
    wrong = ConfigProblem(file="/srv/news/feeds.yaml", line=4, key="sources", message="is no list")
    made = problem_of(ConfigError((wrong,)), folder="/srv/news/")
    assert made is not None
    told = json.loads(bytes(made.body))
    assert made.status_code == 409
    assert told["errors"] == [{"where": "line 4 sources", "message": "is no list"}]
    assert "/srv/news" not in told["detail"]


def test_headers_of_a_refusal_are_sent() -> None:
    made = problem_of(Refused(503, "Too many.", headers={"Retry-After": "30"}))
    assert made is not None
    assert made.headers["retry-after"] == "30"
    made = problem_of(HTTPException(401, "Log in.", {"WWW-Authenticate": "Bearer"}))
    assert made is not None
    assert made.headers["www-authenticate"] == "Bearer"


def test_a_mistake_of_ours_is_none_of_them() -> None:
    assert problem_of(KeyError("x")) is None
