"""The digest as plain text, for mail readers and terminals: 78 columns, readable by itself."""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.notify.view import DigestView, SectionView, SourceView, TroubleView
from aggregator.notify.view_stories import (
    BriefView,
    ItemView,
    ListView,
    OutletView,
    StoryView,
)
from aggregator.notify.words.catalogue import Words
from aggregator.notify.wrapping import COLUMNS, columns, wrap

_INDENT = "  "


def plain_text(view: DigestView) -> str:
    """The whole digest: blocks parted by empty lines, every address on a line of its own."""
    return "\n\n".join(_blocks(view)) + "\n"


def _blocks(view: DigestView) -> Iterator[str]:
    say = view.words.say
    day = " · ".join(filter(None, (view.day, view.hour)))
    yield "\n".join(filter(None, (*_underlined(view.title, "="), wrap(day), view.counts)))
    if view.nothing:
        yield wrap(view.nothing)
    number = 0
    for section in view.sections:
        if section.title:
            yield _heading(section.title)
        for story in section.stories:
            number += 1
            yield _story(number, story)
        yield from _in_brief(section, view.words)
    if view.sources:
        yield _heading(say("singles"))
        yield from map(_source, view.sources)
    if view.troubles:
        yield _heading(say("troubles"))
        yield from map(_trouble, view.troubles)
    if view.more_troubles:
        yield wrap(view.more_troubles)
    yield "\n".join(_footer(view))


def _footer(view: DigestView) -> Iterator[str]:
    yield "-" * 8
    if view.left_out:
        yield wrap(view.left_out)
        if view.rest_url:
            yield f"{_INDENT}{view.rest_url}"
    yield wrap(view.period)
    if view.again_url:
        yield wrap(view.words.say("again"))
        yield f"{_INDENT}{view.again_url}"


def _underlined(words: str, line: str) -> tuple[str, str]:
    return wrap(words), line * min(columns(words), COLUMNS)


def _heading(words: str) -> str:
    return "\n" + "\n".join(_underlined(words, "-"))


def _story(number: int, story: StoryView) -> str:
    label = f"{number}. "
    indent = " " * len(label)
    headline = wrap(story.headline.text, first=label, indent=indent)
    linked = (*story.first.outlets, *(one for list_ in story.lists for one in list_.outlets))
    if story.headline.url is not None and story.headline.url not in {one.url for one in linked}:
        headline = f"{headline}\n{indent}{story.headline.url}"
    paragraphs = [headline]
    paragraphs += [
        wrap(said, first=indent, indent=indent) for said in (story.note, story.summary) if said
    ]
    told = [_first(story.first, indent)]
    told += [_list(list_, indent) for list_ in story.lists]
    told += [wrap(one, first=indent, indent=indent) for one in (story.origin, story.watches) if one]
    return "\n\n".join((*paragraphs, "\n".join(told)))


def _first(first: ListView, indent: str) -> str:
    (outlet,) = first.outlets
    said = f"{first.label} {_with_detail(outlet.name, outlet)} · {outlet.time}"
    line = wrap(said, first=indent, indent=indent + _INDENT)
    return f"{line}\n{indent}{_INDENT}{outlet.url}" if outlet.url else line


def _list(list_: ListView, indent: str) -> str:
    gutter = max(columns(outlet.time) for outlet in list_.outlets) + 2
    inner = indent + _INDENT
    lines = [wrap(list_.label, first=indent, indent=inner)]
    lines += [
        _entry(_with_detail(outlet.name, outlet), outlet.url, outlet.time, inner, gutter)
        for outlet in list_.outlets
    ]
    if list_.more:
        lines.append(wrap(list_.more, first=inner, indent=inner))
    return "\n".join(lines)


def _with_detail(said: str, outlet: OutletView) -> str:
    return f"{said} ({outlet.detail})" if outlet.detail else said


def _in_brief(section: SectionView, words: Words) -> Iterator[str]:
    if section.brief:
        entries = [_brief(one) for one in section.brief]
        yield "\n\n".join(("\n" + words.say("in_brief"), *entries))


def _brief(one: BriefView) -> str:
    about = " · ".join((one.outlet, one.time, one.outlets))
    lines = [wrap(one.headline.text, first="- ", indent=_INDENT)]
    lines.append(wrap(about, first=_INDENT, indent=_INDENT))
    if one.note:
        lines.append(wrap(one.note, first=_INDENT, indent=_INDENT))
    if one.headline.url:
        lines.append(f"{_INDENT}{one.headline.url}")
    return "\n".join(lines)


def _source(source: SourceView) -> str:
    gutter = max(columns(item.time) for item in source.items) + 2
    lines = [wrap(source.name)]
    lines += [
        _entry(_marked(item), item.headline.url, item.time, _INDENT, gutter)
        for item in source.items
    ]
    if source.more:
        lines.append(wrap(source.more, first=_INDENT, indent=_INDENT))
        if source.url:
            lines.append(f"{_INDENT}{source.url}")
    return "\n".join(lines)


def _trouble(trouble: TroubleView) -> str:
    lines = [wrap(f"{trouble.name}: {trouble.sentence}", indent=_INDENT)]
    if trouble.url:
        lines.append(f"{_INDENT}{trouble.url}")
    return "\n".join(lines)


def _marked(item: ItemView) -> str:
    return f"{item.headline.text} [{item.mark}]" if item.mark else item.headline.text


def _entry(text: str, url: str | None, time: str, indent: str, gutter: int) -> str:
    """A time in the margin, the text beside it, the address below the text."""
    margin = indent + " " * gutter
    first = indent + time + " " * (gutter - columns(time))
    entry = wrap(text, first=first, indent=margin)
    return f"{entry}\n{margin}{url}" if url else entry
