"""Every published list is imported whole: as many feeds as a plain search finds addresses in it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.core.opml import OpmlImport, parse_opml, write_opml

LISTS = Path(__file__).parents[2].parent / "shared" / "data" / "opml"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LISTS.is_dir(), reason="shared/data/opml is not beside the repository"),
]

# Written in the files: `xmlUrl=` outside comments.
FEEDS = {
    "France.opml": 11,
    "Germany.opml": 5,
    "India.opml": 36,
    "Pakistan.opml": 7,
    "SubsNoTitleAttributes.opml": 207,
}
REPEATED = {"SubsNoTitleAttributes.opml": 2}
"""Feeds that a list names a second time."""
FLAWED = {"France.opml", "India.opml"}
TITLED = 0.99
"""Share of feeds that must come with a title; those here all have one."""


def read(name: str) -> OpmlImport:
    if not (LISTS / name).exists():
        pytest.skip(f"{name} is not among the lists")
    return parse_opml((LISTS / name).read_bytes())


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_every_feed_is_imported(name: str) -> None:
    result = read(name)
    text = re.sub(r"<!--.*?-->", "", (LISTS / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    written = re.findall(r"""\bxmlUrl\s*=\s*["']([^"']+)""", text)
    assert len(written) == FEEDS[name]
    repeated = [one for one in result.problems if "already" in one.message]
    assert len(repeated) == REPEATED.get(name, 0)
    assert len(result.entries) == len(written) - len(repeated)
    plain = {url.replace("&amp;", "&").rstrip("/").lower() for url in written}
    assert {one.url.rstrip("/").lower() for one in result.entries} <= plain
    assert any("not well-formed" in one.message for one in result.problems) == (name in FLAWED)
    assert sum(1 for one in result.entries if one.title) >= TITLED * len(result.entries)


def test_lists_without_a_count_are_imported_too() -> None:
    for path in LISTS.glob("*.opml"):
        assert parse_opml(path.read_bytes()).entries


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_export_is_imported_identically(name: str) -> None:
    first = read(name)
    exported = write_opml(first.entries, title=first.title, namespaces=first.namespaces)
    again = parse_opml(exported)
    assert again.problems == ()
    assert [replace(one, line=0) for one in again.entries] == [
        replace(one, line=0) for one in first.entries
    ]


@pytest.mark.parametrize("name", sorted(FEEDS))
def test_a_cut_list_gives_the_feeds_before_the_cut(name: str) -> None:
    whole = read(name)
    body = (LISTS / name).read_bytes()
    cut = parse_opml(body[: body.rfind(b"<outline")])
    assert [one.url for one in cut.entries] == [one.url for one in whole.entries[:-1]]
