"""The API as a program uses it: with a token, and looked at by the document's own schemas."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator
from webhouse import House

from aggregator.types import Scope
from aggregator.web.access.secrets import new_token

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    house: House
    document: Json
    """As it is served."""
    headers: dict[str, str]
    """With a token that may do everything."""

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask for a path below /api/v1."""
        headers = {**self.headers, **more.pop("headers", {})}
        return self.house.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def get(self, path: str, **query: Any) -> Json:
        """What it answers, which must be a success and as the document says, no field more."""
        answered = self("GET", path, params=query)
        assert answered.status_code == 200, answered.text
        return self.told(answered, "GET", path)

    def change(self, method: str, path: str, body: object = None, *, status: int = 200) -> Json:
        """The same for a change."""
        answered = self(method, path, **({} if body is None else {"json": body}))
        assert answered.status_code == status, answered.text
        return self.told(answered, method, path)

    def told(self, answered: httpx.Response, method: str, path: str) -> Json:
        schema = self._operation(method, path)["responses"][str(answered.status_code)]["content"]
        body: Json = answered.json()
        kind = answered.headers["content-type"].partition(";")[0]
        Draft202012Validator({**schema[kind]["schema"], "components": self._strict()}).validate(
            body
        )
        return body

    def refused(self, method: str, path: str, status: int, **more: Any) -> Json:
        """The problem that it answers."""
        answered = self(method, path, **more)
        assert answered.status_code == status, answered.text
        assert answered.headers["content-type"] == "application/problem+json"
        body: Json = answered.json()
        assert body["status"] == status
        return body

    def _operation(self, method: str, path: str) -> Json:
        asked = path.strip("/").split("/")
        for template, operations in self.document["paths"].items():
            parts = template.removeprefix("/api/v1/").split("/")
            if (
                len(parts) == len(asked)
                and method.lower() in operations
                and all(
                    part.startswith("{") or part == given
                    for part, given in zip(parts, asked, strict=True)
                )
            ):
                found: Json = operations[method.lower()]
                return found
        raise AssertionError(f"the document has no {method} {path}")

    def _strict(self) -> Json:
        """The components, in which objects have no field that is not described."""
        components: Json = deepcopy(self.document["components"])
        for schema in components["schemas"].values():
            if "properties" in schema:
                schema["additionalProperties"] = False
        return components


def api_of(house: House) -> Api:
    token, stored = new_token("tests", Scope.ADMIN, now=house.now)
    house.storage.add_token(stored)
    headers = {"Authorization": f"Bearer {token}"}
    return Api(house=house, document=_document(house), headers=headers)


_DOCUMENTS: list[Json] = []
"""The one there is, once it has been asked for: it is the same for all applications."""


def _document(house: House) -> Json:
    if not _DOCUMENTS:
        _DOCUMENTS.append(house.client.get("/api/v1/openapi.json").json())
    return _DOCUMENTS[0]


def token_headers(house: House, scope: Scope) -> dict[str, str]:
    """Of a program that may do this."""
    token, stored = new_token(f"tests {scope.value}", scope, now=house.now)
    house.storage.add_token(stored)
    return {"Authorization": f"Bearer {token}"}
