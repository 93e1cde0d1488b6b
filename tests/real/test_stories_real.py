"""Stories of labelled sets are found at least as well as they have been measured to be."""

from __future__ import annotations

import pytest

from benchmarks import figures
from benchmarks.floors_file import below, read
from benchmarks.stories_sets import STORIES

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not STORIES.is_dir(), reason="shared/data/stories is not beside the repository"
    ),
]


@pytest.mark.parametrize("measure", figures.STORIES)
def test_figures_hold_their_floors(measure: figures.Measure) -> None:
    assert below(measure(), read().table("stories")) == {}
