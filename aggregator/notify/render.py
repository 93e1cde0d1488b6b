"""A digest as subject, plain text, HTML and short form; pages by templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from aggregator.notify.inlining import inlined
from aggregator.notify.plain import plain_text
from aggregator.notify.shedding import STEPS, shed
from aggregator.notify.short import short_form, subject_of
from aggregator.notify.view import DigestView, view_digest
from aggregator.templating import environment
from aggregator.types import Digest, RenderedDigest

MOST_BYTES = 90_000
"""Of the HTML: what is longer than 102 kB is clipped by some mail programs, and on its way a
message grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedMail:
    """A mail for people; one line, text of 78 columns, a whole HTML document."""

    subject: str
    text: str
    html: str


def render(digest: Digest) -> RenderedDigest:
    """Lay out a digest, as much of it as fits. The same digest always gives the same bytes.

    Nothing in the HTML is loaded from anywhere, but for pictures where the digest wants them;
    every text is escaped, and only http(s) is linked.
    """
    return render_fitting(digest)[1]


def render_fitting(digest: Digest) -> tuple[Digest, RenderedDigest]:
    """What of the digest is shown, and that laid out.

    Where the HTML would have more than `MOST_BYTES`, the lowest stories are put in brief, and the
    lowest of those and single items are counted only, by halving until it fits (`shed`).
    """
    view = view_digest(digest)
    html = _html(view)
    if not _fits(html):
        digest, view, html = _halved(digest)
    rendered = RenderedDigest(
        subject=subject_of(view),
        text=plain_text(view),
        html=html,
        short=short_form(view),
    )
    return digest, rendered


def page(template: str, **values: object) -> str:
    """What a template makes of these values, for mail programs; every text in them is escaped."""
    screens = _styles("screens.css")
    html = environment("aggregator.notify").get_template(template).render(screens=screens, **values)
    return inlined(html, styles=_styles("mail.css"))


def _halved(digest: Digest) -> tuple[Digest, DigestView, str]:
    """The most of it that fits; at the least how much there is."""
    fits, too_much = 0, STEPS
    best = _tried(digest, fits)
    if not _fits(best[2]):  # sources in trouble, whose addresses have no end
        return _tried(replace(digest, troubles=()), fits)
    while too_much - fits > 1:
        middle = (fits + too_much) // 2
        tried = _tried(digest, middle)
        if _fits(tried[2]):
            fits, best = middle, tried
        else:
            too_much = middle
    return best


def _tried(digest: Digest, kept: int) -> tuple[Digest, DigestView, str]:
    less = shed(digest, kept)
    view = view_digest(less)
    return less, view, _html(view)


def _fits(html: str) -> bool:
    return len(html.encode()) <= MOST_BYTES


def _html(view: DigestView) -> str:
    return page("digest.html.j2", digest=view, words=view.words)


@cache
def _styles(name: str) -> str:
    file = resources.files("aggregator.notify").joinpath(f"templates/{name}")
    return file.read_text("utf-8").strip()
