"""Other tags for a source, everything else byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.config.retagging import set_tags
from aggregator.errors import UsageError

HOST = "https://example.org"
BEFORE = """\
storage: news.db  # ours
sources:
  # the first
  - {url: https://example.org/a, tags: [one]}  # flow
  - https://example.org/b  # alone
  -   name: C
      url: https://example.org/c   # keys
      tags:
        - one
        - two
  - {url: https://example.org/e}
"""


def changed(folder: Path, text: str, url: str, *tags: str) -> str:
    path = folder / "feeds.yaml"
    path.write_text(text)
    set_tags(path, url, tags, environ={})
    config = load(path, environ={})
    (one,) = [one for one in (*config.sources, *config.paused) if one.url == url]
    assert one.tags == tags
    return path.read_text()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a", "tags: [one]}", "tags: [gulf, two words]}"),
        (
            "b",
            "- https://example.org/b  # alone",
            "- url: https://example.org/b\n    tags: [gulf, two words]  # alone",
        ),
        ("c", "tags:\n        - one\n        - two\n", "tags:\n        [gulf, two words]\n"),
        ("e", "/e}", "/e, tags: [gulf, two words]}"),
    ],
)
def test_only_the_tags_change(tmp_path: Path, name: str, old: str, new: str) -> None:
    after = changed(tmp_path, BEFORE, f"{HOST}/{name}", "gulf", "two words")
    assert after == BEFORE.replace(old, new, 1)


def test_tags_come_before_the_other_keys_where_there_were_none(tmp_path: Path) -> None:
    text = "sources:\n  - name: C # x\n    url: https://example.org/c\n"
    after = changed(tmp_path, text, f"{HOST}/c", "a")
    assert after == "sources:\n  - tags: [a]\n    name: C # x\n    url: https://example.org/c\n"


def test_a_list_in_brackets_stays_one(tmp_path: Path) -> None:
    text = "sources: [https://example.org/a, https://example.org/b]\n"
    after = changed(tmp_path, text, f"{HOST}/b", "it’s: so")
    assert after.startswith("sources: [https://example.org/a, {url: https://example.org/b, tags: [")


def test_all_tags_can_be_taken_away(tmp_path: Path) -> None:
    assert "tags: []" in changed(tmp_path, BEFORE, f"{HOST}/a")


def test_tags_are_taken_once_and_without_what_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(BEFORE)
    set_tags(path, f"{HOST}/a", [" x ", "", "x", "y\n"], environ={})
    assert load(path, environ={}).sources[0].tags == ("x", "y")


WITH_A_COMMENT = """\
sources:
  - url: https://example.org/a
    tags: [
      x, # why
    ]
"""
WITH_AN_ALIAS = """\
sources:
  - {url: https://example.org/b, tags: &t [x]}
  - {url: https://example.org/a, tags: *t}
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (WITH_A_COMMENT, "comment"),
        (WITH_AN_ALIAS, "alias"),
        ("sources: [https://example.org/b]\n", "does not list"),
    ],
)
def test_what_cannot_be_edited_stays_as_it_is(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match=why):
        set_tags(path, f"{HOST}/a", ["x", "z"], environ={})
    assert path.read_text() == text
