"""How the addresses of one article's pages are made from each other.

A page's stem is what its address has in common with the article's other pages: the number of the
page, or the word that asks for all pages at once or for printing, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from aggregator.core.urls import url_key

MOST_PAGES = 99
"""Higher numbers name days, years or articles."""
_MOST_PARAMETERS = 8

_PAGE_WORDS = (
    "page|pagina|pag|seite|sida|side|sivu|strona|strana|stranica|oldal|sayfa|halaman|trang|p"
)
_END = r"(\d{1,2})(?:\.(?:html?|shtml|php|aspx?|jsp|cms))?/?\Z"
_NAMED_PATH = re.compile(rf"[/,._-](?:{_PAGE_WORDS})[/,=_-]?{_END}", re.IGNORECASE)
_SEGMENT = re.compile(rf"/{_END}")
_TAIL = re.compile(rf"(?:(?<=[^/])[,._-]|(?<=/index)){_END}")
_NAMED_PARAMETERS = """
    page pagina pag seite sida side sivu strona strana oldal sayfa pg pageno page_no pagenum
    page_num pagenumber page_number paged currentpage current_page pn
"""
_NAMED = frozenset(_NAMED_PARAMETERS.split())
_WEAK = frozenset({"p"})
_EXTENSION = re.compile(r"(?:/index)?\.(?:html?|shtml|php|aspx?|jsp|cms)\Z|/index\Z")

_ALL_PARAMETER = re.compile(
    r"(?:page|seite|pagina|pg|p|pagewanted|paged|view|display|show|pages)=(?:all|alle|full|single)"
    r"|(?:all|show_?all|view_?all|single_?page|one_?page|full_?page|full_?story|pageall|komplett)"
    r"=?(?:1|true|yes|y|on|all)?",
    re.IGNORECASE,
)
_ALL_PATH = re.compile(
    r"[/,._-](?:all|view-?all|single-?page|one-?page|full-?page|page-?all|komplettansicht|komplett)"
    r"(?:\.(?:html?|shtml|php|aspx?|jsp|cms))?/?\Z",
    re.IGNORECASE,
)
_PRINT = re.compile(
    r"(?<![a-z])(?:print(?:er|able|ed|page|version|view|friendly|article|story)?|druck(?:en"
    r"|ansicht|version)?|imprim(?:er|ir|able|ible|e)|stampa(?:bile)?|afdrukken|drukuj|skriv-?ut"
    r"|udskriv|tisk|cetak)(?![a-z])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{5,20}")


class Form(Enum):
    """How sure it is that a number in an address is the number of a page."""

    NAMED = auto()
    """A word says so: ?page=2, /page/2, -seite-2.html."""
    SEGMENT = auto()
    """The path's last part: /2/."""
    TAIL = auto()
    """Behind the name: -2.html, ,2.html; and ?p=2, which may mean anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumber:
    """One way to read an address as that of a numbered page."""

    stem: str
    number: int
    form: Form


def stem_of(url: str) -> str:
    """What two forms of one address have in common, extensions like ".html" left out."""
    path, mark, query = url_key(url).partition("?")
    return _EXTENSION.sub("", path) + mark + query


def is_home(url: str) -> bool:
    """Whether it is the address of a site's first page, which is no article."""
    return "/" not in stem_of(url) and "?" not in stem_of(url)


def page_numbers(url: str) -> Iterator[PageNumber]:
    """Every way to read a page's number from an absolute address without fragment."""
    path, mark, query = url.partition("?")
    parameters = query.split("&") if query else []
    for index, parameter in enumerate(parameters[:_MOST_PARAMETERS]):
        name, _, value = parameter.partition("=")
        name = name.lower()
        known = name in _NAMED or name in _WEAK
        if known and value.isascii() and value.isdigit() and 0 < int(value[:3]) <= MOST_PAGES:
            stem = stem_of(_with_query(path, parameters[:index] + parameters[index + 1 :]))
            form = Form.NAMED if name in _NAMED else Form.TAIL
            yield PageNumber(stem=stem, number=int(value[:3]), form=form)
    for pattern, form in (
        (_NAMED_PATH, Form.NAMED),
        (_SEGMENT, Form.SEGMENT),
        (_TAIL, Form.TAIL),
    ):
        if (match := pattern.search(path)) and int(match[1]):
            stem = stem_of(path[: match.start()] + mark + query)
            yield PageNumber(stem=stem, number=int(match[1]), form=form)


def undivided_stem(url: str) -> str | None:
    """The stem of an address that asks for all pages of an article at once; None: it does not."""
    path, mark, query = url.partition("?")
    parameters = query.split("&") if query else []
    kept = [one for one in parameters if not _ALL_PARAMETER.fullmatch(one)]
    if len(kept) < len(parameters):
        return stem_of(_with_query(path, kept))
    match = _ALL_PATH.search(path)
    return stem_of(path[: match.start()] + mark + query) if match else None


def is_print_of(url: str, own: str) -> bool:
    """Whether an address is that of the print version of the article at `own`.

    It has a word for printing that the article's own has not, and the article's name or number.
    """
    if "()" in url or len(_PRINT.findall(url)) <= len(_PRINT.findall(own)):
        return False
    return url_key(url) == url_key(own) or any(name in url for name in _names_of(own))


def own_numbers(url: str) -> list[str]:
    """Numbers so long that they name an article."""
    return _NUMBER.findall(url)


def _names_of(url: str) -> Iterator[str]:
    """Parts of an address that no other article's has."""
    yield from own_numbers(url)
    slug = _EXTENSION.sub("", url.partition("?")[0].rstrip("/")).rpartition("/")[2]
    if len(slug) >= 10 and "-" in slug:
        yield slug


def _with_query(path: str, parameters: list[str]) -> str:
    return f"{path}?{'&'.join(parameters)}" if parameters else path
