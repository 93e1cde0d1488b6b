"""The API asked with whatever its document allows, and with what it does not (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from apihouse import Api, api_of
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, CheckFunction, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from webhouse import Filled, house

Operation = APIOperation[Any, Any, Any, Any]

EXAMPLES = 3
"""Of each operation, as often of what is allowed as of what is not."""
ENDLESS = "/events"
SLOW = ("/discover", "/probe")
"""Each starts a process and asks for something."""
CHECKS: tuple[CheckFunction, ...] = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    negative_data_rejection,
)
ANYTHING = "/sources/opml"
"""Takes any text: none is refused for its form."""


@pytest.fixture
def api(filled: Filled, tmp_path: Path) -> Iterator[Api]:
    """With a store of its own, which is changed at random; whatever would be fetched goes to a
    proxy on loopback that is not there."""
    with house(filled, tmp_path) as made:
        made.config = replace(made.config, proxy="http://127.0.0.1:9")
        yield api_of(made)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_answers_as_its_document_says(api: Api, mode: GenerationMode) -> None:
    asked, failures = 0, []
    for operation in operations(api):
        asked += 1
        try:
            ask(api, operation, mode)
        except FailureGroup as group:
            failures += [f"{operation.label}: {one}" for one in group.exceptions]
        except Unsatisfiable:
            continue  # nothing that it could be sent is wrong
    assert failures == []
    assert asked > 40


def operations(api: Api) -> Iterator[Operation]:
    document = deepcopy(api.document)
    for path in document["paths"].values():
        for described in path.values():
            del described["security"]  # who may do what is tested elsewhere
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if not operation.path.endswith(ENDLESS):
            yield operation


def ask(api: Api, operation: Operation, mode: GenerationMode) -> None:
    """Raises FailureGroup."""
    checks = [
        one
        for one in CHECKS
        if one is not negative_data_rejection or not operation.path.endswith(ANYTHING)
    ]

    @settings(
        max_examples=1 if operation.path.endswith(SLOW) else EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case[Any]) -> None:
        answered = case.call(base_url=str(api.house.client.base_url), headers=api.headers)
        case.validate_response(answered, checks=checks)

    run()
