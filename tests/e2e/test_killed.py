"""A pass that is killed loses nothing and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from killing import compare


@pytest.mark.timeout(240)
def test_ten_kills_leave_what_an_undisturbed_run_leaves(tmp_path: Path) -> None:
    hits, differences = compare(tmp_path, kills=10, each=3, rng=random.Random(5))

    assert hits >= 10
    assert differences == []
