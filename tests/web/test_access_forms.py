"""Requests that change something come from our own pages."""

from __future__ import annotations

import pytest
from webdoor import PAGE, PASSWORD, bearer, configured, csrf, is_in, log_in, token, with_password
from webhouse import House

from aggregator.types import Scope

END = "/settings/sessions/end"
"""What changes something."""


def own(web: House) -> str:
    return csrf(web.client.get("/settings", headers=PAGE))


def status(web: House, *, field: str | None = None, **headers: str) -> int:
    data = {} if field is None else {"csrf": field}
    return web.client.post(END, data=data, headers=headers).status_code


def test_a_form_needs_what_only_our_pages_know(web: House) -> None:
    known = own(web)
    assert len(known) == 64
    assert status(web) == 403
    assert status(web, field="") == 403
    assert status(web, field=known[:-1] + "x") == 403
    assert status(web, field="é") == 403
    assert status(web, field=known) == 303


def test_scripts_send_it_as_a_header(web: House) -> None:
    known = own(web)
    assert status(web, **{"X-CSRF-Token": known}) == 303
    assert status(web, **{"X-CSRF-Token": "other"}) == 403


def test_a_form_with_files_is_read_for_it_and_can_be_read_again(web: House) -> None:
    form = {"csrf": own(web), "name": "phone", "scope": "read"}
    files = {key: (None, value) for key, value in form.items()}
    answer = web.client.post("/settings/tokens", files=files, headers=PAGE)
    assert answer.status_code == 200
    assert [one.name for one in web.storage.tokens()] == ["phone"]
    files["csrf"] = (None, "other")
    assert web.client.post("/settings/tokens", files=files).status_code == 403


def test_a_file_in_its_place_is_none(web: House) -> None:
    files = {"csrf": ("csrf.txt", own(web).encode())}
    assert web.client.post(END, files=files).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_not_done_even_with_it(web: House, site: str) -> None:
    known = own(web)
    assert status(web, field=known, **{"Sec-Fetch-Site": site}) == 403
    assert status(web, field=known, **{"Sec-Fetch-Site": "same-origin"}) == 303


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "x"])
def test_nor_when_only_its_origin_tells(web: House, origin: str) -> None:
    assert status(web, field=own(web), Origin=origin) == 403


def test_our_own_origin_is_ours(web: House) -> None:
    base = str(web.client.base_url).rstrip("/")
    assert status(web, field=own(web), Origin=base) == 303
    configured(web, url="https://localhost")
    assert status(web, field=own(web), Origin="https://localhost") == 303


def test_what_one_browser_knows_is_no_good_in_another(web: House) -> None:
    known = own(web)
    web.client.cookies.clear()
    assert status(web, field=known) == 403


def test_logging_in_is_a_form_like_any_other(web: House) -> None:
    # Else another site could log a visitor in as somebody else.
    with_password(web)
    assert web.client.post("/login", data={"password": PASSWORD}).status_code == 403


def test_forms_of_before_the_login_are_none_of_after_it(web: House) -> None:
    with_password(web)
    before = csrf(web.client.get("/login", headers=PAGE))
    log_in(web)
    assert status(web, field=before) == 403
    assert is_in(web)


def test_every_method_that_changes_something_is_checked(web: House) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = web.client.request(method, "/api/v1/nothing")
        assert answer.status_code == 403, method


def test_a_token_needs_no_form(web: House) -> None:
    headers = bearer(token(web, scope=Scope.ADMIN))
    assert status(web, **headers) == 303
    assert status(web, **headers, Origin="https://evil.example") == 303


def test_an_answer_that_is_no_page_sets_no_cookie(web: House) -> None:
    assert "set-cookie" not in web.client.get("/static/icon.svg").headers
    assert "set-cookie" not in web.client.get("/nowhere").headers
    assert "set-cookie" in web.client.get("/nowhere", headers=PAGE).headers
