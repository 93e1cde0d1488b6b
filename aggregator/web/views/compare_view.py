"""Two texts side by side."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from aggregator.core.text_diff import DiffRow, Paragraph, diff
from aggregator.notify.links import safe_name
from aggregator.types import Article, PastRevision, Relation, Story, StoryArticle
from aggregator.web.views.texts import TextView, headline_view, isolated
from aggregator.web.views.times import Times, TimeView

LONGEST = 200_000
"""Characters of each text that are compared; more is no article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    label: str
    """The outlet, or which version it is."""
    href: str | None
    headline: TextView
    time: TimeView


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    left: SideView
    right: SideView
    title_left: tuple[Paragraph, ...]
    title_right: tuple[Paragraph, ...]
    """The headlines, with what differs."""
    rows: tuple[DiffRow, ...]
    says: str
    """How much is the same, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView:
    article_id: int
    text: str
    a: bool
    b: bool


def compared(left: Article, right: Article, times: Times) -> CompareView:
    """Two articles of a story; the left one is the origin."""
    return _compare(
        _side(left, times), left.text, _side(right, times), right.text, same_outlet=False
    )


def changed_since(article: Article, past: PastRevision, times: Times) -> CompareView:
    """What a publisher has changed: a former revision and the present text."""
    language = article.summary.language
    before = SideView(
        label=f"Version {past.number}",
        href=None,
        headline=headline_view(past.title, language),
        time=times.at(past.seen_at),
    )
    now = SideView(
        label=f"Version {article.revision}, the present one",
        href=f"/articles/{article.summary.article_id}",
        headline=headline_view(article.summary.title, language),
        time=times.at(article.updated_at or article.summary.first_seen_at),
    )
    return _compare(before, past.text, now, article.text, same_outlet=True)


def choices(story: Story, a: int, b: int) -> tuple[ChoiceView, ...]:
    """The articles of the story, by time."""
    return tuple(
        ChoiceView(
            article_id=number,
            text=f"{isolated(safe_name(item.article.source))}: {_title(item)}",
            a=number == a,
            b=number == b,
        )
        for item in story.articles
        for number in [item.article.article_id]
    )


def pair_of(story: Story, a: int, b: int) -> tuple[int, int] | None:
    """Which two to compare; a number that is none of the story's (0) leaves the choice: a text and
    what it is from, else the first ones. None: there is one article only."""
    items = {item.article.article_id: item for item in story.articles}
    if len(items) < 2:
        return None
    if a not in items and b not in items:
        derived = next((item for item in story.articles if _is_derived(item, items)), None)
        b = story.articles[1].article.article_id if derived is None else derived.article.article_id
    if b not in items or a == b:
        b = next(number for number in items if number != a)
    if a not in items:
        of = items[b].of
        a = of if of is not None and of in items else next(one for one in items if one != b)
    return a, b


def _is_derived(item: StoryArticle, items: Collection[int]) -> bool:
    return item.relation in {Relation.COPY, Relation.REWRITE} and item.of in items


def _title(item: StoryArticle) -> str:
    return headline_view(item.article.title, None).text


def _compare(
    left: SideView, text: str, right: SideView, other: str, *, same_outlet: bool
) -> CompareView:
    found = diff(text[:LONGEST], other[:LONGEST])
    titles = diff(left.headline.text, right.headline.text)
    return CompareView(
        left=left,
        right=right,
        title_left=tuple(one for row in titles.rows for one in row.left),
        title_right=tuple(one for row in titles.rows for one in row.right),
        rows=found.rows,
        says=_says(found.kept, found.new, left, right, same_outlet=same_outlet),
    )


def _says(kept: float, new: float, left: SideView, right: SideView, *, same_outlet: bool) -> str:
    if kept == 1 and new == 0:
        return "The texts are the same word for word."
    of, by = (
        ("the former text", "the present one")
        if same_outlet
        else (isolated(left.label), isolated(right.label))
    )
    return f"{_share(kept)} of the words of {of} are in {by}, too; {_share(new)} of {by} is new."


def _share(share: float) -> str:
    """In whole per cent, and never all or nothing where that is not so."""
    if share in {0.0, 1.0}:
        return f"{share:.0%}"
    return f"{min(max(round(100 * share), 1), 99)}%"


def _side(article: Article, times: Times) -> SideView:
    summary = article.summary
    return SideView(
        label=safe_name(summary.source),
        href=f"/articles/{summary.article_id}",
        headline=headline_view(summary.title, summary.language),
        time=times.at(summary.at),
    )
