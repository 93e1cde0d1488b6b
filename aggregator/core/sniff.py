"""What kind of document came where a feed should be, and what to tell the user of it."""

from __future__ import annotations

import re

from aggregator.core.html import feed_links
from aggregator.errors import NotAFeed

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})

_PROLOG = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>"
    r"|<(?:[\w.-]+:)?(?P<name>[A-Za-z][\w.-]*)",
    re.DOTALL | re.IGNORECASE,
)
_FEED_ROOT = re.compile(
    r"<(?:rss\b[^>]{0,500}?\bversion\s*=|(?:[\w.-]{1,20}:)?(?:feed|RDF)\b[^>]{0,500}?\bxmlns)",
    re.IGNORECASE,
)
_JUNK = 20_000
"""Characters before a feed that are looked through for its beginning: warnings of a program."""
_HTML_NAMES = frozenset(
    {"html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "br", "h1"}
)
_KNOWN_ROOTS = {
    "opml": "is an OPML list of feeds, not a feed. Put the feeds that it lists into feeds.yaml",
}
_CHALLENGE = re.compile(
    r"challenge-platform|cf-chl|cf_chl|<title>\s*(?:just a moment|attention required|ddos-guard)"
    r"|_incapsula_resource|captcha-delivery|px-captcha|g-recaptcha|h-captcha|hcaptcha"
    r"|enable javascript and cookies|sgcaptcha|awswafintegration"
    r"|verify(?:ing)? you are (?:a )?human",
    re.IGNORECASE,
)
_CHALLENGE_HEAD = 50_000


def root_name(markup: str) -> str:
    """The name of the first element, in lower case and without prefix; empty: there is none."""
    for match in _PROLOG.finditer(markup):
        if match["name"]:
            return match["name"].lower()
    return ""


def feed_start(markup: str, root: str) -> int | None:
    """Where a feed begins, as far as one does; None: there is none.

    Some programs print their warnings before it, in HTML but without a page around them.
    """
    if root in _FEED_ROOTS:
        return 0
    if root == "html":
        return None
    match = _FEED_ROOT.search(markup, 0, _JUNK)
    return match.start() if match else None


def not_a_feed(markup: str, *, root: str, url: str) -> NotAFeed:
    """The error that says what the document is, and what to do about it."""
    if not markup.strip():
        return NotAFeed(
            f"The answer from {url} is empty. Try again later, or check the address.", url=url
        )
    if root in _KNOWN_ROOTS:
        return NotAFeed(f"{url} {_KNOWN_ROOTS[root]}.", url=url)
    if root not in _HTML_NAMES:
        kind = f'a document of type "{root[:40]}"' if root else "no XML, JSON or HTML"
        return NotAFeed(f"{url} is {kind}, not a feed. Check the address.", url=url)
    if _CHALLENGE.search(markup[:_CHALLENGE_HEAD]):
        return NotAFeed(
            f"{url} answers programs with a page that asks for a human visitor. "
            "Ask the publisher for an address that feed readers may use.",
            url=url,
        )
    feeds = feed_links(markup, url)
    if feeds:
        listed = " or ".join(feeds[:3])
        message = f"{url} is a web page, not a feed. It links to {listed}; put that in feeds.yaml."
        return NotAFeed(message, url=url, feeds=feeds)
    return NotAFeed(
        f"{url} is a web page, not a feed, and names no feed. Look for a feed on the site, "
        "often under /feed or /rss.",
        url=url,
    )
