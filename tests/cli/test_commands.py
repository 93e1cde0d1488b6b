"""The commands as a user runs them: output, exit codes, bad input."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from program import Cli

from aggregator.demo.press import Press

FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour Notes</title><link>https://example.org/</link>
<item><title>Ferry \x1b[31mreturns</title><link>/ferry</link><guid>1</guid>
<pubDate>Wed, 07 Feb 2024 10:30:00 GMT</pubDate><description>It is back.</description></item>
<item><title>Tide tables &amp; moons</title><link>/tide</link><guid>2</guid></item>
</channel></rss>"""
BODY = "".join(
    f"<p>Paragraph {number} tells at some length how the harbour master counted the boats of "
    f"quay {number} and found them all in their places before the tide turned.</p>"
    for number in range(1, 8)
)
PAGE = f"""<html lang="en"><head><title>Boats counted - Harbour Notes</title>
<meta property="og:title" content="Boats counted">
<meta property="og:image" content="https://example.org/boats.jpg">
<meta property="article:published_time" content="2024-02-07T10:30:00+01:00">
<meta name="author" content="Ada Quill"></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>Boats counted</h1>{BODY}</article></body></html>"""


def test_parse_gives_the_feed_as_one_object(cli: Cli) -> None:
    path = cli.write(FEED.replace("\x1b", ""), "feed.xml")
    feed = json.loads(
        cli("parse", str(path), "--base-url", "https://example.org/feed", "--json").stdout
    )
    assert feed["title"] == "Harbour Notes"
    assert [entry["url"] for entry in feed["entries"]] == [
        "https://example.org/ferry",
        "https://example.org/tide",
    ]
    assert feed["entries"][0]["published_at"] == "2024-02-07T10:30:00Z"
    assert feed["entries"][1]["title"] == "Tide tables & moons"


def test_stages_read_standard_input(cli: Cli) -> None:
    assert "Harbour Notes" in cli("parse", "-", stdin=FEED.encode()).stdout
    assert "quay 3" in cli("extract", "-", stdin=PAGE.encode()).stdout
    assert cli("group", "-", stdin=b'{"id": 1}\n').stdout.startswith("1 ")


def test_terminal_escapes_of_a_feed_are_not_passed_on(cli: Cli) -> None:
    output = cli("parse", "-", stdin=FEED.encode()).stdout
    assert "Ferry" in output
    assert "\x1b" not in output


def test_parse_names_what_is_wrong(cli: Cli) -> None:
    page = b"<html><head><link rel=alternate type='application/rss+xml' href=/rss></head></html>"
    result = cli("parse", "-", "--base-url", "https://example.org/", stdin=page, check=1)
    assert "https://example.org/rss" in result.stderr
    assert cli("parse", "-", stdin=b"", check=1).stderr == (
        "aggregator: The answer from standard input is empty. Try again later, or check the"
        " address.\n"
    )
    other = cli("parse", "-", stdin=b"harbour notes", check=1).stderr
    assert other.startswith("aggregator: standard input is no XML, JSON or HTML, not a feed.")
    listed = cli("parse", str(cli.write("<opml/>", "list.xml")), check=1).stderr
    assert "list.xml is an OPML list of feeds" in listed
    assert cli("parse", "no-such-file", check=2).stderr


def test_extract_gives_text_and_metadata(cli: Cli) -> None:
    path = cli.write(PAGE, "page.html")
    found = json.loads(
        cli("extract", str(path), "--url", "https://example.org/boats", "--json").stdout
    )
    assert found["title"] == "Boats counted"
    assert found["author"] == "Ada Quill"
    assert found["date"] == "2024-02-07T09:30:00Z"
    assert found["language"] == "en"
    assert found["image"] == "https://example.org/boats.jpg"
    assert "quay 7" in found["text"]
    assert "Home" not in found["text"]
    assert cli("extract", "-", stdin=b"<html></html>", check=1).stderr


def test_group_answers_each_article_in_order(cli: Cli) -> None:
    text = (
        "The lighthouse of Skerry Point went dark on Friday after one hundred and forty years, "
        "when its last keeper, Maren Oduya, turned the lamp off in front of some two hundred "
        "guests. The harbour board of Orrinmouth said an automatic light would take over. "
    ) * 2
    articles = [
        {"id": "a", "title": "Lighthouse dark", "text": text, "source": "One"},
        {"id": "b", "title": "Lamp turned off", "text": text, "source": "Two"},
        {
            "id": "c",
            "title": "Onion prices rise in Tessmark",
            "text": "Onions cost more.",
            "source": "One",
        },
    ]
    path = cli.write("\n".join(map(json.dumps, articles)) + "\n\n", "articles.jsonl")
    answers = [json.loads(row) for row in cli("group", str(path), "--json").stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c"]
    assert [answer["story"] for answer in answers] == ["a", "a", "c"]
    assert [answer["relation"] for answer in answers] == ["new", "copy", "new"]
    assert answers[1]["of"] == "a"
    assert answers[1]["why"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no JSON"),
        ("[1]", "id"),
        ('{"title": "x"}', "id"),
        ('{"id": 1, "text": 5}', "text"),
        ('{"id": 1, "published": "soon"}', "published"),
        ('{"id": "a"}', "earlier line"),
    ],
)
def test_group_names_the_line_of_bad_input(cli: Cli, line: str, says: str) -> None:
    path = cli.write('{"id": "a"}\n' + line + "\n", "articles.jsonl")
    result = cli("group", str(path), check=2)
    assert f"{path}:2" in result.stderr
    assert says in result.stderr


