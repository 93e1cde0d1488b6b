"""Readers' apps over a house: tokens, and the Google Reader API as an app speaks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
from webdoor import token
from webhouse import House

from aggregator.types import Scope
from aggregator.web.access.secrets import fever_key

READ = "user/-/state/com.google/read"
UNREAD = "user/-/state/com.google/kept-unread"
STARRED = "user/-/state/com.google/starred"
ALL = "user/-/state/com.google/reading-list"


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One that has logged in."""

    client: httpx.Client
    auth: str
    base: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"GoogleLogin auth={self.auth}"}

    def get(self, path: str, **query: Any) -> httpx.Response:
        return self.client.get(
            f"{self.base}/reader/api/0/{path}", params=query, headers=self.headers
        )

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.client.post(f"{self.base}/reader/api/0/{path}", data=form, headers=self.headers)

    def ids(self, stream: str = ALL, **query: Any) -> list[int]:
        """Of a stream, in its order."""
        found = self.get("stream/items/ids", **{"s": stream, "n": "1000", **query})
        assert found.status_code == 200, found.text
        return [int(one["id"]) for one in found.json()["itemRefs"]]


def login(client: httpx.Client, name: str, password: str, base: str = "") -> httpx.Response:
    form = {"Email": name, "Passwd": password}
    return client.post(f"{base}/accounts/ClientLogin", data=form)


def app(
    house: House, *, scope: Scope = Scope.ADMIN, base: str = "", name: str = "phone", more: str = ""
) -> App:
    """`more` stands behind the name that is typed."""
    password = token(house, name, scope)
    answer = login(house.client, name + more, password, base)
    assert answer.status_code == 200, answer.text
    auth = dict(line.split("=", 1) for line in answer.text.splitlines())["Auth"]
    return App(client=house.client, auth=auth, base=base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fever:
    """An app that speaks Fever."""

    client: httpx.Client
    key: str

    def ask(self, what: str = "", **form: Any) -> dict[str, Any]:
        answer = self.client.post(
            f"/fever/?api{'&' if what else ''}{what}", data={"api_key": self.key, **form}
        )
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def fever(house: House, *, scope: Scope = Scope.MARK, name: str = "tablet") -> Fever:
    return Fever(client=house.client, key=fever_key(name, token(house, name, scope)))
