"""What tests in a browser share: the press, what was read of it, the browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import CHROMIUM, Tab, base_of, browsing, chromium
from playwright.sync_api import Browser
from program import Cli
from webhouse import Filled, House, house

from aggregator.config import load
from aggregator.demo.press import Press
from aggregator.service.digest_now import edition_now
from aggregator.storage.backends import open_storage

_MORE = """\
channels: {desk: http://127.0.0.1:9/}
watches:
  - {name: Baku, query: '"Zhang Ming" OR baku'}
digest:
  timezone: UTC
  sections: [{watch: Baku}]
"""


@pytest.fixture(scope="session")
def read_press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The press's week as it was read, with a digest of it; the press goes on, for its pictures."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    cli = Cli(tmp_path_factory.mktemp("read"))
    with Press(datetime.now(UTC)) as press:
        path = cli.write(press.feeds_yaml("aggregator.db") + _MORE)
        cli("update")
        config = load(path, environ={})
        storage = open_storage(config.storage)
        try:
            edition_now(storage, config, config.digests[0])
        finally:
            storage.close()
        yield Filled(folder=cli.folder, at=datetime.now(UTC), config=config)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Of a module, not of the session: other modules run event loops."""
    with chromium() as opened:
        yield opened


@pytest.fixture
def web(read_press: Filled, tmp_path: Path) -> Iterator[House]:
    """One of its own for each test."""
    with house(read_press, tmp_path) as made:
        yield made


@pytest.fixture
def tab(web: House, browser: Browser) -> Iterator[Tab]:
    """A visitor of `web`, whom nothing may trouble."""
    with browsing(browser, base_of(web)) as opened:
        yield opened
        assert opened.complaints == []
