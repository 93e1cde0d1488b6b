"""`article` and `parse` tell what an entry comes with, refers to, and that it was withdrawn."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from newssite import NewsSite, Page
from program import Cli

HEAD = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"
    xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:dcterms="http://purl.org/dc/terms/"
    xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Pier News</title>"""
ENTRY = f"""<entry><id>pier-2</id><title>Pier opens later</title>
    <thr:in-reply-to ref="pier-1"/><dcterms:replaces>https://example.org/pier-0</dcterms:replaces>
    <link rel="replies" type="text/html" href="https://example.org/pier#talk"/>
    <link rel="enclosure" type="audio/mpeg" length="1500000" href="https://example.org/pier.mp3"/>
    <media:content url="https://example.org/pier.jpg" width="800" height="600" duration="75">
    <media:title>The pier\x1f \u202eat dusk</media:title><media:credit>Ann Lens</media:credit>
    </media:content><content type="html">{"It opens in May, not April. " * 40}</content></entry>"""
GRAVE = '<at:deleted-entry ref="pier-2" when="2026-03-03T10:00:00Z"/>'
MENTIONS = [
    "answers pier-1",
    "corrects https://example.org/pier-0",
    "comments: https://example.org/pier#talk",
    "audio: https://example.org/pier.mp3 · 1.5 MB",
    "image: https://example.org/pier.jpg · The pier at dusk · by Ann Lens · 800 x 600 · 0:01:15",
]


@pytest.fixture
def paper() -> Iterator[NewsSite]:
    with NewsSite() as running:
        running.pages["/feed"] = Page(f"{HEAD}{ENTRY}</feed>".encode())
        yield running


def follow(cli: Cli, paper: NewsSite) -> None:
    source = f"{{url: '{paper.url('/feed')}', pages: never}}"
    cli.write(f"allow: [127.0.0.1]\nhost_delay: 0s\nsources:\n  - {source}\n")


def test_article_shows_what_it_comes_with(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper)
    cli("update")
    lines = cli("article", "1").stdout.splitlines()
    first = lines.index(MENTIONS[0])
    assert lines[first : first + len(MENTIONS)] == MENTIONS
    fields = json.loads(cli("article", "1", "--json").stdout)
    assert [link["kind"] for link in fields["links"]] == ["reply-to", "corrects", "comments"]
    assert fields["links"][0]["ref"] == "pier-1"
    assert fields["media"][0] == {
        "url": "https://example.org/pier.mp3",
        "kind": "audio",
        "type": "audio/mpeg",
        "title": "",
        "credit": "",
        "size": 1_500_000,
        "duration": None,
        "width": None,
        "height": None,
    }
    assert fields["media"][1]["duration"] == 75
    assert fields["withdrawn_at"] is None


def test_article_says_that_it_was_withdrawn(cli: Cli, paper: NewsSite) -> None:
    follow(cli, paper)
    cli("update")
    assert "withdrawn" not in cli("article", "1").stdout
    paper.pages["/feed"] = Page(f"{HEAD}{GRAVE}</feed>".encode())
    cli("refresh", "--force")
    text = cli("article", "1").stdout
    assert "withdrawn by the publisher on 20" in text
    assert "It opens in May" in text
    assert json.loads(cli("article", "1", "--json").stdout)["withdrawn_at"].endswith("Z")


def test_parse_shows_them_too(cli: Cli) -> None:
    feed = f"{HEAD}{ENTRY}{GRAVE.replace('pier-2', 'pier-9')}</feed>".encode()
    lines = cli("parse", "-", stdin=feed).stdout.splitlines()
    first = lines.index(f"  {MENTIONS[0]}")
    assert lines[first - 1] == "Pier opens later"
    assert lines[first : first + len(MENTIONS)] == [f"  {one}" for one in MENTIONS]
    assert lines[-2:] == ["withdrawn by the publisher", "  pier-9"]


def test_parse_says_that_a_feed_breaks_off(cli: Cli) -> None:
    cut = f"{HEAD}{ENTRY}<entry><title>Only the beg".encode()
    assert "It breaks off before its end" in cli("parse", "-", stdin=cut).stdout
    fields = json.loads(cli("parse", "-", "--json", stdin=cut).stdout)
    assert (fields["complete"], len(fields["entries"])) == (False, 1)
