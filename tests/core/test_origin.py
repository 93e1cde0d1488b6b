"""Where a story comes from: what its texts say, and what copying shows."""

from __future__ import annotations

import pytest
from storymaker import article, story, undated

from aggregator.core.origin import How, origin_of
from aggregator.types import Relation, Story

COPY, REWRITE, REPORT = Relation.COPY, Relation.REWRITE, Relation.REPORT


def found(whole: Story) -> tuple[tuple[str, ...], int | None, How, str]:
    """Names, the id of the article, how it is known, and why."""
    origin = origin_of(whole)
    assert origin is not None
    number = origin.article.article.article_id if origin.article else None
    return origin.names, number, origin.how, origin.why


def test_independent_reports_show_no_origin() -> None:
    assert origin_of(story(article(1, "A", 0))) is None
    assert origin_of(story(article(1, "A", 0), article(2, "B", 5, REPORT, 1))) is None
    further = story(article(1, "A", 0), article(2, "A", 5, REWRITE, 1))
    assert origin_of(further) is None


def test_the_agency_that_copies_credit_is_the_origin() -> None:
    whole = story(
        article(1, "A", 0, credit=("AFP",)),
        article(2, "B", 5, COPY, 1),
        article(3, "C", 9, COPY, 1, credit=("AFP",)),
    )
    assert found(whole) == (
        ("AFP",),
        None,
        How.CREDITED,
        "A and C credit AFP; no article of AFP is here, and A ran it first.",
    )


def test_the_origin_s_own_article_is_found_whatever_form_its_name_has() -> None:
    whole = story(
        article(1, "The Gulf Observer – World", 0),
        article(2, "Bay Herald", 5, COPY, 1, credit=("Gulf Observer",)),
    )
    assert found(whole) == (
        ("The Gulf Observer – World",),
        1,
        How.CREDITED,
        "Bay Herald has its text and credits it.",
    )


def test_an_agency_s_own_article_may_be_later_than_its_customer_s() -> None:
    whole = story(
        article(1, "Bay Herald", 0, credit=("Reuters",)),
        article(2, "Reuters World", 40, COPY, 1),
    )
    names, number, _, why = found(whole)
    assert (names, number) == (("Reuters World",), 2)
    assert why.endswith("; the article of Reuters World here is later than the first one.")


def test_two_may_be_named_as_origins() -> None:
    named = ("PRCCSF", "Gulf Observer")
    whole = story(
        article(1, "Bay Herald", 0, credit=named), article(2, "B", 5, COPY, 1, credit=named)
    )
    names, number, how, why = found(whole)
    assert (names, number, how) == (named, None, How.CREDITED)
    assert why.startswith("Bay Herald and B credit PRCCSF and Gulf Observer; no article of them")


def test_whoever_credits_another_of_the_names_is_not_the_origin() -> None:
    whole = story(
        article(1, "Cape Courier", 0, credit=("AFP",)),
        article(2, "Bay Herald", 5, REWRITE, 1, credit=("Cape Courier",)),
    )
    assert found(whole)[0] == ("AFP",)


def test_one_voice_among_many_copies_is_not_believed() -> None:
    copies = [article(n, f"C{n}", n, COPY, 1) for n in range(3, 7)]
    whole = story(article(1, "A", 0), article(2, "B", 2, COPY, 1, credit=("AFP",)), *copies)
    assert found(whole) == (
        ("A",),
        1,
        How.COPIED,
        "B, C3, C4 and 2 more have its text, and it was out first.",
    )


def test_without_credits_the_earliest_of_a_copied_text_is_the_origin() -> None:
    whole = story(article(1, "A", 0), article(2, "B", 5, COPY, 1), article(3, "B", 6, REWRITE, 1))
    assert found(whole) == (
        ("A",),
        1,
        How.COPIED,
        "B copied or rewrote its text, and it was out first.",
    )


def test_it_is_said_when_a_copy_may_have_been_earlier() -> None:
    whole = story(article(1, "A", 0), undated(article(2, "B", 0, COPY, 1, seen=60)))
    assert found(whole)[3] == "B has its text, and it was out first, as far as can be told."


def test_the_main_text_is_that_of_the_first_article_or_of_most_outlets() -> None:
    own = [article(1, "A", 0), article(2, "B", 5, COPY, 1)]
    other = [
        article(3, "C", 6, REPORT, 1),
        article(4, "D", 7, COPY, 3),
        article(5, "E", 8, COPY, 3),
    ]
    assert found(story(*own, *other))[0] == ("A",)
    assert found(story(own[0], *other))[0] == ("C",)
    assert origin_of(story(own[0], *other[:-1], article(6, "F", 9, REPORT, 1))) is None


def test_an_outlet_that_is_credited_and_certainly_later_is_no_origin() -> None:
    whole = story(
        article(1, "A", 0),
        article(2, "B", 5, COPY, 1, credit=("Gulf Observer",)),
        article(3, "Gulf Observer", 50, REPORT, 1),
    )
    said = "B has its text, and it was out first"
    assert found(whole) == (
        ("A",),
        1,
        How.COPIED,
        f"{said}; B credits Gulf Observer, whose article here is later.",
    )


def test_that_a_name_is_passed_over_is_said_beside_one_that_is_not() -> None:
    whole = story(
        article(1, "A", 0, credit=("AFP", "Gulf Observer")),
        article(2, "B", 5, COPY, 1),
        article(3, "Gulf Observer", 50, REPORT, 1),
    )
    assert found(whole)[0] == ("AFP",)
    assert found(whole)[3].endswith("; A credits Gulf Observer, whose article here is later.")


def test_copies_that_credit_the_first_and_copies_that_do_not_both_speak_for_it() -> None:
    whole = story(
        article(1, "A", 0),
        article(2, "B", 5, COPY, 1),
        article(3, "C", 6, REWRITE, 1, credit=("A",)),
    )
    assert found(whole) == (
        ("A",),
        1,
        How.CREDITED,
        "B and C copied or rewrote its text, and C credits it.",
    )


def test_among_independent_reports_the_first_or_half_of_them_say_whose_news_it_is() -> None:
    alone = story(article(1, "A", 0, credit=("PRCCSF",)))
    assert found(alone)[:2] == (("PRCCSF",), None)
    said_later = story(article(1, "A", 0), article(2, "B", 5, REPORT, 1, credit=("AFP",)))
    assert origin_of(said_later) is None
    by_two = story(
        *said_later.articles,
        article(3, "C", 6, REPORT, 1, credit=("AFP",)),
        article(4, "D", 7, REPORT, 1),
    )
    assert found(by_two)[0] == ("AFP",)


@pytest.mark.timeout(20)
def test_of_thousands_that_are_named_those_whose_own_article_is_later_are_passed_over() -> None:
    names = tuple(f"Outlet number {n}" for n in range(5_000))
    late = [article(n + 2, name, n + 5, REPORT, 1) for n, name in enumerate(names[1:])]
    found = origin_of(story(article(1, "A", 0, credit=names), *late))
    assert found is not None
    assert (found.names, found.article) == (names[:1], None)
