"""The sandbox with real child processes: what it answers, and what becomes of bad documents."""

from __future__ import annotations

import asyncio
import io
import os
import re
import select
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from aggregator.codec import decode, encode
from aggregator.core.fingerprint import fingerprint
from aggregator.core.meaning import with_meaning
from aggregator.errors import (
    AggregatorError,
    ExtractError,
    NotAFeed,
    ParseError,
    SandboxError,
    TaskCrashed,
    TaskTimedOut,
)
from aggregator.sandbox import InlineSandbox, Sandbox, SandboxProtocol
from aggregator.sandbox.frames import (
    DONE,
    FAILED,
    HEAD,
    LOADED,
    Failure,
    describe,
    frame,
    raise_described,
)
from aggregator.sandbox.tasks import ExtractTask, FingerprintTask
from aggregator.sandbox.worker import Limits, _serve
from aggregator.types import (
    ExtractRequest,
    Fingerprint,
    PageCopy,
    PageKind,
    PageRole,
    PageRules,
)

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour News</title><link>https://example.com/</link>
<item><title>Ferry returns to service</title><link>https://example.com/ferry</link>
<guid>ferry-1</guid><description>The ferry sails again.</description></item>
</channel></rss>"""
WEB_PAGE = b"""<!doctype html><html><head><title>Harbour News</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>Hello</body>
</html>"""
ARTICLE = (
    "<!doctype html><html lang='en'><head><title>Ferry returns to service</title></head><body>"
    "<article><h1>Ferry returns to service</h1>"
    + "".join(
        f"<p>On day {day} of the repairs the crew replaced another part of the engine, and the "
        f"harbour master said that {day} more passengers had asked for their money back.</p>"
        for day in range(1, 12)
    )
    + "</article></body></html>"
).encode()
ITEM = ("Ferry returns", "The ferry sails again between the islands.", "en")
SLOW_ITEM = ("Numbers", " ".join(map(str, range(2_000_000))), "en")
"""Seconds of work: every word is another one."""
SECOND = timedelta(seconds=1)

needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="reads /proc")
needs_pidfd = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a stranger's end")


def run(work: Callable[[Any], Awaitable[None]], sandbox: SandboxProtocol) -> None:
    async def main() -> None:
        async with sandbox as opened:
            await work(opened)

    asyncio.run(main())


def asked(body: bytes, url: str = "https://example.com/") -> ExtractRequest:
    page = PageCopy(role=PageRole.PAGE, url=url, content_type=None, body=body)
    return ExtractRequest(pages=(page,))


def printed(title: str, text: str, language: str | None) -> Fingerprint:
    """With what it means, where aggregator[semantic] is installed."""
    return with_meaning(fingerprint(title, text, language), title, text)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# --- answers and errors, from children and from the inline twin -----------------------------------


@pytest.mark.parametrize("make", [lambda: Sandbox(1), InlineSandbox], ids=["children", "inline"])
def test_answers_and_errors(make: Callable[[], SandboxProtocol]) -> None:
    async def work(sandbox: SandboxProtocol) -> None:
        feed = await sandbox.parse(FEED, url="https://example.com/feed.xml", content_type=None)
        assert [entry.title for entry in feed.entries] == ["Ferry returns to service"]

        extraction = await sandbox.extract(asked(ARTICLE, "https://example.com/ferry"))
        assert extraction.kind is PageKind.ARTICLE
        assert extraction.article.title == "Ferry returns to service"
        assert "harbour master" in extraction.article.text

        prints = await sandbox.fingerprints([ITEM, ("Two", "Another text.", None)])
        assert prints == [printed(*ITEM), printed("Two", "Another text.", None)]
        assert await sandbox.fingerprints([]) == []

        with pytest.raises(NotAFeed) as no_feed:
            await sandbox.parse(WEB_PAGE, url="https://example.com/", content_type="text/html")
        assert no_feed.value.feeds == ("https://example.com/feed.xml",)

        with pytest.raises(ExtractError) as no_article:
            await sandbox.extract(asked(b"", "https://example.com/void"))
        assert no_article.value.url == "https://example.com/void"

    run(work, make())


def test_one_child_serves_many_tasks_and_calls_take_turns() -> None:
    finished: list[int] = []

    async def work(sandbox: Sandbox) -> None:
        async def call(number: int) -> None:
            await sandbox.fingerprints([ITEM])
            finished.append(number)

        await asyncio.gather(*map(call, range(20)))
        assert len(sandbox.pids) == 1

    run(work, Sandbox(1))
    assert finished == list(range(20))


def test_large_documents_go_both_ways() -> None:
    entries = b"".join(
        b"<item><title>Number %d</title><guid>%d</guid><description>%s</description></item>"
        % (number, number, b"Long report. " * 1_500)
        for number in range(100)
    )
    feed = FEED.replace(b"</channel>", entries + b"</channel>")

    async def work(sandbox: Sandbox) -> None:
        parsed = await sandbox.parse(feed, url="https://example.com/f", content_type=None)
        assert len(parsed.entries) == 101
        assert len(encode(parsed)) > 1_900_000

    run(work, Sandbox(1))


def test_a_child_is_replaced_after_its_share_of_tasks() -> None:
    async def work(sandbox: Sandbox) -> None:
        served = []
        for _ in range(5):
            await sandbox.fingerprints([ITEM])
            served.append(sandbox.pids)
        first, second = served[0], served[3]
        assert served == [first, first, (), second, second]
        assert first != second

    run(work, Sandbox(1, retire_after=3))


def test_headers_of_rules_do_not_reach_a_child() -> None:
    rules = PageRules(body=("article",), headers=(("Cookie", "key=hidden"),))
    page = PageCopy(role=PageRole.PAGE, url=None, content_type=None, body=ARTICLE)
    task = ExtractTask.of(ExtractRequest(pages=(page,), rules=rules))
    assert b"hidden" not in encode(task)
    assert task.request.rules == PageRules(body=("article",))


@needs_proc
def test_a_child_has_limits_and_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "sesame")
    seen: list[bytes] = []

    async def work(sandbox: Sandbox) -> None:
        await sandbox.fingerprints([ITEM])
        (pid,) = sandbox.pids
        seen.append(Path(f"/proc/{pid}/environ").read_bytes())  # noqa: ASYNC240 - no disk is read
        seen.append(Path(f"/proc/{pid}/limits").read_bytes())  # noqa: ASYNC240 - the same

    run(work, Sandbox(1, memory_limit=2**30))
    environment, limits = seen
    assert b"PATH=" in environment
    assert b"sesame" not in environment
    assert re.search(rb"Max core file size +0 +0", limits)
    assert re.search(rb"Max address space +1073741824 +1073741824", limits)


# --- bad documents --------------------------------------------------------------------------------


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_served() -> None:
    crowd = b"<html><body><article>" + b"<div>word</div>" * 100_000 + b"</article></body></html>"

    async def work(sandbox: Sandbox) -> None:
        with pytest.raises(TaskTimedOut, match="longer than 1 s"):
            await sandbox.extract(asked(crowd))
        assert await sandbox.fingerprints([ITEM])

    run(work, Sandbox(1, extract_deadline=SECOND))


def test_a_page_that_takes_too_much_memory_is_given_up_and_the_next_one_served() -> None:
    page = b"<html><body><p>" + b"word <b>and</b> " * 4_000_000 + b"</p></body></html>"

    async def work(sandbox: Sandbox) -> None:
        with pytest.raises(TaskCrashed, match="memory"):
            await sandbox.extract(asked(page))
        feed = await sandbox.parse(FEED, url="https://example.com/", content_type=None)
        assert len(feed.entries) == 1

    run(work, Sandbox(1, memory_limit=256 * 1024 * 1024))


def test_a_child_killed_in_the_middle_is_replaced() -> None:
    async def work(sandbox: Sandbox) -> None:
        await sandbox.fingerprints([ITEM])
        (pid,) = sandbox.pids
        call = asyncio.create_task(sandbox.fingerprints([SLOW_ITEM]))
        await asyncio.sleep(0)  # the task is on its way
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(TaskCrashed, match="died"):
            await call
        assert await sandbox.fingerprints([ITEM])
        assert pid not in sandbox.pids

    run(work, Sandbox(1))


def test_cancelling_a_call_ends_its_child_and_lets_the_next_one_pass() -> None:
    async def work(sandbox: Sandbox) -> None:
        await sandbox.fingerprints([ITEM])
        (pid,) = sandbox.pids
        call = asyncio.create_task(sandbox.fingerprints([SLOW_ITEM]))
        waiting = asyncio.create_task(sandbox.fingerprints([ITEM]))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await waiting
        assert pid not in sandbox.pids

    run(work, Sandbox(1))


def test_an_interrupt_does_not_reach_the_children() -> None:
    async def work(sandbox: Sandbox) -> None:
        await sandbox.fingerprints([ITEM])
        (pid,) = sandbox.pids
        os.kill(pid, signal.SIGINT)
        await sandbox.fingerprints([ITEM])
        assert sandbox.pids == (pid,)

    run(work, Sandbox(1))


# --- the end --------------------------------------------------------------------------------------


def test_closing_ends_idle_and_busy_children() -> None:
    async def main() -> tuple[int, ...]:
        sandbox = Sandbox(2)
        await asyncio.gather(*(sandbox.fingerprints([ITEM]) for _ in range(2)))
        pids = sandbox.pids
        call = asyncio.create_task(sandbox.fingerprints([SLOW_ITEM]))
        await asyncio.sleep(0)
        await sandbox.close()
        with pytest.raises(TaskCrashed):
            await call
        with pytest.raises(SandboxError, match="closed"):
            await sandbox.fingerprints([ITEM])
        await sandbox.close()
        return pids

    pids = asyncio.run(main())
    assert len(pids) == 2
    assert all(map(is_gone, pids))


PARENT = """
import asyncio, sys
from aggregator.sandbox import Sandbox

