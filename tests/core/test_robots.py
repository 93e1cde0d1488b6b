"""robots.txt as RFC 9309 has it (B32 needs it), and what follows where there is none."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.robots import (
    MAX_BYTES,
    MAX_DELAY,
    Robots,
    parse_robots,
    read_answer,
    robots_url,
)

HOST = "https://www.example.org"
US = "aggregator"


def allows(text: str | bytes, path: str, product: str = US) -> bool:
    body = text if isinstance(text, bytes) else text.encode()
    return parse_robots(body).judge(HOST + path, product).allowed


def everybody(rules: str) -> str:
    return f"User-agent: *\n{rules}"


class TestRules:
    @pytest.mark.parametrize(
        ("rules", "path", "allowed"),
        [
            ("Disallow: /a", "/a", False),
            ("Disallow: /a", "/abc/d?e", False),
            ("Disallow: /a", "/A", True),
            ("Disallow: /a", "/", True),
            ("Disallow:", "/a", True),
            ("Disallow: /", "/a", False),
            ("Disallow: /", "/robots.txt", True),
            ("Disallow: a", "/a", True),
            ("Disallow: https://www.example.org/a", "/a", True),
            ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
            ("Allow: /a/b\nDisallow: /a", "/a/c", False),
            ("Allow: /a\nDisallow: /a/b", "/a/b", False),
            ("Disallow: /a\nAllow: /a", "/a", True),
            ("Disallow: /*.pdf$", "/x/a.pdf", False),
            ("Disallow: /*.pdf$", "/x/a.pdf?x", True),
            ("Disallow: /*.pdf", "/x/a.pdf?x", False),
            ("Disallow: /a*b*c", "/a1b2c3", False),
            ("Disallow: /a*b*c", "/a1c2b3", True),
            ("Disallow: *private", "/x/private", False),
            ("Disallow: /**a", "/xa", False),
            ("Disallow: /a*", "/a", False),
            ("Disallow: /a*$", "/abc", False),
            ("Disallow: /a$", "/a", False),
            ("Disallow: /a$", "/ab", True),
            ("Disallow: /ab*b$", "/ab", True),
            ("Disallow: /a$b", "/a$b", False),
            ("Disallow: /*?", "/a?b=1", False),
            ("Disallow: /*?", "/a", True),
            ("Disallow: /*s=", "/?s=x", False),
            ("Disallow: /*/print", "/a/print", False),
            ("Disallow: /page\nAllow: /*.html", "/page.html", True),
            ("Disallow: /page.htm\nAllow: /*.", "/page.html", False),
        ],
    )
    def test_the_longest_match_counts(self, rules: str, path: str, allowed: bool) -> None:
        assert allows(everybody(rules), path) == allowed

    @pytest.mark.parametrize(
        ("rule", "path", "same"),
        [  # the table of RFC 9309, 2.2.2, and its neighbours
            ("/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
            ("/foo/bar?baz=http://foo.bar", "/foo/bar?baz=http%3A%2F%2Ffoo.bar", True),
            ("/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
            ("/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
            ("/foo/bar/%62%61%7A", "/foo/bar/baz", True),
            ("/foo/%e3%83%84", "/foo/%E3%83%84", True),
            ("/foo/baz", "/foo/%62%61%7a", True),
            ("/a%2Fb", "/a/b", False),
            ("/a%3Fb", "/a?b", False),
            ("/a:b", "/a%3Ab", True),
            ("/100%", "/100%25", True),
            ("/%2A/a", "/x/a", False),
            ("/%2A/a", "/*/a", True),
        ],
    )
    def test_octets_are_compared(self, rule: str, path: str, same: bool) -> None:
        assert allows(everybody(f"Disallow: {rule}"), path) != same

    def test_octets_that_are_no_utf8(self) -> None:
        assert not allows(b"User-agent: *\nDisallow: /caf\xe9", "/caf%E9")

    @given(st.text("ab*$/?%2", max_size=6), st.text("ab/?%2", max_size=8))
    def test_matching_agrees_with_a_regular_expression(self, pattern: str, path: str) -> None:
        escaped = re.escape(pattern.removesuffix("$")).replace(r"\*", ".*")
        end = r"\Z" if pattern.endswith("$") else ""
        if "%" not in pattern + path and "?" not in pattern + path:
            expected = re.match("/" + escaped + end, "/" + path) is not None
            assert allows(everybody(f"Disallow: /{pattern}"), "/" + path) != expected


class TestGroups:
    @pytest.mark.parametrize(
        ("text", "path", "allowed"),
        [
            ("Disallow: /", "/a", True),
            (f"User-agent: {US}\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
            (f"User-agent: *\nDisallow: /\n\nUser-agent: {US}\nDisallow:", "/b", True),
            ("User-agent: AGGREGATOR\nDisallow: /", "/a", False),
            (f"User-agent: {US}/1.0\nDisallow: /", "/a", False),
            (f"User-agent: {US} (news)\nDisallow: /", "/a", False),
            ("User-agent: aggregator-news\nDisallow: /", "/a", True),
            ("User-agent: aggregator2\nDisallow: /", "/a", True),
            ("User-agent: agg\nDisallow: /", "/a", True),
            ("User-agent: gator\nDisallow: /", "/a", True),
            (f"User-agent: x\nUser-agent: {US}\nDisallow: /a", "/a", False),
            (f"User-agent: {US}\n\n\nDisallow: /a", "/a", False),
            (f"User-agent: {US}\nDisallow: /a\nUser-agent: x\nDisallow: /b", "/b", True),
            (f"User-agent: {US}\nDisallow: /a\nUser-agent: {US}\nDisallow: /b", "/a", False),
            (f"User-agent: {US}\nDisallow: /a\nUser-agent: {US}\nDisallow: /b", "/b", False),
            (f"User-agent: {US}\nCrawl-delay: 5\nUser-agent: *\nDisallow: /a", "/a", False),
            (f"User-agent: {US}\nSitemap: /s\nUser-agent: *\nDisallow: /a", "/a", False),
            (f"User-agent: {US}\nDisallow:\nUser-agent: *\nDisallow: /a", "/a", True),
            ("User-agent: *x\nDisallow: /", "/a", True),
            ("User-agent:\nDisallow: /", "/a", True),
        ],
    )
    def test_ones_own_counts_else_everybodys(self, text: str, path: str, allowed: bool) -> None:
        assert allows(text, path) == allowed


class TestLiberties:
    @pytest.mark.parametrize(
        "text",
        [
            "\ufeffUser-agent: *\nDisallow: /a",
            "User-agent: *\r\nDisallow: /a\r\n",
            "User-agent: *\rDisallow: /a",
            "USER-AGENT:*\nDISALLOW:/a",
            "  User-agent : *\t# all of you\n\tDisallow : /a # please",
            "User-agent *\nDisallow /a",
            "Useragent: *\nDissallow: /a",
            "User agent: *\nDisalow: /a",
            "User-agent: *\nNoindex: /b\nHost: x\nDisallow: /a",
            "<html>\nUser-agent: *\nDisallow: /a",
        ],
    )
    def test_are_understood(self, text: str) -> None:
        assert not allows(text, "/a")
        assert allows(text, "/b")

    @pytest.mark.parametrize(
        "text", ["User-agent: *\nDisallowed: /a", "User-agent: *\u2028Disallow: /a", "*\n/a"]
    )
    def test_have_their_limits(self, text: str) -> None:
        assert allows(text, "/a")


class TestDelays:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            (everybody("Crawl-delay: 10"), 10),
            (everybody("Disallow: /a\nCrawl delay: 2.5"), 2.5),
            (everybody("Crawl-delay: 10\nCrawl-delay: 20"), 20),
            (f"User-agent: {US}\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 9\nDisallow: /", 3),
            (f"User-agent: {US}\nUser-agent: x\nCrawl-delay: 3", 3),
            (f"User-agent: {US}\nDisallow: /\n\nUser-agent: *\nCrawl-delay: 9", 9),
            (everybody("Crawl-delay: 0"), 0),
            (everybody("Crawl-delay: 1e9"), MAX_DELAY.total_seconds()),
            (everybody("Crawl-delay: -1"), None),
            (everybody("Crawl-delay: nan"), None),
            (everybody("Crawl-delay: inf"), None),
            (everybody("Crawl-delay: soon"), None),
            ("Crawl-delay: 5", None),
            ("User-agent: x\nCrawl-delay: 5", None),
        ],
    )
    def test_of_us(self, text: str, seconds: float | None) -> None:
        expected = None if seconds is None else timedelta(seconds=seconds)
        assert parse_robots(text.encode()).delay(US) == expected


class TestAnswers:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451, 302])
    def test_b32_no_file_means_no_rules(self, status: int) -> None:
        assert read_answer(status, b"User-agent: *\nDisallow: /") == Robots()

    @pytest.mark.parametrize("status", [500, 503, 599, 429, None])
    def test_b32_a_file_out_of_reach_forbids_everything(self, status: int | None) -> None:
        found = read_answer(status, b"")
        verdict = found.judge(f"{HOST}/a", US)
        assert not verdict.allowed
        assert verdict.why == found.unreachable
        assert str(status or "could not be had") in verdict.why

    @pytest.mark.parametrize("status", [200, 203])
    def test_a_file_is_read(self, status: int) -> None:
        found = read_answer(status, b"User-agent: *\nDisallow: /a\nSitemap: /s.xml\nsite-map: x")
        assert not found.judge(f"{HOST}/a", US).allowed
        assert found.sitemaps == ("/s.xml", "x")


class TestReasons:
    def test_name_the_line(self) -> None:
        robots = parse_robots(b"# x\nUser-agent: *\nAllow: /a\nDisallow: /*b\xe9\xff\n")
        assert (
            robots.judge(f"{HOST}/a", US).why == 'robots.txt allows "/a" to everybody, at line 3.'
        )
        assert 'disallows "/*b' in robots.judge(f"{HOST}/b%E9%FF", US).why
        assert robots.judge(f"{HOST}/c", US).why == "Nothing in robots.txt speaks of it."

    def test_name_whom_it_means(self) -> None:
        robots = parse_robots(f"User-agent: {US}\nDisallow: /".encode())
        assert robots.judge(HOST, US).why == 'robots.txt disallows "/" to aggregator, at line 2.'


@pytest.mark.parametrize(
    ("url", "robots"),
    [
        ("https://www.Example.org/a?b#c", "https://www.example.org/robots.txt"),
        ("http://example.org:8080/", "http://example.org:8080/robots.txt"),
        ("ftp://example.org/", None),
    ],
)
def test_where_it_is(url: str, robots: str | None) -> None:
    assert robots_url(url) == robots


class TestHostileFiles:
    def test_only_the_first_500_kib_count(self) -> None:
        head = b"User-agent: *\nDisallow: /a\n"
        filler = b"#" * (MAX_BYTES - len(head) - len(b"\nDisallow: /b")) + b"\nDisallow: /bcd\n"
        assert not allows(head + filler, "/a")
        assert allows(head + filler, "/b")  # half a rule is none
        assert allows(head + filler, "/bcd")

    @pytest.mark.parametrize(
        "text",
        [
            "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Disallow: /x\n" * 15_000,
            "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Crawl-delay: 1\n" * 15_000,
            everybody("".join(f"Disallow: /{n}*a*b*c\n" for n in range(20_000))),
            everybody("Disallow: /" + "*a" * 200_000 + "b"),
            everybody("Disallow: /" + " " * 400_000 + "x"),
            everybody("Disallow" + " " * 400_000),
        ],
    )
    def test_take_no_time(self, text: str) -> None:
        assert allows(text, "/" + "a" * 7_000)

    @given(st.binary(max_size=100), st.text(max_size=30))
    def test_nothing_is_raised(self, body: bytes, url: str) -> None:
        robots = parse_robots(b"User-agent: *\nDisallow: " + body)
        robots.judge(url, US)
        robots.judge(HOST + "/" + url, US)
