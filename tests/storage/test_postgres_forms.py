"""Forms of words are learnt by many processes at once, and none is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from storemaker import NOW, new, source, store
from wire import OpenPostgres

from aggregator.core.query import parse
from aggregator.storage.protocol import Storage
from aggregator.storage.sql import Session
from aggregator.storage.word_forms import KNOWN, KnownForms


def found(storage: Storage, text: str) -> list[int]:
    page = storage.search(parse(text, now=NOW), limit=99)
    return [hit.article.article_id for hit in page.hits]


class Undone(Exception):
    pass


def test_what_was_rolled_back_is_learnt_again(
    open_postgres: OpenPostgres, postgres_url: str
) -> None:
    storage = open_postgres()
    [article_id] = store(storage, new("1", title="", text="Of old."))

    def work(session: Session) -> None:
        before = (article_id, "", "Of old.", "=s1 =len")
        session.reindex(before, (article_id, "", "Floods and rivers.", "=s1 =len"))
        raise Undone

    with pytest.raises(Undone):
        storage._write(work)
    assert forms(postgres_url) == [("", "")]
    store(storage, new("2", title="", text="Rivers."))
    assert forms(postgres_url) == [("", ""), ("river", "rivers")]
    assert found(storage, "river") == [2]


def forms(url: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT stem, word FROM word_forms ORDER BY 1, 2").fetchall()


def test_many_learn_the_same_words_at_once(open_postgres: OpenPostgres) -> None:
    words = [f"{first}{last}ings" for first in "bdfgklmnprst" for last in ("olt", "ard", "end")]
    stores = [open_postgres() for _ in range(2)]
    outlets = [source(f"Outlet {number}") for number in range(4)]
    stores[0].sync_sources(outlets, now=NOW)

    def write(number: int) -> None:
        ordered = words if number % 2 else words[::-1]
        articles = [new(f"{number} {word}", title="", text=word) for word in ordered]
        for some in (articles[:9], articles[9:20], articles[20:]):
            store(stores[number % 2], *some, wanted=outlets[number])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    for storage in stores:
        for word in words:
            assert len(found(storage, word.removesuffix("ings"))) == 4
        assert storage.check() == []


def test_words_of_late_are_known() -> None:
    """So many, and those before them until there are as many again."""
    known = KnownForms()
    assert known.new({"en": {"rivers"}}) == {"en": {"rivers"}}
    known.add({"en": {"rivers"}})
    assert known.new({"en": {"rivers", "floods"}}) == {"en": {"floods"}}
    assert known.new({"en": {"rivers"}, "de": set()}) == {"de": set()}
    for begin in (0, KNOWN):
        known.add({"en": {str(number) for number in range(begin, begin + KNOWN + 1)}})
        assert known.new({"en": {"rivers"}}) == {"en": {"rivers"}}
        assert known.unheard("en", {"rivers"}) == (set() if not begin else {"rivers"})
