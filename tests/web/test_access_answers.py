"""What every answer says to browsers, and errors as answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from io import StringIO

import httpx
import pytest
import structlog
from starlette.responses import Response, StreamingResponse
from webdoor import PAGE, bearer, configured, csrf, log_in, token, with_password
from webhouse import House

from aggregator.config.web import ImagePolicy
from aggregator.errors import StorageError, UsageError
from aggregator.logs import configure
from aggregator.web.access.paths import local


def problem(answer: httpx.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    found: dict[str, object] = answer.json()
    assert found["status"] == answer.status_code
    return found


# --- headers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/login", "/settings", "/nowhere", "/static/icon.svg", "/static/"]
)
def test_every_answer_has_a_strict_policy(web: House, path: str) -> None:
    headers = web.client.get(path, headers=PAGE).headers
    policy = dict(part.split(maxsplit=1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]


def test_refusals_of_the_gate_have_it_too(web: House) -> None:
    for headers in ({"Host": "evil.example"}, bearer("wrong")):
        answer = web.client.get("/settings", headers=headers)
        assert answer.status_code in (421, 401)
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_pictures_of_outlets_are_let_in_only_where_that_is_wanted(web: House) -> None:
    configured(web, images=ImagePolicy.DIRECT)
    policy = web.client.get("/login").headers["content-security-policy"]
    assert "img-src 'self' data: https: http:;" in policy


def test_what_belongs_to_a_visitor_is_kept_nowhere(web: House) -> None:
    assert web.client.get("/settings").headers["cache-control"] == "private, no-store"
    assert web.client.get("/static/icon.svg").headers["cache-control"] == "public, no-cache"
    kept = web.client.get("/static/icon.svg?v=1").headers["cache-control"]
    assert kept == "public, max-age=31536000, immutable"


def test_an_answer_may_have_a_policy_of_its_own(web: House) -> None:
    def own() -> Response:
        return Response("x", headers={"Content-Security-Policy": "sandbox", "ETag": '"1"'})

    web.app.add_api_route("/own", own, response_model=None)
    headers = web.client.get("/own").headers
    assert headers["content-security-policy"] == "sandbox"
    assert headers["cache-control"] == "private, no-cache"


# --- errors --------------------------------------------------------------------------------------


def test_programs_get_a_problem_and_people_a_page(web: House) -> None:
    assert problem(web.client.get("/nowhere"))["detail"] == "There is nothing at this address."
    page = web.client.get("/nowhere", headers=PAGE)
    assert page.status_code == 404
    assert "<h1>Not Found</h1>" in page.text
    # Where programs are served, whoever asks.
    problem(web.client.get("/api/v1/nowhere", headers=PAGE))


def test_whoever_is_not_known_sees_nothing_but_the_page_to_log_in(web: House) -> None:
    with_password(web)
    for path in ("/", "/nowhere", "/api/v1/stories", "/feeds/stories.atom", "/metrics", "/events"):
        answer = web.client.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith(("Bearer", "Basic"))
    answer = web.client.get("/stories/7?a=b&c=d", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/stories/7%3Fa%3Db%26c%3Dd"
    assert web.client.post("/mark-read", headers=PAGE).status_code == 401
    part = web.client.get("/stories/7", headers={**PAGE, "HX-Request": "true"})
    assert part.headers["hx-redirect"] == "/login?next=/stories/7"


@pytest.mark.parametrize("path", ["/login", "/static/icon.svg"])
def test_what_shows_nothing_is_open(web: House, path: str) -> None:
    with_password(web)
    assert web.client.get(path).status_code == 200


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the program logs."""
    stream = StringIO()
    configure(level="info", style="text", stream=stream)
    yield stream
    structlog.reset_defaults()


def test_a_mistake_of_ours_is_told_to_the_log_alone(web: House, log: StringIO) -> None:
    def broken() -> None:
        raise ValueError("secret /srv/news")

    web.app.add_api_route("/broken", broken)
    page = web.client.get("/broken", headers=PAGE)
    assert page.status_code == 500
    assert "secret" not in page.text
    assert "Traceback" not in page.text
    assert "secret" not in str(problem(web.client.get("/broken")))
    assert "secret" in log.getvalue()


def test_an_answer_that_breaks_off_is_seen_to_be_broken(web: House, log: StringIO) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        raise ValueError("secret")

    web.app.add_api_route("/broken", lambda: StreamingResponse(pieces()))
    with pytest.raises(httpx.RemoteProtocolError):
        web.client.get("/broken")
    assert "ValueError: secret" in log.getvalue()


