"""Names of the arrays that texts are read into."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint32]
"""Of words, stems or word sequences."""
Bytes: TypeAlias = NDArray[np.uint8]
Places: TypeAlias = NDArray[np.intp]
"""Where something stands."""
Keys: TypeAlias = NDArray[np.uint64]
"""A hash in the upper half, in the lower one where it stands."""
Counts: TypeAlias = NDArray[np.int64]


def as_bytes(hashes: Hashes) -> bytes:
    """Little-endian, 4 bytes each."""
    return hashes.astype("<u4", copy=False).tobytes()
