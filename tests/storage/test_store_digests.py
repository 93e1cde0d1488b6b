"""Editions of digests: what they are made of, what is kept of them, what they have told."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from alertmaker import hit
from storemaker import (
    DAY,
    EDITION,
    HOUR,
    NOW,
    OpenStore,
    assign,
    joins,
    kept_digest,
    new,
    source,
    store,
)

from aggregator.core.query import parse
from aggregator.errors import StorageError
from aggregator.storage import digests
from aggregator.storage.protocol import Storage
from aggregator.storage.verbs import Verbs
from aggregator.types import Edition, KeptDigest

SECOND = replace(EDITION, slot=2)


def an_edition(name: str, days: int, slot: int = 1) -> KeptDigest:
    """Each ends a day and an hour of the day later than the one before."""
    edition = Edition(digest=name, local_date=DAY + timedelta(days=days), slot=slot)
    return kept_digest(edition, until_at=NOW + timedelta(days=days, hours=slot))


# --- what matches


@pytest.fixture
def period(storage: Storage) -> list[int]:
    """Two articles from before the period, four of it, two from after it."""
    harbour, inland = source("Harbour", tags=("sea",)), source("Inland")
    before = store(
        storage, new("1", text="The ferry."), new("2"), wanted=harbour, at=NOW - 24 * HOUR
    )
    within = store(
        storage,
        new("3", text="The ferry is back.", published_at=NOW - 90 * HOUR),
        new("4", text="Wheat prices rise."),
        wanted=harbour,
    )
    within += store(
        storage,
        new("5", title="No ferry today", language="fr"),
        new("6", text="Wheat prices rise."),
        wanted=inland,
        at=NOW + HOUR,
    )
    after = store(storage, new("7", text="A ferry."), new("8"), wanted=inland, at=NOW + 2 * HOUR)
    assign(storage, joins(within[1], within[1]), joins(within[3], within[1]))
    storage.star([before[0], within[0]], now=NOW)
    return [*before, *within, *after]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("ferry", [2, 4]),
        ("ferr*", [2, 4]),
        ("ferry OR wheat", [2, 3, 4, 5]),
        ("after:2026-05-30 -ferry", [3, 5]),
        ("wheat -source:harbour", [5]),
        ("tag:sea", [2, 3]),
        ("lang:fr", [4]),
        ("title:ferry", [4]),
        ("is:starred", [2]),
        ("is:copy", [5]),
        ("sources:>=2", [3, 5]),
        ("ferry OR is:copy", [2, 4, 5]),
        ("before:2026-05-30", [2]),
        ("after:2026-05-30 ferry", [4]),
        ("snow", []),
    ],
)
def test_what_a_search_finds_among_what_was_seen_in_a_period(
    storage: Storage, period: list[int], query: str, places: list[int]
) -> None:
    found = storage.digest_matches(parse(query, now=NOW), since=NOW, until=NOW + 2 * HOUR)
    assert found == {period[place] for place in places}


def test_a_period_without_articles_has_none_that_match(storage: Storage, period: list[int]) -> None:
    for since, until in ((NOW + 3 * HOUR, NOW + 9 * HOUR), (NOW, NOW)):
        assert storage.digest_matches(parse("ferry", now=NOW), since=since, until=until) == set()


# --- what watches caught


def test_what_watches_caught_in_a_period(storage: Storage) -> None:
    hits = [
        hit(1, at=NOW - timedelta(microseconds=1)),
        hit(2),
        hit(2, "harbour"),
        hit(3, "harbour", subject="story:3", at=NOW + HOUR - timedelta(microseconds=1)),
        hit(None, subject="silent:1:1"),
        hit(4, at=NOW + HOUR),
    ]
    storage.record_hits(hits, cursor=None)
    assert storage.caught(since=NOW, until=NOW + HOUR) == {
        2: frozenset({"baku", "harbour"}),
        3: frozenset({"harbour"}),
    }
    assert storage.caught(since=NOW + 2 * HOUR, until=NOW + 3 * HOUR) == {}


# --- editions


def test_an_edition_is_frozen_with_what_it_tells(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    kept = kept_digest()
    assert one.digest(EDITION) is None
    assert one.keep_digest(kept, [3, 1, 3]) == kept
    rival = replace(kept, title="Another", stories=9)
    assert two.keep_digest(rival, [4]) == kept
    assert two.digest(EDITION) == kept
    assert two.told("digest", [1, 2, 3, 4]) == {1, 3}
    assert two.digest(SECOND) is None


def test_what_an_edition_holds_comes_back_byte_for_byte(storage: Storage) -> None:
    text = "".join(map(chr, (*range(0x20), 0x7F, 0x200E, 0x2028, 0xFFFF, 0x1F33E)))
    html = "".join(f"<p>Story {number}: {text}</p>\r\n" for number in range(2_000))
    kept = kept_digest()
    kept = replace(kept, rendered=replace(kept.rendered, text=text, html=html, subject=text))
    storage.keep_digest(kept, [])
    assert storage.digest(EDITION) == kept
    assert storage.check() == []


def test_digests_do_not_know_what_others_have_told(storage: Storage) -> None:
    storage.keep_digest(kept_digest(), [1, 2])
    storage.keep_digest(kept_digest(SECOND), [3])
    storage.keep_digest(kept_digest(replace(EDITION, digest="caucasus")), [2, 4])
    assert storage.told("digest", [1, 2, 3, 4]) == {1, 2, 3}
    assert storage.told("caucasus", {1, 2, 3, 4}) == {2, 4}
    assert storage.told("caucasus", []) == storage.told("weekly", [1, 2]) == set()


def test_very_many_may_be_told(storage: Storage) -> None:
    storage.keep_digest(kept_digest(), range(0, 3_000, 2))
    assert storage.told("digest", range(3_000)) == set(range(0, 3_000, 2))


def test_editions_are_listed_the_latest_first(storage: Storage) -> None:
    first, noon, second = an_edition("b", 0), an_edition("b", 0, 2), an_edition("b", 1)
    other = an_edition("a", 1)
    for one in (noon, second, first, other):
        storage.keep_digest(one, [])
    assert storage.digests(limit=9) == [other, second, noon, first]
    assert storage.digests(limit=2) == [other, second]
    assert storage.digests("b", limit=9) == [second, noon, first]
    assert storage.digests("b", limit=1) == [second]
    assert storage.digests(local_date=DAY, limit=9) == [noon, first]
    tomorrow = DAY + timedelta(days=1)
    assert storage.digests(local_date=tomorrow, limit=9) == [other, second]
    assert storage.digests("a", local_date=tomorrow, limit=9) == [other]
    assert storage.digests("c", limit=9) == storage.digests("a", local_date=DAY, limit=9) == []


def test_what_was_told_is_forgotten_and_editions_stay(storage: Storage) -> None:
    storage.keep_digest(kept_digest(), [1, 2])
    later = NOW + HOUR + digests.TOLD_KEPT
    again = kept_digest(SECOND, made_at=later)
    storage.keep_digest(again, [2, 3])
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.told("digest", [1, 2, 3]) == {1, 2, 3}
    last = kept_digest(replace(EDITION, slot=3), made_at=later + HOUR)
    storage.keep_digest(last, [4])
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.told("digest", [1, 2, 3, 4]) == {2, 3, 4}
    assert len(storage.digests(limit=9)) == 3


def test_what_was_told_stays_known_when_an_older_edition_is_kept_late(storage: Storage) -> None:
    late = NOW + HOUR + digests.TOLD_KEPT
    storage.keep_digest(kept_digest(made_at=late), [1])
    storage.keep_digest(kept_digest(SECOND), [1])
    storage.keep_digest(kept_digest(replace(EDITION, slot=3), made_at=late + HOUR), [2])
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.told("digest", [1, 2]) == {1, 2}


@pytest.mark.parametrize("data", [b"", b"no zlib", zlib.compress(b"no digest")])
def test_an_edition_that_is_damaged_is_told(storage: Storage, data: bytes) -> None:
    assert isinstance(storage, Verbs)
    for number in range(1, 4):
        storage.keep_digest(kept_digest(replace(EDITION, slot=number)), [])
    storage._write(lambda s: s.run("UPDATE digests SET data = ? WHERE slot = 2", (data,)))
    sentence = "the digest digest of 2026-05-31 is damaged in the database and cannot be shown"
    [problem] = storage.check()
    assert problem.startswith(sentence)
    with pytest.raises(StorageError, match=sentence):
        storage.digest(SECOND)
    assert storage.digest(EDITION) == kept_digest()


def test_every_edition_is_checked(storage: Storage) -> None:
    assert isinstance(storage, Verbs)
    count = 2 * digests.CHECKED + 1
    for number in range(count):
        edition = Edition(digest=f"d{number % 3}", local_date=DAY, slot=1 + number)
        storage.keep_digest(kept_digest(edition), [])
    storage._write(lambda s: s.run("UPDATE digests SET data = ?", (b"no zlib",)))
    assert len(storage._read(lambda s: list(digests.unreadable(s)))) == count
