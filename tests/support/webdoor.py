"""How tests of the page come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
from argon2 import PasswordHasher
from webhouse import House

from aggregator.types import Scope
from aggregator.web.access.secrets import new_token

PASSWORD = "six wet geese"
PAGE = {"Accept": "text/html"}
"""What browsers ask for."""


def configured(web: House, **changes: Any) -> None:
    """Change keys of the section `web`."""
    web.config = replace(web.config, web=replace(web.config.web, **changes))


def with_password(web: House) -> None:
    """One whose hash takes no time to try; it is made anew when somebody logs in by it."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    web.storage.set_password_hash(weak.hash(PASSWORD))


def token(web: House, name: str = "phone", scope: Scope = Scope.READ) -> str:
    """A new one."""
    secret, stored = new_token(name, scope, now=web.now)
    web.storage.add_token(stored)
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def csrf(page: httpx.Response) -> str:
    """What a page says to its scripts."""
    return page.text.partition('name="csrf" content="')[2].partition('"')[0]


def log_in(web: House, password: str = PASSWORD, **more: str) -> httpx.Response:
    form = {"password": password, "csrf": csrf(web.client.get("/login", headers=PAGE)), **more}
    return web.client.post("/login", data=form, headers=PAGE)


def is_in(web: House, **headers: str) -> bool:
    """Whether the settings are shown."""
    return web.client.get("/settings", headers=headers).status_code == 200
