"""The files that come with an entry: enclosures, Media RSS (https://www.rssboard.org/media-rss),
pictures and lengths of podcasts; and the picture that stands for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from aggregator.core.feed_elements import Element
from aggregator.core.feed_fields import unique
from aggregator.core.html import line_text
from aggregator.core.text import shorten
from aggregator.core.urls import normalise
from aggregator.types import Media, MediaKind

MAX_MEDIA = 50
MAX_LINE = 500
"""Characters of a file's title and of its credit."""
MAX_SIZE = 2**53
MAX_DURATION = timedelta(days=30)
MAX_PIXELS = 1_000_000

_KINDS = {
    MediaKind.IMAGE: "jpg jpeg png gif webp avif svg heic bmp tif tiff",
    MediaKind.AUDIO: "mp3 m4a aac ogg oga opus flac wav wma",
    MediaKind.VIDEO: "mp4 m4v mov webm mkv avi wmv ogv mpg mpeg m3u8 flv",
    MediaKind.DOCUMENT: "pdf epub doc docx odt rtf ppt pptx xls xlsx ods odp txt",
}
_BY_ENDING = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_ENDING = re.compile(r"\.([A-Za-z0-9]{2,5})(?=[?#]|\Z)")
_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,60}/[\w.+-]{1,80}")
_DOCUMENT_TYPE = re.compile(
    r"text/|application/(?:pdf|epub|rtf|msword|vnd\.(?:oasis|openxml|ms-))", re.IGNORECASE
)
_DURATION = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,5}):)?(\d{1,9})(?:\.(\d{1,6})\d*)?")
_NO_PICTURE = re.compile(r"gravatar\.com/avatar/|/(?:blank|spacer|pixel)\.gif", re.IGNORECASE)


def make_media(  # noqa: PLR0913 - the fields of Media, as written
    url: object,
    base: str,
    *,
    medium: object = "",
    type_: object = "",
    title: str = "",
    credit: str = "",
    size: object = None,
    duration: object = None,
    width: object = None,
    height: object = None,
) -> Media | None:
    """From values as the feed has them; None: the address is none that can be fetched, or that of
    a picture which shows nothing.
    """
    address = (
        normalise(url.replace("&amp;", "&"), base=base) if isinstance(url, str) and url else ""
    )
    if not address or _NO_PICTURE.search(address):
        return None
    mime = _mime(type_)
    return Media(
        url=address,
        kind=kind_of(medium, mime, address),
        type=mime,
        title=_line(title),
        credit=_line(credit),
        size=_number(size, MAX_SIZE),
        duration=read_duration(duration),
        width=_number(width, MAX_PIXELS),
        height=_number(height, MAX_PIXELS),
    )


def once(media: Iterable[Media | None]) -> tuple[Media, ...]:
    """Each file once, with all that is said of it, in order; MAX_MEDIA at most."""
    kept: dict[str, Media] = {}
    for one in media:
        if one is None:
            continue
        if one.url in kept:
            kept[one.url] = _joined(kept[one.url], one)
        elif len(kept) < MAX_MEDIA:
            kept[one.url] = one
    return tuple(kept.values())


def entry_media(
    raw: Mapping[str, Any], elements: Sequence[Element], base: str
) -> tuple[Media, ...]:
    """Of an entry as feedparser has it, with the elements that were read beside it."""
    found = once((*_enclosures(raw, base), *_media_rss(elements, base), _own_image(raw, base)))
    duration = read_duration(raw.get("itunes_duration"))
    if duration is None:
        return found
    sounding = (n for n, one in enumerate(found) if one.kind in _SOUNDING)
    first = next(sounding, None)
    if first is None or found[first].duration is not None:
        return found
    return (*found[:first], replace(found[first], duration=duration), *found[first + 1 :])


def kind_of(medium: object, mime: str | None, url: str) -> MediaKind:
    """By what the feed says it is, else by its type, else by how its address ends."""
    if isinstance(medium, str) and medium.strip().lower() in set(MediaKind) - {MediaKind.OTHER}:
        return MediaKind(medium.strip().lower())
    main = (mime or "").partition("/")[0]
    if main in {MediaKind.IMAGE, MediaKind.AUDIO, MediaKind.VIDEO}:
        return MediaKind(main)
    ending = _ENDING.search(url)
    by_ending = _BY_ENDING.get(ending[1].lower()) if ending else None
    if by_ending is not None:
        return by_ending
    return MediaKind.DOCUMENT if mime and _DOCUMENT_TYPE.match(mime) else MediaKind.OTHER


