"""That the press's stories and relations are recognised at whatever hour the demo is run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from aggregator.core.cluster import Grouper
from aggregator.core.fingerprint import fingerprint
from aggregator.demo.press import Press
from aggregator.types import Fingerprint, GroupInput

MIDNIGHT = datetime(2026, 3, 4, 0, 10, tzinfo=UTC)


@cache
def printed(title: str, text: str, language: str) -> Fingerprint:
    return fingerprint(title, text, language)


@pytest.mark.parametrize("hour", range(24))
def test_stories_do_not_depend_on_the_hour(hour: int) -> None:
    # Words are weighed anew at midnight, which falls elsewhere in the replayed week every hour.
    with Press(MIDNIGHT + timedelta(hours=hour)) as press:
        truth = press.truth()
    grouper = Grouper()
    found: dict[int | str, set[str]] = {}
    mistaken: list[str] = []
    wanted: dict[str, set[str]] = {}
    in_order = sorted(truth.items(), key=lambda pair: (pair[1].published_at, pair[0]))
    for number, (url, article) in enumerate(in_order, 1):
        item = GroupInput(
            article_id=number,
            source=article.outlet,
            title=article.title,
            url=url,
            at=article.published_at,
            fingerprint=printed(article.title, article.text, article.language),
        )
        assignment = grouper.add(item)
        if assignment.relation != ("new" if article.relation == "first" else article.relation):
            mistaken.append(f"{article.title}: {assignment.relation}, {assignment.why}")
        found.setdefault(assignment.story, set()).add(article.title)
        wanted.setdefault(article.story, set()).add(article.title)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, wanted.values()))
    assert mistaken == []
