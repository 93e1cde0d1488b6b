"""The outbox of watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from alertmaker import content, hit, item, keys, notice
from storemaker import HOUR, NOW, OpenStore

from aggregator.core.notices import MOST_ITEMS
from aggregator.errors import StorageError
from aggregator.storage.protocol import Storage
from aggregator.types import Notice, NoticeState, Relation

MINUTE = timedelta(minutes=1)


def stored(storage: Storage, *notices: Notice) -> list[Notice]:
    storage.put_notices(notices, [], now=NOW)
    found = {one.key: one for one in storage.notices(limit=99)}
    return [found[one.key] for one in notices]


def failed(one: Notice, **fields: object) -> Notice:
    plain = replace(one, attempts=1, error="It was refused.", due_at=NOW + MINUTE)
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields of a Notice


def sent(one: Notice) -> Notice:
    return replace(
        one, state=NoticeState.SENT, attempts=1, error=None, due_at=None, sent_at=NOW + MINUTE
    )


def test_a_message_comes_back_as_it_was_frozen(storage: Storage) -> None:
    rich = item(
        "Weizen · 小麦 · \U00010348", url=None, story_id=3, outlets=4, relation=Relation.COPY
    )
    frozen = notice(content=content(rich, item(), more=7))
    [back] = stored(storage, frozen)
    assert back == replace(frozen, notice_id=back.notice_id)
    assert back.notice_id > 0


def test_hits_are_in_one_message_only(open_store: OpenStore) -> None:
    one, two = open_store(), open_store()
    hits = [hit(1), hit(2), hit(1, "other")]
    one.record_hits(hits, cursor=None)
    assert one.put_notices([notice("a"), notice("b", "phone")], hits[:2], now=NOW) == 2
    assert one.open_hits() == hits[2:]
    # Another process has made a message of the same: none of it is stored.
    again = [notice("c", watch="other")]
    assert two.put_notices(again, [hit(2), hits[2]], now=NOW) == 0
    assert two.open_hits() == hits[2:]
    assert two.put_notices(again, hits[2:], now=NOW) == 1
    assert two.put_notices([notice("c")], [], now=NOW) == 0  # the key is taken
    assert len(two.notices(limit=99)) == 3


def test_what_is_due(storage: Storage) -> None:
    stored(
        storage,
        notice("late", due_at=NOW - MINUTE),
        notice("later", due_at=NOW + MINUTE),
        notice("now"),
        notice("phone", "phone"),
    )
    assert keys(storage.due_notices(now=NOW, limit=9)) == ["late", "now", "phone"]
    assert keys(storage.due_notices(now=NOW, limit=1)) == ["late"]
    assert keys(storage.due_notices(now=NOW, limit=9, channel="phone")) == ["phone"]
    assert storage.due_notices(now=NOW, limit=9, channel="none") == []
    assert storage.due_channels(now=NOW) == ["desk", "phone"]
    assert storage.due_channels(now=NOW - HOUR) == []


def test_what_became_of_a_try(storage: Storage) -> None:
    one, two = stored(storage, notice("1"), notice("2"))
    storage.record_notice(failed(one))
    storage.record_notice(sent(two))
    assert storage.due_notices(now=NOW, limit=9) == []
    assert storage.due_notices(now=NOW + MINUTE, limit=9) == [failed(one)]
    assert storage.notices(state=NoticeState.SENT, limit=9) == [sent(two)]
    dead = failed(one, state=NoticeState.DEAD, due_at=None)
    storage.record_notice(dead)
    assert storage.notices(state=NoticeState.DEAD, limit=9) == [dead]
    assert storage.due_notices(now=NOW + HOUR, limit=9) == []


def test_a_try_of_what_was_never_stored_is_refused(storage: Storage) -> None:
    with pytest.raises(StorageError, match="no message 77 for desk"):
        storage.record_notice(notice(notice_id=77))


def test_a_channel_that_fails_holds_its_own_messages_only(storage: Storage) -> None:
    one, _, _ = stored(storage, notice("1"), notice("2"), notice("3", "phone"))
    storage.record_notice(failed(one), hold_until=NOW + HOUR)
    assert keys(storage.due_notices(now=NOW + HOUR - MINUTE, limit=9)) == ["3"]
    assert storage.due_channels(now=NOW + HOUR - MINUTE) == ["phone"]
    assert keys(storage.due_notices(now=NOW + HOUR, limit=9)) == ["2", "3", "1"]
    storage.record_notice(failed(one, attempts=2), hold_until=NOW + 9 * HOUR)
    storage.record_notice(sent(one))
    assert keys(storage.due_notices(now=NOW, limit=9)) == ["2", "3"]


def test_what_waits_for_a_failed_channel_is_one_message_of_each_watch(storage: Storage) -> None:
    [tried] = stored(storage, notice("1"))
    assert storage.begin_notice(tried)
    storage.record_notice(failed(tried), hold_until=NOW + MINUTE)
    later = [item(f"{n}", article_id=n) for n in range(MOST_ITEMS)]
    untried = notice("2", content=content(item("first"), since_at=NOW, more=1))
    assert storage.put_notices([untried], [], now=NOW) == 1
    added = notice("3", content=content(*later, since_at=NOW + HOUR, more=2))
    healthy = replace(added, key="4", channel="phone")
    other = replace(added, key="5", watch="other")
    assert storage.put_notices([added, healthy, other], [], now=NOW + HOUR) == 2
    found = {one.key: one for one in storage.notices(limit=99)}
    assert sorted(found) == ["1", "3", "4", "5"]
    assert found["1"].content == tried.content  # it may have arrived
    assert found["3"].content == content(*later, since_at=NOW, more=4)
    # Those that were tried come first, so that the others do not become such.
    due = storage.due_notices(now=NOW + HOUR, limit=9, channel="desk")
    assert keys(due) == ["1", "3", "5"]
    storage.record_notice(sent(tried))
    assert storage.put_notices([notice("6")], [], now=NOW + HOUR) == 1


def test_a_message_that_is_about_to_be_sent_is_changed_no_more(storage: Storage) -> None:
    one, two = stored(storage, notice("1"), notice("2"))
    storage.record_notice(failed(one), hold_until=NOW)
    assert storage.begin_notice(two)
    assert storage.begin_notice(two)  # again, after a crash
    assert storage.begin_notice(one)
    assert storage.put_notices([notice("3")], [], now=NOW) == 1
    [three] = storage.due_notices(now=NOW, limit=9)[1:]
    assert storage.put_notices([notice("4")], [], now=NOW) == 0  # it was added to the last one
    assert not storage.begin_notice(three)
    storage.record_notice(sent(two))
    assert not storage.begin_notice(two)


def test_messages_are_listed_the_latest_first(storage: Storage) -> None:
    stored(
        storage,
        notice("1"),
        notice("2", created_at=NOW + MINUTE),
        notice("3", watch="other"),
        notice("4", state=NoticeState.DEAD, due_at=None),
    )
    assert keys(storage.notices(limit=9)) == ["2", "4", "3", "1"]
    assert keys(storage.notices(limit=2)) == ["2", "4"]
    assert keys(storage.notices(watch="baku", limit=9)) == ["2", "4", "1"]
    assert keys(storage.notices(state=NoticeState.WAITING, watch="baku", limit=9)) == ["2", "1"]


def test_when_messages_were_made(storage: Storage) -> None:
    stored(
        storage,
        notice("1"),
        notice("2", "phone"),
        notice("3", created_at=NOW + MINUTE),
        notice("4", watch="other", created_at=NOW + HOUR),
    )
    assert storage.notice_times("baku", since=NOW) == [NOW, NOW + MINUTE]
    assert storage.notice_times("baku", since=NOW + MINUTE) == [NOW + MINUTE]


def test_a_dead_message_is_tried_again_when_a_person_says_so(storage: Storage) -> None:
    one, two, three = stored(storage, notice("1"), notice("2"), notice("3"))
    for dead in (one, two):
        gone = failed(dead, state=NoticeState.DEAD, attempts=9, due_at=None)
        storage.record_notice(gone, hold_until=NOW + HOUR)
    assert storage.retry_notices([one.notice_id, three.notice_id], now=NOW) == 1
    found = storage.due_notices(now=NOW, limit=9)
    assert keys(found) == ["1", "3"]
    assert (found[0].attempts, found[0].error) == (0, "It was refused.")
    assert storage.retry_notices(None, now=NOW) == 1
    assert storage.retry_notices(None, now=NOW) == 0


def test_what_waits_for_what_is_gone_is_given_up(storage: Storage) -> None:
    stored(
        storage, notice("1"), notice("2", "phone"), notice("3", watch="other"), notice("4", "old")
    )
    [old] = [one for one in storage.notices(limit=9) if one.key == "4"]
    storage.record_notice(sent(old))
    storage.sync_watches(["baku"], ["desk"], now=NOW)
    assert keys(storage.due_notices(now=NOW, limit=9)) == ["1"]
    assert {one.key: one.error for one in storage.notices(state=NoticeState.DEAD, limit=9)} == {
        "2": "The channel phone is in feeds.yaml no longer.",
        "3": "Its watch is in feeds.yaml no longer.",
    }


def test_old_messages_are_dropped(storage: Storage) -> None:
    day = timedelta(days=1)
    early, late, waits, dead, _ = stored(
        storage,
        notice("early", created_at=NOW - 31 * day),
        notice("late"),
        notice("waits", created_at=NOW - 365 * day),
        notice("dead", created_at=NOW - 90 * day),
        notice("long dead", created_at=NOW - 91 * day, state=NoticeState.DEAD, due_at=None),
    )
    storage.record_notice(sent(early))
    storage.record_notice(sent(late))
    storage.record_notice(failed(dead, state=NoticeState.DEAD, due_at=None))
    [recent] = stored(storage, notice("recent", state=NoticeState.DEAD, due_at=None))
    storage.clean_up(window=HOUR, keep_pages=HOUR)
    assert keys(storage.notices(limit=9)) == ["recent", "late", "dead", "waits"]
    assert recent.state is NoticeState.DEAD
    assert waits.state is NoticeState.WAITING
