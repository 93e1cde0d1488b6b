"""Articles as one Markdown document, in pieces: what stands first, and each article."""

from __future__ import annotations

from aggregator.core.export_outline import Entry, Outline
from aggregator.core.export_xhtml import escape, under_headings
from aggregator.core.markdown import to_markdown
from aggregator.core.markup import html_of
from aggregator.types import Article


def text_of_article(article: Article, *, rank: int) -> str:
    """The text, to stand below a heading of this rank; empty where there is none."""
    html = html_of(text=article.text, html=article.html)
    return to_markdown(under_headings(html, rank + 1))


def head_of_article(entry: Entry, *, rank: int) -> str:
    """Heading, what is known of it, address."""
    numbers = [f"article {entry.article_id}"]
    if entry.story_id is not None:
        numbers.append(f"story {entry.story_id}")
    blocks = [
        f'<a id="{entry.key}"></a>',
        heading(entry.title, rank=rank),
        _line(" · ".join([entry.about, *entry.authors, *numbers])),
    ]
    if entry.url:
        address = escape(entry.url)
        blocks.append(to_markdown(f'<p><a href="{address}">{address}</a></p>'))
    return "\n\n".join(blocks)


def front(outline: Outline) -> str:
    """Title and facts; of a story its timeline, too."""
    blocks = [heading(outline.title, rank=1), *map(_line, outline.facts)]
    if outline.story_id is not None:
        blocks += heading("Timeline", rank=2), "\n".join(map(_in_timeline, outline.entries))
    return "\n\n".join(blocks)


def heading(title: str, *, rank: int) -> str:
    return to_markdown(f"<h{rank}>{escape(title)}</h{rank}>")


def _in_timeline(entry: Entry) -> str:
    title = f'<a href="#{entry.key}">{escape(entry.title)}</a>'
    return to_markdown(f"<ul><li>{escape(entry.about)}: {title}</li></ul>")


def _line(text: str) -> str:
    return to_markdown(f"<p>{escape(text)}</p>")
