"""Which editions are made when, what they hold, and who gets them: over a real store."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from digesthouse import DigestHouse
from mailserver import Mailbox, mail_server
from outlets import text_about

from aggregator.notify.render import MOST_BYTES
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade, Digests, unsent
from aggregator.service.exchanges import Totals
from aggregator.service.presence import machine, shared_health
from aggregator.service.status import ServiceStatus, read_health, write_status
from aggregator.types import DeliveryState, PostgresUrl, Worker

FILE = "  to: 'file:digests/{date}.eml'\n  from: news@example.org\n"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[DigestHouse]:
    with DigestHouse(tmp_path) as made:
        yield made


def mail(to: str, port: int) -> tuple[str, str]:
    """The sections that send it."""
    server = f"smtp: {{host: 127.0.0.1, port: {port}, security: none}}\n"
    return f"  from: news@example.org\n  to: {to}\n", server


# --- when


def test_an_edition_is_made_once_when_its_hour_has_struck(room: DigestHouse) -> None:
    room.write(FILE)
    room.publish("Gull", "ferry")
    assert room.run("2026-03-02 06:59") == []
    made, tried = room.run("2026-03-02 07:00")
    assert isinstance(made, DigestMade)
    assert isinstance(tried, DigestTry)
    assert tried.error is None
    assert room.run("2026-03-02 07:01") == []
    assert room.run("2026-03-02 23:59") == []
    assert room.made() == ["2026-03-02"]
    message = message_from_bytes((room.folder / "digests" / "2026-03-02.eml").read_bytes())
    assert message["Message-ID"] == room.deliveries()["file:digests/{date}.eml"].message_id


def test_nothing_falls_between_two_editions_and_nothing_is_told_twice(room: DigestHouse) -> None:
    room.write(FILE)
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    room.at("2026-03-02 07:00")
    room.publish("Gull", "bridge")  # just after
    room.run("2026-03-04 09:00")  # off for a day, and late
    room.publish("Heron", "harvest")
    room.run("2026-03-05 07:00")
    assert room.told() == [{"ferry"}, {"bridge"}, {"harvest"}]
    first, second, third = room.kept()
    assert first.until_at == second.since_at
    assert second.until_at == third.since_at == datetime(2026, 3, 4, 7, tzinfo=UTC)


def test_a_story_that_others_run_too_comes_back(room: DigestHouse) -> None:
    room.write(FILE)
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    room.publish("Heron", "ferry")
    room.publish("Gull", "bridge")
    room.run("2026-03-03 07:00")
    room.run("2026-03-04 07:00")
    assert room.told()[:2] == [{"ferry"}, {"ferry", "bridge"}]
    assert room.told()[2] == set()


def test_an_empty_edition_is_kept_and_goes_to_nobody(room: DigestHouse) -> None:
    room.write(FILE)
    (made,) = room.run("2026-03-02 07:00")
    assert isinstance(made, DigestMade)
    assert room.deliveries() == {}
    assert not (room.folder / "digests").exists()
    room.publish("Gull", "ferry")  # after its hour
    assert room.run("2026-03-02 08:00") == []


def test_an_empty_edition_goes_out_where_that_is_wanted(room: DigestHouse) -> None:
    room.write(f"{FILE}  send_empty: true\n")
    room.run("2026-03-02 07:00")
    assert (room.folder / "digests" / "2026-03-02.eml").exists()


def test_it_waits_for_what_is_on_its_way_but_not_for_ever(room: DigestHouse) -> None:
    room.write(FILE)
    room.outlets.publish("Gull", ferry=("Ferry is saved", "The night ferry will sail on."))
    room.outlets.poll()  # stored, and in no story yet
    assert room.run("2026-03-02 07:00") == []
    assert len(room.run("2026-03-02 07:10")) >= 1


def test_twice_a_day_each_has_its_own_file_and_message_id(room: DigestHouse) -> None:
    room.write(FILE.replace("{date}", "{date}-{time}") + "  at: ['07:00', '18:00']\n")
    room.at("2026-03-02 06:00")
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    room.publish("Gull", "bridge")
    room.run("2026-03-02 18:30")
    assert room.made() == ["2026-03-02", "2026-03-02/2"]
    assert room.told() == [{"ferry"}, {"bridge"}]
    files = sorted((room.folder / "digests").iterdir())
    assert [file.name for file in files] == ["2026-03-02-0700.eml", "2026-03-02-1800.eml"]
    ids = {message_from_bytes(file.read_bytes())["Message-ID"] for file in files}
    assert len(ids) == 2


def test_a_weekly_one_covers_its_week(room: DigestHouse) -> None:
    room.write(f"{FILE}  days: mon\n")
    room.publish("Gull", "ferry")
    for day in range(2, 17):
        room.run(f"2026-03-{day:02} 07:00")
        if day == 5:
            room.publish("Heron", "bridge")
    assert room.made() == ["2026-03-02", "2026-03-09", "2026-03-16"]
    assert room.told() == [{"ferry"}, {"bridge"}, set()]


def test_one_without_recipients_is_made_and_kept(room: DigestHouse) -> None:
    room.write("  title: For looking at\n")
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    assert room.made() == ["2026-03-02"]
    assert room.deliveries() == {}


# --- several digests


def test_each_digest_has_what_it_is_about_and_tells_on_its_own(room: DigestHouse) -> None:
    room.write(
        FILE,
        "digests:\n"
        "  - {name: Ferries, query: 'title:ferry', to: 'file:{digest}-{date}.eml'}\n"
        "  - {name: Late, at: '20:00', to: 'file:{digest}.eml'}\n",
    )
    room.at("2026-03-02 06:00")
    room.publish("Gull", "ferry")
    room.publish("Gull", "bridge")
    room.run("2026-03-02 07:00")
    room.run("2026-03-02 20:00")
    assert room.told() == [{"ferry", "bridge"}]
    assert room.told("ferries") == [{"ferry"}]
    assert room.told("late") == [{"ferry", "bridge"}]
    assert {file.name for file in room.folder.glob("*.eml")} == {
        "Ferries-2026-03-02.eml",
        "Late.eml",
    }


# --- to whom


def test_who_is_added_on_the_day_gets_the_kept_edition(room: DigestHouse) -> None:
    box = Mailbox()
    with mail_server(box) as port:
        room.write(*mail("ann@example.com", port))
        room.publish("Gull", "ferry")
        room.run("2026-03-02 07:00")
        room.publish("Gull", "bridge")
        room.write(*mail("[ann@example.com, bob@example.com]", port))
        room.run("2026-03-02 12:00")
        room.run("2026-03-02 12:01")
    assert [one.rcpt_tos for one in box.envelopes] == [["ann@example.com"], ["bob@example.com"]]
    texts = [text_of(one.content) for one in box.envelopes]
    assert texts[0] == texts[1]
    assert "Bridge" not in texts[1]


def test_who_is_taken_out_before_it_was_sent_gets_nothing(room: DigestHouse) -> None:
    with mail_server(Mailbox(rcpt="450 busy")) as port:
        room.write(*mail("ann@example.com", port))
        room.publish("Gull", "ferry")
        room.run("2026-03-02 07:00")
    assert room.deliveries()["ann@example.com"].retry_at is not None
    box = Mailbox()
    with mail_server(box) as port:
        room.write(*mail("bob@example.com", port))
        room.run("2026-03-02 07:30")
    gone = room.deliveries()["ann@example.com"]
    assert gone.state is DeliveryState.FAILED
    assert gone.error == "It is no longer among the recipients in feeds.yaml."
    assert [one.rcpt_tos for one in box.envelopes] == [["bob@example.com"]]


def test_one_who_is_refused_does_not_hold_the_others(room: DigestHouse) -> None:
    """One of them hangs until the others have had theirs."""
    waits = "command:/bin/sh -c ''until [ -e others.eml ]; do sleep 0.01; done; cat > last''"
    room.write(
        "  from: news@example.org\n"
        f"  to: ['{waits}', 'command:/bin/sh -c ''exit 64''', 'command:/bin/sh -c ''exit 75''',"
        " 'file:others.eml']\n".replace("others.eml ]", f"{room.folder}/others.eml ]")
        .replace("cat > last", f"cat > {room.folder}/last")
    )  # fmt: skip
    room.publish("Gull", "ferry")
    tries = [one for one in room.run("2026-03-02 07:00") if isinstance(one, DigestTry)]
    assert len(tries) == 4
    states = sorted((one.delivery.state.value, one.delivery.retry_at is not None) for one in tries)
    assert states == [("failed", False), ("sending", True), ("sent", False), ("sent", False)]
    told = unsent(room.storage, room.config.digests)
    assert len(told) == 2
    assert all("exit code" in one for one in told)


def test_a_temporary_refusal_is_tried_again_with_the_same_bytes(room: DigestHouse) -> None:
    busy = Mailbox(data="451 later")
    with mail_server(busy) as port:
        room.write(*mail("ann@example.com", port))
        room.publish("Gull", "ferry")
        room.run("2026-03-02 07:00")
        room.run("2026-03-02 07:04")
        assert len(busy.envelopes) == 1  # it waits
        busy.answers.clear()
        room.publish("Gull", "bridge")
        room.run("2026-03-02 07:05")
    first, second = (one.content for one in busy.envelopes)
    assert first == second
    assert room.deliveries()["ann@example.com"].attempts == 2


def test_a_permanent_refusal_is_given_up_and_said(room: DigestHouse) -> None:
    box = Mailbox(rcpt="550 nobody here")
    with mail_server(box) as port:
        room.write(*mail("ann@example.com", port))
        room.publish("Gull", "ferry")
        room.run("2026-03-02 07:00")
        for hour in range(8, 24):
            assert room.run(f"2026-03-02 {hour:02}:00") == []
    (sentence,) = unsent(room.storage, room.config.digests)
    assert "550 nobody here" in sentence
    assert sentence.startswith("digest to ann@example.com: ")


def test_a_server_that_is_always_busy_is_given_up_within_about_a_day(room: DigestHouse) -> None:
    with mail_server(Mailbox(mail="421 busy")) as port:
        room.write(*mail("ann@example.com", port))
        room.publish("Gull", "ferry")
        room.run("2026-03-02 07:00")
        edition = room.kept()[-1].edition
        for _ in range(30):
            room.outlets.now += timedelta(hours=1)
            room.run()
    given_up = room.deliveries(edition)["ann@example.com"]
    assert given_up.state is DeliveryState.FAILED
    assert given_up.retry_at is None


@pytest.mark.timeout(20)
def test_a_service_that_is_stopped_does_not_wait_for_a_server_that_hangs(room: DigestHouse) -> None:
    """And the next one sends the same message."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        room.write(*mail("ann@example.com", silent.getsockname()[1]))
        room.publish("Gull", "ferry")
        room.at("2026-03-02 07:00")
        digests = Digests(
            config=room.config,
            storage=room.storage,
            clock=lambda: room.outlets.now,
            report=lambda _: None,
        )

        async def run_and_stop() -> None:
            task = asyncio.create_task(digests.run())
            connection, _ = await asyncio.to_thread(silent.accept)
            task.cancel()
            await asyncio.wait([task])
            connection.close()

        asyncio.run(run_and_stop())
    begun = room.deliveries()["ann@example.com"]
    assert (begun.state, begun.attempts) == (DeliveryState.SENDING, 1)
    box = Mailbox()
    with mail_server(box) as port:
        room.write(*mail("ann@example.com", port))
        assert room.run("2026-03-02 07:01") == []  # it may be under way still
        room.run("2026-03-02 07:06")
    assert [one.content for one in box.envelopes] == [begun.message]


