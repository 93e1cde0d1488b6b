"""A digest handed over to a file, a maildir, a program and a chat."""

from __future__ import annotations

import json
import mailbox
import os
import shlex
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hookserver import Reply, hook_server
from mailserver import Mailbox, mail_server

from aggregator.errors import DeliveryError, UsageError
from aggregator.notify.mailfile import filled
from aggregator.notify.smtp import SmtpSettings
from aggregator.notify.targets import hand_over
from aggregator.types import Delivery, DeliveryState, DigestTarget, Edition, TargetKind

MESSAGE = b"Subject: Hello\r\n\r\nFirst line\r\n.\r\nFrom here to there\r\n"
UNIX = MESSAGE.replace(b"\r\n", b"\n")
DELIVERY = Delivery(
    edition=Edition(digest="digest", local_date=date(2026, 3, 30), slot=1),
    recipient="desk",
    message_id="<20260330.1@example.org>",
    message=MESSAGE,
    state=DeliveryState.SENDING,
    attempts=1,
    error=None,
    retry_at=None,
)


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def give(
    kind: TargetKind,
    address: str | Path,
    delivery: Delivery = DELIVERY,
    *,
    seconds: float = 10,
    settings: SmtpSettings | None = None,
) -> None:
    hand_over(
        delivery,
        DigestTarget(name="desk", kind=kind, address=str(address)),
        sender="News <news@example.org>",
        settings=settings,
        put=write,
        patience=timedelta(seconds=seconds),
    )


def refused(
    kind: TargetKind, address: str | Path, delivery: Delivery = DELIVERY, *, seconds: float = 10
) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        give(kind, address, delivery, seconds=seconds)
    assert caught.value.recipient == "desk"
    return caught.value


# --- mail


def test_a_mail_address_gets_a_mail() -> None:
    box = Mailbox()
    with mail_server(box) as port:
        settings = SmtpSettings(host="127.0.0.1", port=port, security="none")
        give(TargetKind.MAIL, "Ann <ann@example.com>", settings=settings)
    (envelope,) = box.envelopes
    assert envelope.rcpt_tos == ["ann@example.com"]
    assert envelope.content == MESSAGE


def test_a_mail_without_a_server_is_refused_for_good() -> None:
    error = refused(TargetKind.MAIL, "ann@example.com")
    assert error.permanent
    assert "add a section smtp" in str(error)


# --- files


def test_a_file_is_the_message_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    give(TargetKind.FILE, tmp_path / "digests" / "today.eml")
    assert (tmp_path / "digests" / "today.eml").read_bytes() == MESSAGE


def test_a_folder_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "digests").write_text("a file")
    error = refused(TargetKind.FILE, tmp_path / "digests" / "today.eml")
    assert not error.permanent
    assert "cannot be made" in str(error)


def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    def full(path: Path, _: bytes) -> None:
        raise UsageError(f"{path} cannot be written: No space left on device")

    with pytest.raises(DeliveryError, match=r"No space left on device\.$") as caught:
        hand_over(
            DELIVERY,
            DigestTarget(name="desk", kind=TargetKind.FILE, address=str(tmp_path / "a.eml")),
            sender=None,
            settings=None,
            put=full,
        )
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Caucasus", "Caucasus"),
        ("../../etc/cron.d", "etc-cron.d"),
        ("North / South", "North-South"),
        ("..", "-"),
        ("A\x00B\nC", "A-B-C"),
        ("Новости", "Новости"),
    ],
)
def test_a_value_in_a_path_cannot_lead_elsewhere(name: str, said: str) -> None:
    values = {"digest": name, "date": "2026-03-30"}
    assert filled("/srv/{digest}/{date}.eml", values) == f"/srv/{said}/2026-03-30.eml"


# --- maildirs


def test_a_maildir_is_made_and_has_the_message_as_unread(tmp_path: Path) -> None:
    give(TargetKind.MAILDIR, tmp_path / "mail")
    box = mailbox.Maildir(tmp_path / "mail", create=False)
    ((key, message),) = box.items()
    assert message.get_subdir() == "new"
    assert box.get_bytes(key) == UNIX
    assert not list((tmp_path / "mail" / "tmp").iterdir())


def test_a_message_that_is_repeated_after_a_crash_is_there_once(tmp_path: Path) -> None:
    give(TargetKind.MAILDIR, tmp_path)
    give(TargetKind.MAILDIR, tmp_path)
    box = mailbox.Maildir(tmp_path)
    ((key, message),) = box.items()
    message.set_subdir("cur")
    message.add_flag("S")
    box[key] = message  # it is read meanwhile
    give(TargetKind.MAILDIR, tmp_path)
    assert len(box) == 1

    give(TargetKind.MAILDIR, tmp_path, replace(DELIVERY, message_id="<20260331.1@example.org>"))
    assert len(box) == 2


def test_half_a_message_of_a_process_that_died_is_written_anew(tmp_path: Path) -> None:
    give(TargetKind.MAILDIR, tmp_path)
    (written,) = (tmp_path / "new").iterdir()
    (tmp_path / "tmp" / written.name).write_bytes(b"Subj")
    written.unlink()
    give(TargetKind.MAILDIR, tmp_path)
    assert written.read_bytes() == UNIX
    assert not list((tmp_path / "tmp").iterdir())


