"""docs/web.md says what there is: addresses, keys, figures, settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from webhouse import House

from aggregator.config import load
from aggregator.web.pictures import Limits

PAGE = (Path(__file__).parents[2] / "docs" / "web.md").read_text(encoding="utf-8")


def test_each_address_is_there(web: House) -> None:
    story = next(
        one
        for one in web.storage.stories(since=None, until=None, min_sources=2, limit=50)
        if len(one.articles) > 1
    )
    first, second = (one.article.article_id for one in story.articles[:2])
    web.site.meters.ticked()
    rows = re.findall(r"^\| (`/.*?) \|", PAGE, re.MULTILINE)
    listed = [address for row in rows for address in re.findall(r"`(/[^`]*)`", row)]
    assert len(listed) > 15
    for listed_one in listed:
        if listed_one in ("/events", "/reader/api/0", "/fever/"):
            continue  # a stream; asks who it is
        address = (
            listed_one.replace("/stories/1", f"/stories/{story.story_id}")
            .replace("a=2&b=3", f"a={first}&b={second}")
            .replace("/articles/2", f"/articles/{first}")
        )
        address = "/api/v1/openapi.json" if address == "/api/v1" else address
        assert web.client.get(address).status_code == 200, listed_one


def test_the_keys_are_those_that_the_page_itself_tells(web: House) -> None:
    told = web.client.get("/").text.partition('id="keys"')[2].partition("</dialog>")[0]
    keys = set(re.findall(r"<kbd>(.+?)</kbd>", told)) - {"Esc"}
    table = PAGE.partition("## Keys")[2].partition("\n## ")[0]
    assert set(re.findall(r"<kbd>(.+?)</kbd>", table)) == keys


def test_the_figures_about_pictures_are_those_of_the_code() -> None:
    text = " ".join(PAGE.split())
    limits = Limits()
    assert f"up to {limits.largest // 2**20} MB; no SVG" in text
    assert f"the service up to {limits.memory // 2**20} MB of pictures" in text
    assert f"At most {limits.at_once_from_host} at a time are fetched from a host" in text
    assert f"and {limits.at_once} in all" in text
    assert f"not asked for again for {limits.missed_seconds / 60:.0f} minutes" in text


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(web:.*?)```", PAGE, re.DOTALL))
def test_the_examples_are_valid(example: str, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(f"sources: [https://example.org/feed]\n{example}", encoding="utf-8")
    assert load(path, environ={}).web.url == "https://news.example.org"
