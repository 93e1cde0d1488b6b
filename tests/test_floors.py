"""Floors of quality are raised by measuring, and lowered with a reason only."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.floors import NotLowered, print_check, settle
from benchmarks.floors_check import check
from benchmarks.floors_file import FILE, Lowering, add_lowering, below, parse, pin, read

TEXT = """\
# What is pinned.

[margins]
texts = 0.01
"texts.image" = 0.05 # of few pages

[texts]
# Of the pages.
f1 = 0.91 # shingles; measured 0.9200
image = 0.8

[rivals]
f1 = 0.9
"""

Write = Callable[[str], None]


# --- reading and editing --------------------------------------------------------------------------


def test_floors_are_named_by_table_and_key() -> None:
    floors = parse(TEXT)
    assert floors.values == {"texts.f1": 0.91, "texts.image": 0.8, "rivals.f1": 0.9}
    assert floors.table("texts") == {"f1": 0.91, "image": 0.8}


def test_a_margin_of_its_own_goes_before_that_of_the_table() -> None:
    floors = parse(TEXT)
    assert [floors.margin(name) for name in ("texts.f1", "texts.image", "rivals.f1")] == [
        0.01,
        0.05,
        0.0,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[texts]\nf1 = 'high'\n", "texts.f1 is not a number"),
        ("[texts]\nf1 = true\n", "texts.f1 is not a number"),
        ("[[lowered]]\nname = 'texts.f1'\nfrom = 0.9\nto = 0.8\n", "has no why"),
        ("[texts\n", "line 1"),
    ],
)
def test_what_is_no_floors_file_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(text)


def test_pinning_leaves_all_else_as_it_is() -> None:
    changed = pin(TEXT, {"texts.f1": 0.93}, {"texts.f1": 0.9412, "texts.image": 0.83})
    expected = TEXT.replace("0.91 #", "0.93 #").replace("measured 0.9200", "measured 0.9412")
    assert changed == expected


def test_a_key_of_another_table_is_not_pinned() -> None:
    assert pin(TEXT, {"rivals.f1": 0.95}, {}) == TEXT.replace("f1 = 0.9\n", "f1 = 0.95\n")


def test_a_reason_comes_back_as_it_was_written() -> None:
    one = Lowering(name="texts.f1", before=0.91, after=0.9, why='Said "no" to a\\b,\nonce.')
    two = Lowering(name="texts.image", before=0.8, after=None, why="Not measured any more.")
    text = add_lowering(add_lowering(TEXT, one), two)
    assert parse(text).lowered == (one, two)
    assert parse(text).values == parse(TEXT).values


def test_a_figure_at_its_floor_is_not_below() -> None:
    assert below({"f1": 0.91, "image": 0.79}, {"f1": 0.91, "image": 0.8}) == {"image": 0.79}


def test_a_figure_that_is_not_pinned_is_an_error() -> None:
    with pytest.raises(KeyError):
        below({"f2": 1.0}, {"f1": 0.91})


# --- measuring ------------------------------------------------------------------------------------


def test_a_floor_rises_to_the_figure_less_its_margin() -> None:
    changes = settle(parse(TEXT), {"texts.f1": 0.9459, "texts.image": 0.9}, lower=[], why="")
    assert changes.floors == {"texts.f1": 0.935, "texts.image": 0.85}
    assert changes.below == ()


def test_a_figure_within_its_margin_changes_nothing() -> None:
    changes = settle(parse(TEXT), {"texts.f1": 0.9149}, lower=[], why="")
    assert (changes.floors, changes.below) == ({}, ())


def test_a_floor_above_its_figure_stays() -> None:
    changes = settle(parse(TEXT), {"texts.f1": 0.9, "texts.image": 0.8}, lower=[], why="")
    assert changes.floors == {}
    assert changes.below == ("texts.f1",)
    assert "texts.f1" not in changes.measured  # nor does its comment say otherwise


def test_a_floor_is_lowered_when_asked_with_the_reason() -> None:
    figures = {"texts.f1": 0.9, "texts.image": 0.7}
    changes = settle(parse(TEXT), figures, lower=["texts.f1"], why="Fewer captions.")
    assert changes.floors == {"texts.f1": 0.89}
    assert changes.lowered == (
        Lowering(name="texts.f1", before=0.91, after=0.89, why="Fewer captions."),
    )
    assert changes.below == ("texts.image",)


@pytest.mark.parametrize("name", ["texts.f1", "texts.f2"])
def test_what_is_not_below_its_floor_is_not_lowered(name: str) -> None:
    with pytest.raises(NotLowered, match=name):
        settle(parse(TEXT), {"texts.f1": 0.91}, lower=[name], why="Because.")


def test_figures_of_others_are_pinned_as_they_are_and_never_sink() -> None:
    higher = settle(parse(TEXT), {"rivals.f1": 0.91234}, lower=[], why="")
    lower = settle(parse(TEXT), {"rivals.f1": 0.85}, lower=[], why="")
    assert (higher.floors, lower.floors, lower.below) == ({"rivals.f1": 0.9123}, {}, ())


# --- comparing with what git knows ----------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A floors file in a subfolder of a repository, committed."""
    path = tmp_path / "repository" / "tests" / "floors.toml"
    path.parent.mkdir(parents=True)
    git(path, "init", "--quiet", "--initial-branch", "main")
    commit(path, TEXT)
    return path


