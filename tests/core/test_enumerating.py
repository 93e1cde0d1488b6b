from __future__ import annotations

import pytest

from aggregator.core.enumerating import enumerate_names


@pytest.mark.parametrize(
    ("names", "most", "said"),
    [
        ((), None, ""),
        (("A",), None, "A"),
        (("A", "B"), None, "A and B"),
        (("A", "B", "C"), 3, "A, B and C"),
        (("A", "B", "C", "D"), 3, "A, B and 2 more"),
        (("A", "B"), 1, "A and 1 more"),
    ],
)
def test_names_in_a_row(names: tuple[str, ...], most: int | None, said: str) -> None:
    assert enumerate_names(names, most=most) == said
