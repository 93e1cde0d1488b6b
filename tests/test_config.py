"""feeds.yaml: what is accepted, and what it means."""

from __future__ import annotations

from base64 import b64decode
from datetime import time, timedelta
from pathlib import Path

import pytest
from configreading import CERTIFICATES, FOLDER, TWO_LINES, read
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.codec import from_json, to_json
from aggregator.config import LogFormat, LogLevel, SmtpSecurity, load
from aggregator.errors import ConfigError
from aggregator.types import Manners, PagePolicy, PageRules, PageSelectors, Schedule, Source


def source(lines: str, **kwargs: str) -> Source:
    """The one source of a file whose entry has these lines."""
    entry = "\n".join(f"    {line}" for line in lines.splitlines())
    text = f"sources:\n  - url: https://example.org/feed\n{entry}\n"
    return read(text, environ=kwargs).sources[0]


def names(*entries: str) -> list[str]:
    return [item.name for item in read("sources:\n  - " + "\n  - ".join(entries)).sources]


# --- what a file means ---------------------------------------------------------------------------


def test_two_lines_are_enough() -> None:
    config = read(TWO_LINES)
    assert config.sources == (
        Source(
            name="theeuropetoday.com",
            url="https://theeuropetoday.com/feed/",
            max_interval=timedelta(hours=2),
        ),
    )
    assert (config.allow, config.proxy, config.ca_file) == ((), None, None)
    assert (config.max_interval, config.outlines) == (timedelta(hours=2), {})
    assert config.storage == FOLDER / "aggregator.db"
    assert config.interval == timedelta(minutes=30)
    assert config.keep_pages == timedelta(days=7)
    assert config.host_delay == timedelta(seconds=1)
    assert config.timeout == timedelta(seconds=30)
    assert (config.concurrency, config.pages, config.contact) == (20, PagePolicy.AUTO, None)
    assert (config.max_feed_size, config.max_page_size) == (16 * 1024**2, 10 * 1024**2)
    assert (config.digest.to, config.digest.sender, config.smtp) == ((), None, None)
    assert config.digests == (config.digest,)
    assert config.digest.schedule == Schedule(
        hours=(time(7),), days=frozenset(range(7)), timezone="UTC"
    )
    assert (config.digest.max_stories, config.digest.max_items) == (20, 40)
    assert (config.log.level, config.log.format) == (LogLevel.INFO, LogFormat.AUTO)
    assert config.stories.copy_window == timedelta(days=14)
    assert config.stories.event_window == timedelta(days=5)


def test_every_key_of_a_source_arrives() -> None:
    text = """\
interval: 2h
pages: never
sources:
  - url: https://Example.org:443/feed#top
    name: "  Example\\tNews "
    tags: [world, agencies, world]
    language: PT
    interval: 15m
    max_interval: 3h
    pages: always
    weight: 2.5
    stories: off
    never_join: [EXAMPLE.com, example.net]
    headers: {X-Client: desk, Authorization: {env: LOGIN}}
    proxy: socks5://proxy.example.org:1080
    respect_robots: false
    select: {item: "main li", link: a, date: "time::attr(datetime)"}
    extract:
      body: [div.story, "//article"]
      title: h1
      author: .byline a
      date: "time::attr(datetime)"
      remove: ["//aside"]
      headers: {X-Edition: international}
      cookies: {consent: "yes", id: {env: LOGIN}}
    opml: {htmlUrl: "https://example.org/", description: "", app:color: "#ff0000"}
  - https://example.com/feed
  - {url: "https://example.net/feed", paused: true}
"""
    config = read(text, environ={"LOGIN": "Bearer abc"})
    first, second = config.sources
    assert first == Source(
        name="Example News",
        url="https://example.org/feed",
        tags=("world", "agencies"),
        language="pt",
        interval=timedelta(minutes=15),
        max_interval=timedelta(hours=3),
        pages=PagePolicy.ALWAYS,
        weight=2.5,
        manners=Manners(grouped=False, never_join=frozenset({"example.com", "example.net"})),
        headers=(("X-Client", "desk"), ("Authorization", "Bearer abc")),
        proxy="socks5://proxy.example.org:1080",
        respect_robots=False,
        selectors=PageSelectors(item="main li", link="a", date="time::attr(datetime)"),
        rules=PageRules(
            body=("div.story", "//article"),
            title=("h1",),
            author=(".byline a",),
            date=("time::attr(datetime)",),
            remove=("//aside",),
            headers=(
                ("X-Edition", "international"),
                ("Cookie", "consent=yes; id=Bearer abc"),
            ),
        ),
    )
    assert config.outlines == {
        first.url: (
            ("htmlUrl", "https://example.org/"),
            ("description", ""),
            ("app:color", "#ff0000"),
        )
    }
    assert (second.interval, second.pages) == (timedelta(hours=2), PagePolicy.NEVER)
    assert [item.name for item in config.paused] == ["example.net"]


