"""The fields of a feed's entries, cleaned: what every feed format has in common."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from aggregator.core.html import from_text, sanitise, to_text
from aggregator.core.language_tags import read_language
from aggregator.core.text import clean_line, clean_text, shorten
from aggregator.core.urls import normalise

MAX_GUID = 2_000
MAX_TITLE = 1_000
MAX_NAME = 200
MAX_VALUES = 100
"""Of authors and of categories, each."""

_ADDRESS = r"[^\s@()<>]+@[^\s@()<>]+"
_ADDRESS_AND_NAME = re.compile(rf"{_ADDRESS}\s*\(([^()]*)\)")
_NAME_AND_ADDRESS = re.compile(rf"([^<(]*)[<(]\s*(?:mailto:)?{_ADDRESS}\s*[>)]")
_IMAGE_TAG = re.compile(r"<[Ii][Mm][Gg]\s[^>]*>")  # found sooner by its first character
_IMAGE_SOURCE = re.compile(r"""\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_PIXEL = re.compile(r"""\s(?:width|height)\s*=\s*["']?\s*[01](?![0-9.])""", re.IGNORECASE)
_CLOSING_TAG = re.compile(
    r"</(?:p|a|b|i|em|strong|div|span|ul|ol|li|h[1-6]|blockquote|figure)>|<br\s*/?>|<p>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The texts of an entry, as in ParsedEntry."""

    summary_html: str = ""
    content_html: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text as the feed has it."""

    value: str
    is_html: bool
    base: str = ""
    """What relative addresses in it are resolved against; empty: what they are elsewhere."""


def clean_guid(value: str) -> str | None:
    """One line; what is longer than any identifier is replaced by its hash."""
    guid = clean_line(value)
    if len(guid) > MAX_GUID:
        guid = "sha256:" + hashlib.sha256(guid.encode()).hexdigest()
    return guid or None


def clean_title(value: str) -> str:
    """Of a line that is plain text already."""
    return value if len(value) <= MAX_TITLE else shorten(value, MAX_TITLE)


def clean_link(value: str, base: str) -> str | None:
    """Absolute http(s), with its fragment: some sites have many entries on one page."""
    value = value.strip()
    if value[:4].lower() == "www.":
        value = "https://" + value
    url = normalise(value, base=base)
    fragment = value.partition("#")[2]
    if url is None or not fragment:
        return url
    return url + "#" + quote(clean_line(fragment), safe="%!$&'()*+,;=:@/?-._~")


def clean_language(value: object) -> str | None:
    """The primary subtag in lower case."""
    return read_language(value) if isinstance(value, str) else None


def author_name(value: str) -> str:
    """The name without the mail address; empty when there is nothing but an address."""
    line = clean_line(value)[:MAX_NAME]
    if "@" not in line:
        return line
    match = _ADDRESS_AND_NAME.fullmatch(line) or _NAME_AND_ADDRESS.fullmatch(line)
    if match:
        return match[1].strip(" \"'")
    return "" if re.fullmatch(rf"(?:mailto:)?{_ADDRESS}", line) else line


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Those that are not empty, each once, in their order; at most MAX_VALUES of them."""
    kept: dict[str, None] = {}
    for value in values:
        if value:
            kept.setdefault(value)
            if len(kept) == MAX_VALUES:
                break
    return tuple(kept)


def make_body(summary: Passage | None, content: Passage | None, base: str) -> Body:
    """Both made fit to be shown, and the plain text of the longer one."""
    content_html, content_text = _render(content, base)
    if summary is None or (content is not None and summary.value == content.value):
        return Body(content_html=content_html, text=content_text)
    summary_html, summary_text = _render(summary, base)
    text = content_text if len(content_text) >= len(summary_text) else summary_text
    return Body(summary_html=summary_html, content_html=content_html, text=text)


def first_image(html: str, base: str) -> str | None:
    """The first picture in a text that is more than a pixel that counts its readers."""
    for tag in _IMAGE_TAG.finditer(html):
        source = _IMAGE_SOURCE.search(tag[0])
        if source is None or _PIXEL.search(tag[0]):
            continue
        url = normalise(source[1] or source[2] or source[3] or "", base=base)
        if url is not None:
            return url.replace("&amp;", "&")
    return None


def _render(passage: Passage | None, base: str) -> tuple[str, str]:
    """HTML and plain text."""
    if passage is None or not passage.value:
        return "", ""
    if passage.is_html or _CLOSING_TAG.search(passage.value):  # many forget to say that it is
        html = sanitise(passage.value, base_url=passage.base or base)
        return html, to_text(passage.value)
    return from_text(passage.value), clean_text(passage.value)
