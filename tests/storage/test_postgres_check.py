"""Damage that constraints do not prevent is found."""

from __future__ import annotations

import psycopg
import pytest
from storemaker import new, singles, store
from wire import OpenPostgres

DAMAGES = [
    ("DELETE FROM search WHERE article_id = 2", "article 2 cannot be searched for"),
    (
        "UPDATE search SET lexemes = 'other' WHERE article_id = 3",
        "the search index does not fit the text of article 3",
    ),
    (
        "UPDATE search SET length = length + 1 WHERE article_id = 5",
        "the search index does not fit the text of article 5",
    ),
    (
        "UPDATE texts SET text = text || ' more' WHERE article_id = 700",
        "the search index does not fit the text of article 700",
    ),
    (
        "UPDATE articles SET title = 'other' WHERE id = 4",
        "the headline of article 4 differs from the one that is searched",
    ),
    ("UPDATE stories SET articles = 9 WHERE id = 1", "story 1 counts its articles wrongly"),
    ("DELETE FROM stories WHERE id = 1", "story 1 has articles, and is in no list"),
    (
        "UPDATE assignments SET continues_id = 4 WHERE article_id = 1",
        "story 1 continues one that is not there",
    ),
    (
        "INSERT INTO placements VALUES (1, 2, 0, 0)",
        "article 1 is not in the story where it was put by hand",
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'articles_by_time'::regclass",
        "the index articles_by_time is not valid: REINDEX it",
    ),
]


@pytest.mark.parametrize(("damage", "sentence"), DAMAGES, ids=[one[1] for one in DAMAGES])
def test_damage_is_told(
    open_postgres: OpenPostgres, postgres_url: str, damage: str, sentence: str
) -> None:
    storage = open_postgres()
    ids = store(storage, *(new(str(number)) for number in range(1, 701)))
    singles(storage, ids[:3])
    assert storage.check() == []
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        assert connection.execute(damage.encode()).rowcount == 1
    assert storage.check() == [sentence]


def test_only_some_of_very_many_are_told(open_postgres: OpenPostgres, postgres_url: str) -> None:
    storage = open_postgres()
    store(storage, *(new(str(number)) for number in range(50)))
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("UPDATE search SET lexemes = ''")
    assert len(storage.check()) == 10
