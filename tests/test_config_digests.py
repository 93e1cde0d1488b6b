"""Digests of feeds.yaml: what they mean, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from pathlib import Path

import pytest
from edited import file_of
from hypothesis import given
from hypothesis import strategies as st

from aggregator import config
from aggregator.config import Config, DigestConfig, parse
from aggregator.config.digests import days, written_days
from aggregator.config.editing import remove_watch
from aggregator.errors import ConfigError, UsageError
from aggregator.types import DigestTarget, SectionKind, SectionRule, TargetKind

FOLDER = Path("/srv/news")
FEEDS = "sources:\n  - https://a.example/\n"
SENT = "smtp: {host: mail.example.org}\n"
CHANNELS = (
    "channels:\n"
    "  Desk: desk@example.org\n"
    "  chat: {url_env: CHAT}\n"
    "  press: https://hooks.example.org/x\n"
    "  secret: {url_env: HOOK}\n"
)
WATCHES = (
    "watches:\n  - {name: Baku, query: baku, to: chat}\n  - {name: Silent, silent: 1d, to: chat}\n"
)
ENVIRON = {
    "HOME": "/home/ann",
    "PATH": "/usr/bin:/bin",
    "CHAT": "json://ann:p4ssword@h.example/",
    "HOOK": "https://hooks.example.org/S3cretPath",
}


def read(text: str, *, environ: Mapping[str, str] = ENVIRON) -> Config:
    return parse(f"{FEEDS}{text}", file="feeds.yaml", folder=FOLDER, environ=environ)


def digest(lines: str) -> DigestConfig:
    """The section `digest` with these lines, beside channels and watches."""
    entry = "".join(f"  {line}\n" for line in lines.splitlines())
    text = f"{SENT}{CHANNELS}{WATCHES}digest:\n  from: news@example.org\n{entry}"
    return read(text).digest


def recipient(written: str) -> DigestTarget:
    [target] = digest(f"to: {written}").to
    return target


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    lines = [str(problem) for problem in caught.value.problems]
    assert "p4ssword" not in "".join(lines)
    return lines


def wrong(lines: str) -> str:
    """The one problem of such a section."""
    with pytest.raises(ConfigError) as caught:
        digest(lines)
    [problem] = caught.value.problems
    assert "p4ssword" not in problem.message
    return f"{problem.key}: {problem.message}"


# --- recipients ----------------------------------------------------------------------------------

RECIPIENTS = {
    "an address": ("ann@example.org", TargetKind.MAIL, "ann@example.org", "ann@example.org"),
    "an address with a name": (
        "Ann Lee <ann@example.org>",
        TargetKind.MAIL,
        "ann@example.org",
        "Ann Lee <ann@example.org>",
    ),
    "an address as links have it": (
        "'mailto:ann@example.org'",
        TargetKind.MAIL,
        "ann@example.org",
        "ann@example.org",
    ),
    "a file": (
        "'file:out/{digest}-{date}-{time}.eml'",
        TargetKind.FILE,
        "file:out/{digest}-{date}-{time}.eml",
        "/srv/news/out/{digest}-{date}-{time}.eml",
    ),
    "a file from the root": ("file:/a/b.EML", TargetKind.FILE, "file:/a/b.EML", "/a/b.EML"),
    "a file as a URL": ("file:///a/b.eml", TargetKind.FILE, "file:///a/b.eml", "/a/b.eml"),
    "a file at home": ("file:~/b.eml", TargetKind.FILE, "file:~/b.eml", "/home/ann/b.eml"),
    "a maildir": ("file:~/Mail/", TargetKind.MAILDIR, "file:~/Mail/", "/home/ann/Mail"),
    "a command": (
        "\"command: cat - 'two words'\"",
        TargetKind.COMMAND,
        "command: cat - 'two words'",
        "cat - 'two words'",
    ),
    "a channel by mail": ("desk", TargetKind.MAIL, "Desk", "desk@example.org"),
    "a channel of Apprise": ("Chat", TargetKind.APPRISE, "chat", ENVIRON["CHAT"]),
    "a URL of Apprise": (
        "json://h.example/x",
        TargetKind.APPRISE,
        "json://h.example/x",
        "json://h.example/x",
    ),
}


@pytest.mark.parametrize(
    ("written", "kind", "name", "address"), RECIPIENTS.values(), ids=RECIPIENTS
)
def test_a_recipient_shows_in_how_it_is_written(
    written: str, kind: TargetKind, name: str, address: str
) -> None:
    assert recipient(written) == DigestTarget(name=name, kind=kind, address=address)


def test_a_program_of_ones_own_is_looked_for_in_the_folder_of_the_file(tmp_path: Path) -> None:
    program = tmp_path / "send it"
    program.write_text("#!/bin/sh\n")
    text = f"{FEEDS}digest: {{from: a@b.example, to: \"command:'./send it' -t\"}}\n"

    def address(*, thorough: bool = True) -> str:
        root, flaws = config.read(text, file="feeds.yaml")
        found = config.interpret(
            root, flaws, file="feeds.yaml", folder=tmp_path, environ=ENVIRON, thorough=thorough
        )
        return found.digest.to[0].address

    with pytest.raises(ConfigError, match=r'digest\.to: names the program "\./send it", which'):
        address()
    assert address(thorough=False) == f"'{tmp_path}/send it' -t"
    program.chmod(0o700)
    assert address() == f"'{tmp_path}/send it' -t"


def test_a_recipient_that_is_given_twice_gets_one() -> None:
    found = digest("to: [desk, A <a@b.example>, a@b.example, DESK, desk@example.org, 'file:a/']")
    assert [target.name for target in found.to] == ["Desk", "a@b.example", "file:a/"]


def test_no_address_of_a_recipient_shows() -> None:
    assert "p4ssword" not in repr(digest("to: chat"))


WRONG_RECIPIENTS = {
    "a name of nothing": ("dsk", '"dsk" is no mail address and names no channel; did you mean'),
    "a webhook": ("[desk, press]", 'digest.to[1]: "press" is a webhook, which takes no digest'),
    "a webhook kept elsewhere": ("secret", '"secret" is a webhook, which takes no digest'),
    "the address of a webhook": ("https://h.example/", "is the address of a webhook, which takes"),
    "half an address": ("[desk, 'ann@']", 'digest.to[1]: "ann@" is no mail address'),
    "half an address in brackets": ("'A <ann@>'", '"A <ann@>" is no mail address'),
    "two in a line": ("'a@b.example, c@b.example'", "write several as a list, [one, two]"),
    "a password": ("json://ann:p4ssword@h.example", "holds a password or key, which does not"),
    "an unknown service": ("nfty://ntfy.sh/topic", "did you mean ntfy://?"),
    "no file": ("'file:'", "names no file; write one as in file:digests/{date}.eml"),
    "no maildir": ("'file:./'", "names no file"),
    "a file of another kind": ("file:a.txt", '"a.txt" must end in .eml'),
    "another machine's file": ("file://h.example/a.eml", "names a file of another machine"),
    "an unknown placeholder": (
        "'file:{day}.eml'",
        "something else in braces than {digest}, {date}",
    ),
    "half a placeholder": ("'file:{date.eml'", "something else in braces"),
    "a placeholder in a maildir": ("'file:{date}/'", "write it without braces"),
    "no command": ("'command:'", "names no program; write it as in command:/usr/sbin/sendmail"),
    "an empty command": ("\"command:''\"", "names no program"),
    "an open quote": ('"command:cat \'a"', "is no command line: no closing quotation"),
    "no such program": ("command:no-such-program -t", 'names the program "no-such-program", which'),
    "a group of keys": ("{mail: a@b.example}", "needs"),
}


@pytest.mark.parametrize(("written", "message"), WRONG_RECIPIENTS.values(), ids=WRONG_RECIPIENTS)
def test_a_wrong_recipient_says_what_would_be_right(written: str, message: str) -> None:
    assert message in wrong(f"to: {written}")


def test_only_mail_needs_a_server_and_only_messages_need_a_sender() -> None:
    assert read("digest:\n  to: json://h.example/\n").digest.sender is None
    assert read("digest: {from: a@b.example, to: 'file:a.eml'}\n").smtp is None
    for written in ("'file:a.eml'", "'file:a/'", "command:cat"):
        [line] = problems(f"digest:\n  to: {written}\n")
        assert line == (
            "feeds.yaml:3: digest.from: is missing; give the sender's address,"
            " from: news@example.org"
        )
    [line] = problems("digest:\n  from: a@b.example\n  to: ann@example.org\n")
    assert line == (
        "feeds.yaml:5: digest.to: needs a mail server; add a section smtp with its host"
    )


# --- when ----------------------------------------------------------------------------------------


def test_hours_are_put_in_order_each_once() -> None:
    found = digest("at: [18:30, '07:00', 7:00]")
    assert found.schedule.hours == (time(7), time(18, 30))


def test_wrong_hours_are_named() -> None:
    assert wrong("at: []").startswith("digest.at: is empty; give at least one time")
    assert wrong("at: [7:00, 24:00]").startswith("digest.at[1]: must be a time from 00:00 to 23:59")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
        ("mon", {0}),
        ("Tuesday, THU", {1, 3}),
        ("[mon, thurs]", {0, 3}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("sat – mon", {5, 6, 0}),
        ("[fri-sun, wed]", {2, 4, 5, 6}),
        ("sun-sun", {6}),
    ],
)
def test_days_are_names_and_ranges_of_them(written: str, wanted: set[int]) -> None:
    assert digest(f"days: {written}").schedule.days == wanted


@pytest.mark.parametrize(
    "written", ["[]", "mo", "monsday", "mon-", "mon-tue-wed", "1", "weekly", "'mon,'", "[[mon]]"]
)
def test_what_are_no_days_says_how_they_are_written(written: str) -> None:
    assert wrong(f"days: {written}").startswith("digest.days: ")


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_written_days_are_read_as_the_same(chosen: frozenset[int]) -> None:
    assert days(written_days(chosen)) == chosen


def test_days_are_written_as_one_would() -> None:
    assert written_days(frozenset(range(7))) == "daily"
    assert written_days(frozenset(range(5))) == "mon-fri"
    assert written_days(frozenset({5, 6, 0, 2})) == "wed, sat-mon"
    assert written_days(frozenset({0, 1})) == "mon, tue"


# --- what is in it -------------------------------------------------------------------------------


def test_everything_else_that_a_digest_may_say_is_read() -> None:
    found = digest(
        "language: FR\n"
        "title: Le matin\n"
        "query: '\"Zhang Ming\" OR baku'\n"
        "tags: [world, world, asia]\n"
        "images: yes\n"
        "unsubscribe: https://news.example.org/off?list=1\n"
    )
    assert (found.language, found.title) == ("fr", "Le matin")
    assert (found.query, found.tags) == ('"Zhang Ming" OR baku', ("world", "asia"))
    assert (found.images, found.unsubscribe) == (True, "https://news.example.org/off?list=1")


def test_a_digest_has_its_defaults() -> None:
    found = read("").digest
    assert (found.name, found.title, found.language) == ("digest", "News digest", "en")
    assert (found.query, found.tags, found.sections) == ("", (), ())
    assert (found.images, found.send_empty, found.unsubscribe) == (False, False, None)


def test_sections_are_texts_or_keys() -> None:
    found = digest(
        "sections:\n"
        "  - tag:world\n"
        "  - 'Watch: baku'\n"
        "  - {tag: World affairs, title: World}\n"
        "  - {query: 'sources:>=4', title: Widely reported}\n"
    )
    assert found.sections == (
        SectionRule(kind=SectionKind.TAG, value="world", title="world"),
        SectionRule(kind=SectionKind.WATCH, value="Baku", title="Baku"),
        SectionRule(kind=SectionKind.TAG, value="World affairs", title="World"),
        SectionRule(kind=SectionKind.QUERY, value="sources:>=4", title="Widely reported"),
    )


WRONG = {
    "an unknown language": ("language: da", "digest.language: must be a language that digests are"),
    "no language": ("language: English", "digest.language: must be a language code"),
    "a search that cannot be read": (
        "query: 'flood \"rain'",
        "digest.query: cannot be read as a search: unclosed quote at column 7",
    ),
    "a search of a section that cannot be read": (
        "sections: [{query: '(flood', title: A}]",
        "digest.sections[0].query: cannot be read as a search: ",
    ),
    "a section of nothing": ("sections: [world]", 'digest.sections[0]: "world" is no section: it'),
    "a section of a kind that is none": ("sections: [source:a]", "must be tag:… or watch:…"),
    "a section without a tag": ("sections: ['tag:']", "digest.sections[0]: is empty; give a value"),
    "a section of two things": (
        "sections: [{tag: a, query: b, title: c}]",
        "digest.sections[0]: has tag and query; keep one",
    ),
    "a title of nothing": ("sections: [{title: a}]", "digest.sections[0]: is about nothing"),
    "a search without a title": ("sections: [{query: a}]", "digest.sections[0]: needs a title"),
    "a number": ("sections: [[a]]", "digest.sections[0]: needs keys below it, not a list"),
    "a watch with a slip of the pen": (
        "sections: [tag:a, watch:Bakku]",
        'digest.sections[1]: "Bakku" names no watch; did you mean "Baku"?',
    ),
    "an unknown watch": ("sections: [watch: x]", 'digest.sections[0].watch: "x" names no watch'),
    "a watch for silence": ("sections: [watch:silent]", "is a watch for silent sources, which"),
    "a section twice": (
        "sections:\n  - watch:Baku\n  - {watch: BAKU, title: a}",
        "digest.sections[1].watch: is what the section on line 15 takes already",
    ),
    "an unknown key of a section": (
        "sections: [{tag: a, titel: b}]",
        "digest.sections[0].titel: is not known; did you mean title?",
    ),
    "an unknown key": ("hours: 7:00", "digest.hours: is not known"),
    "an address without a scheme": ("unsubscribe: a@b.example", "must be mailto:news@example.org"),
    "an address without TLS": ("unsubscribe: http://b.example/", "begins with https://"),
    "half a mail address": ("unsubscribe: 'mailto:a@'", '"a@" is no mail address'),
    "a space": ("unsubscribe: 'mailto:a@b.example?subject=no more'", "write a space as %20"),
    "a way out of the header": ("unsubscribe: 'mailto:a@b.example?x=>,<'", "ASCII characters only"),
}


@pytest.mark.parametrize(("lines", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_digest_says_what_would_be_right(lines: str, message: str) -> None:
    assert message in wrong(lines)


# --- several -------------------------------------------------------------------------------------


def test_an_entry_has_what_the_section_says_but_for_recipients_and_title() -> None:
    text = (
        f"{SENT}digest:\n"
        "  {from: news@example.org, to: ann@example.org, at: 6:00, days: mon, language: de,\n"
        "  timezone: Asia/Baku, title: First, query: baku, tags: [a], sections: [tag:b],\n"
        "  max_stories: 3, max_items: 4, send_empty: on, images: on,\n"
        "  unsubscribe: 'mailto:off@example.org'}\n"
        "digests:\n"
        "  - name: Second\n"
        "  - {name: Third, to: desk@example.org, at: 7:00, days: daily, timezone: UTC, title: T,\n"
        "    language: en, query: '', tags: [], sections: [], max_stories: 20, max_items: 40,\n"
        "    send_empty: off, images: off, from: desk@example.org}\n"
    )
    first, second, third = read(text).digests
    assert (first.name, second.name, second.title, second.to) == ("digest", "Second", "Second", ())
    for name in DigestConfig.__slots__:
        if name not in {"name", "title", "to"}:
            assert getattr(second, name) == getattr(first, name)
    bare = read("").digest
    for name in ("schedule", "language", "query", "tags", "sections", "max_stories", "max_items",
                 "send_empty", "images"):  # fmt: skip
        assert getattr(third, name) == getattr(bare, name)
    assert (third.title, third.sender) == ("T", "desk@example.org")
    assert third.unsubscribe == "mailto:off@example.org"
    assert [target.name for target in third.to] == ["desk@example.org"]


def test_the_section_is_made_when_it_has_recipients_or_is_the_only_one() -> None:
    assert [one.name for one in read("digest: {at: 6:00}\n").digests] == ["digest"]
    config = read("digest: {at: 6:00}\ndigests: [{name: A}]\n")
    assert [one.name for one in config.digests] == ["A"]
    assert config.digest.schedule.hours == config.digests[0].schedule.hours == (time(6),)


def test_each_digest_needs_a_name_of_its_own() -> None:
    [line] = problems("digests:\n  - at: 7:00\n")
    assert line == ("feeds.yaml:4: digests[0].name: is missing; give it a name, name: Morning")
    [line] = problems("digests:\n  - name: Baku\n  - name: BAKÚ\n")
    assert line == (
        "feeds.yaml:5: digests[1].name: is the name of digests[0] on line 4 too, for case and"
        " accents do not count; each digest needs its own"
    )
    named = "digests:\n  - name: Digest\n"
    assert read(f"digest: {{at: 6:00}}\n{named}").digests[0].name == "Digest"
    [line] = problems(f"digest: {{to: json://h.example/}}\n{named}")
    assert line.startswith(
        "feeds.yaml:5: digests[0].name: is the name of the section digest on line 3 too"
    )


def test_what_is_wrong_with_an_entry_is_named_there() -> None:
    [line] = problems("digests:\n  - name: A\n    to: 'file:a.eml'\n")
    assert line == (
        "feeds.yaml:4: digests[0].from: is missing; give the sender's address here or in the"
        " section digest, from: news@example.org"
    )
    [line] = problems(f"{CHANNELS.replace('  Desk: desk@example.org', '')}digests:\n"
                      "  - {name: A, to: [chat, press]}\n")  # fmt: skip
    assert line.startswith('feeds.yaml:9: digests[0].to[1]: "press" is a webhook')
    [line] = problems("digests:\n  - {name: A, sections: [watch:Baku]}\n")
    assert line.startswith('feeds.yaml:4: digests[0].sections[0]: "Baku" names no watch; add it')
    [line] = problems("digests:\n  - {name: A, dais: mon}\n")
    assert line.endswith("digests[0].dais: is not known; did you mean days?")


# --- watches of a section ------------------------------------------------------------------------

SECTION = "digests:\n  - {name: A, sections: [watch:BAKU]}\n"


def test_a_watch_needs_no_channel() -> None:
    [watch] = read("watches: [{name: Baku, query: a, per: story}]\n").watches
    assert (watch.name, watch.to) == ("Baku", ())


@pytest.mark.parametrize("said", ["at_most: 1/h", "quiet: 22:00-07:00"])
def test_a_watch_that_sends_nothing_has_no_say_about_messages(said: str) -> None:
    [line] = problems(f"{SECTION}watches: [{{name: Baku, query: a, {said}}}]\n")
    assert "is about messages, and this watch sends none" in line


def test_a_watch_that_a_digest_has_a_section_of_is_not_removed() -> None:
    text = f"{FEEDS}{SECTION}watches: [{{name: Baku, query: a}}]\n"
    with file_of(text) as path:
        with pytest.raises(UsageError, match=r'sections\[0\] "BAKU" names no watch; add it to the'):
            remove_watch(path, "Baku", environ={})
        assert path.read_text() == text
