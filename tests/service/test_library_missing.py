"""An installation that lacks a library: said once, and no publisher is asked again and again."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from program import Cli

from aggregator.demo.press import Press
from aggregator.errors import LibraryMissing
from aggregator.sandbox import Sandbox
from aggregator.service.run import Service


@pytest.fixture
def lacking(tmp_path: Path) -> Path:
    """A folder for PYTHONPATH."""
    folder = tmp_path / "lacking"
    folder.mkdir()
    (folder / "feedparser.py").write_text(
        "raise ImportError('sgmllib3k is a project of its own')\n"
    )
    return folder


@pytest.fixture
def press(cli: Cli) -> Iterator[Press]:
    with Press(datetime.now(UTC)) as press:
        listed = "".join(f"  - {one.feed_url}\n" for one in press.outlets[:2])
        cli.write(f"host_delay: 0s\nallow: [127.0.0.1]\nsources:\n{listed}")
        yield press


def test_no_document_is_blamed(lacking: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with Sandbox(1) as sandbox:
            await sandbox.parse(b"<rss/>", url="https://example.com/", content_type=None)

    monkeypatch.setenv("PYTHONPATH", str(lacking))
    with pytest.raises(LibraryMissing, match=r"cannot be loaded.*sgmllib3k is a project"):
        asyncio.run(main())


def test_an_update_says_it_once(lacking: Path, press: Press, cli: Cli) -> None:
    done = subprocess.run(
        [*cli.command, "update"],
        cwd=cli.folder,
        env=cli.environment() | {"PYTHONPATH": str(lacking)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert done.stderr.count("sgmllib3k") == 1
    assert not done.stdout


@pytest.mark.timeout(60)
def test_a_service_ends(
    lacking: Path, press: Press, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(lacking))
    with pytest.raises(LibraryMissing):
        asyncio.run(Service(cli.folder / "feeds.yaml", environ={}).run())
    assert len(press.requests) <= 2
