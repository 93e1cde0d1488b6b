"""Header lines of a message, written by us.

EmailMessage reads what it is given as if it came from outside: it decodes `=?…?=` inside a
headline and writes the result out again, line breaks included, so that a headline can add
headers (seen with Python 3.11.7: "=?utf-8?q?=0D=0ABcc:_x?="). It also loses spaces between
words with and without umlauts. Here a value that is not plain ASCII is encoded as a whole
(RFC 2047), and one that looks encoded is encoded once more.
"""

from __future__ import annotations

from email.charset import SHORTEST, Charset
from email.header import Header
from email.headerregistry import Address
from email.utils import quote

from aggregator.core.text import shorten

_FOLD_AT = 76
_LONGEST_NAME = 60
_LONGEST_WORD = 60
_EOL = "\r\n"
_UTF_8 = Charset("utf-8")
# What a name stands for can be changed for the whole process, and libraries do so.
_UTF_8.header_encoding = SHORTEST


def text_header(name: str, value: str, *, limit: int = 200) -> str:
    """A header of free text with its line end; the value on one line of `limit` characters."""
    return f"{name}: {_encode(name, shorten(value, limit))}{_EOL}"


def address_header(name: str, address: Address) -> str:
    """A header of one address with its line end."""
    shown = shorten(address.display_name, _LONGEST_NAME)
    if not shown:
        return f"{name}: {address.addr_spec}{_EOL}"
    phrase = f'"{quote(shown)}"' if _is_plain(shown) else _encode(name, shown)
    return f"{name}: {phrase}{_EOL} <{address.addr_spec}>{_EOL}"


def token_header(name: str, value: str) -> str:
    """A header whose value we made ourselves, as a date or an identifier."""
    return f"{name}: {value}{_EOL}"


def _encode(name: str, value: str) -> str:
    charset = "us-ascii" if _is_plain(value) else _UTF_8
    header = Header(value, charset, maxlinelen=_FOLD_AT, header_name=name)
    return header.encode(linesep=_EOL)


def _is_plain(value: str) -> bool:
    """Whether it can stand as it is, folded between its words."""
    fits = all(len(word) <= _LONGEST_WORD for word in value.split())
    return value.isascii() and "=?" not in value and fits
