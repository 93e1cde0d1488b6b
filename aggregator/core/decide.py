"""What a parsed feed means for the store: what is new, what was edited, what is known already.

An article is known under keys: its GUID and its address, each folded so that what does not matter
does not count. Both can deceive. Feeds give every entry the same GUID, link every entry to the home
page, use a GUID again years later, change GUIDs when they change software, and decorate addresses.
So a key counts only where it tells entries apart, and the better of two claims wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.core.contents import follow, is_cut, is_edit
from aggregator.core.entries import Document, Item, display_title, folded_title
from aggregator.core.text import count_words
from aggregator.core.urls import host_key, url_key
from aggregator.types import (
    KnownEntry,
    NewArticle,
    PagePolicy,
    ParsedEntry,
    ParsedFeed,
    PollDecision,
    Revision,
    Source,
    TextOrigin,
)

FULL_SUMMARY = 200
"""Words from which on a summary is taken for the whole text."""

FULL_CONTENT = 80
"""The same for what the feed calls content; what is shorter is a teaser more often than news."""


def decide(
    document: Document, known: Sequence[KnownEntry], *, source: Source, now: datetime
) -> PollDecision:
    """What a document means for the store, given what the store knows of its keys.

    An entry is a known article when they share a GUID or an address that no other entry of the
    document carries; where several articles match, the one with the same title wins, then the one
    with most keys in common, those first that no other entry carries. A shared key that several
    entries carry decides only together with an equal title and an equal time or content. Two
    entries are one when they share a key, title and address, and the time or the text.

    A GUID is taken for used again, and the entry for a new article, when address, title and
    publication time all differ from the known article's: editors change any two of them, and
    nothing else is left that says it is the same. Where one of the two has no time, titles without
    a word in common stand for a different time.

    New articles come oldest first.
    """
    parsed, items = document.feed, document.items
    matches = _matches(items, known)
    owned = {key for article in known for key in article.keys}
    revised: list[Revision] = []
    new_keys: list[tuple[int, str]] = []
    for item, match in matches:
        fresh = item.strong - owned
        owned |= fresh
        new_keys.extend((match.article_id, key) for key in sorted(fresh))
        if is_edit(match.content_hash, item.content_hash):
            hashed = follow(match.content_hash, item.content_hash)
            article = _article(item.entry, match.keys | fresh, hashed, parsed, source)
            revised.append(Revision(article_id=match.article_id, article=article))
    matched = {item.position for item, _ in matches}
    new: list[NewArticle] = []
    for item in _oldest_first((item for item in items if item.position not in matched), now):
        keys = (item.strong - owned) or ({item.own_key} - owned)
        owned |= keys
        if keys:
            new.append(_article(item.entry, frozenset(keys), item.content_hash, parsed, source))
    return PollDecision(
        new=tuple(new),
        revised=tuple(revised),
        new_keys=tuple(new_keys),
        unchanged=len(matches) - len(revised),
        withdrawn=parsed.withdrawn,
    )


def page_needed(entry: ParsedEntry, policy: PagePolicy) -> bool:
    """Whether the page behind an entry is to be fetched for its text."""
    if policy is PagePolicy.NEVER or not entry.url or not host_key(entry.url):
        return False
    if policy is PagePolicy.ALWAYS:
        return True
    least = FULL_CONTENT if entry.content_html else FULL_SUMMARY
    return count_words(entry.text, enough=least) < least or is_cut(entry.text)


# --- which known article an entry is -------------------------------------------------------------


def _matches(items: Sequence[Item], known: Sequence[KnownEntry]) -> list[tuple[Item, KnownEntry]]:
    """Each entry with the article that it is; an article goes to the entry with the best claim."""
    by_key: dict[str, list[KnownEntry]] = defaultdict(list)
    for article in known:
        for key in article.keys:
            by_key[key].append(article)
    claims: list[tuple[tuple[bool, int, int, bool], Item, KnownEntry]] = []
    for item in items:
        candidates = {
            article.article_id: article for key in item.keys for article in by_key.get(key, ())
        }
        claims.extend(
            (_strength(item, article), item, article)
            for article in candidates.values()
            if _is_same(item, article)
        )
    claims.sort(
        key=lambda claim: (claim[0], -claim[1].position, -claim[2].article_id), reverse=True
    )
    result: list[tuple[Item, KnownEntry]] = []
    taken_items, taken_articles = set[int](), set[int]()
    for _, item, article in claims:
        if item.position not in taken_items and article.article_id not in taken_articles:
            taken_items.add(item.position)
            taken_articles.add(article.article_id)
            result.append((item, article))
    return sorted(result, key=lambda pair: pair[0].position)


def _strength(item: Item, article: KnownEntry) -> tuple[bool, int, int, bool]:
    return (
        item.title == folded_title(article.title),
        len((item.strong | {item.own_key}) & article.keys),
        len(item.keys & article.keys),
        _same_time(item.entry.published_at, article.published_at),
    )


def _is_same(item: Item, article: KnownEntry) -> bool:
    """Whether an entry that shares a key with an article is that article."""
    shared = item.strong & article.keys
    if any(key.startswith("u:") for key in shared) or item.own_key in article.keys:
        return True
    if shared:
        return not _guid_used_again(item, article)
    return item.title == folded_title(article.title) and (
        _same_time(item.entry.published_at, article.published_at)
        or not is_edit(article.content_hash, item.content_hash)
    )


def _guid_used_again(item: Item, article: KnownEntry) -> bool:
    """See `decide`; only asked when they share the GUID and not the address."""
    if not item.address or not article.url or item.address == url_key(article.url):
        return False
    title = folded_title(article.title)
    if item.title == title:
        return False
    if item.entry.published_at is not None and article.published_at is not None:
        return item.entry.published_at != article.published_at
    return not set(item.title.split()) & set(title.split())


def _same_time(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and one == other


# --- what is stored ------------------------------------------------------------------------------


def _article(
    entry: ParsedEntry,
    keys: frozenset[str],
    hashed: str,
    parsed: ParsedFeed,
    source: Source,
) -> NewArticle:
    needed = page_needed(entry, source.pages)
    return NewArticle(
        keys=keys,
        guid=entry.guid,
        url=entry.url,
        title=display_title(entry),
        authors=entry.authors,
        published_at=entry.published_at,
        updated_at=entry.updated_at,
        language=source.language or entry.language or parsed.language,
        image_url=entry.image_url,
        categories=entry.categories,
        text=entry.text,
        html=entry.content_html or entry.summary_html,
        text_origin=TextOrigin.CONTENT if entry.content_html else TextOrigin.SUMMARY,
        content_hash=hashed,
        page_host=host_key(entry.url) if needed and entry.url else None,
        media=entry.media,
        links=entry.links,
    )


def _oldest_first(items: Iterable[Item], now: datetime) -> list[Item]:
    """By publication time; feeds put the newest first, so equal ones are in reverse."""
    return sorted(
        items, key=lambda item: (min(item.entry.published_at or now, now), -item.position)
    )
