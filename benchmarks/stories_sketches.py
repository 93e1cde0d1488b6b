"""MinHash and SimHash, the usual sketches for copies, over word 3-grams of the text.

Each article joins the nearest earlier one of the last 14 days, when that is near enough.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from zlib import crc32

import numpy as np
import numpy.typing as npt

from benchmarks.stories_rivals import Run
from benchmarks.stories_scores import Labels
from benchmarks.stories_sets import Row, published

PERMUTATIONS = 128
WINDOW = timedelta(days=14).total_seconds()
THRESHOLDS = (0.5, *(round(0.05 + 0.05 * step, 2) for step in range(18)))
DISTANCES = (3, *range(33))

_Hashes = npt.NDArray[np.uint64]
_Nearest = Sequence[tuple[int, float]]
"""Of each row: the earlier row that is nearest, and how near; (-1, 0): there is none."""


def minhash(rows: Sequence[Row]) -> Iterator[Run]:
    """MinHash (Broder 1997) with locality-sensitive hashing in bands (Leskovec, Rajaraman and
    Ullman, Mining of Massive Datasets, chapter 3): for each threshold the bands whose false
    positives and negatives are fewest, taken together, over all similarities; then the candidate
    of the highest estimated Jaccard similarity."""
    signatures = np.stack([_signature(hashes) for hashes in _shingles(rows)])
    times = _times(rows)
    known: dict[tuple[int, int], _Nearest] = {}
    for least in THRESHOLDS:
        bands = _bands(least)
        if bands not in known:
            known[bands] = _nearest_candidates(signatures, times, *bands)
        yield f"Jaccard {least:.2f}, {bands[0]} bands of {bands[1]}", _labels(known[bands], least)


def simhash(rows: Sequence[Row]) -> Iterator[Run]:
    """SimHash (Charikar 2002) of 64 bits. Manku, Jain and Das Sarma 2007 take two web pages for
    near-duplicates when at most 3 bits differ."""
    prints = np.array([_fingerprint(hashes) for hashes in _shingles(rows)], dtype=np.uint64)
    times = _times(rows)
    nearest: list[tuple[int, float]] = []
    for number in range(len(prints)):
        distances = np.bitwise_count(prints[:number] ^ prints[number]).astype(np.int64)
        distances[np.abs(times[:number] - times[number]) > WINDOW] = 65
        best = int(distances.argmin()) if number else -1
        nearest.append((best, -float(distances[best])) if number else (-1, -65.0))
    for most in DISTANCES:
        yield f"{most} bits", _labels(nearest, -most)


def _times(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
    return np.array([published(row).timestamp() for row in rows])


def _shingles(rows: Sequence[Row]) -> Iterator[_Hashes]:
    for row in rows:
        words = re.findall(r"\w+", row["text"].lower())
        hashes = {crc32(" ".join(words[at : at + 3]).encode()) for at in range(len(words) - 2)}
        yield np.array(sorted(hashes) or [0], dtype=np.uint64)


_RNG = np.random.default_rng(5)
_FACTORS = _RNG.integers(1 << 62, size=PERMUTATIONS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_ADDENDS = _RNG.integers(1 << 62, size=PERMUTATIONS, dtype=np.uint64)


def _signature(hashes: _Hashes) -> npt.NDArray[np.uint32]:
    """The least of each permutation, which is a multiplication and a shift (Dietzfelbinger et al.
    1997)."""
    mixed = (hashes[:, None] * _FACTORS + _ADDENDS) >> np.uint64(32)
    least: npt.NDArray[np.uint32] = mixed.min(axis=0).astype(np.uint32)
    return least


def _bands(least: float) -> tuple[int, int]:
    """Number and length of the bands for a threshold."""
    below, above = np.linspace(0, least, 100), np.linspace(least, 1, 100)

    def errors(shape: tuple[int, int]) -> float:
        bands, rows = shape
        wrong = (1 - (1 - below**rows) ** bands).mean() * least
        missed = ((1 - above**rows) ** bands).mean() * (1 - least)
        return float(wrong + missed)

    shapes = [(PERMUTATIONS // rows, rows) for rows in range(1, 33)]
    return min(shapes, key=errors)


def _nearest_candidates(
    signatures: npt.NDArray[np.uint32],
    times: npt.NDArray[np.float64],
    bands: int,
    rows: int,
) -> _Nearest:
    buckets: defaultdict[tuple[int, bytes], list[int]] = defaultdict(list)
    nearest: list[tuple[int, float]] = []
    for number, signature in enumerate(signatures):
        keys = [
            (band, signature[band * rows : (band + 1) * rows].tobytes()) for band in range(bands)
        ]
        found = sorted({other for key in keys for other in buckets.get(key, ())})
        found = [other for other in found if abs(times[other] - times[number]) <= WINDOW]
        if found:
            near = (signatures[found] == signature).mean(axis=1)
            best = int(near.argmax())
            nearest.append((found[best], float(near[best])))
        else:
            nearest.append((-1, 0.0))
        for key in keys:
            buckets[key].append(number)
    return nearest


def _fingerprint(hashes: _Hashes) -> int:
    """Each shingle votes for every bit; its hash is stretched to 64 bits (Steele et al. 2014)."""
    mixed = hashes * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    bits = np.unpackbits(mixed.view(np.uint8).reshape(-1, 8), axis=1)
    majority = (2 * bits.sum(axis=0, dtype=np.int64) > len(bits)).astype(np.uint8)
    return int.from_bytes(np.packbits(majority).tobytes(), "little")


def _labels(nearest: _Nearest, least: float) -> Labels:
    labels: list[int] = []
    for number, (other, near) in enumerate(nearest):
        labels.append(labels[other] if other >= 0 and near >= least else number)
    return labels
