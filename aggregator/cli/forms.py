"""The forms in which a text is printed: plain text, Markdown, HTML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import click

from aggregator.cli.output import document, paragraphs
from aggregator.errors import UsageError

Form = Literal["text", "markdown", "html"]

F = TypeVar("F", bound=Callable[..., Any])


def form_option(command: F) -> F:
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "markdown", "html"]),
        help="Print the text only, in this form.",
    )(command)


def check_form(form: Form | None, *, as_json: bool) -> None:
    """Raises UsageError where a form makes no sense."""
    if form is not None and as_json:
        raise UsageError("--json has the text in all its forms; leave out --format")


def print_form(form: Form, *, text: str, html: str) -> None:
    """Nothing but the text. `html` may be empty where nothing but plain text is known."""
    if form == "text":
        paragraphs(text)
    elif form == "markdown":
        document(markdown(text=text, html=html))
    else:
        from aggregator.core.markup import html_of

        document(html_of(text=text, html=html))


def markdown(*, text: str, html: str) -> str:
    """A text in Markdown, from its HTML if there is any."""
    from aggregator.core.markdown import to_markdown
    from aggregator.core.markup import html_of

    return to_markdown(html_of(text=text, html=html))
