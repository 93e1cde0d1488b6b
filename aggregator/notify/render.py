"""A digest as subject, plain text and HTML; pages by templates. The only importer of jinja2."""

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
class RenderedMail:
    """A mail for people; one line, text of 78 columns, a whole HTML document."""

    subject: str
    text: str
    html: str


def render(digest: Digest) -> RenderedMail:
    """Lay out a digest. The same digest always gives the same bytes.

    Nothing in the HTML is loaded from anywhere, every text is escaped, and only http(s) is
    linked.
    """
    view = view_digest(digest)
    return RenderedMail(
        subject=_subject(view),
        text=plain_text(view),
        html=page("digest.html.j2", digest=view),
    )


def page(template: str, **values: object) -> str:
    """What a template makes of these values; every text in them is escaped."""
    return _environment().get_template(template).render(**values)


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
