"""The OpenAPI document, and docs/api.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apihouse import Api, Json, api_of
from jsonschema_rs import meta
from webhouse import Filled, house

from aggregator.web.api.problems import Problem

DRAFT = "https://json-schema.org/draft/2020-12/schema"
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def api(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One for all: nothing is changed."""
    with house(filled, tmp_path_factory.mktemp("read")) as made:
        yield api_of(made)


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_document_is_valid(api: Api) -> None:
    document = api.document
    assert document["openapi"].startswith("3.1.")
    for schema in document["components"]["schemas"].values():
        meta.validate({"$schema": DRAFT, **schema})
    for reference in set(references(document)):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
    numbers = [operation["operationId"] for _, operation in operations(document)]
    assert len(numbers) == len(set(numbers))


def test_every_operation_parameter_and_answer_is_described(api: Api) -> None:
    for name, operation in operations(api.document):
        assert operation["description"].endswith("."), name
        assert operation["security"] == [{"token": []}], name
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            assert status == "307" or answer["content"], (name, status)
        assert {"401", "403", "503"} <= operation["responses"].keys(), name


def test_refusals_are_described_as_problems(api: Api) -> None:
    for name, operation in operations(api.document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert [*answer["content"]] == ["application/problem+json"], (name, status)
    described = api.document["components"]["schemas"]["Problem"]["properties"]
    assert set(described) == set(Problem.__dataclass_fields__)


def test_what_is_known_of_an_article_is_described_where_it_is_widened(api: Api) -> None:
    fields = api.document["components"]["schemas"]["ArticleDetail"]["properties"]
    assert {"text_why", "starred", "credits"} <= fields.keys()
    assert all("description" in fields[name] for name in ("text_why", "starred", "credits"))


def test_every_operation_is_in_the_docs(api: Api) -> None:
    told = set(re.findall(r"^\| `([A-Z]+ /[^`]*)`", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    served = {name.replace("/api/v1", "", 1) for name, _ in operations(api.document)}
    assert told == served
