"""What stands in the messages of watches, and their keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alertmaker import NOW, content, hit, item, watch

from aggregator.core.notices import MOST_ITEMS, content_of, joined, key_of, latest, notices_of
from aggregator.types import NoticeState

HITS = [hit(n, at=NOW + timedelta(minutes=n)) for n in range(MOST_ITEMS + 5)]


def test_the_latest_are_told_first_and_the_others_counted() -> None:
    shown = latest(HITS)
    assert (shown[0], shown[-1], len(shown)) == (HITS[-1], HITS[5], MOST_ITEMS)
    assert list(latest(HITS[:2])) == [HITS[1], HITS[0]]
    made = content_of(watch(), HITS, [item(str(one.article_id)) for one in shown])
    assert (made.items[0].headline, made.more, made.since_at) == ("29", 5, NOW)
    assert content_of(watch(), HITS[:2], [item()]).more == 0  # the other one is gone


def test_two_messages_become_one_that_tells_all() -> None:
    earlier = content(item("b"), item("a"), more=2)
    later = content(item("c"), since_at=NOW + timedelta(hours=1), query="new", more=1)
    both = joined(earlier, later)
    assert [one.headline for one in both.items] == ["c", "b", "a"]
    assert (both.more, both.since_at, both.query) == (3, NOW, "new")
    full = content(*(item(str(n)) for n in range(MOST_ITEMS)))
    assert joined(earlier, full).items == full.items
    assert joined(earlier, full).more == 4


def test_each_channel_has_a_message_of_its_own() -> None:
    desk, phone = notices_of(
        watch(to=("desk", "phone", "desk")), "baku", content(), HITS[:1], now=NOW
    )
    assert (desk.channel, phone.channel) == ("desk", "phone")
    assert desk.key != phone.key
    assert replace(phone, channel="desk", key=desk.key) == desk
    assert (desk.state, desk.due_at, desk.attempts) == (NoticeState.WAITING, NOW, 0)


def test_the_same_hits_have_the_same_key() -> None:
    key = key_of("baku", "desk", HITS[:2])
    assert key_of("baku", "desk", [replace(one, snippet="x") for one in HITS[:2]]) == key
    others = {
        key_of("baku", "desk", HITS[:1]),
        key_of("baku", "phone", HITS[:2]),
        key_of("bakud", "esk", HITS[:2]),
        key_of("baku", "desk", HITS[1::-1]),
    }
    assert len(others | {key}) == 5
    assert len(key) == 32
    assert key.isalnum()