def test_every_key_of_the_other_sections_arrives(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("pa55 word\r\n")
    (tmp_path / "proxy").write_text("http://u:pa55@proxy.example.org:3128\n")
    (tmp_path / "ca.pem").write_text(CERTIFICATES)
    text = """\
storage: data/news.db
host_delay: 0s
concurrency: 7
timeout: 1m
max_interval: 6h
keep_pages: 36h
allow: [intranet.example.org, "127.0.0.1:8080", 10.0.0.0/8]
proxy: {file: proxy}
ca_file: ca.pem
max_feed_size: 1MB
max_page_size: 2MiB
contact: https://example.org/contact
digest: {at: 6:05, timezone: Asia/Karachi, to: [a@example.org, b@example.org],
         from: "Desk <d@example.org>", title: Morning, max_stories: 3, max_items: 4,
         send_empty: yes}
smtp: {host: mail.example.org, port: 2525, security: tls, username: u, password_file: password}
log: {level: DEBUG, format: json}
stories: {copy_window: 20d, event_window: 36h}
"""
    config = read(text + TWO_LINES, folder=tmp_path)
    assert config.storage == tmp_path / "data" / "news.db"
    assert (config.host_delay, config.concurrency) == (timedelta(), 7)
    assert (config.timeout, config.contact) == (timedelta(minutes=1), "https://example.org/contact")
    assert (config.max_feed_size, config.max_page_size) == (1_000_000, 2_097_152)
    assert config.keep_pages == timedelta(hours=36)
    assert config.max_interval == config.sources[0].max_interval == timedelta(hours=6)
    assert config.allow == ("intranet.example.org", "127.0.0.1:8080", "10.0.0.0/8")
    assert config.proxy == "http://u:pa55@proxy.example.org:3128"
    assert config.ca_file == tmp_path / "ca.pem"
    digest = config.digest
    assert (digest.schedule.hours, digest.timezone.key) == ((time(6, 5),), "Asia/Karachi")
    assert [target.name for target in digest.to] == ["a@example.org", "b@example.org"]
    assert (digest.sender, digest.title) == ("Desk <d@example.org>", "Morning")
    assert (digest.max_stories, digest.max_items, digest.send_empty) == (3, 4, True)
    assert config.smtp is not None
    assert (config.smtp.host, config.smtp.port) == ("mail.example.org", 2525)
    assert (config.smtp.security, config.smtp.username) == (SmtpSecurity.TLS, "u")
    assert config.smtp.password == "pa55 word"
    assert (config.log.level, config.log.format) == (LogLevel.DEBUG, LogFormat.JSON)
    assert config.stories.copy_window == timedelta(days=20)
    assert config.stories.event_window == timedelta(hours=36)


def test_a_max_interval_below_the_interval_is_the_interval() -> None:
    assert source("interval: 2h\nmax_interval: 1h").max_interval == timedelta(hours=2)
    assert source("interval: 5h").max_interval == timedelta(hours=5)
    config = read(f"{TWO_LINES}interval: 3h\nmax_interval: 1h\n")
    assert config.sources[0].max_interval == timedelta(hours=3)


@pytest.mark.parametrize("written", ["0", "0s", "0d", "'0'"])
def test_pages_need_not_be_kept(written: str) -> None:
    assert read(f"{TWO_LINES}keep_pages: {written}\n").keep_pages == timedelta()


@pytest.mark.parametrize("written", ["all", "ALL", '"*"', '["*"]', '["*", "*"]'])
def test_a_source_may_never_join_any_other(written: str) -> None:
    assert source(f"never_join: {written}").manners == Manners(never_join=frozenset({"*"}))


def test_sources_that_are_never_joined_may_have_derived_names_and_be_paused() -> None:
    text = """\
sources:
  - {url: "https://example.org/world/feed", never_join: example.org/sport}
  - {url: "https://example.org/sport/feed", paused: true}
"""
    assert read(text).sources[0].manners.never_join == {"example.org/sport"}


def test_names_are_not_doubted_while_a_source_has_none() -> None:
    text = """\
sources:
  - {url: "https://example.org/feed", never_join: example.net}
  - {url: "example.net/feed"}
"""
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert [problem.key for problem in caught.value.problems] == ["sources[1].url"]


@pytest.mark.parametrize("lines", ["extract: {}", "extract: {body: [], cookies: {}}"])
def test_rules_that_say_nothing_are_none(lines: str) -> None:
    assert source(lines).rules is None


@pytest.mark.parametrize(
    "lines",
    [
        "extract: {body: article}",
        "extract: {body: [article]}",
        "extract:\n  body: article",
        "extract:\n  body:\n    - article",
    ],
)
def test_one_selector_needs_no_list(lines: str) -> None:
    assert source(lines).rules == PageRules(body=("article",))


def test_a_source_of_its_own_policy_may_have_rules() -> None:
    text = "pages: never\nsources:\n  - url: https://example.org/feed\n    pages: always\n"
    (one,) = read(f"{text}    extract: {{body: article}}\n").sources
    assert one.rules == PageRules(body=("article",))


def test_a_login_is_basic_authentication_in_utf_8(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("pass:wört\n", encoding="utf-8")
    text = (
        "sources: [{url: https://example.org/, login: {username: müller, password_file: password}}]"
    )
    headers = dict(read(text, folder=tmp_path).sources[0].headers)
    login = b64decode(headers["Authorization"].removeprefix("Basic "))
    assert login.decode() == "müller:pass:wört"


@pytest.mark.parametrize(
    ("general", "own", "meant"),
    [
        ("none", "http://p.example.org:3128", "http://p.example.org:3128"),
        ("http://p.example.org:3128", "None", ""),
    ],
)
def test_a_source_may_have_a_proxy_of_its_own_or_none(general: str, own: str, meant: str) -> None:
    text = f"proxy: {general}\nsources: [{{url: https://example.org/, proxy: '{own}'}}]"
    config = read(text)
    assert (config.proxy, config.sources[0].proxy) == (
        None if general == "none" else general,
        meant,
    )
    assert read(f"{TWO_LINES}proxy: {general}\n").sources[0].proxy is None


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_the_port_follows_the_security(security: str, port: int) -> None:
    smtp = read(f"{TWO_LINES}smtp: {{host: mail.example.org, security: {security}}}").smtp
    assert smtp is not None
    assert (smtp.port, smtp.username, smtp.password) == (port, None, None)


@pytest.mark.parametrize(
    ("written", "host"),
    [("localhost", "localhost"), ('"::1"', "::1"), ('"[::1]"', "::1"), ("10.0.0.7", "10.0.0.7")],
)
def test_a_mail_server_may_be_an_address(written: str, host: str) -> None:
    smtp = read(f"{TWO_LINES}smtp: {{host: {written}}}").smtp
    assert smtp is not None
    assert smtp.host == host


def test_equal_files_have_equal_meanings_whatever_the_comments() -> None:
    assert read(TWO_LINES) == read(f"# hello\n\n{TWO_LINES}\n# bye\n")
    assert read(TWO_LINES) != read(TWO_LINES + "interval: 31m\n")


def test_the_home_folder_is_that_of_the_environment() -> None:
    text = TWO_LINES + "storage: ~/news.db\n"
    assert read(text, environ={"HOME": "/home/ada"}).storage == Path("/home/ada/news.db")
    assert read(TWO_LINES + "storage: /var/news.db\n").storage == Path("/var/news.db")


# --- YAML's surprises ----------------------------------------------------------------------------


def test_norway_is_a_language() -> None:
    assert source("language: no").language == "no"
    assert source("language: NO").language == "no"


@pytest.mark.parametrize("word", ["yes", "true", "on", "True", "'yes'"])
def test_words_for_yes(word: str) -> None:
    assert len(read(f"sources:\n  - {{url: 'https://example.org/', paused: {word}}}").paused) == 1


@pytest.mark.parametrize("word", ["no", "false", "off", "False", "'no'"])
def test_words_for_no(word: str) -> None:
    assert source(f"paused: {word}").name == "example.org"


@pytest.mark.parametrize("written", ["7:00", "07:00", "'07:00'"])
def test_a_time_of_day_needs_no_quotes(written: str) -> None:
    assert read(f"{TWO_LINES}digest: {{at: {written}}}").digest.schedule.hours == (time(7),)


@pytest.mark.parametrize("directive", ["", "%YAML 1.1\n---\n", "%YAML 1.2\n---\n"])
@pytest.mark.parametrize(
    "text", ["1.10", "2024-05-01", "0o17", "1_000", "1e3", "true", "24", "12:30:45", "=", ".inf"]
)
def test_a_name_stays_as_it_is_written(text: str, directive: str) -> None:
    config = read(f"{directive}sources:\n  - url: https://example.org/\n    name: {text}\n")
    assert config.sources[0].name == text


def test_aliases_repeat_a_value() -> None:
    config = read(
        "sources:\n"
        "  - {url: 'https://example.org/a', tags: &t [x, y]}\n"
        "  - {url: 'https://example.org/b', tags: *t}\n"
    )
    assert [item.tags for item in config.sources] == [("x", "y"), ("x", "y")]


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_bytes(b"\xef\xbb\xbf" + TWO_LINES.encode())
    assert len(load(tmp_path / "feeds.yaml", environ={}).sources) == 1


# --- names ---------------------------------------------------------------------------------------


def test_a_name_is_the_host_without_www() -> None:
    assert names("https://www.example.org/feed", "https://news.example.com:8443/a") == [
        "example.org",
        "news.example.com:8443",
    ]


def test_feeds_of_one_host_are_told_apart_by_their_paths() -> None:
    assert names(
        "https://example.org/news/world/rss",
        "https://www.example.org/news/sport/rss",
        "https://example.org/news",
    ) == ["example.org/world", "example.org/sport", "example.org"]


def test_feeds_that_differ_in_the_query_get_numbers() -> None:
    assert names(*(f"https://example.org/feed?n={n}" for n in range(3))) == [
        "example.org",
        "example.org-2",
        "example.org-3",
    ]


def test_a_derived_name_gives_way_to_a_given_one() -> None:
    assert names(
        "https://example.org/feed", "{url: 'https://example.com/feed', name: Example.ORG}"
    ) == ["example.org-2", "Example.ORG"]


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["example.org", "www.example.org", "example.com"]),
            st.lists(st.sampled_from(["a", "b", "feed", "A", "%20"]), max_size=3),
            st.sampled_from(["", "Example.org", "example.com-2", "example.org/a"]),
        ),
        min_size=1,
        max_size=12,
        unique_by=(lambda item: (item[0], tuple(item[1])), lambda item: item[2] or object()),
    )
)
def test_names_are_always_unique(items: list[tuple[str, list[str], str]]) -> None:
    entries = [
        f"{{url: 'https://{host}/{'/'.join(path)}'" + (f", name: {name}}}" if name else "}")
        for host, path, name in items
    ]
    found = names(*entries)
    assert len({name.casefold() for name in found}) == len(items)
    assert all(name == item[2] for name, item in zip(found, items, strict=True) if item[2])