def test_a_maildir_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("a file")
    error = refused(TargetKind.MAILDIR, tmp_path)
    assert not error.permanent
    assert f"The maildir {tmp_path} cannot be written" in str(error)


# --- programs


def command(*words: object) -> str:
    return shlex.join(map(str, words))


def script(text: str, *arguments: object) -> str:
    return command("/bin/sh", "-c", text, "sh", *arguments)


def test_a_program_gets_the_message_with_lines_as_unix_has_them(tmp_path: Path) -> None:
    give(TargetKind.COMMAND, script('cat > "$1"', tmp_path / "it's here"))
    assert (tmp_path / "it's here").read_bytes() == UNIX


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    give(TargetKind.COMMAND, f"/bin/echo hello > {tmp_path}/file; /bin/false")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "permanent"),
    [(75, False), (1, True), (64, True), (67, True), (127, True)],
)
def test_exit_codes(code: int, permanent: bool) -> None:
    error = refused(TargetKind.COMMAND, script(f"echo no such user >&2; exit {code}"))
    assert error.permanent is permanent
    assert str(error) == f"The command /bin/sh ended with exit code {code}: no such user."


def test_a_program_that_a_signal_ends_is_tried_again() -> None:
    error = refused(TargetKind.COMMAND, script("kill -TERM $$"))
    assert not error.permanent
    assert "signal 15" in str(error)


@pytest.mark.timeout(20)
def test_a_program_that_hangs_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    text = 'sleep 1000 & echo $! > "$1"; echo waiting >&2; wait'
    error = refused(TargetKind.COMMAND, script(text, tmp_path / "pid"), seconds=0.5)
    assert not error.permanent
    assert "did not end within 500ms and was killed: waiting." in str(error)
    child = int((tmp_path / "pid").read_text())
    while is_running(child):  # it takes the kernel a moment
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """A zombie, which its new parent has not noticed yet, is not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.timeout(20)
def test_a_program_that_leaves_another_behind_is_not_waited_for_longer(tmp_path: Path) -> None:
    """As a mailer that puts itself into the background does; it has our pipe, if it were one."""
    give(TargetKind.COMMAND, script('sleep 1000 & echo $! > "$1"', tmp_path / "pid"))
    os.kill(int((tmp_path / "pid").read_text()), 9)


def test_a_program_that_does_not_read_has_taken_it() -> None:
    give(TargetKind.COMMAND, "/bin/true", replace(DELIVERY, message=b"x" * 1_000_000))


def test_a_program_that_is_not_there() -> None:
    error = refused(TargetKind.COMMAND, "/usr/sbin/no-such-mailer -i")
    assert error.permanent
    assert "/usr/sbin/no-such-mailer cannot be run: No such file or directory" in str(error)


def test_what_a_program_says_cannot_upset_a_log() -> None:
    text = "import sys; sys.stderr.write('\\x1b]8;;https://evil.example\\x07' + 'x' * 100_000)"
    error = refused(TargetKind.COMMAND, command(sys.executable, "-c", f"{text}; sys.exit(1)"))
    assert str(error).isprintable()
    assert len(str(error)) < 500


# --- chats

SHORT = "Bridge reopens · 12 stories\n1. Bridge reopens\nhttps://example.org/1\n2. Ferry is saved"
CHAT = replace(DELIVERY, message=SHORT.encode())


def test_a_chat_gets_the_short_form() -> None:
    with hook_server() as hooks:
        give(TargetKind.APPRISE, f"json://ann:P4ssw0rd@127.0.0.1:{hooks.port}/S3cret", CHAT)
    (received,) = hooks.received
    said = json.loads(received.body)
    assert said["title"] == "Bridge reopens · 12 stories"
    assert said["message"] == SHORT.partition("\n")[2]


def test_a_chat_that_takes_less_gets_whole_lines() -> None:
    lines = [f"{number}. A headline of some length about a bridge" for number in range(500)]
    with hook_server() as hooks:
        long = replace(CHAT, message="\n".join(["News", *lines]).encode())
        give(TargetKind.APPRISE, f"json://127.0.0.1:{hooks.port}/", long)
    said = json.loads(hooks.received[0].body)["message"].split("\n")
    assert said[-1] == "…"
    assert said[:-1] == lines[: len(said) - 1]
    assert len(said) > 20


def test_a_chat_that_refuses_is_tried_again_and_its_address_stays_unsaid() -> None:
    with hook_server([Reply(status=500)]) as hooks:
        error = refused(
            TargetKind.APPRISE, f"json://ann:P4ssw0rd@127.0.0.1:{hooks.port}/S3cretPath", CHAT
        )
    assert not error.permanent
    assert "“desk”" in str(error)
    for secret in ("P4ssw0rd", "S3cretPath"):
        assert secret not in str(error)


def test_a_chat_whose_address_cannot_be_used_is_refused_for_good() -> None:
    assert refused(TargetKind.APPRISE, "nosuch://somewhere", CHAT).permanent
