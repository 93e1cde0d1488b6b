"""The codec gives back what it was given, refuses what is something else, and writes plain JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import types
from aggregator.codec import decode, encode, to_json, written
from aggregator.types import (
    Assignment,
    CleanUpReport,
    FeedState,
    Fingerprint,
    PagePolicy,
    ParsedEntry,
    ParsedFeed,
    Relation,
    Source,
)

TRAVELLERS = sorted(
    (kind for kind in vars(types).values() if isinstance(kind, type) and is_dataclass(kind)),
    key=lambda kind: kind.__name__,
)


@cache
def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation as the types write them."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if isinstance(hint, UnionType):
        return st.one_of([values_of(arg) for arg in get_args(hint)])
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        parts = {item.name: values_of(hints[item.name]) for item in fields(hint)}
        return st.builds(hint, **parts)  # type: ignore[arg-type]  # a class, not an instance
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return _collection(get_origin(hint), get_args(hint))


def _collection(origin: Any, args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if origin is tuple and args[-1] is Ellipsis:
        return st.lists(values_of(args[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, args))
    if origin is frozenset:
        return st.frozensets(values_of(args[0]), max_size=3)
    assert origin is Mapping, origin
    return st.dictionaries(values_of(args[0]), values_of(args[1]), max_size=3)


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    bytes: st.binary(max_size=20),
    bool: st.booleans(),
    int: st.integers(min_value=-(2**63), max_value=2**64 - 1),
    float: st.floats(allow_nan=False),
    type(None): st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    date: st.dates(),
    time: st.times(),
    timedelta: st.timedeltas(min_value=timedelta(days=-100_000), max_value=timedelta(days=100_000)),
}


@pytest.mark.parametrize("kind", TRAVELLERS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_type_round_trips(kind: Any, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    assert decode(encode(value), kind) == value


@pytest.mark.parametrize("kind", TRAVELLERS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_every_type_is_one_line_of_json(kind: Any, data: st.DataObject) -> None:
    value = data.draw(values_of(kind))
    line = to_json(value)
    assert "\n" not in line
    assert set(json.loads(line)) == {item.name for item in fields(value)}


def test_a_time_in_another_zone_comes_back_as_utc() -> None:
    there = datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    back = decode(encode(there), datetime)
    assert back == there
    assert back.utcoffset() == timedelta()


def test_what_decodes_is_hashable_and_frozen_like_what_was_encoded() -> None:
    print_ = Fingerprint(
        version=2,
        language="en",
        length=2,
        step=1,
        shingles=b"\x01\x00\x00\x00",
        terms=b"\xff\xff\xff\xff",
        forces=b"\x02",
        places=b"\x01",
        title=b"",
        names=(("Ganja", 2),),
    )
    assert hash(decode(encode(print_), Fingerprint)) == hash(print_)


def test_a_list_of_our_types() -> None:
    items = [Source(name="a", url="https://example.com/a"), Source(name="b", url="b")]
    assert decode(encode(items), list[Source]) == items


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Source),
        (b"\xc1", Source),
        (encode({"name": "a"}), Source),
        (encode({"name": "a", "url": 7}), Source),
        (encode({"name": "a", "url": "u", "pages": "sometimes"}), Source),
        (encode("soon"), datetime),
        (encode(-1), str),
        (encode(1) + b"\x00", int),
        (b"\x91" * 100_000 + b"\x01", list),
    ],
)
def test_anything_else_is_refused(data: bytes, kind: type[Any]) -> None:
    with pytest.raises(ValueError, match="not a readable"):
        decode(data, kind)


def test_fields_of_a_later_version_are_ignored() -> None:
    later = {"name": "a", "url": "u", "mood": "calm"}
    assert decode(encode(later), Source) == Source(name="a", url="u")


def test_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        encode("\ud800")


def test_json_of_times_durations_and_enums() -> None:
    state = FeedState(next_poll_at=datetime(2024, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=1))))
    assert json.loads(to_json(state))["next_poll_at"] == "2024-03-01T08:30:00Z"
    source = Source(name="Überblick", url="u", interval=timedelta(seconds=90, milliseconds=500))
    said = json.loads(to_json(source))
    assert said["interval"] == 90.5
    assert said["pages"] == "auto"


def test_json_keeps_letters_and_line_breaks_stay_inside() -> None:
    entry = ParsedEntry(guid=None, url=None, title="Žižkov 東京", text="one\n\ntwo")
    feed = ParsedFeed(format="rss20", title="Día", site_url=None, language="cs", entries=(entry,))
    line = to_json(feed)
    assert "Žižkov 東京" in line
    assert "Día" in line
    assert "\n" not in line


def test_json_of_nested_collections_is_the_same_each_time() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Wrapped:
        names: frozenset[str]
        how: Relation | Literal["none"]

    value = [Wrapped(names=frozenset("cab"), how=Relation.COPY), {"day": date(2024, 2, 29)}]
    assert to_json(value) == '[{"names":["a","b","c"],"how":"copy"},{"day":"2024-02-29"}]'
    assert (
        to_json(CleanUpReport(details={"é": 1})) == '{"fingerprints":0,"pages":0,"details":{"é":1}}'
    )


def test_json_that_was_written_already_stands_in_other_json_as_it_is() -> None:
    items = [Source(name="a", url="u", interval=timedelta(seconds=90)), Relation.COPY]
    assert to_json({"items": written(items), "after": None}) == to_json(
        {"items": items, "after": None}
    )


def test_json_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        to_json(datetime(2024, 3, 1))  # noqa: DTZ001 - the mistake under test


def test_identifiers_are_numbers_or_names() -> None:
    for story in (7, "seven"):
        value = Assignment(
            article_id=story, story=story, relation=Relation.NEW, of=None, score=1.0, why="First."
        )
        assert decode(encode(value), Assignment).story == story


def test_enums_come_back_as_enums() -> None:
    back = decode(encode(Source(name="a", url="u", pages=PagePolicy.NEVER)), Source)
    assert back.pages is PagePolicy.NEVER
