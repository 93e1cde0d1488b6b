"""What was changed between a text and its copy, word by word, side by side.

First the words are aligned at runs of three that each text has once: of these the longest chain
that is in order in both is kept (the idea of Bram Cohen's patience diff, with a run of words where
that has a line) and grown to both sides. What lies between two anchors is compared word by word
with difflib; all of it together has a bound, and a gap that is beyond it counts as changed. So a
text of a hundred thousand words costs little more than reading it.

Then paragraphs that share enough stand in a row with one another, and the others alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

RUN = 3
"""Words that an anchor has."""
BUDGET = 8_000_000
"""Steps that difflib may take at worst, for all gaps together; well below a second. Texts of people
take a hundredth of what is reckoned."""
SHARED = 0.3
"""Paragraphs are in a row if so much of the shorter one is in the other."""

_PARAGRAPH = re.compile(r"\n\s*\n")
_WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[^\\W\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+|[^\\w\\s]"
)
"""A letter by itself in scripts that write no spaces; elsewhere letters and digits in a row, and
any mark by itself."""
_SAME_MARKS = str.maketrans("‘’‚‛“”„‟«»‹›–—‒―−", "''''\"\"\"\"\"\"''-----")
"""Which of these an outlet prints is its house style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    text: str
    changed: bool
    """The other text does not have it here."""


Paragraph = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffRow:
    """Paragraphs that say the same more or less; one side may be empty."""

    left: tuple[Paragraph, ...]
    right: tuple[Paragraph, ...]

    @property
    def changed(self) -> bool:
        sides = (*self.left, *self.right)
        return not (self.left and self.right) or any(
            piece.changed for paragraph in sides for piece in paragraph
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDiff:
    rows: tuple[DiffRow, ...]
    kept: float
    """0 to 1: how many of the first text's words are in the second one where they belong; of an
    empty text 1."""
    new: float
    """0 to 1: how many of the second text's words are not in the first one there."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Of one text."""

    paragraphs: tuple[str, ...]
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int, int], ...]
    """(paragraph, start, end) of each word."""


def diff(left: str, right: str) -> TextDiff:
    """`left` is the earlier one. Paragraphs are parted by an empty line."""
    one, other = _words(left), _words(right)
    pairs = _without_strays(_aligned(one.keys, other.keys), len(one.keys), len(other.keys))
    rows = _rows(one, other, pairs)
    same = len(pairs)
    return TextDiff(
        rows=tuple(rows),
        kept=same / len(one.keys) if one.keys else 1.0,
        new=1 - same / len(other.keys) if other.keys else 0.0,
    )


def _words(text: str) -> _Words:
    paragraphs = tuple(part.strip() for part in _PARAGRAPH.split(text) if part.strip())
    spans = [
        (number, *match.span())
        for number, paragraph in enumerate(paragraphs)
        for match in _WORD.finditer(paragraph)
    ]
    keys = tuple(
        paragraphs[number][start:end].translate(_SAME_MARKS) for number, start, end in spans
    )
    return _Words(paragraphs, keys, tuple(spans))


# --- which words are the same ---------------------------------------------------------------------