async def main():
    sandbox = Sandbox(1)
    await sandbox.fingerprints([("a", "b", None)])
    print(*sandbox.pids, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@needs_pidfd
def test_a_parent_that_is_killed_leaves_no_orphan() -> None:
    with Popen([sys.executable, "-c", PARENT], stdout=PIPE) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.kill()
            ended, _, _ = select.select([child], [], [], 60)
            assert ended
        finally:
            os.close(child)


# --- frames ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        ParseError("It breaks off in line 7.", url="https://example.com/f", line=7),
        NotAFeed("It is a web page.", url="u", feeds=("https://example.com/a",)),
        ExtractError("It is empty.", url=None),
    ],
)
def test_errors_come_out_as_they_went_in(error: AggregatorError) -> None:
    with pytest.raises(type(error)) as caught:
        raise_described(encode(describe(error)))
    assert type(caught.value) is type(error)
    assert (str(caught.value), vars(caught.value)) == (str(error), vars(error))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "more memory"),
        (KeyError("\ud800"), "KeyError"),
        (RecursionError(), "Recurs"),
    ],
)
def test_other_errors_are_crashes(error: Exception, words: str) -> None:
    with pytest.raises(TaskCrashed, match=words):
        raise_described(encode(describe(error)))


LIMITS = Limits(address_space=2**40, resident=2**40, tasks=100, seconds=100)
TASK = FingerprintTask(items=(ITEM,))


