from __future__ import annotations

from dataclasses import replace

import pytest
from storemaker import HOUR, NOW, OpenStore

from aggregator.storage.protocol import Storage
from aggregator.types import RobotsCopy

COPY = RobotsCopy(
    origin="https://news.example.org",
    asked_at=NOW,
    status=200,
    body=b"User-agent: *\nDisallow: /\x00\xff\n",
)


def test_a_site_that_was_never_asked_has_no_copy(storage: Storage) -> None:
    assert storage.robots_copy(COPY.origin) is None


@pytest.mark.parametrize(
    "copy",
    [
        COPY,
        replace(COPY, status=404, body=b""),
        replace(COPY, failing_since=NOW - HOUR),
        replace(COPY, status=None, body=b"", failing_since=NOW),
        replace(COPY, body=b"x" * 600_000),
    ],
)
def test_a_copy_comes_back_byte_for_byte_in_another_process(
    open_store: OpenStore, copy: RobotsCopy
) -> None:
    open_store().keep_robots(copy)
    assert open_store().robots_copy(COPY.origin) == copy


def test_a_copy_replaces_the_last_one_of_its_origin_only(storage: Storage) -> None:
    other = replace(COPY, origin="http://news.example.org", body=b"")
    for copy in (COPY, other, replace(COPY, asked_at=NOW + HOUR, status=410, body=b"")):
        storage.keep_robots(copy)
    kept = storage.robots_copy(COPY.origin)
    assert kept is not None
    assert (kept.asked_at, kept.status, kept.body) == (NOW + HOUR, 410, b"")
    assert storage.robots_copy(other.origin) == other
    assert storage.check() == []
