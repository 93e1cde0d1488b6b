from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from storemaker import HOUR, LEASE, NOW, OpenStore, fetched, new, revise, source, store

from aggregator.core.query import parse
from aggregator.errors import QueryError
from aggregator.storage.protocol import Order, Storage
from aggregator.types import ArticleText, SearchPage

POST = source("Daily Example", tags=("World", "daily news"))
SUN = source("The Example Sun", tags=("world",), language="de")
NEWS = source("news.press.org")
RIVERS = (
    (POST, new("1", title="River floods the old town", text="Water stood in the streets.")),
    (POST, new("2", title="Council meets", text="The river bank was an issue. Élan, naïve.")),
    (SUN, new("3", title="Hochwasser, Straße zu", text="Über Nacht kam der river", language="de")),
    (NEWS, new("4", title="منسوب النهر", text="ارتفع منسوب مياه النهر اليوم.", language="ar")),
    (NEWS, new("5", title="Уровень воды", text="Вода в реке поднялась за ночь.", language="ru")),
    (NEWS, new("6", title="Markets at 10:30", text="NOT a river; AND so NEAR it, bank OR bank.")),
)


@pytest.fixture(scope="module")
def rivers(
    backend: Callable[[Path], Storage], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storage]:
    """To be read only: all tests share it."""
    storage = backend(tmp_path_factory.mktemp("rivers"))
    fill(storage)
    yield storage
    storage.close()


def fill(storage: Storage) -> None:
    for number, (wanted, article) in enumerate(RIVERS):
        store(storage, article, wanted=wanted, at=NOW + number * HOUR)


def found(storage: Storage, text: str, *, order: Order = "newest", limit: int = 99) -> list[int]:
    query = parse(text, now=NOW + 6 * HOUR)
    return ids(storage.search(query, limit=limit, order=order))


def ids(page: SearchPage) -> list[int]:
    return [hit.article.article_id for hit in page.hits]


