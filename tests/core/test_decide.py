"""What is new, edited or known, in the ways in which feeds deceive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.core.decide import decide, page_needed
from aggregator.core.entries import entry_keys, prepare
from aggregator.types import (
    KnownEntry,
    NewArticle,
    PagePolicy,
    ParsedEntry,
    ParsedFeed,
    PollDecision,
    Source,
    TextOrigin,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SITE = "https://news.example.com/"
SOURCE = Source(name="Example News", url="https://news.example.com/feed.xml")
LONG = " ".join(f"word{number}" for number in range(300))


def an_entry(number: int = 1, /, **changes: object) -> ParsedEntry:
    entry = ParsedEntry(
        guid=f"news-{number}",
        url=f"{SITE}{number}",
        title=f"Report number {number}",
        published_at=NOW - timedelta(hours=number),
        summary_html=f"<p>What happened in case {number}.</p>",
        text=f"What happened in case {number}.",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]  # the caller names fields


def a_feed(*entries: ParsedEntry, site_url: str | None = SITE) -> ParsedFeed:
    return ParsedFeed(
        format="rss20", title="Example News", site_url=site_url, language="en", entries=entries
    )


class Store:
    """Remembers what was decided, as a store does, and is asked for known entries as one is."""

    def __init__(self) -> None:
        self.articles: dict[int, KnownEntry] = {}

    def poll(self, *entries: ParsedEntry, site_url: str | None = SITE) -> PollDecision:
        document = prepare(a_feed(*entries, site_url=site_url))
        asked = document.keys
        known = [
            replace(article, keys=article.keys & asked)
            for article in self.articles.values()
            if article.keys & asked
        ]
        decision = decide(document, known, source=SOURCE, now=NOW)
        for article in decision.new:
            self._put(len(self.articles) + 1, article.keys, article)
        for revision in decision.revised:
            keys = self.articles[revision.article_id].keys
            self._put(revision.article_id, keys, revision.article)
        for article_id, key in decision.new_keys:
            known_before = self.articles[article_id]
            self.articles[article_id] = replace(known_before, keys=known_before.keys | {key})
        every_key = [key for article in self.articles.values() for key in article.keys]
        assert len(every_key) == len(set(every_key)), "a key belongs to one article"
        return decision

    def _put(self, article_id: int, keys: frozenset[str], article: NewArticle) -> None:
        assert keys
        self.articles[article_id] = KnownEntry(
            article_id=article_id,
            keys=keys,
            guid=article.guid,
            url=article.url,
            title=article.title,
            published_at=article.published_at,
            content_hash=article.content_hash,
        )


def summary(decision: PollDecision) -> tuple[int, int, int]:
    return len(decision.new), len(decision.revised), decision.unchanged


# --- keys


@given(st.lists(st.integers(1, 3), max_size=5))
def test_the_keys_of_a_document_are_those_of_its_entries(numbers: list[int]) -> None:
    feed = a_feed(*(an_entry(number) for number in numbers))
    asked = {key for entry in feed.entries for key in entry_keys(entry, feed)}
    assert prepare(feed).keys == asked


def test_keys_are_guid_address_and_a_hash_of_the_content() -> None:
    keys = entry_keys(an_entry(), a_feed())
    assert {"g:news-1", "u:news.example.com/1"} <= keys
    assert len([key for key in keys if key.startswith("t:")]) == 1


def test_an_entry_without_guid_and_address_has_a_key() -> None:
    assert entry_keys(an_entry(guid=None, url=None), a_feed())


def test_the_home_page_is_no_key() -> None:
    keys = entry_keys(an_entry(url="http://www.news.example.com/index.html"), a_feed())
    assert not [key for key in keys if key.startswith("u:")]


def test_long_guids_are_hashed_and_stay_different() -> None:
    one = entry_keys(an_entry(guid="x" * 5_000 + "1"), a_feed())
    other = entry_keys(an_entry(guid="x" * 5_000 + "2"), a_feed())
    assert max(map(len, one)) < 210
    assert len({key for key in one | other if key.startswith("g:")}) == 2


def test_a_guid_that_is_an_address_is_folded_but_keeps_its_fragment() -> None:
    plain = entry_keys(an_entry(guid="https://www.example.com/a?utm_source=x#v2"), a_feed())
    assert "g:example.com/a#v2" in plain


# --- new


def test_everything_is_new_at_first_and_the_oldest_comes_first() -> None:
    decision = Store().poll(an_entry(1), an_entry(2), an_entry(3, published_at=None))
    assert [article.guid for article in decision.new] == ["news-2", "news-1", "news-3"]


def test_entries_without_times_come_in_reverse() -> None:
    decision = Store().poll(*(an_entry(number, published_at=None) for number in (3, 2, 1)))
    assert [article.guid for article in decision.new] == ["news-1", "news-2", "news-3"]


def test_a_time_in_the_future_is_kept() -> None:
    later = NOW + timedelta(days=400)
    (article,) = Store().poll(an_entry(published_at=later)).new
    assert article.published_at == later


def test_what_an_article_takes_from_entry_feed_and_source() -> None:
    entry = an_entry(
        authors=("A. Writer",), categories=("harbour",), image_url=f"{SITE}1.jpg", language=None
    )
    (article,) = Store().poll(entry).new
    assert (article.guid, article.url, article.title) == (entry.guid, entry.url, entry.title)
    assert (article.authors, article.categories) == (entry.authors, entry.categories)
    assert (article.image_url, article.text) == (entry.image_url, entry.text)
    assert (article.language, article.html) == ("en", entry.summary_html)


def test_the_language_of_the_source_overrides_the_feed() -> None:
    source = replace(SOURCE, language="de")
    decision = decide(prepare(a_feed(an_entry(language="fr"))), [], source=source, now=NOW)
    assert decision.new[0].language == "de"


def test_an_untitled_entry_is_called_by_its_text() -> None:
    (article,) = Store().poll(an_entry(title="", text="The bridge is open again.")).new
    assert article.title == "The bridge is open again."


def test_the_same_entry_twice_in_one_document_is_one_article() -> None:
    store = Store()
    again = an_entry(url="https://m.news.example.com/1?utm_source=rss", guid="other")
    assert summary(store.poll(an_entry(), again)) == (1, 0, 0)
    assert summary(store.poll(an_entry(), again)) == (0, 0, 1)


# --- known


def test_an_unchanged_entry_writes_nothing() -> None:
    store = Store()
    store.poll(an_entry())
    assert store.poll(an_entry()) == PollDecision(new=(), revised=(), new_keys=(), unchanged=1)


@pytest.mark.parametrize(
    "changes",
    [
        {"guid": "news-1-changed"},
        {"guid": None},
        {"url": "https://moved.example.org/elsewhere"},
        {"url": None},
        {"url": "http://www.news.example.com/1?utm_source=rss#comments"},
        {"guid": "x", "url": "https://m.news.example.com/1/"},
        {"guid": "x", "url": "https://amp.news.example.com/1?amp=1"},
        {"published_at": NOW},
        {"published_at": None},
        {"updated_at": NOW},
        {"text": "WHAT  happened in\n\ncase 1"},
    ],
)
def test_identity_survives(changes: dict[str, object]) -> None:
    store = Store()
    store.poll(an_entry())
    assert summary(store.poll(an_entry(**changes))) == (0, 0, 1)
    assert summary(store.poll(an_entry())) == (0, 0, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Report number 1, corrected"},
        {"text": "What really happened in case 1."},
        {"title": "Another headline", "guid": "x"},
        {"title": "Another headline", "url": f"{SITE}another-headline"},
        {"title": "Another headline", "published_at": NOW},
        {"title": "Another headline", "url": f"{SITE}another-headline", "guid": "news-1"},
    ],
)
def test_an_edit_is_a_revision_and_no_second_article(changes: dict[str, object]) -> None:
    store = Store()
    store.poll(an_entry())
    edited = an_entry(**changes)
    decision = store.poll(edited)
    assert summary(decision) == (0, 1, 0)
    assert decision.revised[0].article.title == edited.title
    assert decision.revised[0].article.text == edited.text
    assert summary(store.poll(edited)) == (0, 0, 1)


def test_an_entry_known_under_further_keys_is_found_by_each() -> None:
    store = Store()
    store.poll(an_entry())
    decision = store.poll(an_entry(url="https://new.example.org/1"))
    assert decision.new_keys == ((1, "u:new.example.org/1"),)
    assert summary(store.poll(an_entry(guid=None, url="https://new.example.org/1"))) == (0, 0, 1)


def test_a_feed_that_switches_between_summary_and_content_makes_one_revision_at_most() -> None:
    store = Store()
    short = an_entry(text=" ".join(LONG.split()[:40]) + " […]")
    full = an_entry(text=LONG, content_html=f"<p>{LONG}</p>")
    revised = [len(store.poll(entry).revised) for entry in (short, full, short, full, short, full)]
    assert revised == [0, 1, 0, 0, 0, 0]


# --- deceivers


def test_a_guid_used_again_is_a_new_article() -> None:
    store = Store()
    store.poll(an_entry())
    again = an_entry(2, guid="news-1")
    assert summary(store.poll(again)) == (1, 0, 0)
    assert summary(store.poll(again)) == (0, 0, 1)


@pytest.mark.parametrize(
    ("title", "new"), [("Report number 1, corrected", 0), ("Ferry delayed by fog", 1)]
)
def test_without_times_the_titles_say_whether_a_guid_was_used_again(title: str, new: int) -> None:
    store = Store()
    store.poll(an_entry(published_at=None))
    decision = store.poll(an_entry(published_at=None, url=f"{SITE}other", title=title))
    assert len(decision.new) == new


def test_one_guid_for_all_entries() -> None:
    store = Store()
    first = [an_entry(number, guid="feed") for number in (1, 2, 3)]
    assert summary(store.poll(*first)) == (3, 0, 0)
    assert summary(store.poll(an_entry(0, guid="feed"), *first[:2])) == (1, 0, 2)


def test_every_link_goes_to_the_home_page() -> None:
    store = Store()
    first = [an_entry(number, url="https://news.example.com") for number in (1, 2, 3)]
    assert summary(store.poll(*first, site_url=None)) == (3, 0, 0)
    assert summary(store.poll(*first, site_url=None)) == (0, 0, 3)
    assert summary(store.poll(an_entry(4, url=SITE))) == (1, 0, 0)
    assert summary(store.poll(an_entry(5, url=SITE))) == (1, 0, 0)


def test_guids_and_links_that_are_all_equal() -> None:
    store = Store()
    first = [an_entry(number, guid="feed", url=f"{SITE}live") for number in (1, 2, 3)]
    assert summary(store.poll(*first)) == (3, 0, 0)
    assert summary(store.poll(*first)) == (0, 0, 3)


def test_equal_titles_and_links_with_guids_of_their_own() -> None:
    store = Store()
    tides = [
        an_entry(number, title="Tides", url=f"{SITE}tides", text=f"High at {number}")
        for number in (1, 2, 3)
    ]
    assert summary(store.poll(*tides)) == (3, 0, 0)
    assert summary(store.poll(*tides)) == (0, 0, 3)


def test_entries_without_guid_and_address() -> None:
    store = Store()
    bare = [an_entry(number, guid=None, url=None) for number in (1, 2)]
    assert summary(store.poll(*bare)) == (2, 0, 0)
    assert summary(store.poll(*bare)) == (0, 0, 2)


def test_an_entry_that_was_ambiguous_once_is_found_when_it_stands_alone() -> None:
    store = Store()
    first = [an_entry(number, guid="feed", url=None) for number in (1, 2)]
    store.poll(*first)
    assert summary(store.poll(first[0])) == (0, 0, 1)


def test_two_entries_never_become_one_article() -> None:
    store = Store()
    store.poll(an_entry(1))
    heir, other = an_entry(1, guid="x"), an_entry(1, url=f"{SITE}other", title="Something else")
    assert summary(store.poll(heir, other)) == (1, 0, 1)
    assert summary(store.poll(heir, other)) == (0, 0, 2)


def test_an_address_of_its_own_counts_for_more_than_a_key_of_an_entry_that_was_left_out() -> None:
    store = Store()
    untitled = an_entry(guid=None, title="", text="Tides")
    repeated = an_entry(guid=None, title="Tides", text="")
    elsewhere = an_entry(guid=None, title="Tides", text="", url=None)
    assert summary(store.poll(untitled, repeated, elsewhere)) == (2, 0, 0)
    assert summary(store.poll(untitled, repeated, elsewhere)) == (0, 0, 2)


_VALUES = st.sampled_from([None, "", "a", "b", "c"])
_ENTRIES = st.builds(
    ParsedEntry,
    guid=_VALUES,
    url=_VALUES.map(lambda value: value and f"{SITE}{value}"),
    title=_VALUES.map(lambda value: value or ""),
    text=_VALUES.map(lambda value: value or ""),
    published_at=st.sampled_from([None, NOW, NOW - timedelta(days=2)]),
)


@given(st.lists(_ENTRIES, max_size=6))
def test_polling_a_document_again_adds_nothing(entries: list[ParsedEntry]) -> None:
    store = Store()
    first = store.poll(*entries)
    again = store.poll(*entries)
    assert len(first.new) <= len(entries)
    assert (again.new, again.revised, again.new_keys) == ((), (), ())


@given(st.lists(st.lists(_ENTRIES, max_size=4), max_size=5))
def test_whatever_a_feed_does_each_key_belongs_to_one_article(
    polls: list[list[ParsedEntry]],
) -> None:
    store = Store()
    for entries in polls:
        decision = store.poll(*entries)
        assert len(decision.new) + len(decision.revised) + decision.unchanged <= len(entries)


# --- the page


@pytest.mark.parametrize(
    ("policy", "changes", "needed"),
    [
        (PagePolicy.AUTO, {}, True),
        (PagePolicy.AUTO, {"text": LONG}, False),
        (PagePolicy.AUTO, {"text": LONG + " …"}, True),
        (PagePolicy.AUTO, {"text": LONG + " Read more"}, True),
        (PagePolicy.AUTO, {"text": " ".join(LONG.split()[:100])}, True),
        (
            PagePolicy.AUTO,
            {"text": " ".join(LONG.split()[:100]), "content_html": "<p>word0</p>"},
            False,
        ),
        (PagePolicy.AUTO, {"text": "Two words", "content_html": "<p>Two words</p>"}, True),
        (PagePolicy.AUTO, {"text": "", "url": None}, False),
        (PagePolicy.ALWAYS, {"text": LONG}, True),
        (PagePolicy.ALWAYS, {"text": LONG, "url": None}, False),
        (PagePolicy.NEVER, {"text": ""}, False),
    ],
)
def test_page_needed(policy: PagePolicy, changes: dict[str, object], needed: bool) -> None:
    entry = an_entry(**changes)
    assert page_needed(entry, policy) is needed
    source = replace(SOURCE, pages=policy)
    (article,) = decide(prepare(a_feed(entry)), [], source=source, now=NOW).new
    assert article.page_host == ("news.example.com" if needed else None)


def test_where_the_text_comes_from() -> None:
    content = an_entry(1, text=LONG, content_html=f"<p>{LONG}</p>")
    old, new = Store().poll(content, an_entry(2)).new
    assert (old.text_origin, new.text_origin) == (TextOrigin.SUMMARY, TextOrigin.CONTENT)
    assert new.html == content.content_html