def test_check_counts_what_there_is(cli: Cli) -> None:
    cli.write(
        "sources: ['https://example.org/feed/']\n"
        "channels: {hook: 'https://hooks.example.org/x'}\n"
        "watches:\n"
        "  - {name: Floods, query: flood, to: hook}\n"
        "  - {name: Droughts, query: drought, to: hook}\n"
    )
    assert "feeds.yaml has 1 source and 2 watches\n" in cli("check").stdout
    cli.write("sources: ['https://example.org/feed/']\n")
    assert "feeds.yaml has 1 source\n" in cli("check").stdout


def test_init_check_and_a_bad_file(cli: Cli) -> None:
    cli("init")
    assert "2 sources" in cli("check").stdout
    assert cli("init", check=2).stderr
    cli.write("sources:\n  - url: ftp://example.org/\nintervall: 5m\n")
    wrong = cli("check", check=2)
    assert "feeds.yaml:2" in wrong.stderr
    assert "feeds.yaml:3" in wrong.stderr
    problems = [json.loads(row) for row in cli("check", "--json", check=2).stdout.splitlines()]
    assert [problem["line"] for problem in problems] == [2, 3]
    for command in (["update"], ["run"], ["sources"], ["digest"]):
        assert cli(*command, check=2).stderr.count("feeds.yaml:") == 2


