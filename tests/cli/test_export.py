"""export, as a user runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from epubs import problems, read
from exportmaker import NOON, join, published, store
from program import Cli

from aggregator.core.export_csv import BOM
from aggregator.storage.backends import open_storage

FEEDS = """\
storage: news.db
digest: {timezone: Europe/Paris}
sources:
  - {url: 'https://the-quay-post.example.org/feed', name: The Quay Post, tags: [sea]}
  - {url: 'https://hill-radio.example.org/feed', name: Hill Radio, paused: true}
"""


@pytest.fixture
def cli(cli: Cli) -> Cli:
    """With three articles, two of them in story 1."""
    cli.write(FEEDS)
    with closing(open_storage(cli.folder / "news.db")) as storage:
        store(
            storage,
            "The Quay Post",
            published("Bridge opens", "<p>It is <b>open</b>, and long.</p>"),
            published("Flood at the quay", "<p>The flood came.</p>", hours=1),
        )
        store(storage, "Hill Radio", published("=Bridge", "<p>The bridge, open.</p>", hours=2))
        join(storage, 1, 3)
    return cli


def rows(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_everything_goes_to_standard_output_as_json(cli: Cli) -> None:
    result = cli("export")
    found = rows(result.stdout)
    assert [row["id"] for row in found] == [1, 2, 3]
    assert found[0]["tags"] == ["sea"]
    assert found[0]["text"] == "It is open, and long."
    assert result.stderr == ""


def test_a_search_chooses(cli: Cli) -> None:
    assert [row["id"] for row in rows(cli("export", "bridge", "-flood").stdout)] == [1, 3]
    assert [row["id"] for row in rows(cli("export", "--story", "1").stdout)] == [1, 3]
    assert [row["id"] for row in rows(cli("export", "story:1", "source:hill").stdout)] == [3]
    assert rows(cli("export", "--since", "1d", check=1).stdout) == []
    assert len(rows(cli("export", "--since", f"{NOON:%Y-%m-%d}").stdout)) == 3
    assert "unclosed quote at column 1" in cli("export", '"bridge', check=2).stderr
    assert "there is no story 2;" in cli("export", "--story", "2", check=2).stderr


def test_the_ending_of_the_file_says_the_format(cli: Cli) -> None:
    result = cli("export", "-o", "all.csv")
    assert result.stdout.startswith("Written: all.csv (3 articles, ")
    text = (cli.folder / "all.csv").read_bytes().decode()
    found = [*csv.DictReader(io.StringIO(text, newline=""), strict=True)]
    assert [row["title"] for row in found] == ["Bridge opens", "Flood at the quay", "'=Bridge"]
    cli("export", "-o", "all.NDJSON")
    assert (cli.folder / "all.NDJSON").read_text() == cli("export").stdout
    cli("export", "-o", "all.txt", "--format", "md")
    assert (cli.folder / "all.txt").read_text().startswith("# Articles\n")
    assert "--format" in cli("export", "-o", "all.txt", check=2).stderr
    assert rows(cli("export", "-o", "-").stdout) == rows(cli("export").stdout)


def test_a_story_becomes_a_book(cli: Cli) -> None:
    cli("export", "--story", "1", "-o", "story.epub")
    book = (cli.folder / "story.epub").read_bytes()
    assert problems(book) == []
    assert "times are those of Europe/Paris" in read(book, "EPUB/title.xhtml")
    cli("export", "story:1", "-o", "again.epub")
    assert (cli.folder / "again.epub").read_bytes() == book


def test_a_search_becomes_a_document(cli: Cli) -> None:
    text = cli("export", "flood", "--format", "md").stdout
    assert text.startswith("# flood\n\n1 article.\n")
    assert "The flood came." in text
    assert "The flood came." not in cli("export", "flood", "--format", "md", "--no-text").stdout


def test_more_than_the_limit_is_told(cli: Cli) -> None:
    result = cli("export", "-n", "1", "-o", "one.md")
    assert "Written: one.md (1 article, " in result.stdout
    assert "More articles match: these are the newest 1. --limit takes more" in result.stderr
    assert "=Bridge" in (cli.folder / "one.md").read_text()
    assert cli("export", "-n", "3", "-o", "three.md").stderr == ""


def test_excel_is_told_what_the_letters_are(cli: Cli) -> None:
    assert not cli("export", "--format", "csv").stdout.startswith(BOM)
    assert cli("export", "--format", "csv", "--excel").stdout.startswith(f"{BOM}id,story,")


def test_texts_are_left_out_or_come_as_html_too(cli: Cli) -> None:
    assert rows(cli("export", "--html").stdout)[0]["html"] == "<p>It is <b>open</b>, and long.</p>"
    assert "text" not in rows(cli("export", "--no-text").stdout)[0]


def test_nothing_found_is_an_error_and_makes_no_document(cli: Cli) -> None:
    (cli.folder / "old.epub").write_bytes(b"before")
    result = cli("export", "volcano", "-o", "old.epub", check=1)
    assert "nothing matches; no file is made" in result.stderr
    assert (cli.folder / "old.epub").read_bytes() == b"before"
    assert "nothing matches" in cli("export", "volcano", "-o", "none.csv", check=1).stderr
    assert (cli.folder / "none.csv").read_text().startswith("id,story,")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("out.csv",), "aggregator export -o out.csv"),
        (("--html", "--format", "md"), "--html adds to the texts"),
        (("--html", "--no-text"), "--html adds to the texts"),
        (("--excel",), "--excel is about csv"),
        (("--format", "epub", "--no-text"), "an EPUB without texts is empty"),
        (("--format", "opml", "flood"), "opml is the list of sources"),
        (("--format", "opml", "-n", "3"), "opml is the list of sources"),
        (("-o", "absent/out.csv"), "absent/out.csv cannot be written: No such file"),
        (("-o", "/dev/full", "--format", "csv"), "there is no room for it on the disk"),
        (("--limit", "0"), "--limit"),
    ],
)
def test_what_makes_no_sense_is_said(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    assert said in cli("export", *arguments, check=2).stderr


@pytest.mark.parametrize("name", ["news.db", "feeds.yaml"])
@pytest.mark.parametrize("form", ["csv", "opml"])
def test_our_own_files_are_not_replaced(cli: Cli, name: str, form: str) -> None:
    before = (cli.folder / name).read_bytes()
    result = cli("export", "-o", name, "--format", form, check=2)
    assert f"{name} is what aggregator itself works with" in result.stderr
    assert (cli.folder / name).read_bytes() == before


def test_a_full_disk_behind_standard_output_is_said(cli: Cli) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*cli.command, "export"],
            cwd=cli.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=100,
            env=cli.environment(),
        )
    assert done.returncode == 2
    assert b"the output cannot be written: there is no room for it on the disk" in done.stderr
    assert b"Traceback" not in done.stderr


def test_whoever_has_seen_enough_may_go(cli: Cli) -> None:
    """The reader closes the pipe before anything is written."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as target:
        done = subprocess.run(
            [*cli.command, "export"],
            cwd=cli.folder,
            stdout=target,
            stderr=subprocess.PIPE,
            check=False,
            timeout=100,
            env=cli.environment(),
        )
    assert done.stderr == b""
    assert done.returncode in {0, 1}  # click's own answer is 1


