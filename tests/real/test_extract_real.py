"""Articles of real pages come out at least as well as they have been measured to."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.extract import PAGES, load, ours, score_bodies, score_metadata

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not PAGES.exists(), reason="shared/data/pages is not beside the repository"),
]


@pytest.fixture(scope="module")
def floors() -> dict[str, Any]:
    text = (Path(__file__).parents[1] / "floors.toml").read_text(encoding="utf-8")
    section: dict[str, Any] = tomllib.loads(text)["extraction"]
    return section


@pytest.mark.parametrize(
    ("name", "gold"), [("article_bodies", "text"), ("paragraphs", "gold_text")]
)
def test_bodies(name: str, gold: str, floors: dict[str, Any]) -> None:
    score = score_bodies(load(name), gold, ours)
    assert score.f1 >= floors[f"{name}_f1"], score


def test_metadata(floors: dict[str, Any]) -> None:
    shares = score_metadata(load("metadata"), ours)
    assert {fact: share for fact, share in shares.items() if share < floors[fact]} == {}
