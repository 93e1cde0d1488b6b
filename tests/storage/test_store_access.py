"""Who may ask for the page: the password, tokens of programs, sessions of browsers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from readermaker import access_token, web_session
from storemaker import HOUR, NOW, OpenStore
from writerqueue import OpenSqlite

from aggregator.errors import UsageError
from aggregator.storage.access import EXACT, SESSION_KEPT
from aggregator.storage.protocol import Storage
from aggregator.storage.sqlite import open_storage
from aggregator.types import AccessToken, Scope

MOMENT = timedelta(microseconds=1)

# --- the password


def test_there_is_no_password_until_one_is_set(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    assert one.password_hash() is None
    one.set_password_hash("$argon2id$first")
    assert two.password_hash() == "$argon2id$first"
    two.set_password_hash("$argon2id$second")
    assert one.password_hash() == "$argon2id$second"
    one.set_password_hash(None)
    assert two.password_hash() is None


@pytest.mark.parametrize("value", ["$argon2id$other", None])
def test_another_password_ends_all_sessions(storage: Storage, value: str | None) -> None:
    storage.set_password_hash("$argon2id$first")
    storage.open_session(web_session())
    storage.add_token(access_token())
    storage.set_password_hash(value)
    assert storage.sessions(now=NOW) == []
    assert len(storage.tokens()) == 1


# --- tokens


def test_a_token_is_found_by_either_hash(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    phone = one.add_token(access_token("phone", used_at=NOW))
    tablet = one.add_token(access_token("Tablet", scope=Scope.ADMIN, used_at=NOW))
    assert phone == access_token("phone", used_at=NOW, token_id=phone.token_id)
    assert {phone.token_id, tablet.token_id}.isdisjoint({0})
    assert two.token(phone.hash, now=NOW) == two.token(phone.fever_hash, now=NOW) == phone
    assert two.token(b"", now=NOW) is None
    assert two.tokens() == [tablet, phone]


def test_a_name_is_given_once(storage: Storage) -> None:
    first = storage.add_token(access_token())
    with pytest.raises(UsageError, match="a token called phone already: choose another name"):
        storage.add_token(access_token(hash=b"another", fever_hash=b"another's"))
    assert storage.tokens() == [first]


def test_a_token_that_is_revoked_is_worth_nothing(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    phone, tablet = one.add_token(access_token()), one.add_token(access_token("tablet"))
    assert one.revoke_token("phone")
    assert not two.revoke_token("phone")
    assert two.token(phone.hash, now=NOW) is None
    assert two.tokens() == [tablet]
    again = two.add_token(access_token())
    assert again.token_id not in {phone.token_id, tablet.token_id}


def test_when_a_token_was_used_is_known_to_some_minutes(storage: Storage) -> None:
    token = storage.add_token(access_token())

    def used(at: timedelta) -> AccessToken | None:
        found = storage.token(token.hash, now=NOW + at)
        assert [found] == storage.tokens()
        return found

    assert used(timedelta()) == replace(token, used_at=NOW)
    assert used(EXACT - MOMENT) == replace(token, used_at=NOW)
    assert used(EXACT) == replace(token, used_at=NOW + EXACT)
    assert used(timedelta()) == replace(token, used_at=NOW + EXACT)  # a clock that was put back


def test_a_store_that_is_only_read_knows_tokens_and_sessions(
    open_sqlite: OpenSqlite, tmp_path: Path
) -> None:
    storage = open_sqlite()
    token = storage.add_token(access_token())
    storage.open_session(web_session())
    with closing(open_storage(tmp_path / "news.db", read_only=True)) as reader:
        assert reader.token(token.hash, now=NOW) == token
        assert reader.session(web_session().hash, now=NOW + HOUR) == web_session()


# --- sessions


def test_a_session_is_found_until_it_is_closed(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    mine, other = web_session(), web_session("other", agent="a browser \0 of \U0001f33e")
    one.open_session(mine)
    one.open_session(other)
    assert two.session(mine.hash, now=NOW) == mine
    assert two.session(other.hash, now=NOW) == replace(other, agent="a browser  of \U0001f33e")
    assert two.session(b"unknown", now=NOW) is None
    two.close_session(mine.hash)
    two.close_session(mine.hash)
    assert one.session(mine.hash, now=NOW) is None
    assert one.session(other.hash, now=NOW) is not None


def test_all_sessions_are_closed(storage: Storage) -> None:
    for name in ("1", "2"):
        storage.open_session(web_session(name))
    assert storage.close_sessions() == 2
    assert storage.close_sessions() == 0
    assert storage.sessions(now=NOW) == []


def test_the_last_seen_session_comes_first(storage: Storage) -> None:
    for name in ("1", "2", "3"):
        storage.open_session(web_session(name))
    seen = storage.session(web_session("2").hash, now=NOW + HOUR)
    assert seen == web_session("2", seen_at=NOW + HOUR)
    assert storage.session(seen.hash, now=NOW + HOUR + EXACT - MOMENT) == seen
    assert [one.agent for one in storage.sessions(now=NOW + HOUR)] == ["2", "1", "3"]
    assert storage.sessions(now=NOW + HOUR)[0] == seen


def test_a_session_that_is_not_used_is_over(storage: Storage) -> None:
    idle, used = web_session("idle"), web_session("used")
    storage.open_session(idle)
    storage.open_session(used)
    storage.session(used.hash, now=NOW + HOUR)
    over = NOW + SESSION_KEPT
    assert storage.session(idle.hash, now=over) is None
    assert [one.agent for one in storage.sessions(now=over)] == ["used"]
    assert storage.session(used.hash, now=over) is not None
    assert storage.session(used.hash, now=over + SESSION_KEPT) is None


def test_cleaning_up_drops_sessions_that_are_over(storage: Storage) -> None:
    idle, used = web_session("idle"), web_session("used", seen_at=NOW + SESSION_KEPT)
    storage.open_session(idle)
    storage.open_session(used)
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert storage.sessions(now=NOW) == [used]
