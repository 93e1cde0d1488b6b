"""What a link says of where it leads, and what it stands in.

Of the links of an article that may lead to its further pages (core.further_pages).
"""

from __future__ import annotations

import re
from enum import IntEnum
from itertools import islice

from aggregator.core.html import Element
from aggregator.core.trees import text_of

_LONGEST_LABEL = 80
_NEAR = 6
"""Elements around a link that say what it is for."""
_MOST_AROUND = 30

_PAGINATION = re.compile(
    r"(?<![a-z])(?:paginat(?:ion|or|ed)|pagin(?:a|g|ierung)|pager|page-?(?:numbers?|links?|list|nav"
    r"|navi|navigation|navigator|bar|break)|pages|pagenav[a-z]*|wp-pagenavi|link-pages|multi-?page"
    r"|seiten(?:navi|navigation|zahlen)?|blaettern)(?![a-z])",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?<![a-z])(?:comments?|commentlist|kommentare?|commentaires|comentarios|repl(?:y|ies)|respond"
    r"|disqus|reviews|forum|galler(?:y|ies)|galerie|slide-?show|slider|slick|carousel|swiper|photos?"
    r"|related|recommend(?:ed|ations)?|teasers?|sidebar|widget|latest|popular|archive|search|feed"
    r"|calendar|footnotes?)(?![a-z])",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"(?<![a-z])(?:article|story|post|entry)[-_]{0,2}(?:body|content|text|copy)(?![a-z])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\W{0,3}(\d{1,2})\W{0,3}")
_NEXT_PAGE = re.compile(
    r"""[\W_]*(?:
      (?:go\ to\ |to\ |read\ )?(?:the\ )?next\ page | (?:zur\ )?nächsten?\ seite
    | (?:continue|continued|read\ on|reading|weiter|weiterlesen|lesen\ sie\ weiter|go|to|suite)?
      (?:\ reading)?\s?(?:on|to|auf|zu|en|à\ la)?\s?(?:page|seite|página|pagina)\ \d{1,2}
      (?:\ (?:of|von|de|sur|di|van)\ \d{1,2})?
    | page\ suivante | página\ siguiente | siguiente\ página | próxima\ página | página\ seguinte
    | pagina\ successiva | prossima\ pagina | volgende\ pagina | nästa\ sida | neste\ side
    | næste\ side | seuraava\ sivu | następna\ strona | další\ strana | ďalšia\ strana
    | következő\ oldal | sonraki\ sayfa | следующая\ страница | наступна\ сторінка
    | 次の?ページへ? | 下一[页頁] | 다음\ ?페이지
    )[\W_]*(?::.*)?""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_NEXT = re.compile(
    r"""[\W_]*(?:next | weiter | nächste | suivante? | siguiente | próxim[ao] | seguinte
    | successiv[ao] | avanti | volgende | nästa | neste | næste | seuraava | następna | dalej
    | další | sonraki | далее | дальше | вперёд | 次へ )[\W_]* | \s*[›»→>]{1,2}\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_UNDIVIDED = re.compile(
    r"""\b(?:(?:single|one)[\ -]page | all\ pages | view\ all
    | full\ (?:article|story|view) )\b
    | \b(?:auf\ einer\ seite | alle\ seiten | komplettansicht | ganzen\ artikel | gesamten\ artikel)
    | \b(?:sur\ une\ (?:seule\ )?page | toutes\ les\ pages | en\ una\ (?:sola\ )?página
    | em\ uma\ (?:só\ )?página | in\ una\ (?:sola\ )?pagina | op\ één\ pagina
    | на\ одной\ странице )""",
    re.VERBOSE | re.IGNORECASE,
)
_PRINT = re.compile(
    r"(?<![a-z])(?:print(?:er|able)?|druck(?:en|version|ansicht)?|ausdrucken|imprimer|imprimir"
    r"|version imprimable|versión imprimible|stampa|afdrukken|drukuj|skriv ut|udskriv|tisk|cetak"
    r"|распечатать|печать|версия для печати|打印|印刷|인쇄)(?![a-z])",
    re.IGNORECASE,
)
OFFERS = re.compile(
    r"subscri|edition|reprint|\babo|shop|e-?paper|newspaper|3d|zeitung|login|licens", re.IGNORECASE
)


class Label(IntEnum):
    """How clearly a link says that it leads to the next page."""

    NONE = 0
    NEXT = 1
    """It says "next", of whatever."""
    PAGE = 2
    """It says "next page" or the page's number."""


def label_of(link: Element, number: int, *, follows: bool) -> Label:
    """How clearly it says that it leads to page `number`, which `follows` this one or does not."""
    if link.tag == "link":
        return Label.NEXT if follows else Label.NONE
    text = " ".join(text_of(link, _LONGEST_LABEL + 1).split())
    for label in filter(None, (text, link.get("title", ""), link.get("aria-label", ""))):
        if len(label) > _LONGEST_LABEL:
            continue
        match = _NUMBER.fullmatch(label)
        if match and int(match[1]) == number:
            return Label.PAGE
        if (said := _NEXT_PAGE.fullmatch(label)) and _agrees(said[0], number, follows=follows):
            return Label.PAGE
        if follows and _NEXT.fullmatch(label):
            return Label.NEXT
    return Label.NEXT if follows and not text and "next" in relations_of(link) else Label.NONE


def _agrees(label: str, number: int, *, follows: bool) -> bool:
    """Whether "page 2" is the one that the address names; "next page" is the one that follows."""
    digits = re.search(r"\d{1,2}", label.partition(":")[0])
    return int(digits[0]) == number if digits else follows


def is_in_place(link: Element) -> bool:
    """Whether a link stands in a bar of page numbers or in the article, and in nothing else."""
    if link.tag == "link":
        return True
    if _ELSEWHERE.search(_name(link)):
        return False
    inside = bool(_PAGINATION.search(_name(link)))
    for distance, around in enumerate(islice(link.iterancestors(), _MOST_AROUND)):
        if around.tag in ("article", "main"):
            return True
        if around.tag == "body":
            break
        name = _name(around)
        if distance < _NEAR:
            if around.tag in ("aside", "footer") or _ELSEWHERE.search(name):
                return False
            inside = inside or bool(_PAGINATION.search(name))
        inside = inside or around.get("itemprop") == "articleBody" or bool(_BODY.search(name))
    return inside


def says_undivided(link: Element) -> bool:
    return bool(_UNDIVIDED.search(_said(link)))


def says_print(link: Element) -> bool:
    said = _said(link)
    return bool(_PRINT.search(said)) and not OFFERS.search(said)


def _said(link: Element) -> str:
    parts = (text_of(link, 200), *(link.get(name, "")[:200] for name in ("title", "aria-label")))
    return " ".join((" ".join(parts) + " " + _name(link)).split())


def _name(element: Element) -> str:
    return f"{element.get('class', '')[:300]} {element.get('id', '')[:100]}"


def relations_of(link: Element) -> list[str]:
    return link.get("rel", "")[:200].lower().split()
