"""How high a story stands in a digest. The rule, with all its numbers:

    points = (outlets + size) x freshness + watches

- outlets: every outlet gives the weight of its source, in full for a report of its own or an
  agency's that it ran first, half for a rewrite, a quarter if it only copied (`outlet_standings`);
  half of that if a former edition of the digest told it with this story, since readers know it.
- size: a quarter for every doubling of the number of articles, without an outlet's same one again.
- freshness: halved for every two days between the story's latest article and the end of the period,
  or for every two lengths of the period where that is longer, as in a weekly digest.
- watches: one for each watch that caught something of it in the period, three at most.

Equal stories go by number of articles (more first), then by the time of the latest (later first),
then by id.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from math import log2

from aggregator.core.story_texts import Standing, outlet_standings
from aggregator.types import DigestStory, Relation, Story

SHARES = {Standing.OWN: 1.0, Standing.CARRIED: 1.0, Standing.REWRITE: 0.5, Standing.COPY: 0.25}
KNOWN_SHARE = 0.5
SIZE = 0.25
"""For every doubling of the number of articles."""
WATCH = 1.0
MOST_WATCHES = 3
HALF_LIFE = timedelta(days=2)
HALF_LIFE_PERIODS = 2
"""Or so many lengths of the period, whichever is longer."""


def points_of(
    story: Story,
    *,
    told: AbstractSet[int],
    watches: int,
    since_at: datetime,
    until_at: datetime,
) -> float:
    """A number without unit, higher is higher. `told`: ids of articles that readers know;
    `watches`: how many caught something of it."""
    known = frozenset(
        item.article.source for item in story.articles if item.article.article_id in told
    )
    weights = {item.article.source: item.weight for item in story.articles}
    outlets = sum(
        weights[outlet] * SHARES[standing] * (KNOWN_SHARE if outlet in known else 1.0)
        for outlet, standing in outlet_standings(story).items()
    )
    times = [item.article.at for item in story.articles if item.relation is not Relation.SAME]
    age = max(until_at - max(times), timedelta())
    half_life = max(HALF_LIFE, HALF_LIFE_PERIODS * (until_at - since_at))
    freshness = float(0.5 ** (age / half_life))
    size = SIZE * log2(len(times))
    return (outlets + size) * freshness + WATCH * min(watches, MOST_WATCHES)


def order_of(one: DigestStory) -> tuple[float, int, float, int]:
    """To sort by, the first first."""
    story = one.story
    return -one.points, -len(story.articles), -story.last_at.timestamp(), story.story_id
