"""What a fetched page is: an article, or one of the things that stand where an article should.

A page is taken for an article unless several signs agree that it is none: what it says in its
title, what it says of itself to programs, what its markup is built of, how little text it has, and
whether that text has anything to do with what the feed announced. A text that shares its words with
the feed's title or summary is never called a challenge, a consent notice or an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.core import challenges
from aggregator.core import page_words as phrases
from aggregator.core.agreement import AGREES, agreement
from aggregator.core.contents import is_cut
from aggregator.core.linked_data import fold_title
from aggregator.core.page_signs import PageSigns
from aggregator.core.text import count_words
from aggregator.types import PageKind

_BRIEF = 120
"""Words below which a text may be all that was let out of an article."""
_SHORT = 250
"""Words below which a text may be a stub, or no article."""
_CONSENT_SHARE = 0.5
_BEGINNING = 3_000
"""Characters."""
_MANY_LINKS = 15
_LISTED = 5
"""Lines that are links, of a list at least."""
_MOSTLY, _LARGELY = 0.7, 0.5
_TEASER = 60
"""Words below which a text may be what a list or a feed says of an article."""
_PARTS = re.compile(r"\s+[|·•–—»-]\s+|\s*[|·»]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    kind: PageKind
    why: str
    """One sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    signs: PageSigns
    text: str
    words: int
    host: str
    path: str
    agreement: float | None
    """With what the feed announced; None: it announced nothing."""
    is_titled_so: bool
    """Its title is the one that the feed announced, whatever its text is."""
    feed_words: int

    @property
    def agrees(self) -> bool:
        return self.agreement is not None and self.agreement >= AGREES


def judge_signs(
    signs: PageSigns, text: str, *, url: str, title_hint: str | None, feed_text: str | None
) -> Judgement:
    """Of a page by its signs, read before anything was taken out of it; `text` is what was
    extracted.

    `url` is the address that answered; `title_hint` and `feed_text` are the feed's title and its
    text or summary. Nothing but time linear in the page is taken.
    """
    host, path = _split(url)
    case = _Case(
        signs=signs,
        text=text,
        words=count_words(text),
        host=host,
        path=path,
        agreement=agreement(text, title_hint or "", feed_text or ""),
        is_titled_so=(agreement(" ".join(signs.titles), title_hint or "") or 0.0) >= AGREES,
        feed_words=count_words(feed_text or ""),
    )
    for kind, rule in _RULES:
        if why := rule(case):
            return Judgement(kind=kind, why=why)
    return Judgement(kind=PageKind.ARTICLE, why="Nothing says that it is anything else.")


def _asks_for_human(case: _Case) -> str:
    signs = case.signs
    if case.words >= _SHORT or signs.words >= 2 * _SHORT or case.agrees or case.signs.says_article:
        return ""
    titles = () if case.is_titled_so else signs.titles
    titled = next((title for title in titles if challenges.TITLES.match(title)), "")
    speaks = challenges.WORDS.search(signs.visible)
    if titled and (signs.asks_for_human or speaks or signs.words < _BRIEF):
        return f"Its title is “{titled[:60]}”: it asks for a human visitor."
    if signs.asks_for_human and (speaks or signs.words < 15):
        return "It is a guard's page that asks for a human visitor."
    if speaks and signs.words < _BRIEF:
        return "It asks the visitor to show that a human reads it."
    return ""


def _asks_for_consent(case: _Case) -> str:
    if case.agrees:
        return ""
    signs = case.signs
    if phrases.CONSENT_HOSTS.match(case.host):
        return f"It comes from {case.host}, where consent to cookies is asked for."
    doubtful = case.agreement is not None or not case.signs.says_article
    if doubtful and _consent_share(case.text) >= _CONSENT_SHARE:
        return "Most of its text asks for consent to cookies."
    titled = any(phrases.CONSENT_TITLES.match(title) for title in signs.titles)
    asks = (titled or signs.words < _SHORT) and _speaks_of_consent(signs.visible)
    if titled and asks and case.words < 2 * _SHORT and not case.signs.says_article:
        return "Its title and text ask for consent to cookies."
    brief = signs.has_consent and signs.words < _SHORT
    if brief and asks and _consent_share(case.text) > 0:
        return "It holds a consent notice and hardly anything else."
    return ""


def _consent_share(text: str) -> float:
    """Of the characters, those in paragraphs that speak of consent to their reader; of a long text
    whose beginning does not, of its beginning."""
    if len(text) > _BEGINNING:
        share = _consent_share(text[:_BEGINNING])
        if share < _CONSENT_SHARE / 2:
            return share
    speaking = everything = 0
    for paragraph in text.split("\n\n"):
        everything += len(paragraph)
        if _speaks_of_consent(paragraph[:2_000]):
            speaking += len(paragraph)
    return speaking / max(1, everything)


def _speaks_of_consent(text: str) -> bool:
    return bool(phrases.CONSENT.search(text) and phrases.ADDRESSED.search(text))


