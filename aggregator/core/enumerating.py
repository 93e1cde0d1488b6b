"""Names in a row and things in numbers, as a sentence has them."""

from __future__ import annotations

from collections.abc import Sequence


def enumerate_names(names: Sequence[str], *, most: int | None = None) -> str:
    """ "A", "A and B", "A, B and C"; beyond `most` of them, "A, B, C and 9 more"."""
    if most is not None and len(names) > most:
        shown = max(most - 1, 1)
        return f"{', '.join(names[:shown])} and {len(names) - shown} more"
    return ", ".join((*names[:-2], " and ".join(names[-2:])))


def counted(number: int, one: str, several: str | None = None) -> str:
    """ "1 article", "3 articles"; `several`: what is not `one` with an "s"."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"