def served(requests: bytes, limits: Limits = LIMITS) -> list[tuple[bytes, bytes]]:
    """The worker's answers to these frames, as (code, document)."""
    answers = io.BytesIO()
    _serve(io.BytesIO(requests), answers, limits)
    data, found = answers.getvalue(), []
    while data:
        length, code = HEAD.unpack(data[: HEAD.size])
        found.append((code, data[HEAD.size : HEAD.size + length]))
        data = data[HEAD.size + length :]
    return found


def test_the_worker_loads_answers_and_ends_with_its_input() -> None:
    (loaded, answer) = served(frame(b"f") + frame(b"f", encode(TASK)))
    assert loaded == (LOADED, b"")
    assert answer[0] == DONE
    assert decode(answer[1], list[Fingerprint]) == [printed(*ITEM)]
    assert served(b"") == []
    assert served(frame(b"f", encode(TASK))[:-1]) == []


def test_the_worker_answers_a_broken_task_and_asks_to_be_replaced() -> None:
    ((code, document),) = served(frame(b"f", b"\xc1") + frame(b"f"))
    assert code == FAILED.upper()
    assert decode(document, Failure).kind == "fault"


def test_the_worker_asks_to_be_replaced_when_it_has_grown() -> None:
    small = Limits(address_space=2**40, resident=1, tasks=100, seconds=100)
    codes = [code for code, _ in served(frame(b"f") + frame(b"f", encode(TASK)) * 2, small)]
    assert codes == [LOADED, DONE.upper()]