def test_a_book_does_not_go_to_a_terminal(cli: Cli) -> None:
    main, worker = pty.openpty()
    done = subprocess.run(
        [*cli.command, "export", "--format", "epub"],
        cwd=cli.folder,
        stdout=worker,
        stderr=subprocess.PIPE,
        check=False,
        timeout=100,
        env=cli.environment(),
    )
    os.close(main)
    os.close(worker)
    assert done.returncode == 2
    assert b"epub is not for a terminal; name a file with -o FILE" in done.stderr


def test_progress_is_shown_on_a_terminal(cli: Cli) -> None:
    shown = cli.on_terminal("export", "-o", "all.csv")
    assert "Exporting" in shown
    assert "3 articles" in shown


def test_parquet_says_what_is_missing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = cli.folder / "without"
    stand_in.mkdir()
    (stand_in / "pyarrow.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(stand_in))
    result = cli("export", "-o", "all.parquet", check=2)
    assert "pip install pyarrow" in result.stderr
    assert not (cli.folder / "all.parquet").exists()


def test_parquet_is_written_where_pyarrow_is_installed(cli: Cli) -> None:
    pytest.importorskip("pyarrow", reason="aggregator[parquet] is not installed")
    cli("export", "bridge", "-o", "some.parquet")
    data = (cli.folder / "some.parquet").read_bytes()
    assert (data[:4], data[-4:]) == (b"PAR1", b"PAR1")
