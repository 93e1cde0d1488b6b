"""Names of the arrays that texts are read into."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Hashes: TypeAlias = NDArray[np.uint32]
"""Of words, stems or word sequences."""
Ids: TypeAlias = NDArray[np.uint32]
"""Numbers of tokens in a lexicon."""
Bytes: TypeAlias = NDArray[np.uint8]
Places: TypeAlias = NDArray[np.intp]
"""Where something stands."""
Counts: TypeAlias = NDArray[np.int64]


def as_bytes(hashes: Hashes) -> bytes:
    """Little-endian, 4 bytes each."""
    return hashes.astype("<u4", copy=False).tobytes()
