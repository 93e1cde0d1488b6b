"""How often a password may be tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from webdoor import PAGE, configured, csrf, log_in, with_password
from webhouse import House

from aggregator.web.access.limits import OVERALL, PER_ADDRESS, SPAN, Limits

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def tries(limits: Limits, address: str, number: int, *, now: datetime = NOW) -> int:
    """How many of them may be made."""
    return sum(limits.wait(address, now=now) is None for _ in range(number))


def test_an_address_has_some_tries_and_then_waits() -> None:
    limits = Limits()
    assert tries(limits, "192.0.2.1", PER_ADDRESS + 5) == PER_ADDRESS
    assert limits.wait("192.0.2.1", now=NOW + timedelta(minutes=5)) == SPAN - timedelta(minutes=5)
    assert limits.wait("192.0.2.2", now=NOW) is None
    assert limits.wait("192.0.2.1", now=NOW + SPAN) is None


def test_many_addresses_together_have_some_more() -> None:
    limits = Limits()
    made = sum(tries(limits, f"192.0.2.{number}", 3) for number in range(OVERALL))
    assert made == OVERALL
    assert limits.wait("198.51.100.1", now=NOW) == SPAN


def test_a_network_of_ipv6_is_one_address() -> None:
    limits = Limits()
    made = sum(tries(limits, f"2001:db8:1:2::{number}", 1) for number in range(30))
    assert made == PER_ADDRESS
    assert limits.wait("2001:db8:1:3::1", now=NOW) is None


def test_an_ipv4_address_is_the_same_in_either_form() -> None:
    limits = Limits()
    assert tries(limits, "192.0.2.1", PER_ADDRESS) == PER_ADDRESS
    assert limits.wait("::ffff:192.0.2.1", now=NOW) is not None


def test_after_a_right_one_those_before_count_no_longer() -> None:
    limits = Limits()
    for _ in range(OVERALL):
        assert limits.wait("192.0.2.1", now=NOW) is None
        limits.succeeded("192.0.2.1")
    assert tries(limits, "192.0.2.1", PER_ADDRESS) == PER_ADDRESS


def test_visitors_behind_a_proxy_of_this_machine_are_told_apart(web: House) -> None:
    with_password(web)
    configured(web, url="https://localhost")
    page = web.client.get("/login", headers=PAGE)
    form = {"password": "", "csrf": csrf(page)}

    def tried(forwarded: str) -> int:
        headers = {**PAGE, "X-Forwarded-For": forwarded, "Cookie": cookie}
        return web.client.post("/login", data=form, headers=headers).status_code

    cookie = page.headers["set-cookie"].partition(";")[0]
    for number in range(PER_ADDRESS):
        assert tried(f"192.0.2.{number}, 198.51.100.1") == 403  # the last is what it has added
    assert tried("192.0.2.99, 198.51.100.1") == 429
    assert tried("198.51.100.2") == 403


def test_the_page_says_when_to_try_again(web: House) -> None:
    with_password(web)
    page = web.client.get("/login", headers=PAGE)
    form = {"password": "", "csrf": csrf(page)}
    for _ in range(PER_ADDRESS):
        assert web.client.post("/login", data=form, headers=PAGE).status_code == 403
    answer = log_in(web)  # the right one
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= SPAN.total_seconds()
    assert "Try again in 15 minutes." in answer.text
    web.now += SPAN
    assert log_in(web).status_code == 303
