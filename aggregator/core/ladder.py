"""The ladder: of the texts that an article's pages and its feed give, the one to store, and why.

From the top: the source's own rules; the page's JSON-LD, where it says something else than the
markup at about its length; the markup; the AMP or print form, where the page itself yields too
little; the feed's content or summary. JSON-LD is not preferred where both say the same: it has no
links, headings, quotations or tables. Figures in docs/decisions/0028-the-ladder.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.core.agreement import AGREES, agreement
from aggregator.core.body import Body
from aggregator.core.contents import words
from aggregator.core.text import count_words
from aggregator.types import FeedText, PageKind, TextOrigin

LITTLE = 600
"""Characters of text below which a page is read a second time, less strictly."""
LITTLE_LESS = 2
"""The second reading is believed when it is this many times as long."""
FEW_WORDS = 120
"""Below which another form of the page is asked for."""
_LONG_ENOUGH = 0.8
"""Of the length of the markup's text, from which on JSON-LD may stand in for it: some sites put the
beginning of an article there."""
_THE_SAME = 0.8
"""Share of common words from which on two texts are one."""
_MUCH_MORE = 1.5
"""Another form of the page is taken when it has so many times the words."""
PAGE_SHARE = 0.5
"""A page that yields less than this share of the feed's own words has been misread."""
_COMPARED = 200_000
"""Characters of a text that are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A text on offer."""

    body: Body
    origin: TextOrigin
    why: str
    """A sentence."""
    confidence: float | None = None
    """As in `Extraction`."""

    @property
    def words(self) -> int:
        return count_words(self.body.text)


def misses_the_point(text: str, feed: FeedText) -> bool:
    """Whether a text does not speak of what the feed announced: it may be the wrong part of the
    page. The title alone does not say so, for it may be a play on words."""
    if count_words(feed.text, enough=12) < 12:
        return False
    said = agreement(text, feed.title, feed.text)
    return said is not None and said < AGREES


def needs_second_reading(strict: Body, feed: FeedText, linked: Body) -> bool:
    """Whether the page is to be read less strictly, too: the first reading found little, and the
    JSON-LD no more; or something else than what the feed announced."""
    if len(strict.text) < LITTLE:
        return len(linked.text) <= LITTLE_LESS * len(strict.text)
    return misses_the_point(strict.text, feed)


def reads_better(second: Body, first: Body, feed: FeedText) -> bool:
    if len(second.text) > LITTLE_LESS * len(first.text):
        return True
    return misses_the_point(first.text, feed) and not misses_the_point(second.text, feed)


def choose_on_page(markup: Rung, linked: Body) -> Rung:
    """Of the page's markup and its JSON-LD."""
    if not linked.text:
        return markup
    if len(linked.text) < _LONG_ENOUGH * len(markup.body.text):
        return markup
    same = common_share(linked.text, markup.body.text)
    if same >= _THE_SAME:
        return Rung(
            body=markup.body,
            origin=markup.origin,
            why=f"{markup.why} Its JSON-LD says the same.",
            confidence=max(markup.confidence or 0.0, round(same, 3)),
        )
    return Rung(
        body=linked,
        origin=TextOrigin.LINKED_DATA,
        why=f"It is what the page's JSON-LD says, {count_words(linked.text):,} words; "
        f"its markup has {markup.words:,} others.",
        confidence=round(same, 3),
    )


def choose_form(page: Rung, other: Rung) -> Rung:
    """Of the page and its AMP or print form."""
    if other.words < _MUCH_MORE * page.words or other.words < 20:
        return page
    return Rung(
        body=other.body,
        origin=other.origin,
        why=f"The page itself yields {page.words:,} words, this form of it {other.words:,}.",
        confidence=other.confidence,
    )


def feed_rung(feed: FeedText, why: str) -> Rung:
    return Rung(body=Body(html=feed.html, text=feed.text), origin=feed.origin, why=why)


def choose_at_last(page: Rung, feed: FeedText, kind: PageKind) -> Rung:
    """Of what the pages yield and what the feed says."""
    if not kind.has_article:
        return feed_rung(feed, "The page has no article; this is what the feed says.")
    have, told = page.words, count_words(feed.text)
    if page.origin is TextOrigin.RULES and have:
        return page
    if kind in (PageKind.PAYWALL, PageKind.VIDEO) and told > have:
        what = "outside its paywall" if kind is PageKind.PAYWALL else "beside its video"
        return feed_rung(feed, f"The page has {have:,} words {what}, the feed {told:,}.")
    if have < PAGE_SHARE * told:
        return feed_rung(feed, f"The page yields {have:,} words, the feed itself has {told:,}.")
    return page


def common_share(one: str, other: str) -> float:
    """Twice the common words over all words of both, as often as each occurs, 0 to 1."""
    counts: dict[str, int] = {}
    first = words(one[:_COMPARED])
    second = words(other[:_COMPARED])
    for word in first:
        counts[word] = counts.get(word, 0) + 1
    common = 0
    for word in second:
        if counts.get(word, 0) > 0:
            counts[word] -= 1
            common += 1
    total = len(first) + len(second)
    return 2 * common / total if total else 0.0
