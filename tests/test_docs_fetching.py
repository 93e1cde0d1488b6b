"""docs/fetching.md cites each behaviour, each has tests on both backends, and the figures hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config.schema import FeedsFile
from aggregator.core.cache_headers import MAX_WAIT
from aggregator.core.durations import format_duration
from aggregator.core.ladder import PAGE_SHARE
from aggregator.core.moves import MOVED_AFTER
from aggregator.core.next_poll import GONE_CONFIRMED_AFTER, JITTER, MAX_BACK_OFF
from aggregator.core.robots import CACHE_FOR
from aggregator.core.schedule import PERMANENT_TEXT_DELAYS, TEXT_DELAYS
from aggregator.fetch.decoding import ACCEPT_ENCODING
from aggregator.fetch.http import MAX_REDIRECTS
from aggregator.types import FailureGrade

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "fetching.md").read_text(encoding="utf-8")
NUMBERS = range(1, 36)


def through_the_line() -> Iterator[str]:
    """Names of the tests that ask for a station, which is on each backend."""
    for path in sorted((HERE / "fetch").glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.AsyncFunctionDef) and any(
                argument.arg == "station" for argument in node.args.args
            ):
                yield node.name


def test_each_behaviour_has_its_line_in_order() -> None:
    cited = re.findall(r"^- \*\*B(\d+)\*\* \S", PAGE, re.MULTILINE)
    assert [int(number) for number in cited] == list(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_behaviour_has_a_test_on_both_backends(number: int) -> None:
    found = [name for name in through_the_line() if name.startswith(f"test_b{number:02}_")]
    assert found


def test_the_station_is_on_both_backends() -> None:
    fixtures = (HERE / "fetch" / "conftest.py").read_text(encoding="utf-8")
    assert '@pytest.fixture(params=["sqlite", "postgres"])\ndef new_store(' in fixtures
    assert "async def station(new_store: NewStore)" in fixtures


def test_the_figures_are_those_of_the_code() -> None:
    day = timedelta(days=1)
    assert {MAX_WAIT, MAX_BACK_OFF, GONE_CONFIRMED_AFTER, CACHE_FOR} == {day}
    assert (MOVED_AFTER, JITTER, PAGE_SHARE) == (3, 0.1, 0.5)
    assert [grade.weight for grade in FailureGrade] == [1.0, 0.5, 0.25]
    assert [format_duration(span) for span in TEXT_DELAYS] == ["10m", "1h", "4h", "12h"]
    assert [format_duration(span) for span in PERMANENT_TEXT_DELAYS] == ["4h"]
    assert f"what is decoded: {ACCEPT_ENCODING[:13]}" in PAGE.replace("\n  ", " ")
    assert f"{MAX_REDIRECTS} redirects" in PAGE


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("interval", "`interval` (30 minutes"),
        ("max_interval", "`max_interval` (2 hours)"),
        ("host_delay", "`host_delay` (1 second)"),
        ("timeout", "`timeout` (30 seconds)"),
        ("max_feed_size", "`max_feed_size` 16 MiB"),
        ("max_page_size", "`max_page_size` 10 MiB"),
    ],
)
def test_the_defaults_are_those_of_the_configuration(key: str, written: str) -> None:
    default = FeedsFile.model_fields[key].default
    number, unit = re.findall(r"(\d+) (\w+)", written)[0]
    units = {"minutes": 60, "hours": 3600, "second": 1, "seconds": 1, "MiB": 2**20}
    value = default.total_seconds() if isinstance(default, timedelta) else default
    assert value == int(number) * units[unit]
    assert written in re.sub(r"\s+", " ", PAGE)
