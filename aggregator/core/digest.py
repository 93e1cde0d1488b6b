"""What goes into a digest, and where it stands."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.core.digest_growth import LATE, growth_of
from aggregator.core.digest_ranking import order_of, points_of
from aggregator.core.digest_sections import in_sections, takers
from aggregator.core.digest_troubles import trouble_of
from aggregator.core.lead_report import lead_article
from aggregator.core.source_keys import tag_key
from aggregator.types import (
    Digest,
    DigestStory,
    Edition,
    Relation,
    SectionRule,
    SourceStatus,
    Story,
    StoryArticle,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestPlan:
    """What a digest is to hold, as feeds.yaml has it."""

    title: str
    timezone: str
    """IANA name."""
    language: str
    """BCP 47 primary subtag."""
    tags: tuple[str, ...] = ()
    """New articles count only of sources with one of these; empty: of all."""
    sections: tuple[SectionRule, ...] = ()
    watches: Mapping[str, str] = field(default_factory=dict)
    """Names of the watches, by what they are when folded; in file order."""
    max_stories: int
    """Shown in full; as many again, at most, with their headline only."""
    max_items: int
    images: bool = False
    home: str | None = None
    """As in `Digest`."""


def build_digest(  # noqa: PLR0913 - what the digest consists of, each by its name
    stories: Sequence[Story],
    statuses: Sequence[SourceStatus],
    *,
    plan: DigestPlan,
    edition: Edition,
    since_at: datetime,
    until_at: datetime,
    matches: frozenset[int] | None,
    caught: Mapping[int, frozenset[str]],
    told: frozenset[int],
    section_matches: Mapping[str, frozenset[int]],
) -> Digest:
    """The digest of [since_at, until_at), by when articles were first seen.

    `matches`: ids of the articles that the digest's query finds; None: it has none. `caught`: of
    articles what watches caught in the period, by folded name. `told`: ids of articles that former
    editions told. `section_matches`: by query of a section, ids of the articles that it finds.

    - It takes the stories with a new article (`new_articles`) that the query finds, of a source
      with one of the tags; a story is then shown with all its outlets.
    - Stories of two or more outlets: those that were told come back only if they grew
      (`digest_growth`). Each stands in the first section that takes it, by points
      (`digest_ranking`). Of all sections together the first `max_stories` are in full, as many
      again in brief, and the others counted.
    - Single items: of the others one item each that has not been told (`lead_article` if it is
      one, else the first). When there are more than `max_items`, sources take turns, the newest
      item of each first, so that no source crowds out the others; the rest is counted. By source,
      then by time.
    - Troubles: sources that need a person (`digest_troubles`).
    """
    tags_of = {
        status.source.name: frozenset(map(tag_key, status.source.tags)) for status in statuses
    }
    wanted_tags = frozenset(map(tag_key, plan.tags))
    ranked: list[DigestStory] = []
    items: list[StoryArticle] = []
    for story in stories:
        new = [
            item
            for item in new_articles(story, since_at=since_at, until_at=until_at)
            if (matches is None or item.article.article_id in matches)
            and not (wanted_tags and wanted_tags.isdisjoint(tags_of.get(item.article.source, ())))
        ]
        if not new:
            continue
        if len(story.outlets) < 2:
            untold = [item for item in new if item.article.article_id not in told]
            items += [_single(story, untold)] if untold else []
            continue
        one = _story(
            story, plan=plan, since_at=since_at, until_at=until_at, caught=caught, told=told
        )
        growth = growth_of(one, since_at=since_at)
        if growth is None or growth.is_enough:
            ranked.append(one)
    ranked.sort(key=order_of)
    chosen = _share_out(items, plan.max_items)
    left = Counter(item.article.source for item in items)
    left.subtract(item.article.source for item in chosen)
    return Digest(
        edition=edition,
        title=plan.title,
        since_at=since_at,
        until_at=until_at,
        timezone=plan.timezone,
        language=plan.language,
        sections=in_sections(
            ranked,
            takers(plan.sections, tags_of, section_matches),
            titles=[rule.title for rule in plan.sections],
            most=plan.max_stories,
        ),
        singles=tuple(sorted(chosen, key=_by_source)),
        singles_left_out={source: left[source] for source in sorted(left) if left[source]},
        troubles=tuple(
            status for status in statuses if trouble_of(status, now=until_at) is not None
        ),
        sites={
            status.source.name: status.state.site_url
            for status in statuses
            if status.state.site_url is not None
        },
        images=plan.images,
        home=plan.home,
    )


def told_articles(digest: Digest) -> frozenset[int]:
    """Ids of what an edition tells: all articles of the stories in full or in brief, and the single
    items."""
    shown = [one for section in digest.sections for one in (*section.stories, *section.brief)]
    return frozenset(
        item.article.article_id for one in shown for item in one.story.articles
    ) | frozenset(item.article.article_id for item in digest.singles)


def new_articles(
    story: Story, *, since_at: datetime, until_at: datetime
) -> tuple[StoryArticle, ...]:
    """Its articles first seen in [since_at, until_at), without what is old news (`LATE`) and
    without an outlet's same one again."""
    return tuple(
        item
        for item in story.articles
        if since_at <= item.article.first_seen_at < until_at
        and item.article.at >= since_at - LATE
        and item.relation is not Relation.SAME
    )


def _story(
    story: Story,
    *,
    plan: DigestPlan,
    since_at: datetime,
    until_at: datetime,
    caught: Mapping[int, frozenset[str]],
    told: frozenset[int],
) -> DigestStory:
    numbers = [item.article.article_id for item in story.articles]
    names = frozenset[str]().union(*(caught[number] for number in numbers if number in caught))
    watches = tuple(name for folded, name in plan.watches.items() if folded in names)
    known = told.intersection(numbers)
    points = points_of(
        story, told=known, watches=len(watches), since_at=since_at, until_at=until_at
    )
    return DigestStory(story=story, points=points, watches=watches, told=known)


def _single(story: Story, untold: Sequence[StoryArticle]) -> StoryArticle:
    if len(untold) == 1:
        return untold[0]
    lead = lead_article(story)
    return next((item for item in untold if item is lead), untold[0])


# --- single items ---------------------------------------------------------------------------------


def _share_out(items: Sequence[StoryArticle], limit: int) -> list[StoryArticle]:
    """At most `limit` items: each source in turn gives its newest, in order of source name."""
    queues: dict[str, deque[StoryArticle]] = {}
    for item in sorted(items, key=_by_source, reverse=True):
        queues.setdefault(item.article.source, deque()).append(item)
    waiting = deque(queues[source] for source in sorted(queues))
    taken: list[StoryArticle] = []
    while waiting and len(taken) < limit:
        queue = waiting.popleft()
        taken.append(queue.popleft())
        if queue:
            waiting.append(queue)
    return taken


def _by_source(item: StoryArticle) -> tuple[str, str, datetime, int]:
    article = item.article
    return article.source.casefold(), article.source, article.at, article.article_id
