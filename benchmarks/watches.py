"""Articles a second that watches look at, by how many watches there are.

    python -m benchmarks.watches [--articles 2000] [--words 250] [--usual] [--brute]

The articles are invented (benchmarks.stories_streams), in English, cut to so many words. So are the
watches: of words that stand in such articles, three of four of them names; with `--usual` as often
as they stand there, so that every tenth watch matches an article, which nobody would want to be
sent. CPU seconds of one process. `--brute` also tries each watch on each article, for comparison;
what both find is the same, or it says so.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from aggregator.core.matching import Text, predicate_of
from aggregator.core.query_tree import And, Field, Near, Node, Not, Or, Outlets, Phrase, Query, Word
from aggregator.core.watch import Matcher
from aggregator.core.watch_index import Index
from aggregator.types import Relation
from aggregator.types.watching import Watch, WatchItem, WatchPer
from benchmarks.measure import machine, print_table
from benchmarks.stories_streams import strangers

COUNTS = (0, 10, 100, 1_000, 10_000)
BRUTE_UP_TO = 1_000
NOW = datetime(2026, 5, 31, 12, tzinfo=UTC)
_LETTERS = 4
"""The fewest of a word that is watched for."""


@dataclass(frozen=True, slots=True)
class Cost:
    building: float
    """Seconds until the first article was matched."""
    matching: float
    """Seconds."""
    tried: int
    """Watches that an article was tried against, over all articles."""
    found: int


def articles(count: int, words: int) -> list[WatchItem]:
    return [
        WatchItem(
            article_id=number,
            story_id=number,
            relation=Relation.NEW,
            outlets=1 + number % 7,
            is_first=True,
            source_id=number % 300,
            source=str(row["source"]),
            tags=("world",) if number % 3 else ("local",),
            url=f"https://www.outlet{number % 300}.example.org/{number}",
            title=str(row["title"]),
            text=" ".join(str(row["text"]).split()[:words]),
            authors=("Ann Author",),
            language="en",
            image_url=None,
            at=NOW,
            first_seen_at=NOW,
        )
        for number, row in enumerate(strangers(count))
    ]


# --- watches -------------------------------------------------------------------------------------


class Drawn:
    """Words of articles that are not among those that are matched."""

    def __init__(self, *, usual: bool, seed: int) -> None:
        self._random = random.Random(seed)
        self._texts = [str(row["text"]).split() for row in strangers(2_000, seed=seed)]
        words = [word for text in self._texts for word in _inner_words(text)]
        known = words if usual else sorted(set(words))
        self._names = [word for word in known if word[0].isupper()]
        self._others = [word for word in known if not word[0].isupper()]

    def word(self) -> str:
        """Three of four are names."""
        known = self._names if self._random.random() < 0.75 else self._others
        return self._random.choice(known)

    def phrase(self) -> Phrase:
        text = self._random.choice(self._texts)
        at = self._random.randrange(len(text) - 1)
        return Phrase((text[at].strip('.,"'), text[at + 1].strip('.,"')))

    def root(self) -> Node:
        kind, word = self._random.randrange(10), self.word
        nodes: Sequence[Node] = (
            Word(word()),
            And((Word(word()), Word(word()))),
            And((Word(word()), Not(Word(word())))),
            Or((Word(word()), Word(word()), Word(word()))),
            Or((self.phrase(), And((Word(word()), Not(Word("football")))))),
            self.phrase(),
            Near((Word(word()), Word(word())), 8),
            Field("title", Word(word())),
            And(
                (Field("source", Phrase((f"Outlet {self._random.randrange(600)}",))), Word(word()))
            ),
            And((Word(word()[:5], prefix=True), Outlets(">=", 3))),
        )
        return nodes[kind]


def _inner_words(text: Sequence[str]) -> Iterator[str]:
    """Those whose case is their own, for they begin no sentence."""
    for before, word in pairwise(text):
        bare = word.strip('.,"')
        if before[-1] not in '.,"' and word[0] != '"' and len(bare) >= _LETTERS and bare.isalpha():
            yield bare


def watches(count: int, *, usual: bool) -> Iterator[tuple[Watch, Query]]:
    drawn = Drawn(usual=usual, seed=11)
    for number in range(count):
        watch = Watch(name=f"Watch {number}", query="", per=WatchPer.ARTICLE, to=("desk",))
        yield watch, Query(text="", root=drawn.root())


# --- measuring -----------------------------------------------------------------------------------


def measured(made: Sequence[tuple[Watch, Query]], items: Sequence[WatchItem]) -> Cost:
    began = time.process_time()
    matcher = Matcher(made)
    matcher.match(items[0])
    built = time.process_time()
    found = sum(len(matcher.match(item)) for item in items)
    ended = time.process_time()
    index = Index([query.root for _, query in made], "en")
    tried = sum(len(index.candidates(Text(item))) for item in items)
    return Cost(building=built - began, matching=ended - built, tried=tried, found=found)


def brute(made: Sequence[tuple[Watch, Query]], items: Sequence[WatchItem]) -> tuple[float, int]:
    """Seconds, and what was found."""
    began = time.process_time()
    roots = [query.root for _, query in made]
    found = 0
    for item in items:
        text = Text(item)
        found += sum(predicate_of(root)(text) for root in roots)
    return time.process_time() - began, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--words", type=int, default=250)
    parser.add_argument("--brute", action="store_true", help="also try each watch on each article")
    parser.add_argument("--usual", action="store_true", help="watch for words as usual as any")
    options = parser.parse_args()
    items = articles(options.articles, options.words)
    made = list(watches(max(COUNTS), usual=options.usual))
    measured(made[:10], items)  # words that are met for the first time cost more
    print(f"{len(items):,} articles of {options.words} words; {machine()}\n")
    rows = []
    for count in COUNTS:
        cost = measured(made[:count], items)
        row = [
            f"{count:,}",
            f"{len(items) / cost.matching:,.0f}",
            f"{cost.matching / len(items) * 1e6:,.0f}",
            f"{cost.tried / len(items):.1f}",
            f"{cost.found / len(items):.2f}",
            f"{cost.building * 1e3:,.0f}",
        ]
        if options.brute and count <= BRUTE_UP_TO:
            sample = items[:100]
            seconds, found = brute(made[:count], sample)
            same = found == sum(map(len, map(Matcher(made[:count]).match, sample)))
            row.append(f"{seconds / len(sample) * 1e6:,.0f}{'' if same else ' (not the same)'}")
        elif options.brute:
            row.append("–")
        rows.append(row)
    head = ["watches", "articles/CPU s", "µs each", "tried", "found", "to build, ms"]
    print_table([*head, "µs, all tried"] if options.brute else head, rows)


if __name__ == "__main__":
    main()