FORMS = [
    ("river", [6, 3, 2, 1]),
    ("RIVER", [6, 3, 2, 1]),
    ("river bank", [6, 2]),
    ('"river bank"', [2]),
    ('"bank river"', []),
    ("floods OR council", [2, 1]),
    ("river -bank", [3, 1]),
    ('river -"river bank"', [6, 3, 1]),
    ("river (bank OR town)", [6, 2, 1]),
    ("river -(bank OR town)", [3]),
    ("(river -bank) OR council", [3, 2, 1]),
    ("riv*", [6, 3, 2, 1]),
    ("counc* meet*", [2]),
    ("title:river", [1]),
    ("title:river OR title:council", [2, 1]),
    ('title:"old town"', [1]),
    ("title:flo*", [1]),
    ("river -title:river", [6, 3, 2]),
    # Case and diacritics do not count.
    ("elan naive", [2]),
    ("ÉLAN", [2]),
    ("uber strasse", [3]),
    ("uber straße", [3]),
    ("النهر", [4]),
    ("منسوب النهر", [4]),
    ('"مياه النهر"', [4]),
    ("вода", [5]),
    ("ВОДА ночь", [5]),
    ("вод*", [5]),
    # What looks like operators is words.
    ('"NOT"', [6]),
    ('bank "AND"', [6]),
    ("NEAR", [6]),
    ("10:30", [6]),
    ("mark-ets", []),
    ("river^", [6, 3, 2, 1]),
    ("nowhere", []),
    # Fields.
    ("source:example", [3, 2, 1]),
    ("source:sun", [3]),
    ("source:SUN river", [3]),
    ("source:exam", []),
    ("source:exam*", [3, 2, 1]),
    ('source:"daily example"', [2, 1]),
    ('source:"example"', []),
    ("source:news.press.org", [6, 5, 4]),
    ("river -source:daily", [6, 3]),
    ("source:none river", []),
    ("river -source:none", [6, 3, 2, 1]),
    ("source:a%", []),
    ("source:a_b", []),
    ("lang:de", [3]),
    ("lang:de-AT", [3]),
    ("lang:AR", [4]),
    ("river -lang:en", [3]),
    ("lang:en -river", []),
    ("tag:world", [3, 2, 1]),
    ("tag:WORLD -tag:daily*", [3]),
    ('tag:"daily news" council', [2]),
    ("tag:none", []),
    ("source:sun OR lang:ru", [5, 3]),
    # Times: the articles came an hour apart from NOW on, and it is six hours later.
    ("after:5h", [6, 5, 4, 3, 2]),
    ("before:4h", [2, 1]),
    ("after:5h before:3h", [3, 2]),
    ("river after:4h", [6, 3]),
    ("river before:4h", [2, 1]),
    ("river -after:4h", [2, 1]),
    ("after:4h -river", [5, 4]),
    ("after:4h -lang:ru -river", [4]),
    ("council OR after:1h", [6, 2]),
    ("lang:ru OR (river before:5h)", [5, 1]),
    ("river (before:5h OR after:1h)", [6, 1]),
    ("after:2099", []),
    ("river after:2099", []),
    ("before:2000", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FORMS)
def test_forms(rivers: Storage, text: str, expected: list[int]) -> None:
    assert found(rivers, text) == sorted(expected, reverse=True)
    assert sorted(found(rivers, text, order="relevance")) == sorted(expected)


def test_headlines_weigh_more(storage: Storage) -> None:
    store(
        storage,
        new("1", title="A dam", text="The river, the river."),
        new("2", title="The river", text="A dam, and much more about it."),
        new("3", title="A bridge", text="The river."),
        new("4", title="Else", text="Nothing of it."),
    )
    assert found(storage, "river", order="relevance")[0] == 2
    # Fields do not weigh: of two alike, one that a field matches is no better.
    assert found(storage, "river lang:en", order="relevance")[0] == 2
    # Nothing to rank by: the newest first.
    assert found(storage, "lang:en", order="relevance") == [4, 3, 2, 1]


def test_a_hit_is_an_article_with_its_snippet(rivers: Storage) -> None:
    [hit] = rivers.search(parse("issue", now=NOW), limit=9).hits
    article = rivers.article(2)
    assert article is not None
    assert hit.article == article.summary
    assert hit.snippet == "The river bank was an \x02issue\x03. Élan, naïve."


def test_hits_without_passages_are_the_same_but_for_these(rivers: Storage) -> None:
    query = parse("river", now=NOW)
    hits = rivers.search(query, limit=9).hits
    assert any(hit.snippet for hit in hits)
    bare = rivers.search(query, limit=9, passages=False).hits
    assert list(bare) == [replace(hit, snippet="") for hit in hits]


def test_snippets_show_the_place_and_no_other_control_characters(storage: Storage) -> None:
    filler = "Nothing to see in this line.\nMore of it,\tand tabs.\n\n" * 40
    store(storage, new("1", text=f"{filler}Then the flood came.\n\nIt \x02was\x03 high.\n{filler}"))
    [hit] = storage.search(parse("flood high", now=NOW), limit=9).hits
    assert "Then the \x02flood\x03 came. It was \x02high\x03." in hit.snippet
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert not re.search(r"[\x00-\x01\x04-\x1f\x7f-\x9f]", hit.snippet)
    assert len(hit.snippet) < 300


def test_without_words_the_snippet_is_the_beginning(rivers: Storage) -> None:
    for text in ("source:sun", "after:4h before:3h", "title:hochwasser"):
        [hit] = rivers.search(parse(text, now=NOW + 6 * HOUR), limit=9).hits
        assert hit.snippet == "Über Nacht kam der river"


def test_the_index_follows_every_change(storage: Storage) -> None:
    ids = store(storage, new("1", text="Oldword."), new("2", text="Feedword.", page_host="x"))
    revise(storage, ids[0], new("1", title="Newtitle", text="Newword."), at=NOW)
    [taken] = storage.claim_texts("x", now=NOW, lease=LEASE, limit=1)
    page = ArticleText(title="Ignored", text="Pageword.", language="fr")
    storage.record_text(fetched(taken, page))
    assert found(storage, "oldword") == []
    assert found(storage, "feedword") == []
    assert found(storage, "newtitle newword") == [ids[0]]
    assert found(storage, "pageword") == [ids[1]]
    assert found(storage, "headline") == [ids[1]]
    assert storage.check() == []


def test_a_language_learnt_from_the_page_is_found(storage: Storage) -> None:
    store(storage, new("1", language=None, page_host="x"))
    assert found(storage, "lang:fr") == []
    [taken] = storage.claim_texts("x", now=NOW, lease=LEASE, limit=1)
    storage.record_text(fetched(taken, ArticleText(title="", text=taken.feed.text, language="fr")))
    assert found(storage, "lang:fr") == [1]


def test_sources_no_longer_polled_and_renamed_are_found(storage: Storage) -> None:
    fill(storage)
    storage.sync_sources([source("Renamed", SUN.url)], now=NOW)
    assert found(storage, "source:renamed") == [3]
    assert found(storage, "source:sun") == []
    assert found(storage, "source:daily") == [2, 1]
    assert found(storage, "tag:world") == [2, 1]


def test_a_tag_of_a_thousand_sources(storage: Storage) -> None:
    many = [source(f"S{number}", tags=("many",)) for number in range(1_000)]
    storage.sync_sources([POST, *many], now=NOW)
    store(storage, new("1", text="river"), wanted=many[7])
    store(storage, new("2", text="river"), wanted=POST)
    store(storage, new("3", text="river"), wanted=many[8])
    for order in ("newest", "relevance"):
        assert set(found(storage, "river tag:many", order=order)) == {3, 1}
    assert found(storage, "tag:many") == [3, 1]
    assert found(storage, "river -tag:many") == [2]
    assert found(storage, "after:2000 -tag:many") == [2]
    assert found(storage, "(tag:many OR source:daily) before:2099") == [3, 2, 1]


def test_many_small_commits(storage: Storage) -> None:
    """Each makes a segment of the index, and now and then they are merged."""
    words = [f"{a}{b}{c}" for a in "abcdefgh" for b in "ijklmn" for c in "opqrstu"][:300]
    ids = []
    for number, word in enumerate(words):
        ids += store(storage, new(word, title="Headline", text=f"{word} parity{number % 2}"))
    for number in range(0, 300, 50):
        changed = new(words[number], title="Headline", text=f"changed{number}")
        revise(storage, ids[number], changed, at=NOW)
    for number, (article_id, word) in enumerate(zip(ids, words, strict=True)):
        present, gone = (word, f"changed{number}") if number % 50 else (f"changed{number}", word)
        assert found(storage, present) == [article_id]
        assert found(storage, gone) == []
    assert found(storage, "parity1", limit=300) == ids[::-2]
    unchanged = [article_id for number, article_id in enumerate(ids) if number % 50]
    assert found(storage, "parity*", limit=300) == unchanged[::-1]
    assert found(storage, "headline", limit=300) == ids[::-1]
    assert set(found(storage, "headline", limit=300, order="relevance")) == set(ids)
    assert storage.check() == []


def test_reading_while_another_process_writes(open_store: OpenStore) -> None:
    reader, writer = open_store(), open_store()
    for number in range(5):
        store(writer, new(str(number), text="river"))
        assert len(found(reader, "river")) == number + 1


TOKENS = [
    "(",
    ")",
    '"',
    "-",
    "*",
    "OR",
    "AND",
    "NOT",
    "NEAR(",
    ":",
    "title:",
    "lang:",
    "source:",
    "tag:",
    "after:3h",
    "before:2027",
    "river",
    "^",
    "+",
    "{",
    "'",
    "\\",
    "%",
    "_",
    "''",
    ";",
    "--",
    "rowid:",
    "facets:",
    "text:",
    "\x00",
    "\ue000s1",
]
TYPED = st.lists(
    st.one_of(st.text(max_size=6), st.just(" "), st.sampled_from(TOKENS)), max_size=20
).map("".join)


@given(text=TYPED, order=st.sampled_from(["newest", "relevance"]))
@settings(deadline=None)
def test_nothing_a_user_types_can_break_it(rivers: Storage, text: str, order: Order) -> None:
    try:
        query = parse(text, now=NOW)
    except QueryError:
        return
    assert set(ids(rivers.search(query, limit=9, order=order))) <= set(range(1, 7))


@given(
    words=st.lists(
        st.sampled_from(["river", "bank", "floods", "the", "so"]), min_size=1, max_size=4
    )
)
@settings(deadline=None)
def test_logic_holds(rivers: Storage, words: list[str]) -> None:
    sets = [set(found(rivers, word)) for word in words]
    union = {one for found_one in sets for one in found_one}
    everything = set(range(1, 7))
    assert set(found(rivers, " ".join(words))) == set.intersection(*sets)
    assert set(found(rivers, " OR ".join(words))) == union
    excluded = " ".join(f"-{word}" for word in words)
    assert set(found(rivers, f"after:2000 {excluded}")) == everything - union
    assert set(found(rivers, f"river {excluded}")) == set(found(rivers, "river")) - union


def test_all_that_one_poll_brought_are_found_by_time(storage: Storage) -> None:
    # All of them were first seen at once, in whatever order an index may hold them.
    stored = store(storage, *(new(str(number), text="river") for number in range(40)))
    for query in ("after:2026-05-30", "river after:2026-05-30"):
        assert ids(storage.search(parse(query, now=NOW), limit=99)) == stored[::-1]
