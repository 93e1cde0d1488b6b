"""From a thread that writes to a client that reads."""

from __future__ import annotations

from threading import Event
from typing import BinaryIO

import pytest

from aggregator.web.api.piping import piped


def test_all_that_is_written_is_read_in_order() -> None:
    rows = [f"{number}\n".encode() * 20_000 for number in range(9)]

    def write(file: BinaryIO) -> None:
        file.writelines(rows)

    pieces = [*piped(write)]
    assert b"".join(pieces) == b"".join(rows)
    assert len(pieces) > 1


def test_what_the_writer_raises_is_raised_where_it_is_read() -> None:
    def write(file: BinaryIO) -> None:
        file.write(b"x" * 100_000)
        raise ValueError("the store is gone")

    reading = piped(write)
    assert len(next(reading)) == 100_000
    with pytest.raises(ValueError, match="the store is gone"):
        next(reading)


@pytest.mark.timeout(30)
def test_a_writer_whose_reader_is_gone_ends() -> None:
    ended = Event()

    def write(file: BinaryIO) -> None:
        try:
            while True:
                file.write(b"x" * 100_000)
        finally:
            ended.set()

    reading = piped(write)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert ended.wait(20)
