"""Character sets: which one a document is in, and its text.

Labels mean what the WHATWG's Encoding standard says they mean: "iso-8859-1" and "us-ascii" are
windows-1252, "gb2312" is gb18030. Nothing here raises.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

HEAD = 4_096
"""Bytes in which a document may declare its character set; browsers look at 1,024."""

_DECLARED = re.compile(
    rb"""(?:<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']?|<meta\s[^>]{0,500}?\bcharset\s*=\s*["']?\s*)"""
    rb"""([A-Za-z0-9_.:-]{2,40})""",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ALIASES = {
    codec: labels.split()
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 utf-8-sig utf-8n",
        "utf-16-le": "utf-16 utf-16le ucs-2 unicode csunicode iso-10646-ucs-2",
        "utf-16-be": "utf-16be unicodefffe",
        "cp1252": "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso88591 latin1 latin-1 l1 "
        "us-ascii ascii ansi_x3.4-1968 cp819 ibm819 iso-ir-100 iso_8859-1 csisolatin1 "
        "iso_8859-1:1987",
        "iso8859-2": "iso-8859-2 iso8859-2 iso88592 iso_8859-2 latin2 l2 csisolatin2",
        "iso8859-3": "iso-8859-3 iso8859-3 latin3 l3",
        "iso8859-4": "iso-8859-4 iso8859-4 latin4 l4",
        "iso8859-5": "iso-8859-5 iso8859-5 iso88595 iso_8859-5 cyrillic",
        "iso8859-6": "iso-8859-6 iso8859-6 iso-8859-6-e iso-8859-6-i arabic asmo-708 ecma-114",
        "iso8859-7": "iso-8859-7 iso8859-7 iso88597 iso_8859-7 greek greek8 ecma-118 elot_928",
        "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-e iso-8859-8-i logical visual hebrew",
        "iso8859-10": "iso-8859-10 iso8859-10 latin6 l6",
        "iso8859-13": "iso-8859-13 iso8859-13",
        "iso8859-14": "iso-8859-14 iso8859-14",
        "iso8859-15": "iso-8859-15 iso8859-15 iso885915 iso_8859-15 latin-9 latin9 l9",
        "iso8859-16": "iso-8859-16",
        "cp1250": "windows-1250 cp1250 x-cp1250",
        "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
        "cp1253": "windows-1253 cp1253 x-cp1253",
        "cp1254": "windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 latin5 l5",
        "cp1255": "windows-1255 cp1255 x-cp1255",
        "cp1256": "windows-1256 cp1256 x-cp1256",
        "cp1257": "windows-1257 cp1257 x-cp1257",
        "cp1258": "windows-1258 cp1258 x-cp1258",
        "cp874": "windows-874 dos-874 iso-8859-11 iso8859-11 tis-620",
        "cp866": "ibm866 cp866 866 csibm866",
        "koi8-r": "koi8-r koi8 koi koi8_r cskoi8r",
        "koi8-u": "koi8-u koi8-ru",
        "mac-roman": "macintosh mac x-mac-roman csmacintosh",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "gb18030": "gb18030 gbk gb2312 gb_2312 gb_2312-80 x-gbk chinese csgb2312 cp936 "
        "windows-936 euc-cn",
        "big5hkscs": "big5 big5-hkscs big5hkscs cn-big5 x-x-big5 csbig5 cp950",
        "euc-jp": "euc-jp eucjp x-euc-jp cseucpkdfmtjapanese",
        "iso2022-jp": "iso-2022-jp csiso2022jp",
        "cp932": "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j csshiftjis cp932",
        "cp949": "euc-kr euckr ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 korean windows-949 "
        "cseuckr cp949",
    }.items()
}
_NAMES = {codec: labels[0] for codec, labels in _ALIASES.items()}
_CODECS = {label: codec for codec, labels in _ALIASES.items() for label in labels}


class Decoded(NamedTuple):
    text: str
    warning: str | None
    """A sentence, when the document is not in the character set that it is said to be in."""


def decode(body: bytes, content_type: str | None) -> str:
    """The text of a document of unknown character set.

    Believed in this order: byte-order mark, the charset of the Content-Type header, a declaration
    in the document's head, UTF-8, windows-1252 (RFC 7303 for XML, and "Determining the character
    encoding" in the WHATWG's HTML standard). A declaration that the bytes contradict is passed
    over.
    """
    return decode_and_tell(body, content_type).text


def decode_and_tell(body: bytes, content_type: str | None) -> Decoded:
    """The same, with what is to be said of it."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(codec, "replace"), None)
    declared = list(filter(None, (_of_header(content_type), _of_head(body))))
    for codec in (*declared, "utf-8"):
        if codec == "cp1252" and (text := _strictly(body, "utf-8")) is not None:
            # Servers say iso-8859-1 by default; bytes that are UTF-8 are so by no accident.
            return Decoded(text, None if body.isascii() else _warning(codec, "utf-8"))
        if (text := _strictly(body, codec)) is not None:
            return Decoded(text, _warning(declared[0], codec) if declared else None)
    claimed = declared[0] if declared else "utf-8"
    codec = _likelier(body) if claimed == "utf-8" else claimed
    warning = _warning(claimed, codec) or f"Some bytes of it are no {_NAMES[codec]}."
    return Decoded(body.decode(codec, "replace"), warning)


def codec_of(label: str) -> str | None:
    """Python's name for the character set of a label; None: no label that browsers know."""
    return _CODECS.get(label.strip().lower())


def _of_header(content_type: str | None) -> str | None:
    match = _CHARSET.search(content_type or "")
    return codec_of(match[1]) if match else None


def _of_head(body: bytes) -> str | None:
    if body[:4] in {b"<\0?\0", b"<\0h\0", b"<\0!\0"}:
        return "utf-16-le"
    if body[:4] in {b"\0<\0?", b"\0<\0h", b"\0<\0!"}:
        return "utf-16-be"
    match = _DECLARED.search(body[:HEAD])
    codec = codec_of(match[1].decode("ascii")) if match else None
    return "utf-8" if codec in {"utf-16-le", "utf-16-be"} else codec  # it could be read, after all


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except UnicodeDecodeError:
        return None


def _likelier(body: bytes) -> str:
    """UTF-8 with a flaw, or windows-1252."""
    text = body.decode(errors="replace")
    broken = text.count("\ufffd")
    whole = sum(1 for char in text if char > "\x7f") - broken
    return "utf-8" if whole > broken else "cp1252"


def _warning(declared: str, actual: str) -> str | None:
    if declared == actual:
        return None
    return f"It should be in {_NAMES[declared]} but is in {_NAMES[actual]}."