def test_a_database_that_is_out_of_reach_is_no_mistake(web: House) -> None:
    def broken() -> None:
        raise StorageError("/srv/news/aggregator.db cannot be read")

    web.app.add_api_route("/broken", broken)
    answer = web.client.get("/broken")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "/srv" not in answer.text


def test_what_a_visitor_got_wrong_is_said_without_where_files_lie(web: House) -> None:
    def broken() -> None:
        raise UsageError(f"{web.folder / 'feeds.yaml'} has no such source")

    web.app.add_api_route("/broken", broken)
    assert problem(web.client.get("/broken"))["detail"] == "feeds.yaml has no such source"


def test_a_form_that_cannot_be_read_is_said_field_by_field(web: House) -> None:
    page = web.client.get("/settings", headers=PAGE)
    form = {"csrf": csrf(page), "name": "x", "scope": "everything"}
    answer = web.client.post("/settings/tokens", data=form)
    assert answer.status_code == 422
    assert "scope" in str(problem(answer)["detail"])


def test_what_is_no_number_in_an_address_leads_nowhere(web: House) -> None:
    answer = web.client.get("/stories/abc", headers=PAGE)
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


def test_a_body_has_its_bounds(web: House) -> None:
    csrf_header = {"X-CSRF-Token": csrf(web.client.get("/settings", headers=PAGE))}
    announced = web.client.post("/settings/tokens", content=b"x" * 1_000_001, headers=csrf_header)
    assert problem(announced)["detail"] == "That is too much: 1 MB are taken at most."
    form = {"Content-Type": "application/x-www-form-urlencoded", **csrf_header}
    pieces = (b"x" * 100_000 for _ in range(11))
    assert web.client.post("/settings/tokens", content=pieces, headers=form).status_code == 413
    files = {"list": ("list.opml", b"x" * 2_000_000)}
    answer = web.client.post("/settings/tokens", files=files, headers=csrf_header)
    assert answer.status_code == 422  # it was read
    files = {"list": ("list.opml", b"x" * 10_000_001)}
    answer = web.client.post("/settings/tokens", files=files, headers=csrf_header)
    assert answer.status_code == 413


# --- where to go after logging in ----------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", ""),
        *("x", "/\t/evil.example", "javascript:alert(1)", "/\n", " /", "///evil.example"),
    ],
)
def test_another_site_is_no_place_to_go(web: House, address: str) -> None:
    assert local(address) == "/"
    answer = web.client.get("/login", params={"next": address})
    assert answer.headers["location"] == "/"


def test_a_path_of_ours_is(web: House) -> None:
    with_password(web)
    answer = log_in(web, next="/search?q=a//b&by=date")
    assert answer.headers["location"] == "/search?q=a//b&by=date"


def test_a_token_is_shown_once_and_can_be_revoked(web: House) -> None:
    page = web.client.get("/settings", headers=PAGE)
    form = {"csrf": csrf(page), "name": "phone", "scope": "mark"}
    made = web.client.post("/settings/tokens", data=form, headers=PAGE)
    secret = made.text.partition("<pre><code>")[2].partition("<")[0]
    assert web.client.get("/login", headers=bearer(secret)).status_code == 303
    again = web.client.post("/settings/tokens", data=form, headers=PAGE)
    assert again.status_code == 400
    assert "There is a token called phone already" in again.text
    assert secret not in web.client.get("/settings", headers=PAGE).text
    web.client.post("/settings/tokens/revoke", data=form)
    assert not web.storage.tokens()


def test_a_password_set_here_keeps_this_browser_logged_in(web: House) -> None:
    page = web.client.get("/settings", headers=PAGE)
    form = {"csrf": csrf(page), "new": "six wet geese", "again": "six wet geece"}
    assert web.client.post("/settings/password", data=form).status_code == 400
    form["again"] = form["new"]
    assert web.client.post("/settings/password", data=form).status_code == 303
    page = web.client.get("/settings", headers=PAGE)
    assert page.status_code == 200
    assert "(this browser)" in page.text
    form = {"csrf": csrf(page), "old": "other", "new": "seven geese", "again": "seven geese"}
    assert web.client.post("/settings/password", data=form).status_code == 403
    form["old"] = "six wet geese"
    assert web.client.post("/settings/password", data=form).status_code == 303
    assert web.client.get("/settings", headers=PAGE).status_code == 200


def test_only_who_may_do_everything_sees_the_settings(web: House) -> None:
    assert web.client.get("/settings", headers=bearer(token(web))).status_code == 403
