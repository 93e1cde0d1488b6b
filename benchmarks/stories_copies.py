"""Made-up syndication: each of some real texts on many outlets, changed as outlets change them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from benchmarks.stories_sets import EPOCH, Row
from benchmarks.stories_streams import strangers
from benchmarks.stories_words import ADJECTIVES, COUNTRIES, NOUNS, PAPERS

OUTLETS = 200
TEXTS_A_DAY = 8
LATE = timedelta(hours=36)
"""A copy comes so long after the first at the latest."""
CUT, THINNED, LOCAL = 0.4, 0.3, 0.3
"""Shares of the copies that are cut, that lack sentences from the middle, and that have a
paragraph of their own."""

_SWAPS = {
    "about": "around", "after": "following", "also": "as well", "began": "started", "big": "large",
    "but": "yet", "called": "named", "many": "a lot of", "need": "require", "people": "residents",
    "said": "stated", "show": "reveal", "several": "a number of", "while": "as",
    "with": "along with",
}  # fmt: skip
_TOPS = (
    "{name}, since {year}: {nouns}",
    "You are reading {name}. {nouns} every day.",
    "{name} | {nouns} | Subscribe",
    "Home / News / {nouns} / {name}",
)
_ENDS = (
    "More from {name}: sign up for our {adjective} letter about {nouns}. All rights reserved.",
    "This article is from {name}, the {adjective} paper. Write to us about {nouns}.",
    "Support {name} and its {adjective} {nouns}. Become a member for {year} cents a week.",
    "{name} is a {adjective} member of the press council. {nouns}: see our archive of {year}.",
)


def syndicated(originals: Sequence[Row], copies_each: int) -> list[Row]:
    """Each text on so many outlets, by time; the row's `label` is the number of its text.

    The first has it as it is. The others have another headline and a dateline, words swapped and
    left out, some of them cut, thinned, or with a paragraph of local news. Every outlet has its
    own lines above and below, always the same.
    """
    rng = random.Random(7)
    outlets = [_outlet(number) for number in range(OUTLETS)]
    local = _local_news()
    rows: list[Row] = []
    for label, original in enumerate(originals):
        first_at = EPOCH + timedelta(days=label // TEXTS_A_DAY)
        chosen = rng.sample(outlets, copies_each)
        delays = sorted(rng.random() * LATE for _ in range(copies_each))
        for number, ((name, top, end), delay) in enumerate(zip(chosen, delays, strict=True)):
            title, body = original["title"], original["text"]
            if number:
                title, body = _headline(title, name, rng), _edited(body, local, rng)
            rows.append(
                {
                    "title": title,
                    "text": f"{top}\n\n{body}\n\n{end}",
                    "source": name,
                    "published": (first_at + delay).isoformat(),
                    "lang": "en",
                    "label": label,
                }
            )
    return sorted(rows, key=lambda row: str(row["published"]))


def _outlet(number: int) -> tuple[str, str, str]:
    """Name, and the lines above and below each of its articles."""
    rng = random.Random(number)
    name = f"{rng.choice(_cities())} {rng.choice(PAPERS.split())}"
    name = f"{name} {number}"
    words = {
        "name": name,
        "year": str(rng.randint(1850, 2020)),
        "nouns": " ".join(rng.sample(NOUNS.split(), 5)),
        "adjective": rng.choice(ADJECTIVES.split()),
    }
    return name, rng.choice(_TOPS).format(**words), rng.choice(_ENDS).format(**words)


def _headline(title: str, name: str, rng: random.Random) -> str:
    words = title.split()
    kind = rng.randrange(4)
    if kind == 0:
        return f"{title} - {name}"
    if kind == 1:
        return f"{rng.choice(['Update', 'Report', 'Just in'])}: {' '.join(words[: -2 or None])}"
    if kind == 2:
        middle = len(words) // 2
        return " ".join([*words[middle:], "as", *words[:middle]])
    return " ".join(word for word in words if rng.random() > 0.25) or title


def _edited(text: str, local: Iterator[str], rng: random.Random) -> str:
    words = [_SWAPS.get(word, word) if rng.random() < 0.7 else word for word in text.split(" ")]
    words = [word for word in words if rng.random() > 0.03]
    if rng.random() < THINNED:
        sentences = " ".join(words).split(". ")
        words = ". ".join(each for each in sentences if rng.random() > 0.25).split(" ")
    if rng.random() < CUT:
        words = words[: max(50, int(len(words) * rng.uniform(0.3, 0.8)))]
    body = f"{rng.choice(_cities()).upper()} - {' '.join(words)}"
    return f"{body}\n\n{next(local)}" if rng.random() < LOCAL else body


def _local_news() -> Iterator[str]:
    """Paragraphs of 30 words or more that have nothing to do with the text."""
    for row in strangers(20_000, seed=23):
        for paragraph in str(row["text"]).split("\n\n"):
            if 30 <= len(paragraph.split()) <= 90:
                yield paragraph
                break


def _cities() -> list[str]:
    return [
        city for line in COUNTRIES.strip().split("\n") for city in line.split(":")[2].split(",")
    ]
