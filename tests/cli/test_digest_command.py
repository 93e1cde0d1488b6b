"""digest: what the next one would hold, past editions, and sending by hand."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from digesthouse import DigestHouse
from mailserver import Mailbox, mail_server
from program import Cli

from aggregator.cli import main

Run = Callable[..., tuple[str, str]]
"""Arguments, and the exit code that is expected → (stdout, stderr)."""
FILE = "  to: 'file:digests/{date}.eml'\n  from: news@example.org\n"
OTHER = "digests: [{name: Ferries, query: 'title:ferry'}]\n"
LONG_AGO = "2026-02-28"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process: many commands are quicker so."""

    def run(*arguments: str, check: int = 0) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["aggregator", "digest", *arguments])
        with pytest.raises(SystemExit) as exited:
            main()
        said = capfd.readouterr()
        assert exited.value.code == check, said
        return said.out, said.err

    monkeypatch.chdir(tmp_path)
    return run


@pytest.fixture
def room(tmp_path: Path) -> Iterator[DigestHouse]:
    with DigestHouse(tmp_path) as made:
        made.write(FILE, OTHER)
        made.publish("Gull", "ferry")
        made.publish("Heron", "bridge")
        yield made


def rows(run: Run, *arguments: str) -> list[dict[str, Any]]:
    output, _ = run(*arguments, "--json")
    return [json.loads(row) for row in output.splitlines()]


# --- the next one


def test_the_next_one_is_printed_as_text(run: Run, room: DigestHouse) -> None:
    text = run("--since", LONG_AGO)[0]
    assert "Ferry in the news" in text
    assert "Bridge in the news" in text
    ferries = run("ferries", "--since", LONG_AGO)[0]
    assert "Ferry in the news" in ferries
    assert "Bridge in the news" not in ferries
    assert room.made() == []


def test_a_preview_is_a_page_for_a_pipe_or_a_file(run: Run, room: DigestHouse) -> None:
    page = run("preview", "--since", LONG_AGO, "--html")[0]
    assert page.startswith("<!DOCTYPE html>")
    assert "Ferry in the news" in page
    said = run("preview", "-o", "next.html")[0]
    assert said == "Written: next.html\n"
    assert (room.folder / "next.html").read_text().startswith("<!DOCTYPE html>")
    assert room.made() == []


