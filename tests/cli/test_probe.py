"""`aggregator test`: each step of a poll, told in its own line, and nothing kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from newssite import NewsSite, Page, announced, html, rss
from program import Cli

LONG = "The pier is open again, said the harbour master. " * 60


@pytest.fixture
def site(cli: Cli) -> Iterator[NewsSite]:
    with NewsSite() as running:
        running.pages["/feed.xml"] = Page(
            rss("Harbour", channel="<ttl>90</ttl>"),
            etag='W/"7-gzip"',
            headers={"Cache-Control": "max-age=1200"},
        )
        cli.write(f"allow: ['{running.host}']\nhost_delay: 0s\ncontact: desk@example.org\n")
        yield running


def steps(cli: Cli, wanted: str, *, check: int = 0) -> dict[str, tuple[str, str]]:
    """Label to (state, text); of several lines of a label, the last."""
    told = json.loads(cli("test", wanted, "--json", check=check).stdout)
    assert told["ok"] is (check == 0)
    return {step["label"]: (step["state"], step["text"]) for step in told["steps"]}


def test_every_step_of_a_poll_is_told(cli: Cli, site: NewsSite) -> None:
    before = sorted(path.name for path in cli.folder.iterdir())
    told = steps(cli, site.url("/feed.xml"))
    assert list(told) == [
        "address", "request", "DNS", "connection", "redirects", "status", "size", "format",
        "items", "item", "validators", "caching", "hints", "robots.txt", "next poll",
    ]  # fmt: skip
    assert told["address"] == ("ok", f"{site.url('/feed.xml')}.")
    assert "desk@example.org" in told["request"][1]
    assert "the guard lets it through" in told["DNS"][1]
    assert "connected to 127.0.0.1 in" in told["connection"][1]
    assert told["redirects"] == ("ok", "none.")
    assert told["status"] == ("ok", "200 OK.")
    assert "not compressed" in told["size"][1]
    assert told["format"][1].startswith("RSS 2.0, “Harbour”")
    assert "3 items" in told["items"][1]
    assert "0 of 3 with their full text" in told["items"][1]
    assert told["item"][1].endswith("UTC: Fish market moves")
    assert "allows 20m" in told["caching"][1]
    assert "ttl is 1h30m" in told["hints"][1]
    assert "ttl is 1h30m" in told["next poll"][1]
    assert sorted(path.name for path in cli.folder.iterdir()) == before


def test_the_second_request_is_conditional(cli: Cli, site: NewsSite) -> None:
    state, text = steps(cli, site.url("/feed.xml"))["validators"]
    assert (state, text) == (
        "ok",
        'ETag W/"7-gzip"; asked again with that, the server answers 304.',
    )
    first, second = site.requests
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == 'W/"7-gzip"'


def test_a_server_that_ignores_its_validators_is_told_of(cli: Cli, site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"), headers={"ETag": '"1"'})
    state, text = steps(cli, site.url("/feed.xml"))["validators"]
    assert state == "warn"
    assert text.endswith("it all comes again, though nothing has changed.")


def test_without_validators_nothing_is_asked_twice(cli: Cli, site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour"))
    assert steps(cli, site.url("/feed.xml"))["validators"][0] == "warn"
    assert len(site.requests) == 1


def test_redirects_say_what_becomes_of_the_address(cli: Cli, site: NewsSite) -> None:
    site.pages["/old"] = Page(status=301, headers={"Location": "/feed.xml"})
    told = steps(cli, site.url("/old"))
    assert told["redirect"] == ("ok", f"301 to {site.url('/feed.xml')} (for good).")
    assert "after 3 polls that say so" in told["redirects"][1]
    site.pages["/for-now"] = Page(status=302, headers={"Location": "/old"})
    told = steps(cli, site.url("/for-now"))
    assert "the stored address stays" in told["redirects"][1]
    assert "304" in told["validators"][1]


def test_an_address_without_scheme_is_tried_with_both(cli: Cli, site: NewsSite) -> None:
    done = cli("test", f"{site.host}/feed.xml")
    assert "no secure connection" in done.stdout
    assert f"{site.url('/feed.xml')} is tried." in done.stdout
    assert "bad" not in done.stdout


@pytest.mark.parametrize(
    ("status", "cure"),
    [
        (401, "`login`"),
        (403, "publisher"),
        (404, "aggregator add"),
        (410, "aggregator add"),
        (429, "Leave it alone"),
        (500, "try again later"),
    ],
)
def test_an_error_ends_with_what_to_do(cli: Cli, site: NewsSite, status: int, cure: str) -> None:
    site.pages["/feed.xml"] = Page(status=status, headers={"Retry-After": "300"})
    told = steps(cli, site.url("/feed.xml"), check=1)
    assert list(told)[-1] == "status"
    assert told["status"][0] == "bad"
    assert str(status) in told["status"][1]
    assert cure in told["status"][1]
    assert len(site.requests) == 1


def test_a_page_where_a_feed_should_be_names_its_feeds(cli: Cli, site: NewsSite) -> None:
    site.pages["/"] = html(announced("/feed.xml", "All"))
    state, text = steps(cli, site.url(), check=1)["format"]
    assert state == "bad"
    assert site.url("/feed.xml") in text
    assert "`aggregator add" in text


def test_what_is_not_public_is_not_asked(cli: Cli, site: NewsSite) -> None:
    with NewsSite() as inside:
        site.pages["/away"] = Page(status=302, headers={"Location": inside.url("/feed.xml")})
        told = steps(cli, inside.url("/feed.xml"), check=1)
        assert told["DNS"][0] == "bad"
        assert "`allow`" in told["DNS"][1]
        told = steps(cli, site.url("/away"), check=1)
        assert "is not public" in told["connection"][1]
        assert inside.requests == []


def test_a_host_that_nobody_knows_is_told_once(cli: Cli) -> None:
    done = cli("test", "nosuch.invalid/feed", check=1)
    assert done.stdout.count("no address is known") == 1


def test_a_server_that_is_down_is_told_of(cli: Cli, site: NewsSite) -> None:
    with NewsSite() as gone:
        pass
    cli.write(f"allow: ['{gone.host}']\n")
    told = steps(cli, gone.url("/feed.xml"), check=1)
    assert "refused the connection" in told["connection"][1]
    assert "redirects" not in told
    assert site.requests == []


def test_a_source_is_asked_as_it_is_polled_and_its_secrets_stay_unseen(
    cli: Cli, site: NewsSite
) -> None:
    (cli.folder / "password").write_text("s3cret")
    cli.write(
        f"allow: ['{site.host}']\nhost_delay: 0s\nsources:\n"
        f"  - url: {site.url('/feed.xml')}\n    name: The harbour\n"
        "    login: {username: me, password_file: password}\n"
        "    headers: {X-Key: {file: password}}\n"
    )
    for wanted in ("The harbour", "harb", site.url("/feed.xml"), f"{site.host}/feed.xml"):
        site.requests.clear()
        done = cli("test", wanted)
        assert "the source “The harbour”" in done.stdout
        assert "Authorization (not shown), X-Key (not shown)" in done.stdout
        assert "s3cret" not in done.stdout + done.stderr
        assert "Basic" not in done.stdout + done.stderr
        assert site.requests[0].headers["x-key"] == "s3cret"
        assert site.requests[0].headers["authorization"].startswith("Basic ")


def test_a_proxy_is_named_without_its_login(cli: Cli, site: NewsSite) -> None:
    site.pages["http://news.example.org/feed.xml"] = site.pages["/feed.xml"]
    (cli.folder / "proxy").write_text(f"http://me:s3cret@{site.host}")
    cli.write(
        "host_delay: 0s\nproxy: {file: proxy}\n"
        "sources: [{url: 'http://news.example.org/feed.xml', name: Far}]\n"
    )
    told = steps(cli, "Far")
    assert told["DNS"][1] == f"the proxy http://{site.host} looks news.example.org up."
    assert f"through the proxy http://{site.host}," in told["connection"][1]
    assert "s3cret" not in str(told)
    assert site.asked[0] == "http://news.example.org/feed.xml"


def test_a_watched_page_is_read_by_its_selectors(cli: Cli, site: NewsSite) -> None:
    site.pages["/press"] = html(body="<p class=i><a href='/1'>Pier opens</a></p>")
    cli.write(
        f"allow: ['{site.host}']\nhost_delay: 0s\nsources:\n"
        f"  - {{url: '{site.url('/press')}', name: Press, select: {{item: p.i}}}}\n"
    )
    told = steps(cli, "Press")
    assert told["format"][1].startswith("web page")
    assert told["item"][1] == "no date: Pier opens"


@pytest.mark.parametrize(
    ("rules", "state", "says"),
    [
        ("Disallow: /private\n", "ok", "may be asked for"),
        ("Disallow: /Harbour\nCrawl-delay: 5\n", "warn", "is left alone"),
    ],
)
def test_robots_txt_is_judged_for_the_first_page(
    cli: Cli, site: NewsSite, rules: str, state: str, says: str
) -> None:
    body = rss("Harbour").replace(b"https://news.example.org/", site.url("/").encode())
    site.pages["/feed.xml"] = Page(body)
    site.pages["/robots.txt"] = Page(f"User-agent: *\n{rules}".encode(), type="text/plain")
    told = steps(cli, site.url("/feed.xml"))["robots.txt"]
    assert told[0] == state
    assert says in told[1]
    assert ("5s" in told[1]) == ("Crawl-delay" in rules)


def test_robots_txt_is_not_asked_where_no_page_is_needed(cli: Cli, site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour", text=LONG))
    told = steps(cli, site.url("/feed.xml"))
    assert told["robots.txt"] == ("ok", "not asked, for none of the items needs its page.")
    assert "3 of 3 with their full text" in told["items"][1]


def test_a_feed_that_breaks_off_keeps_no_validators(cli: Cli, site: NewsSite) -> None:
    site.pages["/feed.xml"] = Page(rss("Harbour")[:-60], headers={"ETag": '"1"'})
    told = steps(cli, site.url("/feed.xml"))
    assert told["format"][0] == "warn"
    assert "breaks off" in told["format"][1]
    assert told["validators"][0] == "warn"
    assert len(site.requests) == 1


def test_on_a_terminal_it_is_a_table_in_colour(cli: Cli, site: NewsSite) -> None:
    shown = cli.on_terminal("test", site.url("/feed.xml"))
    assert "\x1b[32mok" in shown
    assert "\x1b[" not in cli("test", site.url("/feed.xml")).stdout


def test_a_name_must_mean_one_source(cli: Cli, site: NewsSite) -> None:
    cli.write("sources: [https://a.example.org/x, https://b.example.org/x]\n")
    assert "may mean" in cli("test", "example", check=2).stderr
    assert "no source is called" in cli("test", "gulf", check=2).stderr
    assert site.requests == []
