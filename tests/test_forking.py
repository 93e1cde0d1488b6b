"""The processes that tests read documents in are as good as those that they stand in for."""

from __future__ import annotations

import subprocess

import forking
import pytest

from aggregator.errors import NotAFeed
from aggregator.sandbox import Sandbox
from aggregator.sandbox.worker import Limits

LIMITS = Limits(address_space=2**31, resident=2**30, tasks=9, seconds=99)
FEED = b"<rss version='2.0'><channel><title>Quay</title></channel></rss>"


@pytest.mark.anyio
@pytest.mark.usefixtures("quick_readers")
async def test_documents_are_read_and_what_is_wrong_with_them_is_told() -> None:
    async with Sandbox(1) as sandbox:
        found = await sandbox.parse(FEED, url="https://example.org/", content_type=None)
        assert found.title == "Quay"
        with pytest.raises(NotAFeed):
            await sandbox.parse(b"quay", url="https://example.org/", content_type=None)


def test_who_is_killed_takes_its_reader_along() -> None:
    command = [forking.python(), "-P", "-m", "aggregator.sandbox.worker", LIMITS.dump()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\0\0\0\0p")
        process.stdin.flush()
        assert process.stdout.read(5) == b"\0\0\0\0l"
        process.kill()
        assert process.stdout.read() == b""  # nobody has the other end any more