def test_a_preview_opens_in_a_browser(
    cli: Cli, room: DigestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = room.folder / "bin" / "xdg-open"
    browser.parent.mkdir()
    browser.write_text(
        f'#!/bin/sh\nprintf %s "$1" > {room.folder}/new; mv {room.folder}/new opened\n'
    )
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{browser.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMPDIR", str(room.folder))
    monkeypatch.setenv("DISPLAY", ":7")
    said = cli("digest", "preview").stdout
    while not (room.folder / "opened").exists():  # nobody waits for a browser
        time.sleep(0.01)
    page = Path((room.folder / "opened").read_text())
    assert said == f"Opened: {page}\n"
    assert page.read_text().startswith("<!DOCTYPE html>")
    assert room.made() == []


def test_a_preview_without_a_screen_says_where_it_is(
    run: Run, room: DigestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(room.folder))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    first, second = run("preview")[0].splitlines()
    assert Path(first.removeprefix("Written: ")).exists()
    assert "open this file" in second


@pytest.mark.parametrize("verb", [[], ["show"], ["preview"], ["send"]])
def test_an_unknown_name_lists_those_there_are(
    run: Run, room: DigestHouse, verb: list[str]
) -> None:
    room.run("2026-03-02 07:00")
    stderr = run(*verb, "Feries", check=2)[1]
    assert "no digest “Feries”" in stderr
    assert "did you mean “Ferries”?" in stderr
    assert "“digest”, “Ferries”" in stderr


# --- past ones


def test_an_edition_is_shown_again_byte_for_byte(run: Run, room: DigestHouse) -> None:
    room.run("2026-03-02 07:00")
    room.publish("Skua", "harvest")
    room.run("2026-03-03 07:00")
    first, second = room.kept()
    assert run("show")[0] == second.rendered.text
    assert run("show", "--date", "2026-03-02")[0] == first.rendered.text
    assert run("show", "--date", "2026-03-02", "--html")[0] == first.rendered.html
    eml, _ = run("show", "--slot", "1", "--eml", "file:digests/{date}.eml")
    assert eml.encode() == (room.folder / "digests" / "2026-03-03.eml").read_bytes()
    (row,) = rows(run, "show", "FERRIES", "--date", "2026-03-02")
    assert row["digest"] == "ferries"
    assert (row["date"], row["slot"], row["items"]) == ("2026-03-02", 1, 1)
    assert row["text"] == room.kept("ferries")[0].rendered.text
    assert row["deliveries"] == []

    room.write(FILE)  # and Ferries is no more
    gone = run("show", "Ferries", "--date", "2026-03-02")[0]
    assert gone == room.kept("ferries")[0].rendered.text


def test_an_edition_that_is_not_there(run: Run, room: DigestHouse) -> None:
    assert "digest preview" in run("show", check=2)[1]
    room.run("2026-03-02 07:00")
    for arguments, said in (
        (("--date", "2026-03-01"), "no edition of the digest “digest” of 2026-03-01"),
        (("--slot", "2"), "no edition 2 of 2026-03-02; it has 1"),
        (("--eml", "ann@example.com"), "not made for “ann@example.com”; it was for file:digests"),
        (("--html", "--json"), "choose one of"),
    ):
        assert said in run("show", *arguments, check=2)[1]


def test_the_list_has_what_is_next_and_what_went_wrong(run: Run, room: DigestHouse) -> None:
    assert [row["last"] for row in rows(run, "list")] == [None, None]
    with mail_server(Mailbox(rcpt="550 nobody here")) as port:
        room.write(
            "  to: [ann@example.com, 'file:today.eml']\n  from: news@example.org\n"
            "  at: ['07:00', '18:00']\n  days: mon-fri\n",
            f"{OTHER}smtp: {{host: 127.0.0.1, port: {port}, security: none}}\n",
        )
        room.at("2026-03-02 06:00")
        room.publish("Skua", "harvest")
        room.run("2026-03-02 07:00")
    first, second = rows(run, "list")
    assert first["name"] == "digest"
    assert first["when"] == "mon-fri 07:00, 18:00 UTC"
    assert first["to"] == ["ann@example.com", "file:today.eml"]
    assert first["last"]["date"] == "2026-03-02"
    states = {one["recipient"]: one["state"] for one in first["last"]["deliveries"]}
    assert states == {"ann@example.com": "failed", "file:today.eml": "sent"}
    assert second["to"] == []
    text = run("list")[0]
    assert "1 sent, 1 failed" in text
    assert "ann@example.com: The mail server" in text
    assert "550 nobody here" in text
    assert "sent to nobody" in text


# --- by hand


def test_by_hand_each_recipient_gets_it_once(run: Run, room: DigestHouse) -> None:
    room.write(f"{FILE}  send_empty: true\n", OTHER)
    said = run("send")[0]
    (file,) = (room.folder / "digests").iterdir()
    assert said == f"sent to {file}\n"
    message = message_from_bytes(file.read_bytes())
    again = run("send")[0]
    assert again == f"file:digests/{{date}}.eml has had the digest of {file.stem} already\n"

    more = FILE.replace("'file", "['file").replace("eml'", "eml', 'file:other.eml']")
    room.write(f"{more}  send_empty: true\n", OTHER)
    said = run("send")[0]
    assert f"sent to {room.folder / 'other.eml'}\n" in said
    other = message_from_bytes((room.folder / "other.eml").read_bytes())
    assert str(other["Subject"]) == str(message["Subject"])
    assert len(room.made()) == 1


def test_by_hand_to_one_recipient_only_also_again_after_a_refusal(
    run: Run, room: DigestHouse
) -> None:
    box = Mailbox(rcpt="550 nobody here")
    with mail_server(box) as port:
        room.write(
            "  to: [ann@example.com, bob@example.com]\n  from: news@example.org\n"
            "  send_empty: true\n",
            f"smtp: {{host: 127.0.0.1, port: {port}, security: none}}\n",
        )
        refused = run("send", "--to", "ANN@example.com", check=6)[1]
        assert "not sent to ann@example.com" in refused
        assert "digest send digest --to ann@example.com" in refused.replace("\n", " ")
        assert "bob" not in refused
        box.answers.clear()
        said = run("send", "--to", "ann@example.com")[0]
    assert said == "sent to ann@example.com\n"
    assert [one.rcpt_tos for one in box.envelopes] == [["ann@example.com"]]


def test_by_hand_to_nobody_or_somebody_unknown(run: Run, room: DigestHouse) -> None:
    room.write(FILE, OTHER)
    assert "give it a “to”" in run("send", "Ferries", check=2)[1]
    stderr = run("send", "--to", "cy@example.com", check=2)[1]
    assert "“cy@example.com” is no recipient of the digest “digest”" in stderr
    assert "file:digests/{date}.eml" in stderr


def test_by_hand_there_may_be_nothing_to_send(run: Run, room: DigestHouse) -> None:
    """And then nothing is kept: its hour may still come."""
    room.write(FILE)
    room.run("2026-03-02 07:00")
    room.outlets.now = room.storage.clock()
    said = run("send")[0]
    assert "nothing sent" in said
    assert room.made() == ["2026-03-02"]
