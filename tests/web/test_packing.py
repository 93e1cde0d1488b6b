"""Pages compressed without telling their secrets."""

from __future__ import annotations

import gzip
from random import Random

import pytest
from readroom import get, stories
from webdoor import csrf
from webhouse import House

from aggregator.web.packing import SMALL, gzipped

SECRET = b"5f3a" * 16


@pytest.mark.parametrize(
    "content",
    [b"", b"words " * 5_000, SECRET, SECRET * 3, b"a" + SECRET + b"b" * 70_000 + SECRET + b"c"],
)
def test_it_comes_out_as_it_went_in(content: bytes) -> None:
    assert gzip.decompress(gzipped(content, SECRET)) == content
    assert gzip.decompress(gzipped(content, b"")) == content


def test_the_length_is_the_same_whatever_the_secret_is() -> None:
    chance = Random(5)
    guess = f"{chance.getrandbits(256):064x}"
    page = "<p>%s</p>" * 40 + "<input value='%s'>" + "<p>and more</p>" * 40

    def length(secret: str) -> int:
        return len(gzipped((page % (*[guess] * 40, secret)).encode(), secret.encode()))

    others = [f"{chance.getrandbits(256):064x}" for _ in range(20)]
    near = [guess[:at] + other[at:] for at, other in enumerate(others, 44)]
    assert len({length(secret) for secret in (*others, *near)}) == 1
    told = {len(gzip.compress((page % (*[guess] * 40, one)).encode())) for one in (*others, *near)}
    assert len(told) > 1, "what is compressed as usual tells it"


def test_a_secret_that_no_block_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="65,535"):
        gzipped(b"x", b"s" * 65_536)


def test_pages_are_sent_compressed_to_browsers_that_take_it(web: House) -> None:
    for path in ("/", f"/stories/{stories(web)[0].story_id}"):
        plain = get(web, path, **{"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert "accept-encoding" in plain.headers["vary"].lower()
        small = get(web, path, **{"Accept-Encoding": "gzip, br"})
        assert small.headers["content-encoding"] == "gzip"
        assert int(small.headers["content-length"]) < len(plain.content) / 3
        assert len(plain.content) > SMALL
        assert csrf(small) == csrf(plain)
