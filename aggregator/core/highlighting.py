"""The passage of a text that answers a search best, with what was found marked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from aggregator.core.query_tree import And, Near, Node, Or, Phrase, Word
from aggregator.core.search_terms import Term, term_of
from aggregator.core.searchwords import clusters, is_paired, word_spans
from aggregator.core.stemming import keeps_beginnings, stems
from aggregator.core.text import clean_line

OPENED: Final = "\x02"
CLOSED: Final = "\x03"
CONSIDERED: Final = 100_000
"""Characters of a text that are looked at; a match beyond them is not shown."""
_LETTERS = 16
"""Characters that the words of a passage have on average, at most; longer ones are cut."""

_Placed = Sequence[tuple[str, int, int]]
"""Words with their characters, as word_spans has them."""
_Places = Mapping[str, Sequence[int]]
"""Of each word of a text: at which places it stands, in order."""
_Match = tuple[int, int, int]
"""The place of its first word, that after its last one, and which thing that was typed it is."""

# Noncharacters, which clean_line leaves where they are, as it does not the marks.
_OPENING, _CLOSING = "\ufdd0", "\ufdd1"
_NO_MARKS = str.maketrans("", "", _OPENING + _CLOSING)
_MARKS = str.maketrans({_OPENING: OPENED, _CLOSING: CLOSED})
_SENTENCE_END = re.compile("[.!?…][^\\w\\s]*\\s|[\n。！？।؟۔]")


def snippet(text: str, root: Node, language: str, *, words: int = 24) -> str:
    """The best passage on one line; the text's beginning where nothing of the search is in it.

    `language` is the text's primary subtag, or "". Matches stand between U+0002 and U+0003, "…"
    where the text goes on. A passage has at most so many words; of scripts that write no spaces,
    two characters count as one. What is excluded is not marked, nor what is looked for in the
    title, the authors or the source alone.
    """
    placed = word_spans(text[:CONSIDERED])
    terms = list(_terms(root))
    found = _matches(placed, terms, language)
    first, last = _passage(text, placed, found, 2 * words)
    begin = placed[first][1] if first else 0
    end = placed[last - 1][2] if last < len(placed) else len(text)
    spans = [
        _characters(placed, match, terms[match[2]]) for match in found if first <= match[0] < last
    ]
    limit = words * _LETTERS
    if end - begin > limit:
        if spans and spans[0][1] > begin + limit:
            begin = spans[0][0]
        end = min(begin + limit, end)
    return _marked(text, spans, begin, end)


# --- what of a text is found ----------------------------------------------------------------------


def _terms(node: Node) -> Iterator[Term | Near]:
    """What is looked for in the text itself."""
    match node:
        case Word() | Phrase():
            yield term_of(node)
        case Near():
            yield node
        case And() | Or():
            for item in node.items:
                yield from _terms(item)


def _matches(placed: _Placed, terms: Sequence[Term | Near], language: str) -> list[_Match]:
    words = [word for word, _, _ in placed]
    forms = _Forms(words, language)
    wanted = [
        [forms.exact(term_of(item)) for item in term.items]
        if isinstance(term, Near)
        else [forms.exact(term) if term.exact else forms.inflected(term)]
        for term in terms
    ]
    places: dict[str, list[int]] = {
        form: [] for items in wanted for item in items for some in item for form in some
    }
    for at, word in enumerate(words):
        if word in places:
            places[word].append(at)
    found: list[_Match] = []
    for number, (term, items) in enumerate(zip(terms, wanted, strict=True)):
        matches = [_side_by_side(item, places) for item in items]
        if isinstance(term, Near):
            matches = [list(_together(matches, term.distance))]
        found += [(first, last, number) for first, last in matches[0]]
    return sorted(found)


class _Forms:
    """The words of a text that are what a term looks for."""

    def __init__(self, words: Sequence[str], language: str) -> None:
        self._words = dict.fromkeys(words)
        self._stems = stems(language)
        self._keeps_beginnings = keeps_beginnings(language)

    def exact(self, term: Term) -> list[Sequence[str]]:
        """For each word of the term."""
        found: list[Sequence[str]] = [(word,) for word in term.words]
        if term.prefix:
            found[-1] = [word for word in self._words if word.startswith(term.words[-1])]
        return found

    def inflected(self, term: Term) -> list[Sequence[str]]:
        """For its one word."""
        stem_of = self._stems
        wanted = stem_of[term.words[0]]
        # Of a text that nobody has looked at yet, most words would be stemmed for the first time.
        likely = (
            [one for one in self._words if one[0] == wanted[0]]
            if self._keeps_beginnings
            else self._words
        )
        return [[one for one in likely if stem_of[one] == wanted]]


def _side_by_side(forms: Sequence[Sequence[str]], places: _Places) -> list[tuple[int, int]]:
    """Where words in a row are these; in order."""
    if not forms:
        return []
    begins = {at for form in forms[0] for at in places[form]}
    for offset, some in enumerate(forms[1:], start=1):
        begins &= {at - offset for form in some for at in places[form]}
    return [(at, at + len(forms)) for at in sorted(begins)]


def _together(
    items: Sequence[Sequence[tuple[int, int]]], distance: int
) -> Iterator[tuple[int, int]]:
    """The matches that stand together: one of each item, all of which begin after the first one
    does, with at most so many words between that and the last one."""
    begins = [[first for first, _ in item] for item in items]
    if not all(begins):
        return
    steps = [[0] * (len(item) + 1) for item in items]
    """By how much more matches stand together from here on than before."""
    for first, last in {match for item in items for match in item}:
        ranges = [
            (bisect_left(item, first), bisect_right(item, last + distance)) for item in begins
        ]
        if all(low < high for low, high in ranges):
            for step, (low, high) in zip(steps, ranges, strict=True):
                step[low] += 1
                step[high] -= 1
    for item, step in zip(items, steps, strict=True):
        for match, together in zip(item, accumulate(step), strict=False):
            if together:
                yield match


# --- which passage is shown -----------------------------------------------------------------------


def _passage(text: str, placed: _Placed, found: Sequence[_Match], limit: int) -> tuple[int, int]:
    """The place of its first word, and that after its last one; at most `limit` half words."""
    shown = placed if found else placed[:limit]
    costs = [1 if word > "\u0e00" and is_paired(word) else 2 for word, _, _ in shown]
    ends = list(accumulate(costs, initial=0))
    if not found:
        return 0, bisect_right(ends, limit) - 1
    begin, end = _densest(found, ends, limit)
    spare = limit - (ends[end] - ends[begin])
    earliest = bisect_left(ends, ends[begin] - spare)
    first = _sentence_begin(text, placed, earliest, begin)
    if first is None:
        first = bisect_left(ends, ends[begin] - spare // 3)
    last = bisect_right(ends, ends[first] + limit) - 1
    # What the end of the text leaves free is filled from before.
    if last == len(placed):
        first = min(first, bisect_left(ends, ends[last] - limit))
    return first, max(last, first + 1)


def _densest(found: Sequence[_Match], ends: Sequence[int], limit: int) -> tuple[int, int]:
    """From the first match of the passage to the end of its last: the one with most different
    things that were typed, then with most matches, then the earliest."""
    best = (0, 0)
    chosen = (0, 0)
    counts: dict[int, int] = {}
    after = 0
    for index, (first, last, number) in enumerate(found):
        while after < len(found) and ends[found[after][1]] - ends[first] <= limit:
            counts[found[after][2]] = counts.get(found[after][2], 0) + 1
            after += 1
        score = (len(counts), after - index)
        if score > best:
            best = score
            chosen = (first, max(last, found[after - 1][1]) if after > index else last)
        if after == index:
            after += 1  # longer than a passage
        elif counts[number] == 1:
            del counts[number]
        else:
            counts[number] -= 1
    if best == (0, 0):
        first = found[0][0]
        chosen = (first, max(first + 1, bisect_right(ends, ends[first] + limit) - 1))
    return chosen


def _sentence_begin(text: str, placed: _Placed, earliest: int, begin: int) -> int | None:
    """The place of the last word from `earliest` to `begin` that a sentence begins with."""
    for at in range(begin, max(earliest, 1) - 1, -1):
        if _SENTENCE_END.search(text, placed[at - 1][2], placed[at][1]):
            return at
    return 0 if earliest == 0 else None


# --- how it is shown ------------------------------------------------------------------------------


def _characters(placed: _Placed, match: _Match, term: Term | Near) -> tuple[int, int]:
    """Where a match begins and ends in the text."""
    first, last, _ = match
    begin, end = placed[first][1], placed[last - 1][2]
    if isinstance(term, Term) and term.prefix:
        word = placed[last - 1][0]
        # One character was looked for, and the pair that it begins is found.
        if is_paired(word) and len(clusters(term.words[-1])) < len(clusters(word)):
            end = placed[last][1]
    return begin, end


def _marked(text: str, spans: Sequence[tuple[int, int]], begin: int, end: int) -> str:
    parts = ["…" if begin else ""]
    at = begin
    for first, last in _merged(spans):
        if first >= end:
            break
        parts += [_plain(text[at:first]), _OPENING, _plain(text[first : min(last, end)]), _CLOSING]
        at = min(last, end)
    parts += [_plain(text[at:end]), "…" if end < len(text) else ""]
    return clean_line("".join(parts)).translate(_MARKS)


def _plain(text: str) -> str:
    return text if text.isascii() else text.translate(_NO_MARKS)


def _merged(spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order; those that overlap as one."""
    current: tuple[int, int] | None = None
    for begin, end in sorted(spans):
        if current and begin < current[1]:
            current = (current[0], max(current[1], end))
        else:
            if current:
                yield current
            current = (begin, end)
    if current:
        yield current