def test_ten_thousand_feeds_of_one_host_are_named() -> None:
    # Work that grows with the square of their number would not end within a test's time limit.
    found = names(*(f"https://example.org/feed?n={n}" for n in range(10_000)))
    assert found[-1] == "example.org-10000"


# --- secrets -------------------------------------------------------------------------------------


def test_no_secret_shows_in_a_repr(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("t0psecret\n")
    text = """\
sources:
  - url: https://example.org/feed
    headers: {X-Api-Key: {file: key}, X-Auth: {env: LOGIN}}
    login: {username: ada, password_env: PASSWORD}
    proxy: {env: PROXY}
    extract: {headers: {X-Page-Key: {file: key}}, cookies: {session: {env: COOKIE}}}
proxy: {env: PROXY}
smtp: {host: mail.example.org, username: u, password_env: PASSWORD}
"""
    environ = {
        "LOGIN": "b3arer",
        "PASSWORD": "pa55",
        "COOKIE": "c00kie",
        "PROXY": "http://u:pr0xy@p.example.org",
    }
    config = read(text, environ=environ, folder=tmp_path)
    assert dict(config.sources[0].headers) == {
        "Authorization": "Basic YWRhOnBhNTU=",
        "X-Api-Key": "t0psecret",
        "X-Auth": "b3arer",
    }
    rules = config.sources[0].rules
    assert rules is not None
    assert rules.headers == (("X-Page-Key", "t0psecret"), ("Cookie", "session=c00kie"))
    assert from_json(to_json(rules), PageRules) == rules
    shown = repr(config)
    secrets = ("t0psecret", "b3arer", "pa55", "YWRhOnBhNTU", "pr0xy", "c00kie")
    assert not [secret for secret in secrets if secret in shown]
    assert "X-Api-Key" in shown


@pytest.mark.parametrize(
    "entry",
    [
        "headers: {X-Api-Key: hunter2}",
        "headers: {Authorization: hunter2}",
        "headers: {X-A: {env: 'hunter2 '}, x-a: {env: 'hunter2!'}}",
        "headers: {X-A: {hunter2: hunter2}}",
        "url: https://ada:hunter2@example.org/",
        "extract: {headers: {X-Api-Key: hunter2}, cookies: {session: hunter2}}",
        "extract: {cookies: {a: 'hunter2;', b: {env: 'hunter2 '}}}",
        "login: {username: ada, password: hunter2}",
        "login: {username: ada, password_env: hunter2}",
        "proxy: http://ada:hunter2@proxy.example.org",
        "proxy: {env: hunter2}",
        "proxy: hunter2",
    ],
)
def test_no_problem_repeats_a_secret(entry: str) -> None:
    text = f"sources:\n  - {entry}\nsmtp:\n  password: hunter2\n  password_env: hunter2!\n"
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert "hunter2" not in str(caught.value)
