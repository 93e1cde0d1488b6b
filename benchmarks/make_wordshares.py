"""Makes the tables of core.wordshares: python -m benchmarks.make_wordshares [LANGUAGE ...]

Needs the package wordfreq (Robyn Speer; code Apache-2.0, data CC BY-SA 4.0), which nothing else
here needs. Run it again whenever the stemmers or the folding of words change.
"""

from __future__ import annotations

import sys
from collections import Counter
from math import exp, log
from pathlib import Path

from wordfreq import available_languages, get_frequency_dict  # type: ignore[import-not-found]

from aggregator.core import wordshares
from aggregator.core.lexicon import Lexicon

FOLDER = Path(wordshares.__file__).with_name(wordshares.FOLDER)
WORDS = 350
"""Of an article."""
STEMS = {"en": 8_000}
"""So many are kept of a language, else FEWER."""
FEWER = 4_000
READ = 60_000
"""So many words of a language are looked at, the most frequent ones."""
UNREAD = frozenset(["ko", "fil", "sh", "bn", "ur", "ms", "is"])
"""Left out: Korean, whose words wordfreq parts otherwise than we do; lists that are short or
of several languages."""


def levels_of(language: str) -> dict[int, int]:
    """Stem hash and level of the most usual stems."""
    known = Lexicon(language)
    frequencies = get_frequency_dict(language, wordlist="best")
    found: Counter[int] = Counter()
    for word, frequency in sorted(frequencies.items(), key=lambda one: (-one[1], one[0]))[:READ]:
        if any(char.isdecimal() for char in word):
            continue
        for stem in known.read("", word).stems.tolist():
            if stem:
                found[stem] += frequency
    most = found.most_common(STEMS.get(language, FEWER))
    return {stem: _level(frequency) for stem, frequency in most}


def _level(frequency: float) -> int:
    share = 1 - exp(-frequency * WORDS)
    return min(round(-log(share) * wordshares.LEVELS), wordshares.UNKNOWN - 1)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    chosen = sys.argv[1:] or sorted(set(available_languages("best")) - UNREAD)
    for language in chosen:
        data = wordshares.encode_levels(levels_of(language))
        (FOLDER / f"{language}.bin").write_bytes(data)
        print(f"{language}: {len(data) // 5} stems")


if __name__ == "__main__":
    main()
