"""What one thing that a user types is looked for as, in words of the index."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.core.query_tree import Phrase, Word
from aggregator.core.searchwords import clusters, index_words, is_paired


@dataclass(frozen=True, slots=True)
class Term:
    words: tuple[str, ...]
    """Of the index, side by side; none when what is typed has no word in it: it says nothing."""
    prefix: bool
    """The last one is how a word begins."""
    exact: bool
    """False: one word, looked for in all its forms, but as it is inside a Near. True: as it is."""


def term_of(match: Word | Phrase) -> Term:
    """A phrase is looked for as it is; so are several words in one and the beginnings of words.

    Where a script has no spaces, the index has pairs of characters: one character typed is how a
    pair begins, more are the pairs of them.
    """
    if isinstance(match, Phrase):
        words = index_words(" ".join(match.words))
        prefix = False
    else:
        words = index_words(match.text)
        prefix = match.prefix
    if not words:
        return Term((), prefix=False, exact=True)
    paired = is_paired(words[-1])
    if paired:
        if len(words) > 1 and _closes(words[-2], words[-1]):
            words.pop()  # the run may go on in the text
            prefix = False  # a pair is as long as words get
        else:
            prefix = True
    exact = prefix or paired or len(words) > 1 or isinstance(match, Phrase)
    return Term(tuple(words), prefix=prefix, exact=exact)


def _closes(pair: str, last: str) -> bool:
    """Whether a word is the end of the run that the pair before it is of."""
    return is_paired(pair) and clusters(pair)[1:] == [last]
