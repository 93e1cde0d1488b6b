"""Any feeds.yaml can be edited, and nothing else in it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edited import NEW, A, added, meaning, paused, removed
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import Config
from aggregator.config.editing import NewSource
from aggregator.config.entries import scalar
from aggregator.core.text import clean_line
from aggregator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Listed:
    """A file whose sources are known."""

    text: str
    urls: tuple[str, ...]
    lines: tuple[int, ...]
    """How many lines each entry has; empty: the list is in brackets."""


def block_forms(url: str, pad: str) -> list[list[str]]:
    """Entries without their indentation; what follows the first line is below the first key."""
    below = " " * (1 + len(pad))
    return [
        [f"-{pad}{url}"],
        [f"-{pad}'{url}'  # a comment: with - signs"],
        [f"-{pad}{{url: {url}, tags: [a, 'b c'],}}"],
        [f"-{pad}url: {url}", f'{below}name: "N {url[8:]}"'],
        [f"-{pad}url: {url} # here", f"{below}paused: yes"],
        [f"-{pad}paused: off", f"{below}url: {url}"],
        [f"-{pad}tags:", f"{below}- a", f"{below}- b", f"{below}url: {url}"],
        [f"-{pad}url: {url}", f"{below}headers:", f"{below}   X-A: b", f"{below}   # X-B: c"],
        [f"-{pad}url: {url}", f"{below}name: >-", f"{below}  N", f"{below}  # {url[8:]}"],
        ["-", f"{below}# - not an entry", f"{below}url: {url}", "", f"{below}interval: 1h"],
        [f"-{pad}url: >", f"{below}  {url}", ""],
    ]


def flow_forms(url: str) -> list[str]:
    return [url, f"'{url}'", f'{{url: "{url}"}}', f"{{ url: {url}, tags: [a, b] }}",
            f"{{url: {url}, paused: true,}}"]  # fmt: skip


@st.composite
def files(draw: st.DrawFn) -> Listed:
    urls = [f"https://{n}.example.org/feed" for n in range(draw(st.integers(1, 5)))]
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    before = draw(st.lists(st.sampled_from(["# top", "", "interval: 2h"]), max_size=3, unique=True))
    after = draw(st.sampled_from([[], [""], ["# end"], ["", "log:", "  level: debug"], ["..."]]))
    sizes: list[int] = []
    if draw(st.booleans()):
        indent = draw(st.sampled_from(["", "  ", "    "]))
        pad = draw(st.sampled_from([" ", "   "]))
        gaps = st.lists(
            st.sampled_from(["", "# a", indent + "# - b", indent + "   # c"]), max_size=2
        )
        lines = ["sources:"]
        for url in urls:
            lines += draw(gaps)
            entry = draw(st.sampled_from(block_forms(url, pad)))
            sizes.append(len(entry))
            lines += [indent + line if line else line for line in entry]
    else:
        written = [draw(st.sampled_from(flow_forms(url))) for url in urls]
        joint = draw(st.sampled_from([", ", f",{ending}  ", f", # a{ending}  "]))
        last = draw(st.sampled_from(["", ",", f" # b{ending}", f"{ending}"]))
        lines = [
            f"sources: [{draw(st.sampled_from(['', ending + '  ']))}{joint.join(written)}{last}]"
        ]
    text = ending.join([*before, *lines, *after])
    text = draw(st.sampled_from(["", "\ufeff"])) + text + draw(st.sampled_from(["", ending]))
    return Listed(text, tuple(urls), tuple(sizes))


def without(config: Config, *urls: str) -> tuple[object, ...]:
    """What a file means, but for these sources."""
    every = [*config.sources, *config.paused]
    return (
        sorted((one for one in every if one.url not in urls), key=lambda one: one.url),
        config.interval,
        config.log,
    )


def attempted(edit: Callable[[], str]) -> str | None:
    """None: it was refused."""
    try:
        return edit()
    except UsageError:
        return None


def in_order(some: list[str], every: list[str]) -> bool:
    """Whether all lines of one stand in the other, in that order."""
    rest = iter(every)
    return all(line in rest for line in some)


TEXTS = st.text(max_size=30).map(clean_line)
WORDS = st.text(st.characters(codec="utf-8", exclude_characters=","), max_size=20).map(clean_line)


@settings(deadline=None)  # a busy machine is no failure
@given(files(), TEXTS, st.lists(WORDS.filter(bool), max_size=3), TEXTS)
def test_a_new_source_changes_nothing_else(
    file: Listed, name: str, tags: list[str], title: str
) -> None:
    entry = NewSource(url=NEW, name=name or None, tags=tuple(tags), opml=(("title", title),))
    new = added(file.text, entry)
    config = meaning(new)
    source = config.sources[-1]
    assert (source.url, source.tags) == (NEW, tuple(dict.fromkeys(tags)))
    assert source.name == (name or "new.example.com")
    assert config.outlines[NEW] == (("title", title),)
    assert without(config, NEW) == without(meaning(file.text), NEW)
    if file.lines:
        assert removed(new, NEW) == file.text


@settings(deadline=None)  # a busy machine is no failure
@given(files(), st.data())
def test_a_removed_source_takes_nothing_along(file: Listed, data: st.DataObject) -> None:
    urls = data.draw(st.lists(st.sampled_from(file.urls), min_size=1, unique=True))
    new = attempted(lambda: removed(file.text, *urls))
    if new is None:
        assert len(file.urls) == len(urls) or (", # a" in file.text and file.urls[-1] in urls)
        return
    assert without(meaning(new)) == without(meaning(file.text), *urls)
    if file.lines:
        old, left = file.text.splitlines(), new.splitlines()
        assert in_order(left, old)
        # Their own lines, an empty line that parted each, and comments indented as its parts.
        gone = len(old) - len(left)
        own = sum(file.lines[file.urls.index(url)] for url in urls)
        assert own - len(urls) <= gone <= own + 3 * len(urls)


@settings(deadline=None)  # a busy machine is no failure
@given(files(), st.data())
def test_pausing_and_resuming_changes_nothing_else(file: Listed, data: st.DataObject) -> None:
    urls = data.draw(st.lists(st.sampled_from(file.urls), min_size=1, unique=True))
    before = meaning(file.text)
    is_paused = {one.url for one in before.paused}
    other = paused(file.text, *urls)
    after = meaning(other)
    assert {one.url for one in after.paused} == is_paused | {*urls}
    assert without(after) == without(before)
    again = paused(other, *urls, on=False)
    assert {one.url for one in meaning(again).paused} == is_paused - {*urls}
    assert without(meaning(again)) == without(before)
    if file.lines and not is_paused and "paused: off" not in file.text:
        # An address alone is now written with its key.
        assert again.replace("url: ", "") == file.text.replace("url: ", "")


@given(st.text())
def test_any_text_is_written_so_that_it_is_read_again(text: str) -> None:
    line = clean_line(text)
    config = f"sources:\n  - url: {A}\n    opml:\n      a: {scalar(line)}\n"
    assert dict(meaning(config).outlines[A])["a"] == line
    flow = f"sources: [{{url: {A}, opml: {{a: {scalar(line, flow=True)}}}}}]\n"
    assert dict(meaning(flow).outlines[A])["a"] == line
