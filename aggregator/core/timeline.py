"""The timeline of a story: in which order it was reported, and what each article is to it.

Grouping links each article with the one it resembles most among those that had *arrived* by then.
Feeds are polled at different times, so the article that started a story in the store is often not
the one that was published first. Here the same links are read by time of publication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.core.language_tags import primary_subtag
from aggregator.core.precedence import credited, credits_outlet, in_order
from aggregator.types import Relation, Story, StoryArticle

# How close a relation says two texts are; reports and translations are equally far apart.
_CLOSENESS = {
    Relation.SAME: 3,
    Relation.COPY: 2,
    Relation.REWRITE: 1,
    Relation.REPORT: 0,
    Relation.TRANSLATION: 0,
    Relation.NEW: 0,
}
_LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "nn": "Norwegian",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


_NAMED = 2
"""Names of credits that are shown at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """How an article hangs on another; `of` is None at the first of the story."""

    relation: Relation
    of: int | None
    score: float
    why: str


def arrange(articles: Sequence[StoryArticle]) -> tuple[StoryArticle, ...]:
    """The articles of one story by time, the earliest as NEW, each later one linked backwards.

    The order is that of `in_order`. The links form a tree whose root is the article that started
    the story. Going through the articles by time, as long as an article is linked with a later
    one, the two change places:

    - at the root, the earlier becomes the root and the later takes over the link, turned round
      (A is a copy of B, so B is a copy of A);
    - elsewhere, of the links earlier-later and later-above the closer one stays: where the two
      are at least as close as the later is to the article above it, the earlier one takes over
      the link upward and the later hangs on the earlier; otherwise the earlier is linked with
      the article above, by its own relation.

    Each step brings the earlier one nearer to the root, so it ends. Articles linked with none of
    the others stay as they are, except that the earliest is always NEW.
    """
    by_time = in_order(articles)
    places = {item.article.article_id: place for place, item in enumerate(by_time)}
    by_id = {item.article.article_id: item for item in by_time}
    links = {article_id: _link(item) for article_id, item in by_id.items()}
    for item in by_time:
        _lift(item.article.article_id, links, by_id, places)
    if by_time:
        first = by_time[0].article.article_id
        links[first] = replace(links[first], relation=Relation.NEW, of=None)
    return tuple(_apply(item, links[item.article.article_id]) for item in by_time)


def describe(item: StoryArticle, story: Story) -> str:
    """What the article is to its story, in a few words that follow the outlet's name.

    "first", "copy of The Harbour Post", "rewrite of …", "own report", "further report" (the
    outlet had one before), "in Spanish", "same article again". A text that names its origin and is
    no copy says so: "first, credits AFP", "report, credits AFP"; and so does one that is named by
    the article which it is linked with: "credited by Wire & Mirror".
    """
    other = next((one for one in story.articles if one.article.article_id == item.of), None)
    if item.relation is Relation.SAME:
        return "same article again"
    if item.relation in {Relation.COPY, Relation.REWRITE}:
        if other is None:
            return item.relation.value
        if credits_outlet(other, item.article.source):
            return f"credited by {other.article.source}"
        return f"{item.relation.value} of {other.article.source}"
    names = credited(item)[:_NAMED]
    said = f"credits {' and '.join(names)}" if names else ""
    return ", ".join(filter(None, (_independent(item, story, named=bool(names)), said)))


def language_name(code: str | None) -> str | None:
    """English name of a BCP 47 tag's language; None: no code, or not one of the common ones."""
    if code is None:
        return None
    return _LANGUAGES.get(primary_subtag(code))


def _link(item: StoryArticle) -> _Link:
    return _Link(relation=item.relation, of=item.of, score=item.score, why=item.why)


def _lift(
    article_id: int,
    links: dict[int, _Link],
    by_id: dict[int, StoryArticle],
    places: Mapping[int, int],
) -> None:
    """Change places until the article is the root or linked with an earlier one."""
    for _ in by_id:
        link = links[article_id]
        if link.of is None or link.of not in by_id:
            return
        if places[link.of] < places[article_id]:
            return
        later = by_id[link.of]
        above = links[link.of]
        if above.of is None:
            links[article_id], links[link.of] = above, replace(link, of=article_id)
        elif _CLOSENESS[link.relation] >= _CLOSENESS[above.relation]:
            links[article_id] = _by_way_of(later, above, above, by_id[article_id], by_id)
            links[link.of] = replace(link, of=article_id)
        else:
            links[article_id] = _by_way_of(later, link, above, by_id[article_id], by_id)


def _by_way_of(
    later: StoryArticle,
    kept: _Link,
    above: _Link,
    item: StoryArticle,
    by_id: dict[int, StoryArticle],
) -> _Link:
    """The link of `item` with the article above `later`: as far as `kept`, as sure as `above`."""
    relation = kept.relation
    if _CLOSENESS[relation] == 0 and above.of in by_id:
        relation = _independent_relation(item, by_id[above.of], otherwise=relation)
    return _Link(
        relation=relation,
        of=above.of,
        score=min(kept.score, above.score),
        why=f"By way of {later.article.source}: {kept.why}",
    )


def _independent_relation(
    item: StoryArticle, other: StoryArticle, *, otherwise: Relation
) -> Relation:
    if item.article.language is None or other.article.language is None:
        return otherwise
    same = item.article.language == other.article.language
    return Relation.REPORT if same else Relation.TRANSLATION


def _apply(item: StoryArticle, link: _Link) -> StoryArticle:
    if _link(item) == link:
        return item
    return replace(item, relation=link.relation, of=link.of, score=link.score, why=link.why)


def _independent(item: StoryArticle, story: Story, *, named: bool) -> str:
    if item.relation is Relation.NEW:
        return "first"
    if item.relation is Relation.TRANSLATION:
        return f"in {language_name(item.article.language) or 'another language'}"
    if _had_one_before(item, story):
        return "further report"
    return "report" if named else "own report"


def _had_one_before(item: StoryArticle, story: Story) -> bool:
    for other in story.articles:
        if other.article.article_id == item.article.article_id:
            return False
        if other.article.source == item.article.source:
            return True
    return False