def read_duration(written: object) -> timedelta | None:
    """Seconds, or hours, minutes and seconds parted by colons."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        written = f"{written:.6f}" if abs(written) < 1e9 else ""
    match = _DURATION.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None or not match[0].isascii():
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    micros = int((match[4] or "").ljust(6, "0"))
    found = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=micros)
    return found if timedelta() < found <= MAX_DURATION else None


def named_image(raw: Mapping[str, Any], base: str) -> str | None:
    """The picture that the entry names apart from its text."""
    named = (url for url in _image_urls(raw) if isinstance(url, str) and url)
    urls = (normalise(url.replace("&amp;", "&"), base=base) for url in named)
    return next((url for url in urls if url and not _NO_PICTURE.search(url)), None)


# --- what the elements say -----------------------------------------------------------------------

_Texts = dict[tuple[Element | None, str], list[str]]
"""By the element that they stand in, and their name."""
_SOUNDING = frozenset({MediaKind.AUDIO, MediaKind.VIDEO})


def _enclosures(raw: Mapping[str, Any], base: str) -> Iterator[Media | None]:
    for link in raw.get("links", ()):
        if link.get("rel") == "enclosure":
            said = link.get("type")
            yield make_media(
                link.get("href"),
                base,
                type_="" if said == "text/html" else said,  # feedparser's word for: not given
                title=link.get("title") or "",
                size=link.get("length"),
                duration=link.get("duration"),
            )


def _media_rss(elements: Sequence[Element], base: str) -> Iterator[Media | None]:
    texts: _Texts = defaultdict(list)
    for one in elements:
        if one.text:
            texts[one.parent, one.name].append(one.text)
    for one in elements:
        if one.name == "media:content":
            said = one.attributes
            yield make_media(
                said.get("url"),
                base,
                medium=said.get("medium"),
                type_=said.get("type"),
                title="".join(_said(texts, one, "media:title", "media:description")[:1]),
                credit=", ".join(unique(map(_line, _said(texts, one, "media:credit")))),
                size=said.get("filesize"),
                duration=said.get("duration"),
                width=said.get("width"),
                height=said.get("height"),
            )
        elif one.name == "media:thumbnail":
            said = one.attributes
            yield make_media(
                said.get("url") or one.text,
                base,
                medium="image",
                width=said.get("width"),
                height=said.get("height"),
            )


def _said(texts: _Texts, content: Element, *names: str) -> list[str]:
    """What stands in the file's element, else in its group, else in the entry."""
    holder: Element | None = content
    while True:
        found = [text for name in names for text in texts.get((holder, name), ())]
        if found or holder is None:
            return found
        holder = holder.parent


def _own_image(raw: Mapping[str, Any], base: str) -> Media | None:
    image = raw.get("image")
    url = image.get("href") if isinstance(image, dict) else image
    return make_media(url, base, medium="image")


def _image_urls(raw: Mapping[str, Any]) -> Iterator[Any]:
    media = [one for one in raw.get("media_content", ()) if _is_image(one)]
    yield from (one.get("url") for one in sorted(media, key=_width, reverse=True))
    thumbnails = sorted(raw.get("media_thumbnail", ()), key=_width, reverse=True)
    yield from (one.get("url") for one in thumbnails)
    for link in raw.get("links", ()):
        if link.get("rel") == "enclosure" and (link.get("type") or "").startswith("image/"):
            yield link.get("href")
    image = raw.get("image")
    yield image.get("href") if isinstance(image, dict) else image
    address = str(raw.get("href") or "")  # <image><url> within an item
    if kind_of("", None, address) is MediaKind.IMAGE:
        yield address


def _is_image(media: Mapping[str, Any]) -> bool:
    kind = media.get("medium") or media.get("type") or ""
    if kind:
        return str(kind).lower().startswith("image")
    return kind_of("", None, media.get("url") or "") is MediaKind.IMAGE


def _width(media: Mapping[str, Any]) -> int:
    return _number(media.get("width"), MAX_PIXELS) or 0


# --- values --------------------------------------------------------------------------------------


def _joined(first: Media, second: Media) -> Media:
    """What the first does not say is taken from the second."""
    missing = {
        one.name: getattr(second, one.name)
        for one in fields(Media)
        if getattr(first, one.name) in (None, "", MediaKind.OTHER)
    }
    return replace(first, **missing)


def _mime(written: object) -> str | None:
    value = written.partition(";")[0].strip().lower() if isinstance(written, str) else ""
    return value if value.isascii() and _TYPE.fullmatch(value) else None


def _number(written: object, most: int) -> int | None:
    """A whole number above zero; None: it is none, or beyond all measure."""
    if isinstance(written, str):
        written = written.strip().removesuffix("px").partition(".")[0]
        is_number = written.isascii() and written.isdigit() and len(written) <= len(str(most))
        number = int(written) if is_number else 0
    elif isinstance(written, int | float) and 0 < written <= most:
        number = int(written)
    else:
        number = 0
    return number if 0 < number <= most else None


def _line(written: str) -> str:
    return shorten(line_text(written), MAX_LINE) if written else ""
