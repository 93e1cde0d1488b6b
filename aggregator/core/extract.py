"""From the pages of an article, its feed and what is known of its outlet to the text to store.

page_reading   one page: its tree, its facts, its body (body, embeds, appended, boilerplate)
ladder         which of several texts is taken, and why
page_kind      whether the page is an article at all
joining        the bodies of an article that is split over several pages
furniture_html what recurs on the outlet's pages is taken out

Nothing is fetched: what is missing is named in `Extraction.wanted`, and the caller comes again
with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aggregator.core import ladder
from aggregator.core.body import Body
from aggregator.core.credit import read_credit
from aggregator.core.furniture_html import clear_html
from aggregator.core.html import to_text
from aggregator.core.joining import join
from aggregator.core.ladder import Rung
from aggregator.core.language import language_of
from aggregator.core.page_kind import Judgement, judge_signs
from aggregator.core.page_reading import Reading, read_page
from aggregator.errors import ExtractError
from aggregator.types import (
    ArticleText,
    Extraction,
    ExtractRequest,
    PageKind,
    PageRole,
    TextOrigin,
    WantedPage,
)

_FEWEST_WORDS = 10
"""What has fewer is a label or a link."""


def extract(request: ExtractRequest) -> Extraction:
    """The article of its pages.

    Paragraphs of the text are parted by an empty line, list items and table rows are lines. Raises
    ExtractError for an empty page, a binary document, and a page on which nothing reads like an
    article and that is nothing else either. Further pages that cannot be read count as missing.
    """
    first = request.pages[0]
    page, *rest = _read_all(request)
    rung = _best_form(page, rest)
    judgement = judge_signs(
        page.signs,
        rung.body.text,
        url=first.url or "",
        title_hint=request.feed.title or None,
        feed_text=request.feed.text or None,
    )
    further = [reading for reading in rest if reading.copy.role is PageRole.NEXT]
    if further and judgement.kind.has_article:
        rung = _joined(rung, further, page.metadata.title)
    if judgement.kind is PageKind.ARTICLE and rung.words < _FEWEST_WORDS:
        raise ExtractError("The page holds nothing that reads like an article.", url=first.url)
    wanted = _wanted(request, page, further, rung, judgement.kind)
    return _extraction(request, page, rung, judgement, wanted)


def _read_all(request: ExtractRequest) -> list[Reading]:
    seen = frozenset(copy.url for copy in request.pages if copy.url)
    first, *others = request.pages
    found = [read_page(first, feed=request.feed, rules=request.rules, seen=seen)]
    for copy in others:
        try:
            found.append(read_page(copy, feed=request.feed, rules=request.rules, seen=seen))
        except ExtractError:
            continue  # it costs itself only
    return found


def _best_form(page: Reading, rest: Sequence[Reading]) -> Rung:
    rung = page.rung
    for other in rest:
        if other.copy.role is not PageRole.NEXT:
            rung = ladder.choose_form(rung, other.rung)
    return rung


def _joined(rung: Rung, further: Sequence[Reading], title: str) -> Rung:
    bodies = [rung.body.html, *(reading.rung.body.html for reading in further)]
    html = join(bodies, known=[title] if title else [])
    pages = 1 + len(further)
    return replace(
        rung,
        body=Body(html=html, text=to_text(html)),
        why=f"{rung.why} It is joined from {pages} pages.",
    )


def _wanted(
    request: ExtractRequest,
    page: Reading,
    further: Sequence[Reading],
    rung: Rung,
    kind: PageKind,
) -> tuple[WantedPage, ...]:
    """What is missing, the best first: the undivided form of a divided article, another form of a
    page that yields too little, the next page."""
    wanted = []
    if kind in (PageKind.ARTICLE, PageKind.PAYWALL):
        wanted = _wanted_forms(request, page, rung)
    if kind is PageKind.ARTICLE and rung.origin not in (TextOrigin.PRINT, TextOrigin.AMP):
        asked = {copy.url for copy in request.pages}
        last = further[-1] if further else page
        following = (one for one in (*last.further, *page.further) if one.role is PageRole.NEXT)
        wanted += [one for one in following if one.url not in asked][:1]
    return tuple(wanted)


def _wanted_forms(request: ExtractRequest, page: Reading, rung: Rung) -> list[WantedPage]:
    have = {copy.role for copy in request.pages}
    forms = [one for one in page.further if one.role is not PageRole.NEXT and one.role not in have]
    if not forms:
        return []
    by_role = {one.role: one for one in reversed(forms)}  # of two of a kind the first counts
    if rung.words < ladder.FEW_WORDS or ladder.misses_the_point(rung.body.text, request.feed):
        return [by_role[role] for role in (PageRole.PRINT, PageRole.AMP) if role in by_role]
    undivided = [one.role for one in page.further[:2]] == [PageRole.PRINT, PageRole.NEXT]
    return [by_role[PageRole.PRINT]] if undivided and PageRole.PRINT in by_role else []


def _extraction(
    request: ExtractRequest,
    page: Reading,
    rung: Rung,
    judgement: Judgement,
    wanted: tuple[WantedPage, ...],
) -> Extraction:
    kind = judgement.kind
    final = ladder.choose_at_last(rung, request.feed, kind)
    if not kind.has_article:
        article = ArticleText(title="", text=final.body.text, html=final.body.html)
        return Extraction(
            article=article, kind=kind, kind_why=judgement.why, origin=final.origin, why=final.why
        )
    article = _article(page, final.body)
    furniture, settled = b"", False
    if not final.origin.is_feed:
        address = page.copy.url or page.metadata.canonical_url or ""
        cleared = clear_html(
            final.body.html, request.furniture, address=address, title=article.title
        )
        furniture, settled = cleared.furniture, cleared.settled
        if cleared.removed:
            article = replace(article, html=cleared.html, text=to_text(cleared.html))
    return Extraction(
        article=article,
        kind=kind,
        kind_why=judgement.why,
        origin=final.origin,
        why=_with_missing(final.why, page),
        confidence=final.confidence,
        wanted=wanted,
        furniture=furniture,
        furniture_settled=settled,
    )


def _with_missing(why: str, page: Reading) -> str:
    if page.ruled is None or not page.ruled.missing:
        return why
    *others, last = page.ruled.missing
    named = f"{', '.join(others)} and {last}" if others else last
    return f"{why} The source's rules for {named} find nothing on the page."


def _article(page: Reading, body: Body) -> ArticleText:
    """With what the page says of it; the credit is read while the outlet's lines are there."""
    said, ruled = page.metadata, page.ruled
    language = language_of(body.text, declared=said.language)
    authors = (ruled.authors if ruled else ()) or said.authors
    credit = read_credit(body.text, authors, language=language)
    dated = ruled is not None and ruled.published_at is not None
    return ArticleText(
        title=(ruled.title if ruled else "") or said.title,
        text=body.text,
        html=body.html,
        authors=authors,
        published_at=ruled.published_at if ruled and dated else said.published_at,
        updated_at=said.updated_at,
        utc_offset=ruled.utc_offset if ruled and dated else said.utc_offset,
        language=language,
        image_url=said.image_url,
        image_alt=said.image_alt,
        site_name=said.site_name,
        canonical_url=said.canonical_url,
        dateline=credit.dateline,
        credits=credit.sources,
    )
