"""newsboat against the page: by the Google Reader API, and by feeds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from clienthouse import READ, STARRED, app
from newsboat import PROGRAM, Newsboat, version
from webdoor import token, with_password
from webhouse import House

from aggregator.types import Scope

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="newsboat is not installed: apt-get install newsboat"
)

FEEDHQ, FRESHRSS = "feedhq", "freshrss"
"""Two of the services that it knows, which speak the Google Reader API: the one at the root and by
way of Atom, the other below /api/greader.php."""


def needs_freshrss() -> None:
    if version() < (2, 24):
        pytest.skip("this newsboat is older than FreshRSS in newsboat, which is since 2.24")


def boat(web: House, folder: Path, kind: str) -> Newsboat:
    if kind == FRESHRSS:
        needs_freshrss()
    folder.mkdir()
    base = str(web.client.base_url).rstrip("/")
    address = base if kind == FEEDHQ else f"{base}/api/greader.php"
    config = {
        "urls-source": kind,
        f"{kind}-url": address,
        f"{kind}-login": "boat",
        f"{kind}-password": token(web, "boat", Scope.MARK),
        f"{kind}-min-items": "100",
        f"{kind}-flag-star": "b",
        f"{kind}-show-special-feeds": "no",
        "cleanup-on-quit": "no",
    }
    return Newsboat.reading(folder, config=config)


def until(holds: Callable[[], bool]) -> None:
    """newsboat tells us in its own time."""
    while not holds():
        time.sleep(0.02)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [FEEDHQ, FRESHRSS])
def test_newsboat_reads_every_article_and_which_are_read(
    web: House, tmp_path: Path, kind: str
) -> None:
    phone = app(web, base="")
    every = phone.ids()
    seen = every[::7]
    assert phone.post("edit-tag", i=seen, a=READ).text == "OK"
    reader = boat(web, tmp_path / "boat", kind)

    reader.run("reload")

    assert f"{len(every) - len(seen)} unread" in reader.run("print-unread")
    stored = dict(reader.rows("SELECT guid, unread FROM rss_item"))
    unread = {f"tag:google.com,2005:reader/item/{one:016x}": int(one not in seen) for one in every}
    assert stored == unread
    feeds = reader.rows("SELECT DISTINCT feedurl FROM rss_item")
    assert len(feeds) == len(web.config.sources)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", [FEEDHQ, FRESHRSS])
def test_what_is_opened_and_starred_in_newsboat_is_so_here(
    web: House, tmp_path: Path, kind: str
) -> None:
    phone = app(web, base="")
    reader = boat(web, tmp_path / "boat", kind)
    reader.run("reload")

    with reader.at_screen() as screen:
        screen.press("\r\rq\x05b\r")  # the first article of the first feed; then its flags
        until(lambda: len(phone.ids(READ)) == 1)
        (opened,) = phone.ids(READ)
        until(lambda: phone.ids(STARRED) == [opened])
        screen.press("N")
        until(lambda: phone.ids(READ) == [])
        screen.press("Ay")  # newer ones ask whether it is meant
        feed = f"feed/{web.storage.articles([opened])[0].summary.source_id}"
        until(lambda: sorted(phone.ids(READ)) == sorted(phone.ids(feed)))
    assert phone.ids(STARRED) == [opened]


@pytest.mark.timeout(60)
def test_newsboat_subscribes_to_stories_by_an_address_with_a_token(
    web: House, tmp_path: Path
) -> None:
    with_password(web)
    base = str(web.client.base_url).rstrip("/")
    folder = tmp_path / "boat"
    folder.mkdir()
    secret = token(web, "boat")
    reader = Newsboat.reading(
        folder, config={}, urls=f"{base}/feeds/stories.atom?n=100&token={secret}"
    )

    reader.run("reload")

    stories = web.storage.stories(limit=1_000)
    stored = reader.rows("SELECT url FROM rss_item")
    assert sorted(stored) == sorted((f"{base}/stories/{one.story_id}",) for one in stories)
