"""Hostile pages in real child processes: each costs itself at most, and never the next page.

What holds a real article beside something hostile must yield the article, unless reading it takes
too long or too much memory; those are marked `COSTLY`.
"""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import random
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from aggregator.errors import ExtractError, TaskCrashed, TaskTimedOut
from aggregator.sandbox import Sandbox
from aggregator.types import Extraction, ExtractRequest, PageCopy, PageKind, PageRole

URL = "https://example.com/news/ferry"
TITLE = "Ferry returns to service"
ARTICLE = f"<article><h1>{TITLE}</h1>" + "".join(
    f"<p>On day {day} of the repairs the crew replaced another part of the engine, and the harbour "
    f"master said that {day} more passengers had asked for their money back.</p>"
    for day in range(1, 12)
)
ARTICLE += "</article>"
SENTENCE = "On day 7 of the repairs the crew replaced another part of the engine"
HURRY = timedelta(seconds=2)


def html(body: str, *, head: str = "") -> bytes:
    markup = (
        f"<!doctype html><html lang='en'><head><title>{TITLE}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )
    return markup.encode()


def request(body: bytes, content_type: str | None = "text/html") -> ExtractRequest:
    page = PageCopy(role=PageRole.PAGE, url=URL, content_type=content_type, body=body)
    return ExtractRequest(pages=(page,))


NORMAL = request(html(ARTICLE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    extraction: Extraction | None
    """None: there was an error."""
    error: Exception | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Reader:
    """One sandbox for all pages of this file, so that each shows that those before cost nothing."""

    runner: asyncio.Runner
    sandbox: Sandbox

    def read(self, asked: ExtractRequest) -> Outcome:
        """A normal page behind it must be read, too."""
        return self.runner.run(self._read(asked))

    async def _read(self, asked: ExtractRequest) -> Outcome:
        extraction, error = None, None
        start = time.monotonic()
        try:
            extraction = await self.sandbox.extract(asked)
        except (ExtractError, TaskTimedOut, TaskCrashed) as caught:
            error = caught
        seconds = time.monotonic() - start
        after = await self.sandbox.extract(NORMAL)
        assert SENTENCE in after.article.text
        return Outcome(extraction=extraction, error=error, seconds=seconds)


@contextmanager
def reading(sandbox: Sandbox) -> Iterator[Reader]:
    with asyncio.Runner() as runner:
        runner.run(sandbox.extract(NORMAL))  # what loading takes is no part of a page's time
        yield Reader(runner, sandbox)
        runner.run(sandbox.close())


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with reading(Sandbox(1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def hurried_reader() -> Iterator[Reader]:
    """With less time and memory than there is by default."""
    sandbox = Sandbox(1, extract_deadline=HURRY, memory_limit=1024**3)
    with reading(sandbox) as opened:
        yield opened


def nested(tags: str, depth: int, text: str = "word ") -> str:
    """`tags` are nested in each other over and over, with text in each."""
    names = tags.split()
    opening = "".join(f"<{names[level % len(names)]}>{text}" for level in range(depth))
    closing = "".join(f"</{names[level % len(names)]}>" for level in reversed(range(depth)))
    return opening + closing


def rows(count: int, attributes: str = "") -> str:
    row = f"<tr><td{attributes}>Day and number</td><td>Another cell with text</td></tr>"
    return f"<table>{row * count}</table>"


def linked_data(value: str) -> str:
    return f'<script type="application/ld+json">{value}</script>'


def large_json() -> str:
    item = {"@type": "NewsArticle", "headline": "Dredging", "articleBody": "Sand. " * 100}
    return json.dumps({"@context": "https://schema.org", "@graph": [item] * 15_000})


def escaped_forever() -> str:
    return '{"@type": "NewsArticle", "headline": "' + r"\"" * 75_000


# Beside these the article must be found.
BESIDE: dict[str, Callable[[], bytes]] = {
    "100,000 nested elements behind": lambda: html(ARTICLE + nested("div", 100_000)),
    "nested lists": lambda: html(ARTICLE + nested("ul li", 5_000)),
    "nested quotations": lambda: html(ARTICLE + nested("blockquote", 5_000)),
    "nested tables": lambda: html(ARTICLE + nested("table tr td", 5_000)),
    "nested formatting": lambda: html(ARTICLE + "<p>" + nested("b i span", 5_000)),
    "inside 300 elements": lambda: html("<div>" * 300 + ARTICLE + "</div>" * 300),
    "inside 1,000 elements": lambda: html("<div>" * 1_000 + ARTICLE + "</div>" * 1_000),
    "a text of 11 MB hidden": lambda: html(ARTICLE + "<div hidden>" + "word " * 2_200_000),
    "a script of 11 MB": lambda: html(ARTICLE + "<script>" + "var x;" * 1_900_000 + "</script>"),
    "a comment of 50 MB": lambda: html(ARTICLE + "<!--" + "word " * 10_000_000 + "-->"),
    "a comment without end": lambda: html(ARTICLE + "<!-- " + "word " * 100_000),
    "spaces of 20 MB": lambda: html(ARTICLE + " \n" * 10_000_000),
    "a value of 1 MB": lambda: html(f'<div title="{"x " * 500_000}">{ARTICLE}</div>'),
    "a class of 1 MB": lambda: html(f'<div class="{"related " * 125_000}">{ARTICLE}</div>'),
    "an address of 1 MB": lambda: html(f'{ARTICLE}<a href="/{"2/" * 500_000}">2</a>'),
    "a picture of 2 MB in its address": lambda: html(
        ARTICLE.replace("<p>", f'<p><img src="data:image/png;base64,{"A" * 2_000_000}">', 1)
    ),
    "100,000 links": lambda: html(
        ARTICLE + "".join(f'<a href="/news/{number}?page=2">2</a>' for number in range(100_000))
    ),
    "20,000 teasers": lambda: html(
        ARTICLE
        + "".join(
            f'<article data-url="/{number}"><h1><a href="/{number}">News</a></h1></article>'
            for number in range(20_000)
        )
    ),
    "brackets in a million": lambda: html(ARTICLE + "<" * 1_000_000),
    "references to references": lambda: html(f"{ARTICLE}<p>{'&amp;nbsp;&amp;amp;#38;' * 50_000}"),
    "unknown references": lambda: html(f"{ARTICLE}<p>{'&lol9;&#x110000;&' * 50_000}"),
    "an entity bomb": lambda: (
        b'<!DOCTYPE html [<!ENTITY a "haha"><!ENTITY b "'
        + b"&a;" * 1_000
        + b'"><!ENTITY c "'
        + b"&b;" * 1_000
        + b'">]>'
        + html(ARTICLE + "<p>" + "&c;" * 1_000)
    ),
    "CDATA": lambda: html(f"<![CDATA[{ARTICLE}]]>"),
    "JSON-LD without end": lambda: html(ARTICLE, head=linked_data(escaped_forever())),
    "JSON-LD nested": lambda: html(ARTICLE, head=linked_data('{"a":[' * 100_000)),
    "JSON-LD of 10 MB": lambda: html(ARTICLE, head=linked_data(large_json())),
    "an author in brackets": lambda: html(
        ARTICLE, head=f'<meta name="author" content="{"(" * 41_000}">'
    ),
    "20,000 meta elements": lambda: html(
        ARTICLE, head='<meta property="article:author" content="A. Writer">' * 20_000
    ),
    "50,000 rows": lambda: html(ARTICLE + rows(50_000)),
    "wide cells": lambda: html(ARTICLE + rows(500, ' colspan="10000" rowspan="10000"')),
    "100,000 nested in the article": lambda: html(
        ARTICLE.replace("</article>", nested("b i", 50_000) + nested("blockquote", 50_000))
    ),
}
# These may cost the page.
COSTLY: dict[str, Callable[[], bytes]] = {
    "100,000 attributes": lambda: html(
        "<div " + " ".join(f'data-{number}="x"' for number in range(100_000)) + f">{ARTICLE}</div>"
    ),
    "a page of 50 MB": lambda: html(
        ARTICLE.replace("</article>", "<p>More of it.</p>" * 2_800_000)
    ),
    "a text of 11 MB": lambda: html(ARTICLE.replace("</p>", " word" * 2_200_000 + "</p>", 1)),
    "100,000 paragraphs": lambda: html(
        ARTICLE.replace("</article>", "<p>And one more of them, with a few words.</p>" * 100_000)
    ),
    "50,000 rows in the article": lambda: html(ARTICLE.replace("</article>", rows(50_000))),
    "100,000 nested elements before": lambda: html(nested("div", 100_000) + ARTICLE),
    "a million breaks": lambda: html(ARTICLE.replace("</p>", "<br>word" * 1_000_000 + "</p>", 1)),
}


@pytest.mark.parametrize("name", BESIDE)
def test_an_article_is_found_beside_what_is_hostile(reader: Reader, name: str) -> None:
    seen = reader.read(request(BESIDE[name]()))
    assert seen.error is None
    assert seen.extraction is not None
    assert seen.extraction.kind is PageKind.ARTICLE
    assert seen.extraction.article.title == TITLE
    assert SENTENCE in seen.extraction.article.text


@pytest.mark.parametrize("name", COSTLY)
def test_a_page_costs_at_most_itself(hurried_reader: Reader, name: str) -> None:
    seen = hurried_reader.read(request(COSTLY[name]()))
    assert seen.seconds < HURRY.total_seconds() + 5, "the deadline, and what a busy machine adds"
    assert (seen.extraction is None) != (seen.error is None)


# --- what is no page ------------------------------------------------------------------------------


def archive() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as opened:
        opened.writestr("article.html", ARTICLE)
    return data.getvalue()


def noise(size: int) -> bytes:
    return random.Random(7).randbytes(size)


BINARIES = {
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + noise(100_000),
    "JPEG": b"\xff\xd8\xff\xe0\0\x10JFIF" + noise(100_000),
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Length 5>> stream\n" + noise(100_000),
    "ZIP": archive(),
    "GZIP": gzip.compress(html(ARTICLE)),
    "noise": noise(1_000_000),
    "NUL": bytes(1_000_000),
    "nothing": b"",
    "spaces": b" \n" * 1_000,
}


@pytest.mark.parametrize("name", BINARIES)
def test_what_is_no_page_is_refused(reader: Reader, name: str) -> None:
    seen = reader.read(request(BINARIES[name]))
    assert isinstance(seen.error, ExtractError)
    assert seen.error.url == URL


# --- character sets -------------------------------------------------------------------------------

POLISH = (
    "Po dw\u00f3ch latach napraw stary prom zn\u00f3w przep\u0142ywa cie\u015bnin\u0119, "
    "cho\u0107 bardzo powoli."
)
POLISH_PAGE = (
    f"<html><head>{{head}}<title>Prom wraca</title></head><body><article><h1>Prom wraca</h1>"
    f"{f'<p>{POLISH}</p>' * 3}<p>Kapitan liczy \u015bruby i nie chce rozmawia\u0107 z nikim.</p>"
    "</article></body></html>"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(
            POLISH_PAGE.format(head="").encode("iso-8859-2"),
            "text/html; charset=ISO-8859-2",
            id="header",
        ),
        pytest.param(
            POLISH_PAGE.format(head='<meta charset="iso-8859-2">').encode("iso-8859-2"),
            "text/html",
            id="meta",
        ),
        pytest.param(
            POLISH_PAGE.format(
                head='<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">'
            ).encode("iso-8859-2"),
            None,
            id="http-equiv",
        ),
        pytest.param(POLISH_PAGE.format(head="").encode("utf-16"), "text/html", id="utf-16 mark"),
        pytest.param(
            POLISH_PAGE.format(head="").encode("utf-16-le"),
            "text/html; charset=utf-16le",
            id="utf-16 header",
        ),
        pytest.param(
            POLISH_PAGE.format(head="").encode("utf-8-sig"),
            "text/html; charset=iso-8859-1",
            id="mark against header",
        ),
        pytest.param(
            POLISH_PAGE.format(head='<meta charset="utf-16">').encode(),
            "text/html",
            id="meta that lies",
        ),
        pytest.param(
            POLISH_PAGE.format(head='<meta charset="utf-8">').encode(),
            "text/html; charset=x-nobody-knows",
            id="unknown",
        ),
    ],
)
def test_character_sets_are_as_they_are_declared(
    reader: Reader, body: bytes, content_type: str | None
) -> None:
    seen = reader.read(request(body, content_type))
    assert seen.extraction is not None, seen.error
    assert POLISH in seen.extraction.article.text


@pytest.mark.parametrize(
    ("codec", "declared"),
    [("iso-8859-2", "utf-8"), ("utf-8", "utf-16"), ("utf-8", "iso-8859-2"), ("cp037", "utf-8")],
)
def test_a_character_set_that_is_wrong_costs_letters_at_most(
    reader: Reader, codec: str, declared: str
) -> None:
    body = POLISH_PAGE.format(head="").encode(codec, errors="replace")
    seen = reader.read(request(body, f"text/html; charset={declared}"))
    if seen.extraction is not None and codec != "cp037":
        assert "latach napraw stary prom" in seen.extraction.article.text
    assert (seen.extraction is None) != (seen.error is None)
