"""Stories of labelled sets are found at least as well as they have been measured to be."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stories import (
    STORIES,
    b_cubed,
    copies,
    headlines,
    load,
    mixed,
    ours,
    pairwise,
    stories,
    syndicated,
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not STORIES.is_dir(), reason="shared/data/stories is not beside the repository"
    ),
]


@pytest.fixture(scope="module")
def floors() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "floors.toml").read_text(encoding="utf-8")
    section: dict[str, Any] = tomllib.loads(text)["stories"]
    return section


def test_copies(floors: dict[str, Any]) -> None:
    rows = load("synth_syndication")
    found = ours(rows)
    score = pairwise(copies(found), [row["copy_group"] for row in rows])
    assert score[2] >= floors["copies_f1"], score
    score = b_cubed(stories(found), [row["event"] for row in rows])
    assert score[2] >= floors["copies_events_b_cubed_f1"], score


def test_thirty_copies_of_a_text(floors: dict[str, Any]) -> None:
    texts = [row["text"] for row in load("synth_syndication") if row["kind"] == "original"]
    rows = syndicated(texts[::5], 30)
    score = pairwise(copies(ours(rows)), [row["label"] for row in rows])
    assert score[2] >= floors["thirty_copies_f1"], score


def test_events_of_a_mixed_stream(floors: dict[str, Any]) -> None:
    rows = mixed()
    score = b_cubed(stories(ours(rows)), [row["cluster"] for row in rows])
    assert score[2] >= floors["mixed_b_cubed_f1"], score


def test_headlines_alone(floors: dict[str, Any]) -> None:
    rows = headlines()
    score = b_cubed(stories(ours(rows)), [row["cluster"] for row in rows])
    assert score[2] >= floors["headlines_b_cubed_f1"], score


def test_an_aggregators_items(floors: dict[str, Any]) -> None:
    rows = load("scoop_dedup")
    score = b_cubed(stories(ours(rows)), [row["cluster"] for row in rows])
    assert score[2] >= floors["scoop_b_cubed_f1"], score
