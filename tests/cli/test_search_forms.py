"""The forms of a search: CSV, Markdown, templates; and what a feed says in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outlets import Outlets
from program import Cli

from aggregator.core.day_bins import bar, bins, sparkline
from aggregator.core.line_templates import template

HOSTILE = "=cmd() *bold* [link](http://x) \u202eover \u2028 it &amp;lt;b&amp;gt; |pipe|"
TEXT = "Plovers have come back to the marsh, and they are counted at dawn by the ringers. " * 4


@pytest.fixture(scope="module")
def cli(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cli]:
    """Two articles: a plain one and one whose headline is up to no good."""
    made = Cli(tmp_path_factory.mktemp("forms"))
    with Outlets(made.folder, "Gull", "Heron") as outlets:
        made.write(
            "sources:\n"
            + "".join(f"  - {{url: '{one.url}', name: {one.name}}}\n" for one in outlets.sources)
        )
        outlets.publish("Gull", marsh=("Plovers are back", TEXT))
        outlets.run()
        outlets.publish("Heron", odd=(HOSTILE, "A plover, of another kind. " * 9))
        outlets.run()
        yield made


def formatted(cli: Cli, line: str, *options: str) -> list[str]:
    return cli("search", "plover*", "--format", line, *options).stdout.split("\n")


def test_csv_has_a_header_and_a_record_a_hit(cli: Cli) -> None:
    output = cli("search", "plover*", "source:gull", "--csv").stdout
    header, record = csv.reader(io.StringIO(output))
    row = dict(zip(header, record, strict=True))
    assert row["title"] == "Plovers are back"
    assert row["at"] == "2026-03-01T10:00:00Z"
    assert row["url"] == "https://gull.example.org/marsh"
    assert (row["relation"], row["outlets"], row["more"], row["also"]) == ("new", "1", "0", "")


def test_no_spreadsheet_takes_a_headline_for_a_formula(cli: Cli) -> None:
    rows = [*csv.DictReader(io.StringIO(cli("search", "plover*", "--csv").stdout))]
    assert rows[0]["title"].startswith("'=cmd()")


def test_markdown_is_a_list_in_which_a_headline_is_only_text(cli: Cli) -> None:
    odd, plain = cli("search", "plover*", "--md").stdout.rstrip("\n").split("\n- ")
    assert plain.startswith(
        "[Plovers are back](https://gull.example.org/marsh) (Gull, 2026-03-01 10:00)"
    )
    assert "**Plovers** have come back" in plain
    assert r"\*bold\* \[link\](http://x)" in odd
    assert r"\<b>" in odd


def test_a_template_is_filled_line_by_line(cli: Cli) -> None:
    assert formatted(cli, r"{{{source}}}\t{at:%d.%m.%Y}|{title:.7}|{outlets:>3}") == [
        "{Heron}\t01.03.2026|=cmd() |  1",
        "{Gull}\t01.03.2026|Plovers|  1",
        "",
    ]


def test_a_template_may_begin_with_a_dash(cli: Cli) -> None:
    assert formatted(cli, "-{source}", "-n", "1") == ["-Heron", ""]


def test_what_a_feed_says_cannot_move_the_terminal_in_any_form(cli: Cli) -> None:
    for form in ((), ("--csv",), ("--md",), ("--format", "{title} {snippet} {also}")):
        output = cli("search", "plover*", *form).stdout
        assert "over" in output
        assert not any(char in output for char in "\u202e\u2028\x1b\x02\x03")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{headline}", "has no field {headline}; there are {id} {story}"),
        ("{titel}", "did you mean {title}?"),
        ("{title.__class__}", "has no field {title.__class__}"),
        ("{title[0]}", "has no field {title[0]}"),
        ("{0}", "has no field {0}"),
        ("{}", "has no field {}"),
        ("{title!r}", "may have no ! in {title}"),
        ("{title:>9999}", "no way to do so"),
        ("{title:{source}}", "no way to do so"),
        ("{id:.2}", "no way to do so"),
        ("{id:%Y}", "no way to do so"),
        ("{title:09}", "can fill up numbers with 0 only"),
        ("{at:>20}", "as a time only"),
        ("{title", "a brace without its other one"),
        ("title}", "a brace without its other one"),
        ("nothing", "has no field in it; there are {id}"),
        ("", "has no field in it"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(cli: Cli, line: str, message: str) -> None:
    assert message in cli("search", "plover*", "--format", line, check=2).stderr


@given(st.text(alphabet=st.sampled_from("{}:!.%<>0123456789tileadYx\\[]_ "), max_size=24))
def test_a_template_is_filled_or_refused(text: str) -> None:
    fields: dict[str, type] = {"title": str, "id": int}
    with suppress(ValueError):
        shape = template(text, fields)
        for title in ("", "x" * 2_000):
            assert len(shape.filled({"title": title, "id": None})) < 20_000


# --- how days are drawn

DAY = date(2026, 3, 1)


def test_days_without_articles_are_drawn_as_gaps() -> None:
    drawn = bins([(DAY, 8), (DAY + timedelta(days=3), 1)], most=30)
    assert [one.count for one in drawn] == [8, 0, 0, 1]
    assert sparkline([one.count for one in drawn]) == "█  ▁"


def test_many_days_are_put_together_by_weeks_that_end_with_the_last_day() -> None:
    drawn = bins([(DAY + timedelta(days=at), 1) for at in range(31)], most=30)
    assert [one.count for one in drawn] == [3, 7, 7, 7, 7]
    assert (drawn[0].first, drawn[-1].last) == (DAY, DAY + timedelta(days=30))


@given(st.dictionaries(st.dates(), st.integers(1, 10**6), max_size=60), st.integers(1, 60))
def test_every_article_is_in_one_bin(by_day: dict[date, int], most: int) -> None:
    drawn = bins(sorted(by_day.items()), most=most)
    assert len(drawn) <= most
    assert sum(one.count for one in drawn) == sum(by_day.values())
    assert len(sparkline([one.count for one in drawn])) == len(drawn)
    for one, following in pairwise(drawn):
        assert one.first <= one.last < following.first


def test_a_bar_is_never_longer_than_its_room_nor_nothing() -> None:
    assert [bar(count, 1_000, width=4) for count in (0, 1, 500, 1_000)] == ["", "▏", "██", "████"]
