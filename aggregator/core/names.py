"""Names and numbers of a text: by them an event is recognised whatever the wording.

Names are told by capitals alone: a run of capitalised words is one name. The first word of a
sentence proves nothing, nor does a headline that capitalises every word; from these only names
are taken that the text shows elsewhere. Scripts without capitals give numbers only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

NAMES = 40
"""At most so many are kept of a text."""

# Kinds of tokens. Plain integers: a text has hundreds, and an enum costs three times as much.
WORD: Final = 0
COMMON: Final = 1
"""A function word."""
CAPITAL: Final = 2
ACRONYM: Final = 3
NUMBER: Final = 4
"""Or the name of a day or month: what stands alone."""
BREAK: Final = 5
"""Punctuation inside a sentence. From here on a token is no word."""
SENTENCE: Final = 6
OPEN: Final = 7
CLOSE: Final = 8
PARAGRAPH: Final = 9

_MARKS = {
    **dict.fromkeys("(),;，、،؛", BREAK),
    **dict.fromkeys(".!?…:。！？؟।", SENTENCE),
    "“": OPEN,
    "”": CLOSE,
    "\n": PARAGRAPH,
}
_BEFORE_CAPITALS = frozenset({SENTENCE, OPEN, PARAGRAPH})
_PARTICLES = frozenset(
    [
        "al",
        "bin",
        "da",
        "de",
        "del",
        "der",
        "den",
        "di",
        "do",
        "dos",
        "du",
        "ibn",
        "la",
        "of",
        "ul",
        "van",
        "von",
    ]
)
_ABBREVIATIONS = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Gen",
        "Rep",
        "Sen",
        "Gov",
        "St",
        "Lt",
        "Col",
        "Sgt",
        "Prof",
        "Hon",
        "No",
    ]
)

Tokens = Sequence[str]
Kinds = Sequence[int]


def kind_of(token: str, *, common: bool = False) -> int:
    """What a token is; `common`: it is a function word."""
    if token in _MARKS:
        return _MARKS[token]
    if common:
        return COMMON
    if token[0].isdecimal():
        return NUMBER
    if not token[0].isupper():
        return WORD
    return ACRONYM if len(token) > 1 and token.isupper() else CAPITAL


def find_names(
    head: Tokens, head_kinds: Kinds, body: Tokens, body_kinds: Kinds
) -> tuple[tuple[str, int], ...]:
    """(name or number as written, count): the most frequent, those of the beginning first.

    `head` and `body` are the tokens of title and text, each with its kind.
    """
    found: Counter[str] = Counter()
    doubtful: list[list[str]] = []
    headline = _capitalises_all(head_kinds)
    for run, certain in _runs(head, head_kinds):
        if certain and not headline:
            found[" ".join(run)] += 1
        else:
            doubtful.append(run)
    for run, certain in _runs(body, body_kinds):
        if certain:
            found[" ".join(run)] += 1
        else:
            doubtful.append(run)
    known = {part for name in found for part in name.split()}
    for run in doubtful:
        parts = [part for part in run if part in known] if body else run
        if parts:
            found[" ".join(parts)] += 1
    return tuple(found.most_common(NAMES))


def _capitalises_all(kinds: Kinds) -> bool:
    capital = kinds.count(CAPITAL) + kinds.count(ACRONYM)
    return capital >= 3 and capital > 2 * kinds.count(WORD)


def _runs(tokens: Tokens, kinds: Kinds) -> Iterator[tuple[list[str], bool]]:
    """Runs of capitals, and single numbers, each with whether it is certainly a name."""
    run: list[str] = []
    certain = True
    end = -1
    for index in [at for at, kind in enumerate(kinds) if CAPITAL <= kind <= NUMBER]:
        kind = kinds[index]
        if run:
            between = list(tokens[end:index]) if kind != NUMBER else None
            if between == [] or (between and _joins(run[-1], between)):
                run += [*(part for part in between if part != "."), tokens[index]]
                end = index + 1
                continue
            yield run, certain or len(run) > 1
            run = []
        if kind == NUMBER:
            yield [tokens[index]], True
            continue
        run = [tokens[index]]
        starts = index == 0 or kinds[index - 1] in _BEFORE_CAPITALS
        certain = kind == ACRONYM or not starts
        end = index + 1
    if run:
        yield run, certain or len(run) > 1


def _joins(last: str, between: list[str]) -> bool:
    """Whether what stands between two capitals leaves them one name."""
    if len(between) > 1:
        return False
    if between[0] == ".":
        return len(last) == 1 or last in _ABBREVIATIONS
    return between[0] in _PARTICLES
