"""The window by itself: stories, outlets, addresses, and what is left when articles leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import newsdesk
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.core.window import Key, Window, address_of, micros
from aggregator.types import GroupInput

PLAIN = newsdesk.SINGLES[0].item(0)


def item(
    key: Key, *, source: str = "Post", hours: float = 0, url: str | None = None, language: str = ""
) -> GroupInput:
    return replace(
        PLAIN,
        article_id=key,
        source=source,
        url=url,
        at=newsdesk.START + timedelta(hours=hours),
        fingerprint=replace(PLAIN.fingerprint, language=language),
    )


def filled(*stories: tuple[Key, Key]) -> Window:
    """(article, its story) each."""
    window = Window()
    for key, story in stories:
        window.add(item(key), story, copies=False)
    return window


def leave(window: Window, *keys: Key) -> None:
    window.remove([slot for key in keys if (slot := window.slot(key)) is not None])
    gone = np.zeros(window.size, dtype=np.bool_)
    gone[np.array(window.release(), dtype=np.intp)] = True
    window.sweep(gone)


def arranged(window: Window) -> dict[Key, list[Key]]:
    """Stories by the rank of their roots."""
    roots = sorted({window.root[slot] for slot in window}, key=window.order.__getitem__)
    return {
        window.story(root): [window.key(slot) for slot in window.members(root)] for root in roots
    }


def test_articles_stand_in_their_stories_in_the_order_of_assignment() -> None:
    window = filled((1, 1), (2, 2), (3, 1))
    assert arranged(window) == {1: [1, 3], 2: [2]}
    assert [window.key(slot) for slot in window] == [1, 2, 3]
    assert len(window) == 3
    assert window.slot(4) is None


def test_a_story_keeps_its_name_when_its_first_article_has_left() -> None:
    window = filled((1, 1), (2, 1), (3, 3), (4, 1))
    leave(window, 1)
    assert arranged(window) == {1: [2, 4], 3: [3]}
    assert window.root_of(1) == window.root_of(1)
    leave(window, 2)
    assert arranged(window) == {3: [3], 1: [4]}  # as if the story had begun with 4
    leave(window, 4)
    assert window.root_of(1) is None
    assert arranged(window) == {3: [3]}


def test_a_story_may_be_called_by_an_article_that_is_not_there() -> None:
    window = filled((2, 1), (3, 1))
    root = window.root_of(1)
    assert root is not None
    assert window.story(root) == 1
    assert window.root_of(2) is None


def test_an_article_may_come_again_into_another_story() -> None:
    window = filled((1, 1), (2, 1), (3, 3))
    leave(window, 1)
    window.add(item(1), 3, copies=False)
    assert arranged(window) == {1: [2], 3: [3, 1]}
    leave(window, 2)
    assert window.root_of(1) is None
    leave(window, 3)
    assert arranged(window) == {3: [1]}


def test_slots_are_used_again() -> None:
    window = filled((1, 1), (2, 2), (3, 3))
    before = window.size
    leave(window, 1, 3)
    for key in (4, 5):
        window.add(item(key), key, copies=False)
    assert window.size == before
    assert [window.key(slot) for slot in window] == [2, 4, 5]


def test_the_slot_of_a_story_is_not_used_again_while_it_goes_on() -> None:
    window = filled((1, 1), (2, 1))
    leave(window, 1)
    window.add(item(3), 3, copies=False)
    assert arranged(window) == {1: [2], 3: [3]}


def test_the_last_articles_of_an_outlet() -> None:
    window = Window()
    for key in range(1, 7):
        window.add(item(key, source="Post" if key % 2 else "Echo"), key, copies=False)
    assert [window.key(slot) for slot in window.latest_of_source("Post", 2)] == [3, 5]
    leave(window, 5)
    assert [window.key(slot) for slot in window.latest_of_source("Post", 2)] == [1, 3]
    leave(window, 1, 3)
    assert window.latest_of_source("Post", 2) == window.latest_of_source("None", 2) == []


def test_stories_are_found_by_addresses() -> None:
    window = Window()
    window.add(item(1, url="https://example.com/one"), 1, copies=False)
    window.add(item(2, url="https://example.com/one?utm_source=x"), 2, copies=False)
    address = address_of(item(3, url="http://www.example.com/one"))
    assert address is not None
    roots = window.of_address(address)
    assert [window.story(root) for root in roots] == [1, 2]
    window.discard(roots[0], [address])
    assert [window.story(root) for root in window.of_address(address)] == [2]
    leave(window, 2)
    assert window.of_address(address) == []
    assert address_of(item(4, url="https://example.com/")) is None
    assert address_of(item(4)) is None


def test_whether_there_is_another_language() -> None:
    window = Window()
    for key, language in enumerate(["", "en", "en"]):
        window.add(item(key, language=language), key, copies=False)
    assert not window.has_other_than("en")  # one that is not known is none
    assert window.has_other_than("de")
    window.add(item(9, language="de"), 9, copies=False)
    assert window.has_other_than("en")
    leave(window, 9)
    assert not window.has_other_than("en")


def test_those_before_some_time() -> None:
    window = Window()
    for key, hours in enumerate([5, 0.5, 2, 0.2]):
        window.add(item(key, hours=hours), key, copies=False)
    horizon = micros(newsdesk.START + timedelta(hours=2))
    assert [window.key(slot) for slot in window.before(horizon)] == [1, 3]
    assert [window.key(slot) for slot in window.before(horizon + 1)] == [1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_whatever_has_left_leaves_nothing_behind(data: st.DataObject) -> None:
    """As many stories as there may be, of articles that come and go: what is there is what there
    would be if only those had come that stay."""
    window = Window()
    staying: dict[Key, Key] = {}
    for key in range(data.draw(st.integers(1, 16))):
        story = data.draw(st.sampled_from([key, *staying.values()]))
        window.add(item(key), story, copies=False)
        staying[key] = story
        if data.draw(st.booleans()):
            known = st.sampled_from(list(staying))
            leaving: set[Key] = data.draw(st.sets(known, max_size=3))
            leave(window, *leaving)
            for one in leaving:
                del staying[one]
            comes_again = data.draw(st.booleans())
            if leaving and comes_again:
                back = next(iter(leaving))
                staying[back] = data.draw(st.sampled_from([back, *staying.values()]))
                window.add(item(back), staying[back], copies=False)
    assert list(arranged(window).items()) == list(arranged(filled(*staying.items())).items())
    assert len(window) == len(staying)
