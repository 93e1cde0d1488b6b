"""Who is let in, by what."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from argon2 import PasswordHasher
from starlette.requests import Request
from webdoor import PAGE, PASSWORD, bearer, configured, csrf, is_in, log_in, token, with_password
from webhouse import House

from aggregator.config.web import Listen, TrustedProxy, WebConfig
from aggregator.errors import UsageError
from aggregator.types import Scope
from aggregator.web.access import passwords
from aggregator.web.access.clients import visitor_for, visitor_of_fever
from aggregator.web.access.open_to import refusal, who_may_come
from aggregator.web.access.secrets import fever_key, new_token
from aggregator.web.access.visitor import visitor_of

ELSEWHERE = Listen(host="0.0.0.0", port=8460)


# --- at this machine -----------------------------------------------------------------------------


def test_no_password_is_needed_at_this_machine(web: House) -> None:
    assert is_in(web)
    assert is_in(web, Host="localhost:8460")
    assert is_in(web, Host="[::1]")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"]
)
def test_a_name_that_is_not_ours_is_refused(web: House, host: str) -> None:
    answer = web.client.get("/settings", headers={"Host": host})
    assert answer.status_code == 421
    assert "name it in feeds.yaml" in answer.json()["detail"]


@pytest.mark.parametrize("host", ["", "a@127.0.0.1", "127.0.0.1:port", "127.0.0.1/x", "[::1"])
def test_what_is_no_host_is_refused(web: House, host: str) -> None:
    assert web.client.get("/settings", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/app.css"])
def test_a_host_with_a_path_in_it_opens_nothing(web: House, path: str) -> None:
    web.app.add_api_route("/unguarded", lambda: "seen")
    with_password(web)
    answer = web.client.get("/unguarded", headers={"Host": f"127.0.0.1{path}?"})
    assert answer.status_code == 400


def test_names_of_the_configuration_are_ours_but_take_a_password(web: House) -> None:
    configured(web, hosts=("news.home",))
    answer = web.client.get("/settings", headers={"Host": "News.home:8460"})
    assert answer.status_code == 401
    with_password(web)
    form = {"password": PASSWORD, "csrf": csrf(web.client.get("/login", headers=PAGE))}
    answer = web.client.post("/login", data=form, headers={"Host": "news.home"})
    assert answer.status_code == 303


def test_a_request_that_was_passed_on_is_not_of_this_machine(web: House) -> None:
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"):
        assert not is_in(web, **{name: "198.51.100.7"})


def test_with_an_address_outside_nobody_is_let_in_for_being_here(web: House) -> None:
    # A proxy asks from this machine, whoever asks it.
    configured(web, url="https://news.example.org")
    assert not is_in(web)
    configured(web, url="http://localhost:8460")
    assert is_in(web)


def test_with_a_password_everybody_needs_it(web: House) -> None:
    with_password(web)
    assert not is_in(web)


# --- elsewhere -----------------------------------------------------------------------------------


def test_an_address_that_others_reach_is_not_served_without_any_lock(web: House) -> None:
    configured(web, listen=ELSEWHERE)
    said = refusal(web.site)
    assert said is not None
    assert "aggregator web password" in said


def test_a_password_a_token_or_a_proxy_is_a_lock(web: House) -> None:
    configured(web, listen=ELSEWHERE)
    token(web)
    assert refusal(web.site) is None
    web.storage.revoke_token("phone")
    with_password(web)
    assert refusal(web.site) is None
    web.storage.set_password_hash(None)
    configured(web, proxy=TrustedProxy(header="Remote-User", sources=()))
    assert refusal(web.site) is None


def test_when_others_reach_it_nobody_is_let_in_without(web: House) -> None:
    configured(web, listen=ELSEWHERE)
    assert not is_in(web)
    assert not is_in(web, Host="127.0.0.1:8460")


def test_it_may_be_called_by_its_address_where_others_reach_it(web: House) -> None:
    configured(web, listen=ELSEWHERE)
    assert web.client.get("/login", headers={"Host": "192.0.2.7:8460"}).status_code == 200
    assert web.client.get("/login", headers={"Host": "evil.example"}).status_code == 421


def test_who_may_come_is_said(web: House) -> None:
    config = WebConfig()
    assert who_may_come(config, None) == "whoever is at this machine"
    assert who_may_come(replace(config, listen=ELSEWHERE), None).startswith("nobody yet")
    with_password(web)
    token(web)
    proxy = TrustedProxy(header="Remote-User", sources=())
    said = who_may_come(replace(config, proxy=proxy), web.storage)
    assert said == ("whoever has the password, 1 token, whomever the proxy names in Remote-User")


# --- tokens --------------------------------------------------------------------------------------


def test_a_token_lets_a_program_in_as_far_as_it_goes(web: House) -> None:
    with_password(web)
    assert is_in(web, **bearer(token(web, "root", Scope.ADMIN)))
    answer = web.client.get("/settings", headers=bearer(token(web)))
    assert answer.status_code == 403
    assert "admin" in answer.json()["detail"]


def test_each_right_includes_those_before_it() -> None:
    assert Scope.ADMIN.includes(Scope.MARK)
    assert Scope.MARK.includes(Scope.READ)
    assert not Scope.READ.includes(Scope.MARK)
    assert not Scope.MARK.includes(Scope.ADMIN)


def test_a_token_that_was_revoked_counts_no_longer_not_even_at_this_machine(web: House) -> None:
    secret = token(web, scope=Scope.ADMIN)
    assert is_in(web, **bearer(secret))
    web.storage.revoke_token("phone")
    answer = web.client.get("/settings", headers=bearer(secret))
    assert answer.status_code == 401
    assert "revoked" in answer.json()["detail"]


def test_what_is_stored_of_a_token_is_no_token(web: House) -> None:
    with_password(web)
    secret = token(web, scope=Scope.ADMIN)
    stored = web.storage.tokens()[0]
    assert secret.encode() not in stored.hash
    for given in (stored.hash.hex(), fever_key("phone", secret)):
        assert not is_in(web, **bearer(given))


def test_feeds_may_be_asked_for_with_name_and_token(web: House) -> None:
    with_password(web)
    secret = token(web, scope=Scope.ADMIN)
    basic = {"Authorization": "Basic " + b64encode(f"phone:{secret}".encode()).decode()}
    assert is_in(web, **basic)
    wrong = {"Authorization": "Basic " + b64encode(f"other:{secret}".encode()).decode()}
    assert not is_in(web, **wrong)
    assert not is_in(web, Authorization="Basic %%%")
    # Browsers add it by themselves to what other sites' pages send.
    answer = web.client.post("/settings/sessions/end", headers=basic)
    assert answer.status_code == 401


def test_readers_apps_log_in_with_name_and_token(web: House) -> None:
    secret = token(web, "Phone", Scope.MARK)
    found = visitor_for(web.site, "phone", secret)
    assert found is not None
    assert (found.name, found.scope) == ("Phone", Scope.MARK)
    assert visitor_for(web.site, "tablet", secret) is None
    assert visitor_for(web.site, "phone", secret[:-1]) is None
    assert visitor_for(web.site, "phone", fever_key("Phone", secret)) is None


def test_fevers_clients_send_a_hash_of_both(web: House) -> None:
    secret = token(web, "Phone", Scope.MARK)
    found = visitor_of_fever(web.site, fever_key("Phone", secret).upper())
    assert found is not None
    assert found.name == "Phone"
    assert visitor_of_fever(web.site, fever_key("phone", "x")) is None
    assert visitor_of_fever(web.site, secret) is None


def test_being_at_this_machine_is_no_login_for_readers_apps(web: House) -> None:
    def whoami(request: Request) -> str | None:
        return visitor_of(request).scope

    web.app.add_api_route("/accounts/whoami", whoami)
    web.app.add_api_route("/api/v1/whoami", whoami)
    assert web.client.get("/api/v1/whoami").json() == "admin"
    assert web.client.get("/accounts/whoami").json() is None


# --- a proxy -------------------------------------------------------------------------------------


@contextmanager
def proxied(web: House, network: str) -> Iterator[None]:
    proxy = TrustedProxy(header="Remote-User", sources=(ip_network(network),))
    configured(web, proxy=proxy, url="https://news.example.org")
    yield


def test_whom_a_trusted_proxy_names_is_let_in(web: House) -> None:
    with proxied(web, "127.0.0.0/8"):
        assert is_in(web, **{"Remote-User": "ada"})
        assert not is_in(web)
        assert not is_in(web, **{"Remote-User": ""})


def test_nobody_else_is_believed(web: House) -> None:
    with proxied(web, "198.51.100.0/24"):
        assert not is_in(web, **{"Remote-User": "ada"})


def test_a_name_that_is_there_twice_is_nobodys(web: House) -> None:
    with proxied(web, "127.0.0.1/32"):
        headers = [("Remote-User", "ada"), ("Remote-User", "eve")]
        assert web.client.get("/settings", headers=headers).status_code == 401


def test_the_forms_of_whom_a_proxy_names_are_checked_too(web: House) -> None:
    with proxied(web, "127.0.0.1/32"):
        named = {"Remote-User": "ada", **PAGE}
        assert web.client.post("/settings/sessions/end", headers=named).status_code == 403


# --- sessions ------------------------------------------------------------------------------------


def test_the_password_opens_a_session_that_logging_out_ends(web: House) -> None:
    with_password(web)
    answer = log_in(web, next="/settings")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    page = web.client.get("/settings", headers=PAGE)
    assert page.status_code == 200
    kept = dict(web.client.cookies)
    web.client.post("/logout", data={"csrf": csrf(page)})
    assert not is_in(web)
    web.client.cookies.update(kept)
    assert not is_in(web)


def test_a_wrong_password_opens_none(web: House) -> None:
    with_password(web)
    answer = log_in(web, "seven wet geese")
    assert answer.status_code == 403
    assert "That is not the password." in answer.text
    assert not web.storage.sessions(now=web.now)


def test_without_a_password_none_is_right(web: House) -> None:
    configured(web, listen=ELSEWHERE)
    page = web.client.get("/login", headers=PAGE)
    assert "aggregator web password" in page.text
    for password in ("", "the password of nobody"):
        answer = web.client.post("/login", data={"password": password, "csrf": csrf(page)})
        assert answer.status_code == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(web: House) -> None:
    with_password(web)
    cookie = log_in(web).headers["set-cookie"]
    assert cookie.startswith("aggregator-session=")
    for part in ("Path=/", "HttpOnly", "SameSite=Lax"):
        assert part in cookie.split("; ")
    assert "Secure" not in cookie


def test_under_https_it_is_of_this_host_alone(web: House) -> None:
    with_password(web)
    with proxied(web, "127.0.0.1/32"):
        by_https = {"X-Forwarded-Proto": "https", **PAGE}
        page = web.client.get("/login", headers=by_https)
        forms = page.headers["set-cookie"]
        assert forms.startswith("__Host-aggregator-forms=")
        assert "Secure" in forms.split("; ")
        answer = web.client.post(
            "/login",
            data={"password": PASSWORD, "csrf": csrf(page)},
            headers={**by_https, "Cookie": forms.partition(";")[0]},
        )
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-aggregator-session=")
        assert "Secure" in cookie.split("; ")


def test_another_password_ends_every_session(web: House) -> None:
    with_password(web)
    log_in(web)
    assert is_in(web)
    web.storage.set_password_hash(passwords.hashed("other geese"))
    assert not is_in(web)


def test_a_session_ends_thirty_days_after_it_was_last_seen(web: House) -> None:
    with_password(web)
    log_in(web)
    web.now += timedelta(days=29)
    assert is_in(web)
    web.now += timedelta(days=29)
    assert is_in(web)
    web.now += timedelta(days=31)
    assert not is_in(web)


def test_a_session_that_somebody_has_planted_is_not_taken_over(web: House) -> None:
    with_password(web)
    web.client.cookies.set("aggregator-session", "planted")
    log_in(web)
    assert web.client.cookies.get("aggregator-session", domain="127.0.0.1") != "planted"


def test_the_hash_is_made_anew_when_more_work_is_asked_for(web: House) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    web.storage.set_password_hash(weak)
    assert log_in(web).status_code == 303
    stored = web.storage.password_hash()
    assert stored is not None
    assert stored != weak
    assert not passwords.is_dated(stored)
    assert is_in(web)


def test_a_password_that_is_short_is_refused() -> None:
    with pytest.raises(UsageError, match="8 characters at least"):
        passwords.hashed("geese")


@pytest.mark.parametrize("name", ["", " ", "a:b", "x" * 101])
def test_what_cannot_be_the_name_of_a_token_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no colon"):
        new_token(name, Scope.READ, now=datetime(2026, 3, 1, tzinfo=UTC))
