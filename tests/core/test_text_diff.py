from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from aggregator.core.text_diff import DiffRow, Paragraph, TextDiff, diff

FERRY = """The ferry ran aground at noon on Friday, the coast guard said. Nobody was hurt.

Passengers were taken off by boat in the afternoon. The cause is not known."""


def marked(paragraph: Paragraph) -> str:
    """What was changed stands in brackets."""
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in paragraph)


def sides(row: DiffRow) -> tuple[list[str], list[str]]:
    return [marked(one) for one in row.left], [marked(one) for one in row.right]


def whole(found: TextDiff) -> tuple[str, str]:
    """Both texts as they were put in, but for white space at the ends of paragraphs."""
    left = ["".join(piece.text for piece in one) for row in found.rows for one in row.left]
    right = ["".join(piece.text for piece in one) for row in found.rows for one in row.right]
    return "\n\n".join(left), "\n\n".join(right)


def kept_words(paragraphs: Iterable[Paragraph]) -> list[str]:
    kept = [piece.text for one in paragraphs for piece in one if not piece.changed]
    return " ".join(kept).split()


def test_a_text_and_itself_are_the_same() -> None:
    found = diff(FERRY, FERRY)
    assert (found.kept, found.new) == (1.0, 0.0)
    assert [row.changed for row in found.rows] == [False, False]
    assert whole(found) == (FERRY, FERRY)


def test_changed_words_are_marked_where_they_stand() -> None:
    copy = FERRY.replace("ferry", "car ferry").replace("at noon ", "").replace("not known", "open")
    found = diff(FERRY, copy)
    assert [sides(row) for row in found.rows] == [
        (
            ["The ferry ran aground [at noon] on Friday, the coast guard said. Nobody was hurt."],
            ["The [car] ferry ran aground on Friday, the coast guard said. Nobody was hurt."],
        ),
        (
            [
                "Passengers were taken off by boat in the afternoon. The cause is [not known].",
            ],
            ["Passengers were taken off by boat in the afternoon. The cause is [open]."],
        ),
    ]
    assert whole(found) == (FERRY, copy)
    assert 0.8 < found.kept < 1
    assert 0 < found.new < 0.2


def test_a_new_paragraph_stands_alone_between_its_neighbours() -> None:
    first, second = FERRY.split("\n\n")
    found = diff(FERRY, f"{first}\n\nAn expert had foreseen it.\n\n{second}")
    assert [(len(row.left), len(row.right)) for row in found.rows] == [(1, 1), (0, 1), (1, 1)]
    assert sides(found.rows[1]) == ([], ["[An expert had foreseen it.]"])
    assert [row.changed for row in found.rows] == [False, True, False]


def test_paragraphs_that_were_joined_stand_in_one_row() -> None:
    joined = FERRY.replace("\n\n", " ")
    found = diff(FERRY, joined)
    assert [(len(row.left), len(row.right)) for row in found.rows] == [(2, 1)]
    assert not found.rows[0].changed


def test_quotes_and_dashes_of_another_house_style_are_no_change() -> None:
    found = diff('"Go home," he said - twice.', "“Go home,” he said – twice.")
    assert (found.kept, found.new) == (1.0, 0.0)


def test_a_word_that_two_rewritten_sentences_happen_to_share_is_not_kept() -> None:
    found = diff("Rain fell on the hills all night", "Flood warnings cover the lower valleys today")
    assert found.kept == 0.0


def test_scripts_without_spaces_are_compared_letter_by_letter() -> None:
    found = diff("渡輪週五中午擱淺無人受傷", "渡輪週六中午擱淺無人受傷")
    assert [sides(row) for row in found.rows] == [
        (["渡輪週[五]中午擱淺無人受傷"], ["渡輪週[六]中午擱淺無人受傷"])
    ]


@pytest.mark.parametrize(
    ("left", "right", "kept", "new"),
    [("", "", 1.0, 0.0), ("", "Some words.", 1.0, 1.0), ("Some words.", " \n\n ", 0.0, 0.0)],
)
def test_nothing_on_one_side_is_all_new_or_all_gone(
    left: str, right: str, kept: float, new: float
) -> None:
    found = diff(left, right)
    assert (found.kept, found.new) == (kept, new)


def test_whatever_is_compared_comes_out_whole_and_in_order() -> None:
    chance = Random(7)
    words = ["rain", "snow", "wind", "the", "a", "said", ",", ".", "\n\n", "sea"]
    for _ in range(60):
        one, other = (" ".join(chance.choices(words, k=40)) for _ in range(2))
        found = diff(one, other)
        for given, out in zip((one, other), whole(found), strict=True):
            assert out.split() == given.split()
        left = kept_words(one for row in found.rows for one in row.left)
        assert left == kept_words(one for row in found.rows for one in row.right)


@pytest.mark.timeout(20)
def test_long_texts_that_share_no_order_take_no_long_time() -> None:
    chance = Random(3)
    vocabulary = [f"w{number}" for number in range(2_000)]
    one, other = (" ".join(chance.choices(vocabulary, k=15_000)) for _ in range(2))
    assert diff(one, other).kept < 0.1
    assert diff("la " * 10_000, "la lo " * 5_000).new > 0.5
