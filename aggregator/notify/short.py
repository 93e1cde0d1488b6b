"""A digest in a line, and in a few for a chat."""

from __future__ import annotations

from aggregator.core.text import shorten
from aggregator.notify.inert import inert, inert_link
from aggregator.notify.view import DigestView
from aggregator.notify.wrapping import columns, cut

SUBJECT_COLUMNS = 78
_MOST = 5
_HEADLINE = 140
_LONGEST_LINK = 300
_LEAST_HEADLINE = 24


def subject_of(view: DigestView) -> str:
    """What an inbox shows of it: the top headline, how much there is, and the day, as in "Bridge
    opens · 12 stories · 30 Mar"; the headline is cut so that it is of 78 columns."""
    if not view.top:
        said = view.words.say("nothing").rstrip(".。")
        return f"{shorten(view.title, 40)} · {said} · {view.short_day}"
    first_count = view.counts.partition(" · ")[0]
    tail = f" · {first_count} · {view.short_day}"
    return cut(view.top, max(SUBJECT_COLUMNS - columns(tail), _LEAST_HEADLINE)) + tail


def short_form(view: DigestView) -> str:
    """Title, day and counts, then up to five headlines with their first outlet and how many have
    the story; what would call somebody in a chat or hide where a link leads is put out of
    action."""
    lines = [f"{inert(view.title)} · {view.short_day}", view.counts or view.nothing]
    for story in view.stories[:_MOST]:
        about = " · ".join((story.first.outlets[0].name, story.outlets))
        lines += _entry(story.headline.text, about, story.headline.url)
    if not view.stories:
        items = [(source, item) for source in view.sources for item in source.items]
        for source, item in items[:_MOST]:
            lines += _entry(item.headline.text, source.name, item.headline.url)
    return "\n".join(lines)


def _entry(headline: str, about: str, url: str | None) -> list[str]:
    lines = ["", f"• {inert(shorten(headline, _HEADLINE))} ({inert(about)})"]
    if url is not None and len(url) <= _LONGEST_LINK:
        lines.append(inert_link(url))
    return lines