def _is_error(case: _Case) -> str:
    signs = case.signs
    if case.agrees or case.is_titled_so:
        return ""
    if case.words < _SHORT and not case.signs.says_article:
        for title in signs.titles:
            for part in (title, *_PARTS.split(title)):
                if part and phrases.ERRORS.match(part):
                    return f"It says “{part[:60]}”, though its status was that of a page."
    elsewhere = case.agreement is not None and case.agreement < 0.34
    if signs.is_home and elsewhere and not case.signs.says_article and signs.og_type != "article":
        return "It is the site's home page, not the article."
    return ""


def _is_live(case: _Case) -> str:
    signs = case.signs
    if "liveblogposting" in signs.kinds:
        return "It calls itself a live blog (LiveBlogPosting)."
    if signs.live_posts < 3:
        return ""
    if phrases.LIVE_PATH.search(case.path) or any(
        phrases.LIVE_TITLES.search(title) for title in signs.titles
    ):
        return f"It is titled as live coverage and built of {signs.live_posts} posts."
    return ""


def _is_video(case: _Case) -> str:
    signs = case.signs
    if case.words >= _BRIEF:
        return ""
    said = bool(signs.kinds & {"videoobject"}) or signs.og_type.startswith("video")
    if said and (not case.signs.says_article or phrases.VIDEO_PATH.search(case.path)):
        return f"It says that it is a video, and has {case.words} words beside it."
    if signs.has_video and phrases.VIDEO_PATH.search(case.path) and case.words < _BRIEF // 2:
        return f"It has a player, an address of videos, and {case.words} words."
    return ""


def _is_stub(case: _Case) -> str:
    signs = case.signs
    missing = signs.free is False and signs.locked_is_here is False
    if case.words >= _SHORT:
        if missing and _is_far_from(case, signs.declared_words):
            return f"{case.words} of its {signs.declared_words} words are here; the rest is locked."
        return ""
    if missing and (signs.has_paywall or _is_partial(case)):
        return f"The part that is declared to be locked is not here, only {case.words} words are."
    return _asks_to_pay(case)


def _asks_to_pay(case: _Case) -> str:
    signs = case.signs
    if asks := phrases.PAYWALL.search(case.text):
        return f"Its text says “{_said(asks)}”."
    locked, partial = signs.free is False, _is_partial(case)
    if partial or locked:
        shown = phrases.PAYWALL.search(signs.visible)
        if shown and (partial or case.words < _BRIEF):
            return f"It says “{_said(shown)}”, and shows {case.words} words."
    if locked and partial and signs.has_paywall:
        return f"It is declared not to be free, and shows {case.words} words."
    return ""


def _is_partial(case: _Case) -> bool:
    """Whether there is a sign that the text goes on."""
    feed = case.feed_words
    more = feed >= 20 and feed >= 1.25 * case.words
    teaser = 20 <= case.words < _TEASER and case.words <= 1.1 * feed
    return more or teaser or is_cut(case.text) or _is_far_from(case, case.signs.declared_words)


def _is_far_from(case: _Case, declared: int) -> bool:
    return declared >= 150 and 2 * case.words < declared


def _said(match: re.Match[str]) -> str:
    return " ".join(match[0].split())[:60]


def _is_list(case: _Case) -> str:
    signs = case.signs
    if case.signs.says_article or signs.og_type == "article" or signs.links < _MANY_LINKS:
        return ""
    unlinked = (signs.characters - signs.linked) / max(1, len(case.text))
    if unlinked <= 1 - _MOSTLY and case.words >= 10:  # though it may be one line
        return f"{1 - unlinked:.0%} of its text or more are links to other pages."
    lines = [line for line in case.text.split("\n") if line]
    links = [line for line in lines if fold_title(line) in signs.link_texts]
    linked = sum(map(len, links)) / max(1, sum(map(len, lines)))
    if len(links) >= _LISTED and linked >= (_MOSTLY if case.agrees else _LARGELY):
        return f"{linked:.0%} of its text are links to other pages ({len(links)} of them)."
    teasers = set(lines).difference(links)
    brief = max(map(count_words, teasers), default=0) < _TEASER
    if not case.agrees and brief and len(links) >= max(_LISTED, 0.4 * len(lines)):
        return f"It is a list of {len(links)} links with a few words to each."
    share = signs.linked / max(1, signs.characters)
    if case.words < 10 and share >= _MOSTLY and not case.agrees:
        return f"It has no text, and {signs.links} links to other pages."
    return ""


_RULES: tuple[tuple[PageKind, Callable[[_Case], str]], ...] = (
    (PageKind.CHALLENGE, _asks_for_human),
    (PageKind.CONSENT, _asks_for_consent),
    (PageKind.ERROR, _is_error),
    (PageKind.LIVE, _is_live),
    (PageKind.VIDEO, _is_video),
    (PageKind.PAYWALL, _is_stub),
    (PageKind.LINKS, _is_list),
)
"""What leaves least of an article first."""


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return (parts.hostname or "").removeprefix("www."), parts.path
