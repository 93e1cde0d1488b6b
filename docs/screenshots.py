"""Makes the pictures in docs/images from a week of the demo's press: `make screenshots`.

Needs Chromium. The press, its addresses and the clock are the same each time, so that pictures
change only where the page does.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from browser import base_of, browsing, chromium
from webhouse import Filled, House, house

from aggregator.config import Config, load
from aggregator.demo.press import Press
from aggregator.service.runtime import open_runtime
from aggregator.service.update import update

AT = datetime(2026, 3, 3, 18, 30, tzinfo=UTC)
"""When everything was read."""
FIRST_PORT = 8701
FOLDER = Path(__file__).with_name("images")
WIDTH, HEIGHT = 1280, 900
LARGEST = 200_000
"""Bytes of a picture."""


def fill(folder: Path) -> Filled:
    """The press's week, as if the service had run all the time."""
    with Press(AT) as chance:
        names = list(chance.ports)
    ports = {name: FIRST_PORT + at for at, name in enumerate(names)}
    path = folder / "feeds.yaml"
    with Press(AT, ports=ports) as press:
        path.write_text(press.feeds_yaml("aggregator.db"), encoding="utf-8")
        config = load(path, environ={})
        asyncio.run(_read(config))
    with sqlite3.connect(folder / "aggregator.db") as database:
        database.execute("UPDATE articles SET first_seen_at = at")
    database.close()
    return Filled(folder=folder, at=AT, config=config)


async def _read(config: Config) -> None:
    async with open_runtime(config, report=lambda _: None, clock=lambda: AT) as runtime:
        for source in config.sources:  # one after the other, so that all get the same numbers
            await update(runtime, names=[source.name])


def pages(web: House) -> dict[str, str]:
    """Their addresses by the names of their pictures."""
    story = web.storage.stories(limit=1)[0].story_id
    return {
        "today": "/",
        "story": f"/stories/{story}",
        "search": "/search?q=(baku+OR+ferry+OR+strike)+sources:>=2&by=relevance",
        "sources": "/sources",
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
        house(fill(Path(first)), Path(second)) as web,
        chromium() as browser,
        browsing(browser, base_of(web)) as tab,
    ):
        tab.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        for name, address in pages(web).items():
            tab.go(address)
            path = FOLDER / f"{name}.png"
            tab.page.screenshot(path=path)
            size = path.stat().st_size
            if size > LARGEST:
                sys.exit(f"{path} has {size} bytes, and may have {LARGEST}.")


if __name__ == "__main__":
    main()