def git(file: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=file.parent, check=True)


def commit(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    git(file, "add", file.name)
    git(file, "commit", "--quiet", "--allow-empty", "--message", "Floors")


def lowered(text: str, name: str, before: float, after: float | None, why: str = "So.") -> str:
    return add_lowering(text, Lowering(name=name, before=before, after=after, why=why))


LOWER = TEXT.replace("f1 = 0.91", "f1 = 0.9")
WITHOUT = TEXT.replace("image = 0.8\n", "")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("f1 = 0.91", "f1 = 0.92"),
        TEXT.replace("image = 0.8", "image = 0.80\nauthors = 0.5"),
        TEXT.replace("texts = 0.01", "texts = 0.001"),
        lowered(LOWER, "texts.f1", 0.91, 0.9),
        lowered(WITHOUT, "texts.image", 0.8, None),
        lowered(lowered(LOWER, "texts.f1", 0.91, 0.905), "texts.f1", 0.905, 0.9),
        lowered(TEXT.replace("f1 = 0.91", "f1 = 0.905"), "texts.f1", 0.91, 0.9),
    ],
    ids=["same", "raised", "added", "margin", "lowered", "taken out", "twice", "raised after"],
)
def test_what_may_be_changed(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    assert check(file).problems == ()
    assert check(file).against == ("the last commit",)
    assert print_check(file) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOWER, "texts.f1 was lowered from 0.91 to 0.9"),
        (WITHOUT, "texts.image was taken out; it was 0.8"),
        (TEXT.replace("[rivals]\nf1 = 0.9", "[rivals]\nf1 = 0.89"), "rivals.f1 was lowered"),
        (lowered(LOWER, "texts.image", 0.91, 0.9), "texts.f1 was lowered"),
        (lowered(LOWER, "texts.f1", 0.95, 0.9), "texts.f1 was lowered"),
        (lowered(LOWER, "texts.f1", 0.91, 0.905), "texts.f1 was lowered"),
        (lowered(LOWER, "texts.f1", 0.91, 0.9, " "), "texts.f1 was lowered"),
        (lowered(WITHOUT, "texts.image", 0.8, 0.7), "texts.image was taken out"),
        (lowered(LOWER, "texts.f1", 0.91, None), "texts.f1 was lowered"),
    ],
    ids=[
        "no reason",
        "taken out",
        "of others",
        "of another",
        "from elsewhere",
        "not so low",
        "an empty reason",
        "lowered, not taken out",
        "taken out, not lowered",
    ],
)
def test_what_is_refused(file: Path, text: str, said: str) -> None:
    file.write_text(text, encoding="utf-8")
    (problem,) = check(file).problems
    assert problem.startswith(f"Against the last commit: {said}")
    assert print_check(file) == 1


def test_a_committed_change_is_seen_in_the_next_check(file: Path) -> None:
    commit(file, LOWER)
    found = check(file)
    assert found.against == ("the last commit", "its first parent")
    assert [problem[:26] for problem in found.problems] == ["Against its first parent: "]


def test_a_reason_holds_for_one_change_only(file: Path) -> None:
    commit(file, lowered(LOWER, "texts.f1", 0.91, 0.9))
    assert check(file).problems == ()
    commit(file, lowered(TEXT, "texts.f1", 0.91, 0.9))  # raised again
    file.write_text(lowered(LOWER, "texts.f1", 0.91, 0.9), encoding="utf-8")
    assert any("the last commit" in problem for problem in check(file).problems)


def test_a_change_early_on_a_branch_is_seen(file: Path) -> None:
    git(file, "checkout", "--quiet", "-b", "branch")
    commit(file, LOWER)
    commit(file, LOWER)
    commit(file, LOWER)
    (problem,) = check(file).problems
    assert problem.startswith("Against where the branch left main: ")


def test_a_file_that_is_gone_or_broken_is_refused(file: Path) -> None:
    file.write_text("[texts\n", encoding="utf-8")
    assert len(check(file).problems) == 1
    file.unlink()
    assert len(check(file).problems) == 3


def test_variables_of_a_hook_do_not_lead_astray(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    file.write_text(LOWER, encoding="utf-8")
    assert len(check(file).problems) == 1


def test_without_history_it_says_so_and_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(TEXT, encoding="utf-8")
    assert print_check(path) == 0
    assert "git has no older version" in capsys.readouterr().out


def test_without_git_it_says_so_and_passes(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(file.parent))
    file.write_text(LOWER, encoding="utf-8")
    assert print_check(file) == 0
    assert "git has no older version" in capsys.readouterr().out


# --- the file itself ------------------------------------------------------------------------------


def test_every_table_of_the_file_has_its_margin() -> None:
    floors = read(FILE)
    tables = {name.partition(".")[0] for name in floors.values} - {"rivals"}
    assert tables <= floors.margins.keys()
    assert {name for name in floors.margins if "." in name} <= floors.values.keys()


def test_ours_is_pinned_above_what_others_reach() -> None:
    floors = read(FILE)
    ours, theirs = floors.table("extraction"), floors.table("rivals")
    assert theirs.keys() == ours.keys()
    assert [name for name in theirs if ours[name] <= theirs[name]] == []
