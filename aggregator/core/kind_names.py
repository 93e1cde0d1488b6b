"""What the kinds of pages, and the relations of articles, are called where people read of them."""

from __future__ import annotations

from aggregator.types import PageKind, Relation

KIND_NAMES = {
    PageKind.ARTICLE: "article",
    PageKind.PAYWALL: "paywall",
    PageKind.VIDEO: "video",
    PageKind.LIVE: "live blog",
    PageKind.CONSENT: "consent page",
    PageKind.CHALLENGE: "challenge",
    PageKind.LINKS: "list of links",
    PageKind.ERROR: "error page",
}

RELATION_NAMES = {
    Relation.NEW: "",
    Relation.SAME: "same again",
    Relation.COPY: "copy",
    Relation.REWRITE: "rewrite",
    Relation.REPORT: "own report",
    Relation.TRANSLATION: "translation",
}
"""What an article is to the one of its story that it resembles most."""


def kind_mark(kind: PageKind) -> str:
    """How an article is marked in a list; empty for a plain one, and for one whose page has none:
    its text is the feed's."""
    plain = kind is PageKind.ARTICLE or not kind.has_article
    return "" if plain else KIND_NAMES[kind]
