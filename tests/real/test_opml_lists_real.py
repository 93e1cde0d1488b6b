"""Published lists come back from feeds.yaml as they were imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import Config, load
from aggregator.config.editing import add_sources
from aggregator.config.opml import new_source, to_opml
from aggregator.core.opml import parse_opml

LISTS = Path(__file__).parents[2].parent / "shared" / "data" / "opml"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not LISTS.is_dir(), reason="shared/data/opml is not beside the repository"),
]


def imported(path: Path, opml: bytes) -> Config:
    add_sources(path, [new_source(one) for one in parse_opml(opml).entries], environ={})
    return load(path, environ={})


@pytest.mark.parametrize("name", sorted(path.name for path in LISTS.glob("*.opml")))
def test_a_published_list_is_exported_as_it_was_imported(name: str, tmp_path: Path) -> None:
    opml = (LISTS / name).read_bytes()
    entries = parse_opml(opml).entries
    first = imported(tmp_path / "first.yaml", opml)
    assert [one.url for one in first.sources] == [one.url for one in entries]
    exported = to_opml(first)
    second = imported(tmp_path / "second.yaml", exported)
    by_url = {one.url: one for one in second.sources}
    assert by_url == {one.url: one for one in first.sources}
    assert second.outlines == first.outlines
    assert to_opml(second) == exported
    for entry in entries:
        said = dict(first.outlines.get(entry.url, ()))
        assert said.get("htmlUrl") == entry.site_url
        assert dict(entry.attributes).keys() <= said.keys()
        assert set(by_url[entry.url].tags) == set(entry.tags)
