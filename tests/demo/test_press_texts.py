"""The press's articles: that there is enough of everything, and that their truth is true."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from pressreader import NOW, PAYWALLED

from aggregator.demo.articles import NEWEST_AGE, load
from aggregator.demo.press import Press, Truth


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


def shared(one: Truth, other: Truth) -> float:
    """The part of the shorter text's word 3-grams that the other has too."""
    a, b = grams(one.text), grams(other.text)
    return len(a & b) / min(len(a), len(b))


# --- the texts -----------------------------------------------------------------------------------


def test_there_is_enough_of_everything(press: Press) -> None:
    truths = press.truth().values()
    stories = Counter(truth.story for truth in truths)
    assert len(press.outlets) >= 9
    assert len(truths) >= 64
    assert len({truth.language for truth in truths}) >= 4
    assert sum(count > 1 for count in stories.values()) >= 10
    assert sum(count == 1 for count in stories.values()) >= 20
    for truth in truths:
        assert (80 if truth.title == PAYWALLED else 120) <= len(truth.text.split()) <= 350


def test_every_shape_of_reporting_occurs(press: Press) -> None:
    relations = Counter(truth.relation for truth in press.truth().values())
    assert set(relations) == {"first", "copy", "rewrite", "report", "translation"}
    assert min(relations.values()) >= 2


def test_the_core_story_has_a_first_a_copy_a_rewrite_and_a_translation(press: Press) -> None:
    core = [truth for truth in press.truth().values() if truth.story == "zhang-akram"]
    found = {truth.outlet: truth.relation for truth in core}
    assert found["The Europe Today"] == "first"
    assert found["The Gulf Observer"] == "copy"
    assert sorted(found.values()) == ["copy", "first", "rewrite", "translation"]
    for truth in core:
        assert all(name in truth.text for name in ("Zhang Ming", "Akram", "PRCCSF"))


def test_copies_also_occur_within_cyrillic_and_arabic(press: Press) -> None:
    copies = {t.language for t in press.truth().values() if t.relation == "copy"}
    assert {"ru", "ar"} <= copies


def test_every_story_has_one_first_and_it_is_the_earliest(press: Press) -> None:
    stories: dict[str, list[Truth]] = defaultdict(list)
    for truth in press.truth().values():
        stories[truth.story].append(truth)
    for name, truths in stories.items():
        earliest = min(truths, key=lambda truth: truth.published_at)
        assert [truth for truth in truths if truth.relation == "first"] == [earliest], name
        assert len({truth.outlet for truth in truths}) == len(truths), name


def test_what_goes_back_to_another_article_is_later_and_of_the_same_story(press: Press) -> None:
    truths = press.truth()
    for truth in truths.values():
        assert (truth.of is None) == (truth.relation == "first")
        if truth.of is not None:
            source = truths[truth.of]
            assert source.story == truth.story
            assert source.published_at < truth.published_at
            assert (source.language != truth.language) == (truth.relation == "translation")


def test_copies_share_their_wording_and_reports_do_not(press: Press) -> None:
    truths = press.truth()
    for truth in truths.values():
        if truth.of is None:
            continue
        part = shared(truth, truths[truth.of])
        if truth.relation == "copy":
            assert part >= 0.8, truth.title
        elif truth.relation == "rewrite":
            assert 0.2 <= part <= 0.6, truth.title
        else:
            assert part <= 0.3, truth.title


def test_two_reports_share_a_long_quotation(press: Press) -> None:
    reports = [t for t in press.truth().values() if t.story == "wexcombe-maternity"]
    one, other = sorted(reports, key=lambda truth: truth.published_at)
    quoted = max(re.findall(r'"[^"]+"', one.text), key=len)
    assert len(quoted.split()) >= 60
    assert quoted.strip('".,') in other.text
    assert other.relation == "report"


def test_articles_of_different_stories_share_little(press: Press) -> None:
    """Templates are all that they have in common."""
    for one, other in combinations(press.truth().values(), 2):
        if one.story != other.story and one.language == other.language:
            assert shared(one, other) < 0.45, (one.title, other.title)


def test_templated_look_alikes_are_among_the_singles(press: Press) -> None:
    likeness = [
        shared(one, other)
        for one, other in combinations(press.truth().values(), 2)
        if one.story != other.story and one.outlet == other.outlet
    ]
    assert sum(part > 0.2 for part in likeness) >= 6


# --- the times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "now", [NOW, datetime(2024, 2, 29, 0, 0, tzinfo=UTC), datetime(2031, 1, 1, 0, 5, tzinfo=UTC)]
)
def test_the_week_is_moved_to_end_forty_minutes_ago(now: datetime) -> None:
    _, articles = load(now)
    times = sorted(article.published_at for article in articles.values())
    assert times[-1] == now.replace(second=0) - NEWEST_AGE
    assert times[0] >= now - timedelta(days=4)
    assert times[-1] - times[0] > timedelta(days=3)
    assert all(at.second == 0 and at.utcoffset() == timedelta() for at in times)


def test_the_copy_of_the_core_story_comes_two_hours_later(press: Press) -> None:
    core = {t.outlet: t for t in press.truth().values() if t.story == "zhang-akram"}
    delay = core["The Gulf Observer"].published_at - core["The Europe Today"].published_at
    assert timedelta(hours=1, minutes=45) < delay < timedelta(hours=2, minutes=15)


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        Press(datetime(2026, 3, 4))  # noqa: DTZ001 - that is the case under test
