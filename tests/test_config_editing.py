"""Sources added, removed and paused in feeds.yaml: only what is meant changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited import ENVIRON, NEW, A, B, C, added, file_of, meaning, paused, refused, removed

from aggregator.config import template
from aggregator.config.editing import NewSource, add_sources, remove_sources, set_paused
from aggregator.config.opml import to_opml
from aggregator.errors import ConfigError, UsageError
from aggregator.types import PageSelectors

# --- where a new entry goes ----------------------------------------------------------------------

ADDED = {
    "two spaces": (
        "sources:\n  - https://a.example/\n",
        f"sources:\n  - https://a.example/\n  - {NEW}\n",
    ),
    "no indentation": (
        "sources:\n- https://a.example/\nlog: {level: info}\n",
        f"sources:\n- https://a.example/\n- {NEW}\nlog: {{level: info}}\n",
    ),
    "wide dashes": (
        "sources:\n    -   https://a.example/   # mine\n",
        f"sources:\n    -   https://a.example/   # mine\n    -   {NEW}\n",
    ),
    "keys as the last has them": (
        "sources:\n - url: https://a.example/\n   name: A\n",
        f"sources:\n - url: https://a.example/\n   name: A\n - url: {NEW}\n",
    ),
    "parted by an empty line": (
        "sources:\n  - https://a.example/\n\n  - https://b.example/\n\nlog: {}\n",
        f"sources:\n  - https://a.example/\n\n  - https://b.example/\n\n  - {NEW}\n\nlog: {{}}\n",
    ),
    "before comments that follow": (
        f"sources:\n  - {A}\n  # - {B}\n# end\nlog: {{}}\n",
        f"sources:\n  - {A}\n  - {NEW}\n  # - {B}\n# end\nlog: {{}}\n",
    ),
    "behind comments of the last": (
        "sources:\n  - url: https://a.example/\n    # paused: true\nlog: {}\n",
        f"sources:\n  - url: https://a.example/\n    # paused: true\n  - url: {NEW}\nlog: {{}}\n",
    ),
    "behind a text in lines": (
        "sources:\n  - url: https://a.example/\n    name: |\n      # A\n\n# end\n",
        f"sources:\n  - url: https://a.example/\n    name: |\n      # A\n  - url: {NEW}\n\n# end\n",
    ),
    "no line break at the end": (
        "sources:\n  - https://a.example/",
        f"sources:\n  - https://a.example/\n  - {NEW}",
    ),
    "lines of Windows": (
        "sources:\r\n  - https://a.example/\r\nlog: {}\r\n",
        f"sources:\r\n  - https://a.example/\r\n  - {NEW}\r\nlog: {{}}\r\n",
    ),
    "byte-order mark": (
        "\ufeffsources:\n  - https://a.example/\n",
        f"\ufeffsources:\n  - https://a.example/\n  - {NEW}\n",
    ),
    "a dash by itself": (
        "sources:\n  - # the - first\n    url: https://a.example/\n",
        f"sources:\n  - # the - first\n    url: https://a.example/\n  - url: {NEW}\n",
    ),
    "the end of the document": (
        "---\nsources:\n  - https://a.example/\n...\n",
        f"---\nsources:\n  - https://a.example/\n  - {NEW}\n...\n",
    ),
    "behind an alias": (
        f"sources:\n  - {{url: {A}, tags: &t [x]}}\n  - {{url: {B}, tags: *t}}",
        f"sources:\n  - {{url: {A}, tags: &t [x]}}\n  - {{url: {B}, tags: *t}}\n  - url: {NEW}",
    ),
    "brackets": (
        "sources: [https://a.example/]\n",
        f"sources: [https://a.example/, {NEW}]\n",
    ),
    "brackets with a comma at the end": (
        "sources: [https://a.example/ , ] # all\n",
        f"sources: [https://a.example/, {NEW} , ] # all\n",
    ),
    "brackets over lines": (
        "sources: [\n  https://a.example/,  # a\n  https://b.example/   # b\n]\n",
        f"sources: [\n  https://a.example/,  # a\n  https://b.example/,   # b\n  {NEW}\n]\n",
    ),
    "brackets over lines, with commas": (
        "sources: [\n  https://a.example/,  # a\n]\n",
        f"sources: [\n  https://a.example/,  # a\n  {NEW},\n]\n",
    ),
    "all in brackets": (
        "{sources: [https://a.example/], interval: 1h}\n",
        f"{{sources: [https://a.example/, {NEW}], interval: 1h}}\n",
    ),
    "an empty list": ("sources: []\nlog: {}\n", f"sources: [{NEW}]\nlog: {{}}\n"),
    "no list": (
        "interval: 1h\nsources: # none yet\nlog: {}\n",
        f"interval: 1h\nsources: # none yet\n  - {NEW}\nlog: {{}}\n",
    ),
    "no key": ("interval: 1h", f"interval: 1h\nsources:\n  - {NEW}\n"),
    "comments only": ("# mine\n", f"# mine\nsources:\n  - {NEW}\n"),
    "nothing": ("", f"sources:\n  - {NEW}\n"),
}


@pytest.mark.parametrize("name", ADDED)
def test_a_new_source_stands_last(name: str) -> None:
    text, wanted = ADDED[name]
    assert added(text, NewSource(url=NEW)) == wanted
    assert meaning(wanted).sources[-1].url == NEW


def test_everything_that_is_said_of_a_new_source_is_read_again() -> None:
    entry = NewSource(
        url="HTTPS://New.Example.com:443/feed?a=b&c=[d],e#top",
        name=" The “New”: # all\tof it ",
        tags=("world", "a: b", "no", "world"),
        language="no",
        select=PageSelectors(item="main > li", date="time::attr(datetime)"),
        opml=(("description", ""), ("app:color", "#ff00ff"), ("title", "a\\b\n\u2028c")),
    )
    for text in ("sources:\n  - https://a.example/\n", "sources: [https://a.example/]\n"):
        config = meaning(added(text, entry))
        source = config.sources[-1]
        assert source.url == "https://new.example.com/feed?a=b&c=[d],e"
        assert (source.name, source.language) == ("The “New”: # all of it", "no")
        assert source.tags == ("world", "a: b", "no")
        assert source.selectors == entry.select
        assert config.outlines[source.url] == (
            ("description", ""),
            ("app:color", "#ff00ff"),
            ("title", "a\\b c"),
        )


def test_an_entry_is_written_as_people_do() -> None:
    entry = NewSource(
        url="https://www.example.org/rss?format=xml",
        name="Example World News",
        tags=("world", "long reads"),
        select=PageSelectors(item="main article", title="h2"),
    )
    assert added("", entry).splitlines() == [
        "sources:",
        "  - url: https://www.example.org/rss?format=xml",
        "    name: Example World News",
        "    tags: [world, long reads]",
        "    select:",
        "      item: main article",
        "      title: h2",
    ]


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    assert add_sources(path, [NewSource(url=NEW)], environ={}) == ("new.example.com",)
    assert path.read_text() == f"sources:\n  - {NEW}\n"
    beside = tmp_path / "beside"
    beside.touch()
    assert path.stat().st_mode == beside.stat().st_mode


def test_nothing_to_add_makes_no_file(tmp_path: Path) -> None:
    assert add_sources(tmp_path / "feeds.yaml", [], environ={}) == ()
    assert list(tmp_path.iterdir()) == []


def test_the_template_keeps_all_its_comments() -> None:
    text = template()
    new = added(text, NewSource(url=NEW, name="New"))
    lines = [f"  - url: {NEW}", "    name: New", ""]
    assert [line for line in new.splitlines() if line not in text.splitlines()] == lines[:2]
    assert removed(new, NEW) == text
    assert paused(paused(new, NEW), NEW, on=False) == new


# --- names ---------------------------------------------------------------------------------------


def given_names(text: str, *entries: NewSource) -> tuple[str, ...]:
    with file_of(text) as path:
        before = {one.url: one.name for one in meaning(text).sources}
        names = add_sources(path, entries, environ=ENVIRON)
        after = meaning(path.read_text())
        assert before.items() <= {one.url: one.name for one in after.sources}.items()
        assert [one.name for one in after.sources[-len(entries) :]] == [*names]
        return names


def test_a_name_that_is_taken_gets_a_number() -> None:
    text = "sources:\n  - {url: 'https://a.example/', name: Desk}\n  - https://b.example/\n"
    entries = [NewSource(url=f"https://{n}.example.org/", name="DESK") for n in range(2)]
    long = [NewSource(url=f"https://{n}.example.net/", name="x" * 150) for n in range(2)]
    assert given_names(text, *entries, *long) == (
        "DESK 2",
        "DESK 3",
        "x" * 99 + "…",
        "x" * 97 + "… 2",
    )
    assert given_names(text, NewSource(url=NEW, name="B.example")) == ("B.example 2",)


def test_sources_without_a_name_keep_theirs_when_another_of_their_host_comes() -> None:
    text = "sources:\n  - https://a.example/world\n"
    entries = [NewSource(url=f"https://a.example/{path}") for path in ("sport", "sport?n=2")]
    assert given_names(text, *entries) == ("a.example/sport", "a.example/sport-2")
    assert given_names(text, NewSource(url=NEW)) == ("new.example.com",)
    assert given_names(text, NewSource(url=NEW), entries[0]) == (
        "new.example.com",
        "a.example/sport",
    )


# --- removing ------------------------------------------------------------------------------------

REMOVED = {
    "first": (f"sources:\n  - {A}\n  - {B}\n", (A,), f"sources:\n  - {B}\n"),
    "last": (f"sources:\n  - {A}\n  - {B} # b\n", (B,), f"sources:\n  - {A}\n"),
    "last, without a line break": (f"sources:\n  - {A}\n  - {B}", (B,), f"sources:\n  - {A}"),
    "several": (f"sources:\n  - {A}\n  - {B}\n  - {C}\n", (C, A), f"sources:\n  - {B}\n"),
    "by any spelling": (f"sources: [HTTPS://A.example, {B}]\n", (A,), f"sources: [{B}]\n"),
    "with its parts": (
        f"sources:\n  - {A}\n  # b\n  - url: {B}\n    tags: [x] # x\n    # y\n  # c\n  - {C}\n",
        (B,),
        f"sources:\n  - {A}\n  # b\n  # c\n  - {C}\n",
    ),
    "a dash by itself": (
        f"sources:\n  -\n    # b\n    url: {B}\n  - {A}\n", (B,), f"sources:\n  - {A}\n"
    ),
    "one empty line": (
        f"sources:\n  - {A}\n\n  - {B}\n\n  - {C}\n", (B,), f"sources:\n  - {A}\n\n  - {C}\n"
    ),
    "the empty line before the last": (
        f"sources:\n  - {A}\n\n  - {B}\n", (B,), f"sources:\n  - {A}\n"
    ),
    "lines of Windows": (
        f"sources:\r\n- {A}\r\n\r\n- {B}\r\n\r\n- {C}", (C, B), f"sources:\r\n- {A}"
    ),
    "brackets, first": (f"sources: [{A}, {B}]\n", (A,), f"sources: [{B}]\n"),
    "brackets, last": (f"sources: [ {A}, {B} ]\n", (B,), f"sources: [ {A} ]\n"),
    "brackets, several": (f"sources: [{A}, {B}, {C},]\n", (C, A), f"sources: [{B},]\n"),
    "brackets over lines": (
        f"sources: [\n  {A}, # a\n  {{url: {B}}}, # b\n  {C} # c\n]\n",
        (B, C),
        f"sources: [\n  {A}, # a\n]\n",
    ),
    "brackets, a comment between": (
        f"sources: [{A}, # a\n {B}]\n", (A,), f"sources: [ # a\n {B}]\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REMOVED)
def test_a_removed_source_is_gone_with_its_lines(name: str) -> None:
    text, urls, wanted = REMOVED[name]
    assert removed(text, *urls) == wanted
    kept = {one.url for one in meaning(text).sources} - set(urls)
    assert {one.url for one in meaning(wanted).sources} == kept


def test_the_last_source_stays() -> None:
    sentence = refused(
        f"sources:\n  - {A}\n  - url: {B}\n    paused: true\n",
        lambda path: remove_sources(path, [A, B], environ={}),
    )
    assert sentence == "must list at least one source; pause the last one, or add another first"


# --- pausing -------------------------------------------------------------------------------------

PAUSED = {
    "an address": (f"sources:\n  - {A} # a\n  - {B}\n", (A,),
        f"sources:\n  - url: {A} # a\n    paused: true\n  - {B}\n"),
    "a quoted address": (f"sources:\n-   '{A}'", (A,),
        f"sources:\n-   url: '{A}'\n    paused: true"),
    "keys": (f"sources:\n  - url: {A}\n    opml:\n      x: y # z\n    # m\n  - {B}\n", (A,),
        f"sources:\n  - url: {A}\n    opml:\n      x: y # z\n    paused: true\n    # m\n  - {B}\n"),
    "said already": (f"sources:\n  - paused: no # yet\n    url: {A}\n", (A,),
        f"sources:\n  - paused: true # yet\n    url: {A}\n"),
    "several": (f"sources:\n  - {A}\n  - {B}\n  - {C}\n", (C, A),
        f"sources:\n  - url: {A}\n    paused: true\n  - {B}\n  - url: {C}\n    paused: true\n"),
    "brackets": (f"sources: [{A}, {{url: {B}, tags: [x]}}]\n", (A, B),
        f"sources: [{{url: {A}, paused: true}}, {{url: {B}, tags: [x], paused: true}}]\n"),
    "brackets in a line": (f"sources:\n  - {{ url: {A}, }}\n", (A,),
        f"sources:\n  - {{ url: {A}, paused: true, }}\n"),
    "lines of Windows": (f"sources:\r\n  - {A}\r\nlog: {{}}\r\n", (A,),
        f"sources:\r\n  - url: {A}\r\n    paused: true\r\nlog: {{}}\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", PAUSED)
def test_a_paused_source_says_so(name: str) -> None:
    text, urls, wanted = PAUSED[name]
    assert paused(text, *urls) == wanted
    assert {one.url for one in meaning(wanted).paused} == set(urls)
    assert paused(wanted, *urls) == wanted


RESUMED = {
    "by the line": (f"sources:\n  - url: {A}\n    paused: yes\n    name: A\n",
        f"sources:\n  - url: {A}\n    name: A\n"),
    "at the end": (f"sources:\n  - url: {A}\n    paused: true", f"sources:\n  - url: {A}"),
    "by the word, where a comment is beside it": (
        f"sources:\n  - url: {A}\n    paused: yes # until May\n",
        f"sources:\n  - url: {A}\n    paused: false # until May\n"),
    "by the word, where a comment is above it": (
        f"sources:\n  - url: {A}\n    # until May\n    paused: yes\n",
        f"sources:\n  - url: {A}\n    # until May\n    paused: false\n"),
    "by the word, where it comes first": (f"sources:\n  - paused: 'on'\n    url: {A}\n",
        f"sources:\n  - paused: false\n    url: {A}\n"),
    "in brackets": (f"sources: [{{url: {A}, paused: true, tags: [x], }}]\n",
        f"sources: [{{url: {A}, tags: [x], }}]\n"),
    "by the word, in brackets": (f"sources: [{{paused: true, url: {A}}}]\n",
        f"sources: [{{paused: false, url: {A}}}]\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", RESUMED)
def test_a_resumed_source_is_no_longer_paused(name: str) -> None:
    text, wanted = RESUMED[name]
    assert paused(text, A, on=False) == wanted
    assert meaning(wanted).paused == ()
    assert paused(wanted, A, on=False) == wanted


def test_rules_for_a_site_stay_as_they_are() -> None:
    entry = (
        f"  - url: {A}\n    extract:\n      body: [.a, '//b'] # both\n"
        "      cookies: {consent: 'yes', id: {env: KEY}}\n"
    )
    text = f"sources:\n{entry}  - {B}\n"
    rules = meaning(text).sources[0].rules
    assert rules is not None
    off = paused(text, A)
    assert off == f"sources:\n{entry}    paused: true\n  - {B}\n"
    assert meaning(off).paused[0].rules == rules
    assert paused(off, A, on=False) == text
    assert removed(text, B) == f"sources:\n{entry}"
    assert meaning(added(text, NewSource(url=NEW))).sources[0].rules == rules
    assert b"consent" not in to_opml(meaning(text))


# --- what is refused -----------------------------------------------------------------------------

ALIASED = f"sources:\n  - &a {{url: {A}, tags: [x]}}\n  - url: {B}\n    tags: &t [y]\n"


def test_an_edit_that_would_change_something_else_is_refused() -> None:
    text = f"sources:\n  - url: {A}\n    tags: &t [x]\n  - url: {B}\n    tags: *t\n"
    sentence = refused(text, lambda path: remove_sources(path, [A], environ={}))
    assert sentence == (
        "stays as it is: there is no &t above for *t to repeat. Make this change in the file itself"
    )
    assert removed(text, B) == text.partition(f"  - url: {B}")[0]
    for flow in (True, False):
        listed = f"{{url: {A}, tags: &t [x]}}", f"{{url: {B}, tags: *t}}"
        both = f"sources: [{listed[0]}, {listed[1]}]" if flow else "sources:\n- {}\n- {}"
        sentence = refused(
            both if flow else both.format(*listed),
            lambda path: remove_sources(path, [A], environ={}),
        )
        assert "there is no &t above for *t to repeat" in sentence
    redefined = text.replace("sources:", "contact: &t a@example.org\nsources:")
    sentence = refused(redefined, lambda path: remove_sources(path, [A], environ={}))
    assert sentence.startswith("stays as it is: ")
    repeated = f"contact: &u {A}\nsources:\n  - *u\n  - {B}\n"
    assert paused(repeated, A).endswith(f"\n  - url: *u\n    paused: true\n  - {B}\n")
    assert added(repeated, NewSource(url=NEW)) == f"{repeated}  - {NEW}\n"


def test_what_stands_elsewhere_is_not_edited() -> None:
    opml = "opml: &o {description: x}"
    text = f"sources:\n  - url: {A}\n    {opml}\n  - {{url: {B}, opml: *o}}\n"
    assert paused(text, B).endswith(f"  - {{url: {B}, opml: *o, paused: true}}\n")
    odd = f"? sources\n: - {A}\n"
    sentence = refused(odd, lambda path: add_sources(path, [NewSource(url=NEW)], environ={}))
    assert "the dash of the entry has a line with something else" in sentence
    alias = "allow: &none []\nsources: *none\n"
    sentence = refused(alias, lambda path: add_sources(path, [NewSource(url=NEW)], environ={}))
    assert "its sources are an alias" in sentence
    folded = f"sources:\n  - >-\n    {A}\n  - {B}\n"
    assert refused(folded, lambda path: set_paused(path, [A], paused=True, environ={}))
    between = f"sources: [{A}, # a\n {B}]\n"
    sentence = refused(between, lambda path: remove_sources(path, [B], environ={}))
    assert "a comment stands where the comma before it would go" in sentence


@pytest.mark.parametrize(
    ("entry", "fragment"),
    [
        (NewSource(url=NEW, tags=("a, b",)), "sources[1].tags[0] holds a comma"),
        (NewSource(url=NEW, language="English"), "sources[1].language must be a language code"),
        (NewSource(url=NEW, select=PageSelectors(item="li[[")), "is no CSS selector"),
        (NewSource(url="ftp://example.org/"), "must begin with https:// or http://"),
        (NewSource(url="https://u:pa55@example.org/"), ""),
        (NewSource(url=NEW, opml=(("a b", "c"),)), "is no name of an attribute"),
    ],
)
def test_a_source_that_could_not_be_read_is_refused(entry: NewSource, fragment: str) -> None:
    text = f"sources:\n  - {A}\n"
    if not fragment:
        assert "pa55" not in added(text, entry)
        return
    sentence = refused(text, lambda path: add_sources(path, [entry], environ={}))
    assert fragment in sentence


def test_an_address_that_is_followed_already_is_refused() -> None:
    text = f"sources:\n  - url: {A}\n    name: Desk\n    paused: true\n  - {B}\n"
    with file_of(text) as path:
        with pytest.raises(UsageError, match=rf"{A} is followed already, as “Desk”"):
            add_sources(path, [NewSource(url="https://A.example")], environ={})
        with pytest.raises(UsageError, match="is given twice"):
            add_sources(path, [NewSource(url=NEW), NewSource(url=NEW + "#x")], environ={})
        assert path.read_text() == text


def test_a_source_that_is_not_listed_is_refused() -> None:
    text = f"sources:\n  - {A}\n  - {B}\n"
    for edit in (
        lambda path: remove_sources(path, [NEW], environ={}),
        lambda path: set_paused(path, [NEW], paused=True, environ={}),
    ):
        assert refused(text, edit) == f"does not list {NEW}, or no longer; nothing was changed"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"sources:\n  - {A}\nintervall: 5m\n", 3),
        (f"sources:\n  - {A}\n\tx\n", 3),
        ("- x\n", 1),
        ("sources: x\n", 1),
    ],
)
def test_a_file_with_mistakes_is_not_edited(text: str, line: int) -> None:
    with file_of(text) as path:
        for edit in (
            lambda: add_sources(path, [NewSource(url=NEW)], environ={}),
            lambda: remove_sources(path, [A], environ={}),
            lambda: set_paused(path, [A], paused=True, environ={}),
        ):
            with pytest.raises(ConfigError) as caught:
                edit()
            assert [problem.line for problem in caught.value.problems] == [line]
        assert path.read_text() == text
