"""What is there to be asked for, and who may: every route, whoever has written it."""

from __future__ import annotations

import re

from fastapi.routing import iter_route_contexts
from webdoor import bearer, token, with_password
from webhouse import House

from aggregator.web.access.csrf import SAFE
from aggregator.web.access.paths import is_for_clients, is_open

FOR_ALL = {"/login", "/logout"}


def routes(web: House) -> list[tuple[str, str]]:
    """(method, path) of each, with a number for what stands in the path."""
    found = []
    for one in iter_route_contexts(web.app.routes):
        path = re.sub(r"\{[^}]+\}", "1", one.path or "")
        found += [(method, path) for method in one.methods or ()]
    return found


def test_nothing_is_changed_by_who_may_only_look(web: House) -> None:
    headers = bearer(token(web))
    changing = [
        (method, path)
        for method, path in routes(web)
        if method not in SAFE and path not in FOR_ALL and not is_for_clients(path)
    ]
    answers = {
        (method, path): web.client.request(method, path, headers=headers).status_code
        for method, path in changing
    }
    assert len(answers) > 10
    assert {one: status for one, status in answers.items() if status != 403} == {}


def test_nothing_is_shown_to_who_is_not_known(web: House) -> None:
    with_password(web)
    shown = [path for method, path in routes(web) if method == "GET" and not is_open(path)]
    answers = {path: web.client.get(path).status_code for path in shown}
    assert len(answers) > 10
    assert {path: status for path, status in answers.items() if status != 401} == {}