def test_what_was_not_sent_is_in_the_status_and_so_in_the_health(room: DigestHouse) -> None:
    room.write("  from: news@example.org\n  to: 'command:/bin/false'\n")
    room.publish("Gull", "ferry")
    room.run("2026-03-02 07:00")
    errors = unsent(room.storage, room.config.digests)
    status = ServiceStatus(
        pid=1,
        version="1",
        started_at=room.outlets.now,
        written_at=room.outlets.now,
        sources=1,
        articles=1,
        stories=1,
        pending_texts=0,
        unassigned=0,
        jobs=0,
        exchanges=Totals(),
        config_error=None,
        digest_errors=errors,
    )
    write_status(room.folder / "status.json", status)
    alive, sentence = read_health(room.folder / "status.json", now=room.outlets.now)
    assert alive
    assert sentence.endswith(
        "a digest was not sent: digest to command:/bin/false: The command /bin/false ended with"
        " exit code 1."
    )


def test_what_was_not_sent_is_in_the_health_of_workers_too(
    tmp_path: Path, postgres_url: str
) -> None:
    with DigestHouse(tmp_path, database=PostgresUrl(postgres_url)) as room:
        room.write("  from: news@example.org\n  to: 'command:/bin/false'\n")
        room.publish("Gull", "ferry")
        at = room.storage.clock()
        worker = Worker(
            name="one",
            machine=machine(),
            version="1",
            started_at=at,
            seen_at=at,
            jobs=0,
            leads=True,
        )
        room.storage.report_worker(worker)
        file = tmp_path / "feeds.yaml"
        alive, sentence = shared_health(room.storage, file, environ={})
        assert (alive, sentence) == (True, "alive; 1 worker, one leads")
        room.run("2026-03-02 07:00")
        alive, sentence = shared_health(room.storage, file, environ={})
        assert alive
        assert sentence == (
            "alive; 1 worker, one leads; a digest was not sent: digest to command:/bin/false: "
            "The command /bin/false ended with exit code 1."
        )
        file.write_text("intervall: 5m\n", encoding="utf-8")
        alive, sentence = shared_health(room.storage, file, environ={})
        assert alive
        assert "1 worker, one leads; the edited feeds.yaml was refused: " in sentence
        # A file of thousands of sources takes too long to read.
        file.write_text("intervall: 5m\n" + "# Sources follow.\n" * 10_000, encoding="utf-8")
        large = shared_health(room.storage, file, environ={})
        assert large == (True, "alive; 1 worker, one leads")
        room.storage.forget_worker("one")
        alive, sentence = shared_health(room.storage, file, environ={})
        assert not alive
        assert "refused" not in sentence


def text_of(content: bytes | str | None) -> str:
    assert isinstance(content, bytes)
    part = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def test_what_did_not_fit_on_the_page_is_not_told(room: DigestHouse) -> None:
    room.write(FILE + "  max_stories: 1000\n  max_items: 1000\n")
    items = {f"n{number}": text_about(number) for number in range(400)}
    room.outlets.publish("Gull", **{slug: (one[0] * 3, one[1]) for slug, one in items.items()})
    room.outlets.run()
    room.run("2026-03-02 07:00")
    (kept,) = room.kept()
    assert len(kept.rendered.html.encode()) <= MOST_BYTES
    assert kept.left_out
    assert kept.singles + kept.left_out == len(items)
    everything = range(1, len(items) + 1)
    assert len(room.storage.told("digest", everything)) == kept.singles
