"""What the benchmark of stories measures with: scores, rivals, made-up streams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, islice

import pytest

from benchmarks.stories_copies import syndicated
from benchmarks.stories_rivals import Rival, centroids, measure, newsblur
from benchmarks.stories_scores import Score, b_cubed, pairwise
from benchmarks.stories_sets import EPOCH, Row, published
from benchmarks.stories_sketches import minhash, simhash
from benchmarks.stories_spool import Spool
from benchmarks.stories_streams import LENGTHS, strangers
from benchmarks.stories_taranis import louvain, taranis

EVER = timedelta(days=1_000)


# --- scores ---------------------------------------------------------------------------------------


def test_b_cubed_averages_over_articles() -> None:
    score = b_cubed(["a", "a", "a", "b"], [1, 1, 2, 2])
    assert score.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert score.recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)


def test_pairs_are_counted_over_articles_of_one_label() -> None:
    score = pairwise(["a", "a", "a", "b"], [1, 1, 2, 2], within=EVER)
    assert (score.precision, score.recall) == pytest.approx((1 / 3, 1 / 2))


def test_pairs_that_are_far_apart_in_time_do_not_count() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    at = [start, start + timedelta(days=14), start + timedelta(days=28, seconds=1)]
    score = pairwise(["a", "b", "b"], [1, 1, 1], at, within=timedelta(days=14))
    assert (score.precision, score.recall) == (0.0, 0.0)  # of b's articles one is too late
    assert pairwise(["a", "a", "b"], [1, 1, 1], at, within=timedelta(days=14)).recall == 1.0


def test_an_interval_holds_its_figure_and_is_the_same_every_time() -> None:
    gold = [number // 3 for number in range(60)]
    found = [label if number % 7 else -number for number, label in enumerate(gold)]
    score = b_cubed(found, gold)
    assert score.low < score.f1 < score.high
    assert b_cubed(found, gold) == score


def test_what_is_all_right_is_so_in_every_sample() -> None:
    score = b_cubed([1, 1, 2, 3], ["a", "a", "b", "c"])
    assert (score.f1, score.low, score.high) == pytest.approx((1.0, 1.0, 1.0))


# --- rivals ---------------------------------------------------------------------------------------

FERRY = (
    "The ferry Aurora Belle ran aground off Tern Point on Friday night with ninety people aboard,"
    " and lifeboats from Halvik took all of them off before the tide turned. Captain Ines Moreau"
    " said that fog had come up within minutes and that the lamp on Tern Point was dark."
)
ORCHARD = (
    "Growers in the Lenne valley lost half of their plums to a late frost, and the cooperative of"
    " Sankt Ober wants the region to pay for smudge pots. Its chairman Bertil Kranz called last"
    " week the coldest in April since his grandfather planted the trees."
)
ROWS: Sequence[Row] = [
    {"title": "Ferry Aurora Belle runs aground at Tern Point", "text": FERRY, "source": "A"},
    {"title": "Late frost takes half the plums of the Lenne", "text": ORCHARD, "source": "A"},
    {"title": "Ferry Aurora Belle aground off Tern Point", "text": FERRY + " ", "source": "B"},
    {"title": "Frost takes half the plums of Lenne valley", "text": ORCHARD, "source": "C"},
]


@pytest.mark.parametrize("rival", [newsblur, taranis, centroids, minhash, simhash])
def test_every_rival_finds_what_is_plain(rival: Rival) -> None:
    outcome = measure(rival, ROWS, lambda found: b_cubed(found, [1, 2, 1, 2]))
    assert outcome.best.f1 == pytest.approx(1.0), outcome.setting


def test_the_first_setting_is_a_rivals_own() -> None:
    def judge(found: object) -> Score:
        value = next(values)
        return Score(precision=value, recall=value, f1=value, low=value, high=value)

    values = iter([0.5, 0.7, *[0.6] * 100])
    outcome = measure(newsblur, ROWS, judge)
    assert (outcome.own.f1, outcome.best.f1) == (0.5, 0.7)


def test_newsblur_compares_titles_of_different_outlets_only() -> None:
    rows = [{**row, "source": "A"} for row in ROWS]
    _, found = next(newsblur(rows))
    assert len(set(found)) == len(rows)


def test_newsblur_keeps_ten_articles_a_story() -> None:
    rows = [{**ROWS[0], "source": f"Outlet {number}"} for number in range(12)]
    _, found = next(newsblur(rows))
    assert len(set(found)) == 3
    assert len(set(found[:10])) == 1


def test_communities_are_told_apart_where_one_link_joins_them() -> None:
    graph: dict[str, dict[str, float]] = {}
    links = [*combinations("abcd", 2), *combinations("wxyz", 2), ("d", "w")]
    for one, other in links:
        graph.setdefault(one, {})[other] = graph.setdefault(other, {})[one] = 1.0
    frozen: Mapping[str, Mapping[str, float]] = graph
    found = louvain(frozen, resolution=1.0, seed=1)
    assert len({found[name] for name in "abcd"}) == len({found[name] for name in "wxyz"}) == 1
    assert found["a"] != found["z"]


# --- streams --------------------------------------------------------------------------------------


def test_strangers_are_the_same_every_time_and_as_long_as_news() -> None:
    rows = list(strangers(200))
    assert rows == list(strangers(200))
    lengths = [len(str(row["text"]).split()) for row in rows]
    assert LENGTHS[0] * 0.9 <= min(lengths)
    assert max(lengths) <= LENGTHS[1] * 1.2


def test_strangers_come_within_ten_days_in_order() -> None:
    times = [published(row) for row in strangers(200)]
    assert times == sorted(times)
    assert times[-1] - times[0] < timedelta(days=10)


def test_strangers_share_hardly_any_wording() -> None:
    texts = []
    for row in islice(strangers(10_000), 150):
        words = str(row["text"]).lower().split()
        texts.append({tuple(words[at : at + 3]) for at in range(len(words) - 2)})
    for one, other in combinations(texts, 2):
        assert len(one & other) <= 0.1 * min(len(one), len(other))


def test_syndicated_copies_stand_between_the_lines_of_their_outlet() -> None:
    originals = [row for row in ROWS if row["source"] == "A"]
    rows = syndicated(originals, 60)
    lines: dict[str, set[tuple[str, str]]] = {}
    for row in rows:
        paragraphs = str(row["text"]).split("\n\n")
        lines.setdefault(str(row["source"]), set()).add((paragraphs[0], paragraphs[-1]))
    assert len(rows) == 120
    assert {len(found) for found in lines.values()} == {1}
    assert {row["label"] for row in rows} == {0, 1}
    assert min(published(row) for row in rows) >= EPOCH


def test_a_spool_gives_back_what_was_put_in() -> None:
    spool = Spool(str)
    for number in range(100):
        spool.append("x" * number)
    found = spool.recall([7, 99, 0])
    assert {number: len(value) for number, value in found.items()} == {7: 7, 99: 99, 0: 0}
    assert [len(value) for value in spool] == list(range(100))
    spool.append("later")
    assert spool.recall([100]) == {100: "later"}
    assert (len(spool), spool.read) == (101, 4)
    spool.close()