def _aligned(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places of equal words, in order in both."""
    pairs: list[tuple[int, int]] = []
    budget = BUDGET
    for start, other_start, end, other_end in _gaps(one, other, pairs):
        words, other_words = one[start:end], other[other_start:other_end]
        steps = _steps(words, other_words)
        if 0 < steps <= budget:
            budget -= steps
            matcher = SequenceMatcher(None, words, other_words, autojunk=False)
            for block in matcher.get_matching_blocks():
                pairs += [
                    (start + block.a + step, other_start + block.b + step)
                    for step in range(block.size)
                ]
    return sorted(pairs)


def _steps(one: Sequence[str], other: Sequence[str]) -> int:
    """The most that difflib takes: of every match that it finds, which are no more than the shorter
    text has words, it looks at all pairs of equal words."""
    counts = Counter(other)
    equal = sum(counts[word] for word in one)
    return (equal + len(one)) * min(len(one), len(other))


def _gaps(
    one: Sequence[str], other: Sequence[str], pairs: list[tuple[int, int]]
) -> Iterator[tuple[int, int, int, int]]:
    """What lies between anchors, as (start, other start, end, other end). The anchors, grown as far
    as words are equal, are put into `pairs` on the way."""
    at = other_at = 0
    for place, other_place in (*_anchors(one, other), (len(one), len(other))):
        if place < at or other_place < other_at:
            continue  # the one before has grown over it
        start, other_start = place, other_place
        while start > at and other_start > other_at and one[start - 1] == other[other_start - 1]:
            start, other_start = start - 1, other_start - 1
        head = at
        while head < start and other_at < other_start and one[head] == other[other_at]:
            pairs.append((head, other_at))
            head, other_at = head + 1, other_at + 1
        yield head, other_at, start, other_start
        at, other_at = place, other_place
        while at < len(one) and other_at < len(other) and one[at] == other[other_at]:
            at, other_at = at + 1, other_at + 1
        pairs += zip(range(start, at), range(other_start, other_at), strict=True)


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The longest chain of runs that both texts have once."""
    places, other_places = _unique_runs(one), _unique_runs(other)
    common = sorted(
        (place, other_places[run]) for run, place in places.items() if run in other_places
    )
    tails: list[int] = []
    """The smallest last place, in the other text, of a chain of each length."""
    last: list[int] = []
    """Which of `common` that is."""
    before: list[int] = []
    for number, (_, place) in enumerate(common):
        length = bisect_left(tails, place)
        before.append(last[length - 1] if length else -1)
        if length == len(tails):
            tails.append(place)
            last.append(number)
        else:
            tails[length], last[length] = place, number
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(common[number])
        number = before[number]
    return chain[::-1]


def _unique_runs(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    for place, run in enumerate(zip(*(words[step:] for step in range(RUN)), strict=False)):
        found[run] = -1 if run in found else place
    return {run: place for run, place in found.items() if place >= 0}


def _without_strays(
    pairs: Sequence[tuple[int, int]], length: int, other_length: int
) -> list[tuple[int, int]]:
    """Without single words that happen to be equal amid what is changed in both: marking them as
    kept makes a rewritten sentence unreadable."""
    kept: list[tuple[int, int]] = []
    for number, (place, other_place) in enumerate(pairs):
        before = pairs[number - 1] if number else (-1, -1)
        after = pairs[number + 1] if number + 1 < len(pairs) else (length, other_length)
        alone = (
            before[0] < place - 1
            and before[1] < other_place - 1
            and after[0] > place + 1
            and after[1] > other_place + 1
        )
        if not alone:
            kept.append((place, other_place))
    return kept


# --- rows -----------------------------------------------------------------------------------------


def _rows(one: _Words, other: _Words, pairs: Sequence[tuple[int, int]]) -> Iterator[DiffRow]:
    left = _marked(one, {place for place, _ in pairs})
    right = _marked(other, {place for _, place in pairs})
    at = other_at = 0
    for start, end, other_start, other_end in _linked(one, other, pairs):
        yield from _alone(left[at:start], right[other_at:other_start])
        yield DiffRow(left=tuple(left[start:end]), right=tuple(right[other_start:other_end]))
        at, other_at = end, other_end
    yield from _alone(left[at:], right[other_at:])


def _alone(left: Iterable[Paragraph], right: Iterable[Paragraph]) -> Iterator[DiffRow]:
    for paragraph in left:
        yield DiffRow(left=(paragraph,), right=())
    for paragraph in right:
        yield DiffRow(left=(), right=(paragraph,))


def _linked(
    one: _Words, other: _Words, pairs: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int, int]]:
    """Paragraphs that belong together, as (start, end, other start, other end), in order."""
    shared: dict[tuple[int, int], int] = {}
    for place, other_place in pairs:
        key = one.spans[place][0], other.spans[other_place][0]
        shared[key] = shared.get(key, 0) + 1
    lengths, other_lengths = _lengths(one), _lengths(other)
    found: list[tuple[int, int, int, int]] = []
    for (number, other_number), words in sorted(shared.items()):
        if words < SHARED * min(lengths[number], other_lengths[other_number]):
            continue
        if found and (number < found[-1][1] or other_number < found[-1][3]):
            start, end, other_start, other_end = found.pop()
            found.append(
                (start, max(end, number + 1), other_start, max(other_end, other_number + 1))
            )
        else:
            found.append((number, number + 1, other_number, other_number + 1))
    return found


def _lengths(words: _Words) -> list[int]:
    lengths = [0] * len(words.paragraphs)
    for number, _, _ in words.spans:
        lengths[number] += 1
    return lengths


def _marked(words: _Words, kept: set[int]) -> list[Paragraph]:
    """Each paragraph in pieces; white space between two changed words is changed, too."""
    found: list[list[Piece]] = [[] for _ in words.paragraphs]
    ends = [0] * len(words.paragraphs)
    for place, (number, start, end) in enumerate(words.spans):
        text, pieces, changed = words.paragraphs[number], found[number], place not in kept
        gap = text[ends[number] : start]
        ends[number] = end
        if pieces and pieces[-1].changed is changed:
            pieces[-1] = Piece(text=pieces[-1].text + gap + text[start:end], changed=changed)
        elif changed:
            if gap:
                _append(pieces, gap)
            pieces.append(Piece(text=text[start:end], changed=True))
        else:
            pieces.append(Piece(text=gap + text[start:end], changed=False))
    for number, pieces in enumerate(found):
        _append(pieces, words.paragraphs[number][ends[number] :])
    return [tuple(pieces) for pieces in found]


def _append(pieces: list[Piece], text: str) -> None:
    """What has no word, behind the others."""
    if not text:
        return
    if pieces and not pieces[-1].changed:
        pieces[-1] = Piece(text=pieces[-1].text + text, changed=False)
    else:
        pieces.append(Piece(text=text, changed=False))
