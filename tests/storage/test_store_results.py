"""What a search gives beside the articles: pages, stories, counts; and marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storemaker import HOUR, NOW, OpenStore, assign, joins, new, revise, source, store

from aggregator.core.query import parse
from aggregator.errors import UsageError
from aggregator.storage.protocol import Order, Storage
from aggregator.types import Relation, SearchPage

ORDERS: tuple[Order, Order] = ("newest", "relevance")
OUTLETS = (source("Ferry Post"), source("Harbour Sun"), source("Coast"))


@pytest.fixture
def ferries(storage: Storage) -> Storage:
    """Six articles; 1, 3 and 5 are one story, 2 and 6 another."""
    for number in range(6):
        article = new(
            str(number),
            title=f"A ferry {'ferry ' * (number == 2)}{number}",
            text="It sails." + " It sinks." * (number % 2),
            language=("en", "de-AT", None)[number % 3],
        )
        store(storage, article, wanted=OUTLETS[number % 3], at=NOW + number * 12 * HOUR)
    copied = replace(joins(3, 1), relation=Relation.COPY)
    assign(storage, joins(1, 1), joins(2, 2), copied, joins(5, 1))
    assign(storage, replace(joins(6, 2), relation=Relation.REPORT))
    return storage


def search(
    storage: Storage,
    text: str,
    *,
    limit: int = 99,
    order: Order = "newest",
    fold: bool = False,
    after: str | None = None,
) -> SearchPage:
    query = parse(text, now=NOW + 99 * HOUR)
    return storage.search(query, limit=limit, order=order, fold=fold, after=after)


def ids(page: SearchPage) -> list[int]:
    return [hit.article.article_id for hit in page.hits]


# --- pages


@pytest.mark.parametrize("order", ORDERS)
def test_pages_follow_one_another(ferries: Storage, order: Order) -> None:
    whole = search(ferries, "ferry", order=order)
    assert (len(whole.hits), whole.after, whole.ranked_from) == (6, None, None)
    first = search(ferries, "ferry", order=order, limit=4)
    assert ids(first) == ids(whole)[:4]
    second = search(ferries, "ferry", order=order, limit=4, after=first.after)
    assert (ids(second), second.after) == (ids(whole)[4:], None)
    # A page that is full ends where there is nothing more.
    assert search(ferries, "ferry", order=order, limit=6).after is None
    assert search(ferries, "ferry", order=order, limit=3, fold=True).after is None


@pytest.mark.parametrize("order", ORDERS)
def test_what_arrives_is_on_no_further_page(ferries: Storage, order: Order) -> None:
    first = search(ferries, "ferry", order=order, limit=2)
    store(ferries, new("late", title="Ferry ferry ferry"), wanted=OUTLETS[0], at=NOW + 80 * HOUR)
    second = search(ferries, "ferry", order=order, limit=9, after=first.after)
    assert sorted([*ids(first), *ids(second)]) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("order", ORDERS)
def test_where_a_page_ended_is_said_in_plain_characters(ferries: Storage, order: Order) -> None:
    after = search(ferries, "ferry", order=order, limit=1).after
    assert after is not None
    assert after.isascii()
    assert after.replace("-", "").replace(".", "").isalnum()


def test_the_place_of_another_search_is_refused(ferries: Storage) -> None:
    after = search(ferries, "ferry", limit=1).after
    for text, order, fold in (
        ("sails", "newest", False),
        ("ferry", "relevance", False),
        ("ferry", "newest", True),
    ):
        with pytest.raises(UsageError, match="no place where a page of this search ended"):
            search(ferries, text, order=order, fold=fold, after=after)  # type: ignore[arg-type]


@given(
    after=st.one_of(st.text(max_size=30), st.text("0123456789abcnr.-", max_size=99)),
    cut=st.integers(0, 60),
    order=st.sampled_from(ORDERS),
)
@settings(deadline=None, max_examples=60)
def test_no_made_up_place_breaks_it(many: Storage, after: str, cut: int, order: Order) -> None:
    real = search(many, "ferry", limit=1, order=order).after or ""
    for made_up in (after, real[:cut] + after, real[:cut] + after + real[cut + 1 :]):
        try:
            page = search(many, "ferry", limit=2, order=order, after=made_up)
        except UsageError:
            continue
        assert set(ids(page)) <= {1, 2, 3}


@pytest.fixture(scope="module")
def many(backend: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """To be read only."""
    assert callable(backend)
    storage = backend(tmp_path_factory.mktemp("places"))
    store(storage, *(new(str(number), title="Ferry") for number in range(3)))
    yield storage
    storage.close()


# --- stories


def test_hits_say_what_is_known_of_their_story(ferries: Storage) -> None:
    hits = {hit.article.article_id: hit for hit in search(ferries, "ferry").hits}
    assert (hits[3].relation, hits[3].outlets) == (Relation.COPY, 3)
    assert (hits[1].relation, hits[2].outlets) == (Relation.NEW, 2)
    assert (hits[4].relation, hits[4].outlets, hits[4].folded) == (None, 1, ())


def test_what_is_of_one_story_is_folded_under_its_first_hit(ferries: Storage) -> None:
    page = search(ferries, "ferry", fold=True)
    assert ids(page) == [6, 5, 4]
    folded = [[one.article_id for one in hit.folded] for hit in page.hits]
    assert folded == [[2], [3, 1], []]
    copied = page.hits[1].folded[0]
    assert (copied.source, copied.relation) == ("Coast", Relation.COPY)
    assert copied.at == NOW + 24 * HOUR
    # Only what matches is folded, or stands for its story.
    page = search(ferries, "sinks", fold=True)
    assert ids(page) == [6, 4]
    assert [one.article_id for one in page.hits[0].folded] == [2]


def test_a_story_is_on_one_page(ferries: Storage) -> None:
    first = search(ferries, "ferry", fold=True, limit=2)
    assert ids(first) == [6, 5]
    second = search(ferries, "ferry", fold=True, limit=2, after=first.after)
    assert (ids(second), second.after) == ([4], None)
    first = search(ferries, "ferry", fold=True, limit=1, order="relevance")
    assert ids(first) == [3]  # its headline has the word twice
    assert [one.article_id for one in first.hits[0].folded] == [5, 1]


def test_of_a_large_story_a_few_dozen_are_folded(storage: Storage) -> None:
    stored = store(storage, *(new(str(number), title="Ferry") for number in range(90)))
    assign(storage, *(joins(one, stored[0]) for one in stored))
    [hit] = search(storage, "ferry", fold=True, limit=2).hits
    assert [one.article_id for one in hit.folded] == stored[-2:-38:-1]


# --- fields that ask for stories and marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is:copy", [3, 5]),
        ("is:report", [6]),
        ("is:same", []),
        ("is:first", [1, 2]),
        ("ferry -is:first", [3, 4, 5, 6]),
        ("story:1", [1, 3, 5]),
        ("sails -story:1", [2, 4, 6]),
        ("sources:>2", [1, 3, 5]),
        ("sources:<2", [4]),
        ("sources:1 OR story:2", [2, 4, 6]),
        ("sinks (is:report OR sources:1)", [4, 6]),
        ("is:starred", []),
    ],
)
def test_fields_of_stories(ferries: Storage, text: str, expected: list[int]) -> None:
    for order in ORDERS:
        assert sorted(ids(search(ferries, text, order=order))) == expected


def test_marks(ferries: Storage) -> None:
    assert ferries.star([2, 4, 99], now=NOW) == 2
    assert ferries.star([4, 5], now=NOW + HOUR) == 1
    assert ids(search(ferries, "is:starred")) == [5, 4, 2]
    assert ids(search(ferries, "ferry -is:starred")) == [6, 3, 1]
    assert ferries.unstar([4, 99]) == 1
    assert ferries.unstar([4]) == 0
    assert ids(search(ferries, "sinks is:starred")) == [2]


# --- counts


def test_counts(ferries: Storage) -> None:
    counted = ferries.search_counts(parse("ferry", now=NOW))
    assert counted.articles == 6
    assert counted.by_source == (("Coast", 2), ("Ferry Post", 2), ("Harbour Sun", 2))
    first = NOW.date()
    days = {(NOW + number * 12 * HOUR).date() for number in range(6)}
    assert [day for day, _ in counted.by_day] == sorted(days)
    assert counted.by_day[0] == (first, 1)
    assert sum(articles for _, articles in counted.by_day) == 6
    assert counted.by_language == (("", 2), ("de", 2), ("en", 2))
    assert counted.counted_from is None


def test_of_many_sources_the_first_few_are_named(ferries: Storage) -> None:
    store(ferries, new("more", title="Ferry"), wanted=OUTLETS[2], at=NOW + 90 * HOUR)
    counted = ferries.search_counts(parse("ferry", now=NOW), most=1)
    assert counted.by_source == (("Coast", 3),)
    assert counted.articles == 7


def test_nothing_is_counted_where_nothing_matches(ferries: Storage) -> None:
    for text in ("nowhere", "after:2099", "is:starred"):
        counted = ferries.search_counts(parse(text, now=NOW))
        assert (counted.articles, counted.by_source, counted.by_day) == (0, (), ())


def test_days_before_1970_are_days(storage: Storage) -> None:
    long_ago = NOW - timedelta(days=60 * 365, hours=11)
    store(storage, new("1", text="ferry", published_at=long_ago))
    [(day, articles)] = storage.search_counts(parse("ferry", now=NOW)).by_day
    assert (day, articles) == (long_ago.date(), 1)
    assert day < date(1970, 1, 1)


# --- whole articles


def numbers(found: Sequence[object]) -> list[int]:
    return [one.summary.article_id for one in found]  # type: ignore[attr-defined]


def test_matching_articles_come_whole(ferries: Storage) -> None:
    found = ferries.matching(parse("sinks", now=NOW), limit=9)
    assert numbers(found) == [2, 4, 6]
    assert found == [ferries.article(one) for one in (2, 4, 6)]
    assert numbers(ferries.matching(parse("sinks", now=NOW), beyond=2, limit=1)) == [4]
    assert numbers(ferries.matching(None, beyond=4, limit=9)) == [5, 6]
    assert ferries.matching(None, beyond=6, limit=9) == []


def test_former_revisions_are_left_out_of_them(open_store: OpenStore) -> None:
    storage = open_store()
    [one] = store(storage, new("1", text="First."))
    revise(storage, one, new("1", text="Second."), at=NOW + HOUR)
    [found] = storage.matching(parse("second", now=NOW), limit=9)
    whole = storage.article(one)
    assert whole is not None
    assert len(whole.revisions) == 1
    assert found == replace(whole, revisions=())


def test_long_texts_end_an_answer_early(storage: Storage) -> None:
    long = "word " * 20_000
    stored = store(storage, *(new(str(number), text=long) for number in range(60)))
    first = numbers(storage.matching(parse("word", now=NOW), limit=60))
    assert first == stored[: len(first)]
    assert len(first) < 60
    rest = numbers(storage.matching(parse("word", now=NOW), beyond=first[-1], limit=60))
    assert [*first, *rest] == stored
