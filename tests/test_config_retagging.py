"""Other names and tags for a source, everything else byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.config.retagging import SourceChange, change_sources, set_name, set_tags
from aggregator.errors import UsageError
from aggregator.types import Source

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


# --- names ---------------------------------------------------------------------------------------


def renamed(folder: Path, text: str, url: str, name: str) -> str:
    path = folder / "feeds.yaml"
    path.write_text(text)
    set_name(path, url, name, environ={})
    config = load(path, environ={})
    assert [one.name for one in (*config.sources, *config.paused) if one.url == url] == [name]
    return path.read_text()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a", "tags: [one]}", "tags: [one], name: The Quay}"),
        (
            "b",
            "- https://example.org/b  # alone",
            "- url: https://example.org/b\n    name: The Quay  # alone",
        ),
        ("c", "name: C\n", "name: The Quay\n"),
        ("e", "/e}", "/e, name: The Quay}"),
    ],
)
def test_only_the_name_changes(tmp_path: Path, name: str, old: str, new: str) -> None:
    after = renamed(tmp_path, BEFORE, f"{HOST}/{name}", "The Quay")
    assert after == BEFORE.replace(old, new, 1)


def test_a_name_comes_before_the_other_keys_and_in_quotes_where_it_needs_them(
    tmp_path: Path,
) -> None:
    text = "sources:\n  - url: https://example.org/c # x\n    tags: [a]\n"
    after = renamed(tmp_path, text, f"{HOST}/c", "Sea: a, b # c")
    assert after == text.replace("- url", '- name: "Sea: a, b # c"\n    url')


def test_others_of_the_host_are_called_as_before(tmp_path: Path) -> None:
    text = f"sources:\n  - {HOST}/a\n  - {HOST}/b  # mine\n"
    after = renamed(tmp_path, text, f"{HOST}/a", "The Quay")
    assert after == (
        f"sources:\n  - url: {HOST}/a\n    name: The Quay\n"
        f"  - url: {HOST}/b\n    name: example.org/b  # mine\n"
    )


def test_what_is_never_joined_with_it_names_it_as_it_is_called_now(tmp_path: Path) -> None:
    text = (
        f"sources:\n  - {{url: {HOST}/a, name: Old}}\n"
        f"  - {{url: {HOST}/b, name: B, never_join: old}}\n"
        f"  - url: {HOST}/c\n    name: C\n    never_join: [B, Old]  # they copy\n"
        f"  - {{url: {HOST}/d, name: D, never_join: all}}\n"
    )
    after = renamed(tmp_path, text, f"{HOST}/a", "The Quay")
    assert after == (
        text.replace("Old", "The Quay").replace("never_join: old", "never_join: The Quay")
    )


def test_a_name_may_change_its_case_only_and_that_of_a_paused_source_too(tmp_path: Path) -> None:
    text = f"sources:\n  - {HOST}/a\n  - {{url: {HOST}/b, name: quay, paused: true}}\n"
    assert "name: Quay, paused" in renamed(tmp_path, text, f"{HOST}/b", "Quay")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("EXAMPLE.ORG", "another source is called “example.org”; choose"),
        ("quay", "another source is called “Quay”; choose"),
        (" \n", "needs a name; give one"),
        ("x" * 101, "100 characters at most, not 101; give"),
    ],
)
def test_a_name_that_cannot_be_given_is_refused(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / "feeds.yaml"
    text = (
        f"sources:\n  - {HOST}/a\n  - https://quay.example/\n"
        "  - {url: https://pier.example/, name: Quay}\n"
    )
    path.write_text(text)
    with pytest.raises(UsageError, match=why):
        set_name(path, "https://quay.example/", name, environ={})
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ("name: > # why\n      Old", "a comment may stand within its name"),
        ("name: *n", "its name is an alias"),
    ],
)
def test_a_name_that_cannot_be_edited_stays(tmp_path: Path, keys: str, why: str) -> None:
    path = tmp_path / "feeds.yaml"
    text = f"sources:\n  - {{url: {HOST}/b, tags: [&n x]}}\n  - url: {HOST}/a\n    {keys}\n"
    path.write_text(text)
    with pytest.raises(UsageError, match=why):
        set_name(path, f"{HOST}/a", "New", environ={})
    assert path.read_text() == text


# --- several at once -----------------------------------------------------------------------------


def test_names_and_tags_of_several_are_changed_in_one_edit(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(BEFORE)

    def change(source: Source) -> SourceChange:
        tags = [*source.tags, "all"]
        return SourceChange(name=f"N {source.url[-1]}", tags=tags if "one" in tags else None)

    changed = change_sources(path, change, environ={})
    assert changed == {f"{HOST}/{one}" for one in "abce"}
    found = [(one.name, one.tags) for one in load(path, environ={}).sources]
    assert found == [
        ("N a", ("one", "all")), ("N b", ()), ("N c", ("one", "two", "all")), ("N e", ()),
    ]  # fmt: skip
    after = path.read_bytes()
    assert not change_sources(path, lambda _: SourceChange(tags=None), environ={})
    assert path.read_bytes() == after
    assert all(comment in after.decode() for comment in ("# the first", "# flow", "# alone"))


def test_two_cannot_swap_into_one_name(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(BEFORE)
    with pytest.raises(UsageError, match="another source is called"):
        change_sources(path, lambda _: SourceChange(name="Same"), environ={})
    swapped = {f"{HOST}/a": "C", f"{HOST}/c": "A"}
    change_sources(
        path, lambda one: SourceChange(name=swapped[one.url]), urls=[*swapped], environ={}
    )
    found = {one.url: one.name for one in load(path, environ={}).sources}
    assert found.items() >= swapped.items()
