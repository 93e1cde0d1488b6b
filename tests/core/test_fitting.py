"""What of a feed is taken in at once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.fitting import MAX_ENTRIES, fitted
from aggregator.types import Media, MediaKind, ParsedEntry, ParsedFeed


def entry(number: int, text: str = "") -> ParsedEntry:
    return ParsedEntry(guid=f"urn:{number}", url=None, title=f"Title {number}", text=text)


def feed(*entries: ParsedEntry, warning: str | None = None) -> ParsedFeed:
    return ParsedFeed(
        format="rss20", title="", site_url=None, language=None, entries=entries, warning=warning
    )


def test_a_feed_that_fits_stays_as_it_is() -> None:
    whole = feed(*(entry(number) for number in range(1000)))
    assert fitted(whole) is whole


def test_of_too_many_entries_the_first_are_kept_and_the_warning_says_so() -> None:
    found = fitted(
        feed(*(entry(number) for number in range(MAX_ENTRIES + 5)), warning="It is odd.")
    )
    assert [one.guid for one in found.entries] == [f"urn:{n}" for n in range(MAX_ENTRIES)]
    assert found.warning == (
        "It is odd. It has 10,005 entries, more than are read at once; the first 10,000 were read."
    )


def test_letters_count_by_the_memory_they_take() -> None:
    plain = feed(*(entry(number, "a" * 10_000) for number in range(10)))
    wide = feed(*(entry(number, "a" * 9_999 + "\N{GRINNING FACE}") for number in range(10)))
    assert len(fitted(plain, max_memory=200_000).entries) == 10
    assert len(fitted(wide, max_memory=200_000).entries) == 4


def test_files_count_too() -> None:
    media = tuple(
        Media(url=f"https://example.com/{n}", kind=MediaKind.IMAGE, title="t" * 1000)
        for n in range(100)
    )
    heavy = feed(*(replace(entry(number), media=media) for number in range(10)))
    assert len(fitted(heavy, max_memory=400_000).entries) == 2


@given(st.lists(st.text(max_size=50), max_size=30), st.integers(0, 20), st.integers(0, 20_000))
def test_what_is_kept_is_a_beginning(texts: list[str], most: int, memory: int) -> None:
    whole = feed(*(entry(number, text) for number, text in enumerate(texts)))
    found = fitted(whole, max_entries=most, max_memory=memory)
    assert found.entries == whole.entries[: len(found.entries)]
    assert len(found.entries) <= most
    assert (found.warning is None) == (len(found.entries) == len(texts))
