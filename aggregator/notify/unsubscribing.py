"""How readers of a digest leave it: headers for their mail programs, a link for themselves."""

from __future__ import annotations

import re
from email.headerregistry import Address
from html import escape
from urllib.parse import quote

from aggregator.core.text import clean_line
from aggregator.notify.headers import token_header
from aggregator.notify.words import LANGUAGES
from aggregator.notify.words.catalogue import Words
from aggregator.types import RenderedDigest

_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"
_LANGUAGE = re.compile(r'<html lang="([a-z]+)"')
_END = "</body>"


def way_out(unsubscribe: str | None, *, origin: Address, digest: str) -> str:
    """The address to unsubscribe by, in ASCII; `unsubscribe` is None for a mail to `origin`."""
    if unsubscribe is not None:
        return quote(clean_line(unsubscribe), safe=_IN_ADDRESSES)
    mailbox = quote(origin.addr_spec, safe="@+")
    return f"mailto:{mailbox}?subject=unsubscribe%20{quote(digest, safe='')}"


def unsubscribe_headers(address: str) -> str:
    """List-Unsubscribe (RFC 2369), and for https that one click does it (RFC 8058)."""
    # On one line, however long: nothing in an address may be folded.
    lines = token_header("List-Unsubscribe", f"<{address}>")
    if address.lower().startswith("https:"):
        lines += token_header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return lines


def with_way_out(rendered: RenderedDigest, address: str) -> tuple[str, str]:
    """Text and HTML with a link at their end, in the language of the digest. The edition itself has
    none: whoever looks at it without having got it by mail has nothing to leave."""
    found = _LANGUAGE.search(rendered.html)
    language = found[1] if found is not None and found[1] in LANGUAGES else "en"
    words = Words(language)
    said = words.say("unsubscribe")
    text = f"{rendered.text}\n{said}:\n  {address}\n"
    link = (
        '<p class="muted" style="margin:0;padding:0 12px 28px;text-align:center;'
        f'font-family:Helvetica,Arial,sans-serif;font-size:12px;color:#5b6168" dir="{words.dir}">'
        f'<a href="{escape(address)}" style="color:#5b6168">{escape(said)}</a></p>\n'
    )
    head, end, tail = rendered.html.rpartition(_END)
    return text, head + link + end + tail if end else rendered.html
