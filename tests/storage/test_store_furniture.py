"""What is known of the recurring text of an outlet's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pagemaker import HOST, PAGE, all_kept, keep, made, take, visit, with_page
from storemaker import HOUR, NOW, extraction, fetched, store

from aggregator.errors import ClaimLost
from aggregator.storage.protocol import Storage
from aggregator.types import TextState

KEEP = timedelta(days=7)


def test_it_is_kept_for_the_host_of_the_page(storage: Storage) -> None:
    assert storage.furniture(HOST) == b""
    known = bytes(range(256)) * 400
    store(storage, with_page("a"), with_page("b", page_host="other.example.org"))
    visit(storage, extraction(PAGE, furniture=known))
    assert storage.furniture(HOST) == known
    assert storage.furniture("other.example.org") == b""
    store(storage, with_page("c"))
    visit(storage, extraction(PAGE, furniture=b"more"))
    assert storage.furniture(HOST) == b"more"


def test_a_page_that_teaches_nothing_leaves_it(storage: Storage) -> None:
    store(storage, with_page("a"))
    visit(storage, extraction(PAGE, furniture=b"known"), retry_at=NOW)
    visit(storage, extraction(PAGE), retry_at=NOW)
    visit(storage, None, state=TextState.RETRY, error="The server was busy.")
    assert storage.furniture(HOST) == b"known"


def test_a_lost_claim_teaches_nothing(storage: Storage) -> None:
    store(storage, with_page("a"))
    lost = take(storage)
    storage.release_host(HOST, lease_until=lost.lease_until, free_at=NOW)
    with pytest.raises(ClaimLost):
        storage.record_text(fetched(lost, extraction(PAGE, furniture=b"known")))
    assert storage.furniture(HOST) == b""


def test_it_is_learned_again(storage: Storage) -> None:
    keep(storage, with_page("a"), with_page("b"), with_page("c", page_host="other.example.org"))
    one, two, three = all_kept(storage)
    again = [
        made(one, "One.", furniture=b"first"),
        made(two, "Two.", furniture=b"both"),
        made(three, "Three."),
    ]
    storage.record_again(again, now=NOW)
    assert storage.furniture(HOST) == b"both"
    assert storage.furniture("other.example.org") == b""


def test_it_goes_when_the_host_has_given_no_page_for_long(storage: Storage) -> None:
    half_a_year = timedelta(days=180)
    known = extraction(PAGE, furniture=b"known")
    store(storage, with_page("a"))
    visit(storage, known, retry_at=NOW)
    keep(storage, with_page("x", page_host="x"), page=known, at=NOW + half_a_year)
    storage.clean_up(window=HOUR, keep_pages=KEEP)
    assert storage.furniture(HOST) == b"known"
    # A page that teaches nothing shows that the host still gives some.
    visit(storage, PAGE, at=NOW + HOUR, retry_at=NOW)
    keep(storage, with_page("y", page_host="x"), page=known, at=NOW + half_a_year + HOUR)
    storage.clean_up(window=HOUR, keep_pages=KEEP)
    assert storage.furniture(HOST) == b"known"
    keep(storage, with_page("z", page_host="x"), page=known, at=NOW + half_a_year + 2 * HOUR)
    storage.clean_up(window=HOUR, keep_pages=KEEP)
    assert (storage.furniture(HOST), storage.furniture("x")) == (b"", b"known")
