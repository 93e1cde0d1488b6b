"""A stream of singletons: made-up news in which no two articles are of one event.

It is to be hard as real news is: articles of one topic have its vocabulary, those of one country
its cities, ministers and courts, those of both the same officials, and the same few leaders and
institutions recur everywhere, in the same days. What tells two articles apart is what tells real
ones apart: the people, places and numbers of the event itself, and the words that an article comes
back to.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import TypeVar

from benchmarks import stories_words as words
from benchmarks.stories_sets import EPOCH, Row

T = TypeVar("T")
Draw = Callable[[int], Sequence[str]]
"""To a number, so many words."""

DAYS = 10
"""The stream lasts so long, however many articles it has."""
OUTLETS = 500
LENGTHS = (150, 600)
"""Words."""
MEDIAN = 350
BACKGROUND = 20_000
"""Words of no topic, as rare as their rank says."""
SURNAMES = 40_000


# Parts of sentences. Letters after % are what is drawn: n noun, a adjective, v and w verbs of the
# topic and of any, d adverb, P person, C place, A adjective of the country, O organisation,
# N number, D date. Few words of theirs stand side by side, so that few 3-grams are shared.
_OPENERS = (
    "The %a %n|%P, whose %n|On %D the %n|In %C, %a %n|%O|The %n of %C|After %N %n the %a %n|%P|"
    "%N %n and the %n|Most %n in %C|A %n near %C|Two %a %n|Neither %P nor the %n|While %O %w, the"
    " %n|According to %P, %n|The %A %n|Every %a %n in the %n|Some %n|%A %n and %n|By %D %P|For %N"
    " days %n|Even the %a %n from %C|Its %n|Critics of %P|Their %a %n|Nobody at %O|Since %D a %n|"
    "Several %n, among them %P,|With %n still %a, %O|Before the %n, %P"
)
_CORES = (
    "%v the %a %n|%w that %n %v %d|%d %v %N %n|%v %n and %w the %n|%w %O over %n|%v after the %n"
    " %w|%w against %a %n|%v at least %N %n|%w no %n for %P|%d %w its %n|%v with %P about %n|%w to"
    " %C, where %n %v|%w how the %n %v|%v more %n than %O|%w %a %n instead of %n|%v because %n %w|"
    "%w between %n and %n|%v a %n worth %N %n|%d %w from %n to %n|%w %P, a %a %n|%v despite %a %n|"
    "%w as %n %v|%v from %N to %N|%w whether %O %v|%v only %n|%w what %P %v|%v the %n that %O %w|%w"
    " behind %a %n|%v nearly %N %n|%w under the %n of %P|%v %n once %w|%w for a %a %n"
)
_TAILS = (
    "in %C|on %D|, %P %w|, a %n %w|for %N %n|near the %n|without %n|and %n %v|while %n %w|by %n|,"
    " which %O %w|amid %a %n|under a %n|since %D|through %n|until %n %v|within %N days|, not %n|at"
    " %O|despite %n|, the %A %n %w|with %n or %n|over %a %n|as the %n %v|beyond %C|, %w %P of %O|"
    "unless %n %v|, though %n %w %d|from %C to %C|, said %P|during the %n|, about %N %n|, where %P"
    " %w|like %a %n|around %D|toward %n"
)
_QUOTES = (
    '"We %w the %n and %v %a %n", %P %w|"No %n %v here, only %n", %w %P|"%n, %n, %n: all %a", %P'
    ' said|"Our %n %d %v", %w a %n|"That %n was %a", %P %w on %D|"I %w %n for %N years", %P %w|"If'
    ' %n %v, %n %w", %w %P|"This %a %n never %v", said the %n'
)
_TITLES = (
    "%A %n %v %a %n|%P %w %n in %C|%O %w %n over %n|%a %n %v as %n %w|%N %n %v in %C|%P: %n %w %a"
    " %n|How %n %v %C|%C %n %w after %n|%n and %n: what %P %w|%O, %P and the %n of %n|%A %n %w %N"
    " %n|Why the %a %n %v|%n %v %n, %w %O|%C: %a %n for %n|%P %v %n"
)
_UNITS = ("", "", "", " million", " percent", " thousand")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Topic:
    name: str
    nouns: Sequence[str]
    verbs: Sequence[str]
    adjectives: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Country:
    adjective: str
    places: Sequence[str]
    """The country and its cities, as often as they are named."""
    leaders: Sequence[str]
    """Names of those who are in the news."""
    offices: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    topics: Sequence[_Topic]
    countries: Sequence[_Country]
    background: Sequence[str]
    surnames: Sequence[str]
    common: tuple[Sequence[str], Sequence[str], Sequence[str]]
    adverbs: Sequence[str]
    institutions: Sequence[str]
    first_names: Sequence[str]
    outlets: Sequence[str]
    kinds_of_bodies: Sequence[str]
    kinds_of_places: Sequence[str]
    months: Sequence[str]
    weekdays: Sequence[str]


def strangers(count: int, *, seed: int = 3) -> Iterator[Row]:
    """So many articles in order of time. The same seed gives the same articles, but for their
    times and dates; some 5,000 a second."""
    world = _world()
    rng = random.Random(seed)
    for number in range(count):
        at = EPOCH + timedelta(days=DAYS * number / count)
        title, text = _article(world, rng, at)
        yield {
            "title": title,
            "text": text,
            "source": rng.choice(world.outlets),
            "published": at.isoformat(),
            "lang": "en",
        }


def _article(world: _World, rng: random.Random, at: datetime) -> tuple[str, str]:
    pools = _pools(world, rng, at)
    length = min(max(rng.lognormvariate(0, 0.38) * MEDIAN, LENGTHS[0]), LENGTHS[1])
    written = 0
    texts: list[str] = []
    slots: list[str] = []
    for part, drawn, size, end in _sentences(rng):
        texts.append(part)
        slots.append(drawn)
        written += size
        if end and written >= length:
            break
    title, drawn, _ = rng.choice(_titles())
    slots.append(drawn)
    order = "".join(slots)
    take = {slot: iter(pool(order.count(slot))).__next__ for slot, pool in pools.items()}
    filled = [take[slot]() for slot in order]
    head = title % tuple(filled[-len(drawn) :])
    return head[0].upper() + head[1:], "".join(texts) % tuple(filled[: -len(drawn)])


def _sentences(rng: random.Random) -> Iterator[tuple[str, str, int, bool]]:
    """Parts without end: text, slots, words, whether a sentence ends with it."""
    openers, cores, tails, quotes = _parts()
    while True:
        if rng.random() < 0.12:
            text, drawn, size = rng.choice(quotes)
            yield text + ". ", drawn, size, True
            continue
        yield *rng.choice(openers), False
        yield *rng.choice(cores), False
        if rng.random() < 0.5:
            yield *rng.choice(tails), False
        text, drawn, size = rng.choice(tails)
        yield text + (".\n\n" if rng.random() < 0.3 else ". "), drawn, size, True


def _pools(world: _World, rng: random.Random, at: datetime) -> dict[str, Draw]:
    """What each slot of an article is filled from."""
    topic, country = rng.choice(world.topics), rng.choice(world.countries)
    common_nouns, common_verbs, common_adjectives = world.common
    surnames = rng.choices(world.surnames, k=7)
    people = _people(world, rng, country, surnames)
    bodies = [*rng.choices(country.offices, k=2), rng.choice(world.institutions)]
    bodies.append(f"{surnames[6]} {rng.choice(world.kinds_of_bodies)}")
    if rng.random() < 0.4:
        known, body = _beat(topic.name, country.adjective)
        person = rng.choice(known)
        people += [person, *[person.split()[-1]] * rng.randrange(4)]
        bodies.append(body)
    places = rng.choices(country.places, k=5)
    places.append(f"{surnames[5]} {rng.choice(world.kinds_of_places)}")
    if rng.random() < 0.3:
        places += rng.choices(rng.choice(world.countries).places, k=2)
    # Of the words of a text some are its own, to which it comes back; the others are its topic's.
    nouns = rng.choices(topic.nouns, k=8) + rng.choices(world.background, k=10)
    verbs = rng.choices(topic.verbs, k=5)
    adjectives = rng.choices(topic.adjectives, k=4) + rng.choices(world.background, k=3)
    return {
        "n": _mixed(
            rng,
            (0.45, nouns),
            (0.25, topic.nouns),
            (0.2, common_nouns),
            (0.1, world.background),
        ),
        "a": _mixed(rng, (0.4, adjectives), (0.3, topic.adjectives), (0.3, common_adjectives)),
        "v": _mixed(rng, (0.5, verbs), (0.5, topic.verbs)),
        "w": _mixed(rng, (1.0, common_verbs)),
        "d": _mixed(rng, (1.0, world.adverbs)),
        "P": _mixed(rng, (1.0, people)),
        "C": _mixed(rng, (1.0, places)),
        "A": _mixed(rng, (1.0, [country.adjective])),
        "O": _mixed(rng, (1.0, bodies)),
        "N": _mixed(rng, (1.0, [_number(rng) for _ in range(8)])),
        "D": _mixed(rng, (1.0, [_date(world, rng, at) for _ in range(3)])),
    }


def _mixed(rng: random.Random, *shares: tuple[float, Sequence[str]]) -> Draw:
    """From several lists, each with its share."""
    pools = [pool for _, pool in shares]
    if len(pools) == 1:
        return lambda count: rng.choices(pools[0], k=count)
    limits = list(accumulate(share for share, _ in shares))

    def draw(count: int) -> Sequence[str]:
        chosen = rng.choices(pools, cum_weights=limits, k=count)
        return [rng.choice(pool) for pool in chosen]

    return draw


def _people(
    world: _World, rng: random.Random, country: _Country, surnames: Sequence[str]
) -> list[str]:
    """Four whom nobody else writes about, the first one mostly, and often one of the country."""
    people = [f"{rng.choice(world.first_names)} {name}" for name in surnames[:4]]
    people += [surnames[0]] * 6 + [surnames[1]] * 3 + list(surnames[2:4])
    if rng.random() < 0.5:
        leader = rng.choice(country.leaders)
        people += [leader, *[leader.split()[-1]] * rng.randrange(5)]
    return people


def _date(world: _World, rng: random.Random, at: datetime) -> str:
    """Of the days before it was published."""
    day = at - timedelta(days=rng.randrange(5))
    if rng.random() < 0.6:
        return world.weekdays[day.weekday()]
    return f"{day.day} {world.months[day.month - 1]}"


def _number(rng: random.Random) -> str:
    """Small numbers are frequent, as they are in news."""
    kind = rng.random()
    if kind < 0.3:
        return str(rng.randint(2, 20))
    if kind < 0.7:
        return f"{rng.randint(11, 999)}{rng.choice(_UNITS)}"
    if kind < 0.85:
        return f"{rng.randint(1, 99)}.{rng.randint(1, 9)}{rng.choice(_UNITS)}"
    return f"{rng.randint(1, 400)},{rng.randint(0, 999):03}"


# --- the world ------------------------------------------------------------------------------------


@cache
def _world() -> _World:
    rng = random.Random(1)
    surnames = [
        name.capitalize() for name in _invented(SURNAMES + 2_000, rng, ("", "a", "o", "er"))
    ]
    return _World(
        topics=_by_rank(list(_topics()), 1, 8),
        countries=_by_rank(list(_countries(rng, surnames[SURNAMES:])), 1, 3),
        background=_by_rank(_invented(BACKGROUND, rng, words.ENDINGS.split()), 1, 20, size=200_000),
        surnames=surnames[:SURNAMES],
        common=(
            _by_rank(words.NOUNS.split(), 1, 5),
            _by_rank(words.VERBS.split(), 1, 5),
            _by_rank(words.ADJECTIVES.split(), 1, 5),
        ),
        adverbs=words.ADVERBS.split(),
        institutions=_by_rank(words.INSTITUTIONS.strip().split("\n"), 1, 3),
        kinds_of_bodies=words.ORGANISATIONS.split(),
        kinds_of_places=words.PLACES.split(),
        months=words.MONTHS.split(),
        weekdays=words.WEEKDAYS.split(),
        first_names=words.FIRST_NAMES.split(),
        outlets=_by_rank([f"Outlet {number}" for number in range(OUTLETS)], 0.7, 20, size=20_000),
    )


def _topics() -> Iterator[_Topic]:
    for block in words.TOPICS.strip().split("\n\n"):
        name, _, listed = block.partition(":")
        nouns, verbs, adjectives = listed.split("|")
        yield _Topic(
            name=name,
            nouns=_by_rank(nouns.split(), 1, 4),
            verbs=_by_rank(verbs.split(), 1, 4),
            adjectives=adjectives.split(),
        )


def _countries(rng: random.Random, surnames: Sequence[str]) -> Iterator[_Country]:
    first_names = words.FIRST_NAMES.split()
    for line in words.COUNTRIES.strip().split("\n"):
        name, adjective, cities = line.split(":")
        offices = words.OFFICES.strip().split("\n")
        yield _Country(
            adjective=adjective,
            places=[name] * 4 + _by_rank(cities.split(","), 1, 1, size=8),
            leaders=_by_rank(
                [f"{rng.choice(first_names)} {rng.choice(surnames)}" for _ in range(8)], 1, 1
            ),
            offices=[*offices, *[f"{adjective} {office}" for office in offices]],
        )


@cache
def _beat(topic: str, country: str) -> tuple[Sequence[str], str]:
    """Those whom articles of a topic in a country name again and again, and their organisation."""
    rng = random.Random(f"{topic}, {country}")
    first_names, surnames = words.FIRST_NAMES.split(), _world().surnames
    known = [f"{rng.choice(first_names)} {rng.choice(surnames)}" for _ in range(3)]
    return known, f"{country} {topic.capitalize()} {rng.choice(words.BODIES.split())}"


def _invented(count: int, rng: random.Random, endings: Sequence[str]) -> list[str]:
    """Distinct words that nobody has used."""
    onsets, vowels = words.ONSETS.split(), words.VOWELS.split()
    found: dict[str, None] = {}
    while len(found) < count:
        syllables = [
            rng.choice(onsets)
            + rng.choice(vowels)
            + rng.choice(("", "", "l", "m", "n", "r", "s", "t"))
            for _ in range(rng.choice((1, 2, 2, 3)))
        ]
        found["".join(syllables) + rng.choice(endings)] = None
    return list(found)


def _by_rank(items: Sequence[T], exponent: float, flat: float, *, size: int = 2_000) -> list[T]:
    """Each as often as Zipf's law in Mandelbrot's form has it, 1 / (rank + flat) ** exponent, at
    least once: to pick any is then to pick by frequency."""
    weights = [1 / (rank + flat) ** exponent for rank in range(1, len(items) + 1)]
    scale = size / sum(weights)
    return [
        item
        for item, weight in zip(items, weights, strict=True)
        for _ in range(max(1, round(weight * scale)))
    ]


# --- sentences ------------------------------------------------------------------------------------

_Part = tuple[str, str, int]
"""Text with %s, the slots in order, words."""


@cache
def _parts() -> tuple[Sequence[_Part], ...]:
    """Openers, cores, tails, quotations."""
    return (
        _compiled(_OPENERS, before=""),
        _compiled(_CORES, before=" "),
        _compiled(_TAILS, before=" "),
        _compiled(_QUOTES, before=""),
    )


@cache
def _titles() -> Sequence[_Part]:
    return _compiled(_TITLES, before="")


def _compiled(listed: str, *, before: str) -> list[_Part]:
    return [
        (
            ("" if part.startswith(",") else before) + re.sub(r"%(\w)", "%s", part),
            "".join(re.findall(r"%(\w)", part)),
            len(part.split()),
        )
        for part in listed.split("|")
    ]