def test_check_looks_into_the_database_when_asked(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    assert "which is whole" in cli("check", "--database").stdout
    with closing(sqlite3.connect(cli.folder / "aggregator.db")) as connection:
        connection.execute("update articles set title = 'Another' where id = 1")
        connection.commit()
    assert "headline of article 1" in cli("check", "--database", check=4).stderr
    assert cli("check", "--database", "--json", check=4).stdout.count("\n") == 1


def test_without_a_configuration_or_database_it_says_what_to_do(cli: Cli) -> None:
    assert "aggregator init" in cli("update", check=2).stderr
    cli("init")
    assert "aggregator update" in cli("stories", check=4).stderr
    assert not (cli.folder / "aggregator.db").exists()
    assert "aggregator run" in cli("health", check=1).stdout


def test_workers_are_for_postgresql(cli: Cli) -> None:
    cli.write("sources: [https://example.org/feed]\n")
    for command in ("worker", "workers"):
        said = cli(command, check=2).stderr
        assert "aggregator.db is a SQLite file" in said
    assert "use `aggregator run`" in cli("worker", check=2).stderr
    assert not (cli.folder / "aggregator.db").exists()


def test_a_password_in_the_file_is_refused_and_not_repeated(cli: Cli) -> None:
    url = "postgresql://ada:hunter2@db.example.org/news"
    cli.write(f"storage: {url}\nsources: [https://example.org/feed]\n")
    for words in (["check"], ["check", "--json"], ["run"], ["health"], ["workers"], ["stories"]):
        done = cli(*words, check=2)
        assert "holds a password" in done.stdout + done.stderr
        assert "hunter2" not in done.stdout + done.stderr


def test_a_file_that_is_no_database_is_left_alone(cli: Cli) -> None:
    cli("init")
    cli.write(
        "These are my notes, and they are long enough to be mistaken.\n" * 20, "aggregator.db"
    )
    before = (cli.folder / "aggregator.db").read_bytes()
    assert "aggregator.db" in cli("update", check=4).stderr
    assert (cli.folder / "aggregator.db").read_bytes() == before


def test_a_newer_database_is_refused(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    with closing(sqlite3.connect(cli.folder / "aggregator.db")) as connection:
        connection.execute("pragma user_version = 999")
    assert "newer" in cli("update", check=4).stderr
    assert "newer" in cli("search", "x", check=4).stderr


def test_queries_that_cannot_be_read_name_the_column(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    assert "column 6" in cli("search", 'baku "open', check=2).stderr
    assert cli("search", "baku", "-election", "--json").stdout
    assert cli("search", "baku", "-nothing", "-n", "1").stdout  # no bundle of short options


def test_unknown_things_are_usage_errors(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    assert "aggregator stories" in cli("story", "987654", check=2).stderr
    assert "aggregator search" in cli("article", "987654", check=2).stderr
    assert "aggregator sources" in cli("update", "Nobody's Gazette", check=2).stderr
    assert "say which" in cli("update", "127.0.0.1", check=2).stderr
    assert cli("stories", "--since", "soonish", check=2).stderr
    assert cli("frobnicate", check=2).stderr


def test_sources_says_what_is_wrong(press: Press, cli: Cli) -> None:
    cli.write(
        press.feeds_yaml("aggregator.db") + "  - url: http://127.0.0.1:9/feed\n    name: Gone\n"
    )
    summary = cli("update", "--polls-only").stdout
    assert "1 source failed" in summary
    rows = [json.loads(row) for row in cli("sources", "--json").stdout.splitlines()]
    states = {row["name"]: row["state"] for row in rows}
    assert states["Gone"] == "failing"
    assert states["The Europe Today"] == "ok"
    gone = next(row for row in rows if row["name"] == "Gone")
    assert "refused the connection" in gone["last_error"]
    assert "headers" not in gone
    failing = cli("sources", "--failing").stdout
    assert "Gone" in failing
    assert "The Europe Today" not in failing


def test_output_is_plain_in_a_pipe_and_coloured_on_a_terminal(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update")
    plain = cli("stories").stdout
    assert "\x1b" not in plain
    assert not any(row != row.rstrip() for row in plain.splitlines())
    assert "\x1b[" in cli.on_terminal("stories")
    assert "headline, outlets by time" in cli.on_terminal("stories", columns=80)
    assert "run by, the first one first" in cli.on_terminal("stories", columns=130)
    assert "\x1b[" in cli.on_terminal("search", "baku")


def test_a_reader_that_has_seen_enough_is_no_error(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    cli("update", "--polls-only")
    script = f"{cli.command[0]} stories --json -n 1000 | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        cwd=cli.folder,
        capture_output=True,
        env=cli.environment(),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["--help"], ["parse", "-"]])
def test_a_reader_that_has_gone_before_anything_is_written_is_no_error(
    cli: Cli, words: list[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = _writing_into(gone, cli, words)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("words", [["--help"], ["parse", "-"]])
def test_a_full_disk_under_the_output_is_told_in_a_sentence(cli: Cli, words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = _writing_into(full, cli, words)
    assert done.returncode == 2
    assert done.stderr == (
        b"aggregator: the output cannot be written: there is no room for it on the disk\n"
    )


def _writing_into(
    target: IO[bytes], cli: Cli, words: list[str]
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*cli.command, *words],
        cwd=cli.folder,
        input=FEED.encode(),
        stdout=target,
        stderr=subprocess.PIPE,
        env=cli.environment(),
        check=False,
    )


def test_interrupting_an_update_keeps_what_is_done(press: Press, cli: Cli) -> None:
    cli.write(press.feeds_yaml("aggregator.db"))
    with subprocess.Popen(
        [*cli.command, "update"],
        cwd=cli.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=cli.environment(),
    ) as process:
        end = time.monotonic() + 60
        while not press.requests:
            assert time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"kept" in errors
    assert b"Traceback" not in errors
    cli("update")
    rows = [json.loads(row) for row in cli("stories", "--json", "-n", "999").stdout.splitlines()]
    assert sum(len(row["articles"]) for row in rows) == len(press.truth())


def test_completion_scripts(cli: Cli) -> None:
    for shell in ("bash", "zsh", "fish"):
        script = cli("completion", shell).stdout
        assert "_AGGREGATOR_COMPLETE" in script
    environment = {
        **cli.environment(),
        "_AGGREGATOR_COMPLETE": "bash_complete",
        "COMP_WORDS": "aggregator sto",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(cli.command, env=environment, capture_output=True, text=True, check=True)
    assert "stories" in done.stdout


def test_version_and_help_without_any_file(cli: Cli) -> None:
    assert cli("--version").stdout.startswith("aggregator 0.")
    assert "Begin with" in cli("--help").stdout


def test_a_slip_of_the_pen_is_answered_as_every_other_mistake_is(cli: Cli) -> None:
    assert cli("storys", check=2).stderr == (
        "aggregator: No such command 'storys'. Did you mean 'story'?\n"
        "`aggregator --help` explains it.\n"
    )
    assert cli("harbour", check=2).stderr.startswith("aggregator: No such command 'harbour'.\n")
    assert "No such option '--sinc'" in cli("--sinc", check=2).stderr
    assert cli("story", check=2).stderr.startswith("aggregator: Missing argument 'ID'.\n")


@pytest.mark.parametrize(
    "words", [[], ["watch"], ["web"], ["web", "token"], ["digest"], ["sources"], ["story"]]
)
def test_on_a_narrow_terminal_no_command_is_explained_by_half_a_sentence(
    cli: Cli, words: list[str]
) -> None:
    told = cli(*words, "--help", env={"COLUMNS": "80"}).stdout
    assert "Commands:" in told
    assert [row for row in told.splitlines() if row.endswith("...") and "Usage" not in row] == []
    assert list(Path(cli.folder).iterdir()) == []
