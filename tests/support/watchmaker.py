"""Watches, articles as they see them, and trees of searches, made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from aggregator.core.query_tree import (
    After,
    And,
    Before,
    Field,
    Has,
    InStory,
    Is,
    Kind,
    Near,
    Node,
    Not,
    Operator,
    Or,
    Outlets,
    Phrase,
    Query,
    Site,
    Word,
)
from aggregator.types.summaries import Relation
from aggregator.types.watching import Watch, WatchItem, WatchPer

NOON = datetime(2026, 5, 31, 12, 0, tzinfo=UTC)


def item(**given: Any) -> WatchItem:
    """One of no story unless a story is given, when it is the first of it."""
    fields: dict[str, Any] = {
        "article_id": 1,
        "story_id": None,
        "relation": Relation.NEW if given.get("story_id") else None,
        "outlets": 1,
        "is_first": bool(given.get("story_id")),
        "source_id": 5,
        "source": "The Gulf Observer",
        "tags": ("world",),
        "url": "https://news.example.org/1",
        "title": "",
        "text": "",
        "authors": (),
        "language": "en",
        "image_url": None,
        "at": NOON,
        "first_seen_at": NOON,
    }
    return WatchItem(**{**fields, **given})


def watch(name: str = "Harbour", **given: Any) -> Watch:
    fields: dict[str, Any] = {
        "name": name,
        "query": "harbour",
        "per": WatchPer.ARTICLE,
        "to": ("desk",),
    }
    return Watch(**{**fields, **given})


def query(root: Node) -> Query:
    return Query(text="as typed", root=root)


# --- few words, so that much matches

WORDS = (
    "flood", "floods", "flooded", "river", "rivers", "Fluss", "Flüsse", "the", "the", "inondé",
    "inondations", "наводнение", "наводнения", "e-mail", "mail", "e", "東京都", "京都", "都", "東",
    "ไทย", "2026", "élection", "elections",
)  # fmt: skip
SOURCES = ("The Gulf Observer", "Gulf", "Le Quai", "港湾新聞")
TAGS = ("world", "world news", "local")
LANGUAGES = (None, "en", "en-GB", "de", "fr", "ru", "ja", "xx")
SITES = ("example.org", "news.example.org", "www.example.org", "example.com", "org")

_word = st.sampled_from(WORDS)
_text = st.lists(_word, max_size=9).map(" ".join)
_typed = st.builds(Word, _word, st.booleans())
_prefix = st.sampled_from(("fl", "f", "river", "e-m", "東", "n", "нав")).map(
    lambda text: Word(text, prefix=True)
)
_phrase = st.lists(_word, min_size=1, max_size=3).map(lambda words: Phrase(tuple(words)))
_match = st.one_of(_typed, _prefix, _phrase)
_of_source = st.sampled_from(
    (Word("gulf"), Word("gul", prefix=True), Phrase(("Gulf",)), Phrase(("the", "gulf", "observer")))
)
_tag = st.sampled_from((Word("world"), Word("wor", prefix=True), Phrase(("world", "news"))))
_language = st.sampled_from(("en", "DE", "fr-FR", "ru", "xx")).map(Word)
_moment = st.integers(-2, 2).map(lambda hours: NOON + timedelta(hours=hours))

LEAVES: st.SearchStrategy[Node] = st.one_of(
    _typed,
    _prefix,
    _phrase,
    st.builds(
        Near,
        st.lists(st.one_of(_typed, _phrase), min_size=2, max_size=3).map(tuple),
        st.integers(0, 4),
    ),
    st.builds(Field, st.sampled_from(("title", "author")), _match),
    st.builds(Field, st.just("source"), _of_source),
    st.builds(Field, st.just("tag"), _tag),
    st.builds(Field, st.just("lang"), _language),
    st.builds(Site, st.sampled_from(("example.org", "news.example.org", "org", "example.com"))),
    st.builds(InStory, st.integers(1, 3)),
    st.builds(Is, st.sampled_from(get_args(Kind))),
    st.just(Has("image")),
    st.builds(Outlets, st.sampled_from(get_args(Operator)), st.integers(0, 4)),
    st.builds(After, _moment),
    st.builds(Before, _moment),
)
TREES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(st.one_of(inner, inner.map(Not)), min_size=2, max_size=3).map(
            lambda items: And(tuple(items))
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda items: Or(tuple(items))),
        inner.map(Not),
    ),
    max_leaves=6,
)
ITEMS: st.SearchStrategy[WatchItem] = st.builds(
    item,
    article_id=st.integers(1, 9),
    story_id=st.sampled_from((None, 1, 2, 3)),
    relation=st.sampled_from((None, *Relation)),
    outlets=st.integers(1, 5),
    is_first=st.booleans(),
    source=st.sampled_from(SOURCES),
    tags=st.lists(st.sampled_from(TAGS), max_size=2).map(tuple),
    url=st.one_of(st.none(), st.sampled_from(SITES).map(lambda host: f"https://{host}:8080/a")),
    title=_text,
    text=_text,
    authors=st.lists(_text, max_size=2).map(tuple),
    language=st.sampled_from(LANGUAGES),
    image_url=st.sampled_from((None, "https://example.org/i.jpg")),
    at=_moment,
)
