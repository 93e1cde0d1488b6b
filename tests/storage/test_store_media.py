"""Files, links and withdrawals of articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from storemaker import HOUR, NOW, claim, decision, get, new, polled, record, revise, source, store

from aggregator.storage.protocol import Storage
from aggregator.types import Link, LinkKind, Media, MediaKind, Source

FILM = Media(
    url="https://example.com/film.mp4?a=1&b=2",
    kind=MediaKind.VIDEO,
    type="video/mp4",
    title='Δελτίο "小麦" 🌾',
    credit="Ann Lens",
    size=2**53,
    duration=timedelta(hours=2, microseconds=1),
    width=1920,
    height=1080,
)
MEDIA = (FILM, Media(url="https://example.com/x", kind=MediaKind.OTHER))
LINKS = (
    Link(kind=LinkKind.REPLY_TO, url=None, ref="wire-0"),
    Link(kind=LinkKind.CORRECTS, url="https://example.com/0", ref="0", title="Été"),
    Link(kind=LinkKind.COMMENTS, url="https://example.com/1#comments"),
)


def take_back(storage: Storage, *guids: str, wanted: Source | None = None, hours: int = 1) -> None:
    """Poll the one source; its feed says that these are withdrawn."""
    at = NOW + hours * HOUR
    storage.wake(None, now=at, force=True)
    withdrawal = replace(decision(), withdrawn=guids)
    record(storage, polled(claim(storage, wanted, at=at), withdrawal, at=at))


def test_are_kept_as_they_are(storage: Storage) -> None:
    first, second = store(storage, new("a", media=MEDIA, links=LINKS), new("b"))
    assert (get(storage, first).media, get(storage, first).links) == (MEDIA, LINKS)
    assert (get(storage, second).media, get(storage, second).links) == ((), ())


@pytest.mark.parametrize("kind", MediaKind)
def test_every_kind_of_file(storage: Storage, kind: MediaKind) -> None:
    media = (Media(url="https://example.com/f", kind=kind),)
    [article] = store(storage, new("a", media=media))
    assert get(storage, article).media == media


@pytest.mark.parametrize("kind", LinkKind)
def test_every_kind_of_link(storage: Storage, kind: LinkKind) -> None:
    links = (Link(kind=kind, url=None, ref="x"), Link(kind=kind, url="https://example.com/l"))
    [article] = store(storage, new("a", links=links))
    assert get(storage, article).links == links


def test_an_edit_replaces_them(storage: Storage) -> None:
    [article] = store(storage, new("a", media=MEDIA, links=LINKS))
    edited = new("a", text="Another text.", media=MEDIA[1:], links=())
    revise(storage, article, edited, at=NOW + HOUR)
    found = get(storage, article)
    assert (found.revision, found.media, found.links) == (2, MEDIA[1:], ())


def test_what_is_withdrawn_stays_and_is_marked(storage: Storage) -> None:
    first, second = store(storage, new("a", media=MEDIA), new("b"))
    before = get(storage, first)
    assert before.withdrawn_at is None
    take_back(storage, "a", "never seen")
    assert get(storage, first) == replace(before, withdrawn_at=NOW + HOUR)
    assert get(storage, second).withdrawn_at is None


def test_the_first_withdrawal_counts(storage: Storage) -> None:
    [article] = store(storage, new("a"))
    take_back(storage, "a", hours=1)
    take_back(storage, "a", hours=2)
    assert get(storage, article).withdrawn_at == NOW + HOUR


def test_another_sources_article_is_not_withdrawn(storage: Storage) -> None:
    [article] = store(storage, new("a"), wanted=source("First"))
    take_back(storage, "a", wanted=source("Second"))
    assert get(storage, article).withdrawn_at is None


def test_an_edit_brings_it_back(storage: Storage) -> None:
    [article] = store(storage, new("a"))
    take_back(storage, "a")
    revise(storage, article, new("a", text="It stands after all."), at=NOW + 2 * HOUR)
    found = get(storage, article)
    assert (found.withdrawn_at, found.text) == (None, "It stands after all.")


def test_many_are_withdrawn_at_once(storage: Storage) -> None:
    [article] = store(storage, new("a"))
    take_back(storage, *(f"gone-{number}" for number in range(5_000)), "a")
    assert get(storage, article).withdrawn_at == NOW + HOUR
