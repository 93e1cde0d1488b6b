"""A digest as subject, plain text and HTML. The only importer of jinja2."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from aggregator.core.text import shorten
from aggregator.notify.plain import plain_text
from aggregator.notify.view import DigestView, view_digest
from aggregator.types import Digest

_SUBJECT_HEADLINE = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDigest:
    """A digest for people; one line, text of 78 columns, a whole HTML document."""

    subject: str
    text: str
    html: str


def render(digest: Digest) -> RenderedDigest:
    """Lay out a digest. The same digest always gives the same bytes.

    Nothing in the HTML is loaded from anywhere, every text is escaped, and only http(s) is
    linked.
    """
    view = view_digest(digest)
    return RenderedDigest(
        subject=_subject(view),
        text=plain_text(view),
        html=_environment().get_template("digest.html.j2").render(digest=view),
    )


def _subject(view: DigestView) -> str:
    """The top headline and how much there is: what an inbox shows of the day."""
    if view.top:
        return f"{shorten(view.top, _SUBJECT_HEADLINE)} · {view.counts}"
    return f"{view.title}: nothing new on {view.day}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("aggregator.notify"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
