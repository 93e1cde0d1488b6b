"""Channels and watches of feeds.yaml: what they mean, and what is wrong with them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path

import pytest
from edited import changed, file_of

from aggregator import config
from aggregator.config import Config, load, parse
from aggregator.config.editing import NewWatch, add_watch, remove_watch
from aggregator.errors import ConfigError, UsageError
from aggregator.types import Channel, ChannelKind, QuietHours, Rate, Watch, WatchPer

SIGNING = "whsec_" + "k" * 32
FEEDS = "sources:\n  - https://a.example/\n"
MAIL = "digest: {from: news@example.org, timezone: Asia/Karachi}\nsmtp: {host: mail.example.org}\n"
TOKEN = "123456789:AbcdefGhijklmnopQrstuvwxyz"
SECRETS = {
    "HOOK": "https://hooks.example.org/t/S3cretPath",
    "SIGNING": SIGNING,
    "CHAT": f"tgram://{TOKEN}/12315544/",
    "MAILBOX": "desk@example.org",
    "SHORT": "whsec_" + "k" * 16,
}


def read(text: str, *, environ: Mapping[str, str] = SECRETS, folder: Path = Path("/srv")) -> Config:
    return parse(FEEDS + text, file="feeds.yaml", folder=folder, environ=environ)


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    lines = [str(problem) for problem in caught.value.problems]
    for secret in ("S3cretPath", TOKEN, SIGNING, SECRETS["SHORT"], "p4ssword"):
        assert secret not in "".join(lines)
    return lines


def only_problem(text: str) -> str:
    (line,) = problems(text)
    return line


def watch(lines: str) -> Watch:
    """The one watch with these lines, of a file with the channels desk and phone."""
    entry = "".join(f"    {line}\n" for line in lines.splitlines())
    text = f"channels: {{phone: json://h.example/, desk: desk@example.org}}\n{MAIL}watches:\n"
    return read(f"{text}  - name: Baku\n{entry}").watches[0]


def wrong(lines: str) -> str:
    with pytest.raises(ConfigError) as caught:
        watch(lines)
    (problem,) = caught.value.problems
    return f"{problem.key}: {problem.message}"


# --- channels ------------------------------------------------------------------------------------


def test_what_kind_a_channel_is_shows_in_its_address() -> None:
    config = read(
        MAIL
        + "channels:\n"
        + "  desk: desk@example.org\n"
        + "  phone: ntfy://ntfy.sh/our-topic\n"
        + "  press: https://hooks.example.org/aggregator?x=1\n"
    )
    assert config.channels == (
        Channel(name="desk", kind=ChannelKind.MAIL, address="desk@example.org"),
        Channel(name="phone", kind=ChannelKind.APPRISE, address="ntfy://ntfy.sh/our-topic"),
        Channel(
            name="press",
            kind=ChannelKind.WEBHOOK,
            address="https://hooks.example.org/aggregator?x=1",
        ),
    )


def test_addresses_and_secrets_may_be_kept_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "chat").write_text(f"{SECRETS['CHAT']}\n")
    config = read(
        "channels:\n"
        "  press: {url_env: HOOK, secret_env: SIGNING}\n"
        "  room: {url_file: chat}\n"
        "  open: {url: 'https://hooks.example.org/', secret_env: SIGNING}\n",
        folder=tmp_path,
    )
    press, room, opened = config.channels
    assert (press.kind, press.address, press.secret) == ("webhook", SECRETS["HOOK"], SIGNING)
    assert (room.kind, room.address, room.secret) == ("apprise", SECRETS["CHAT"], None)
    assert (opened.address, opened.secret) == ("https://hooks.example.org/", SIGNING)
    for secret in ("S3cretPath", TOKEN, SIGNING, "hooks.example.org"):
        assert secret not in repr(config)


def test_a_mail_address_may_be_written_as_links_have_it() -> None:
    (channel,) = read(f"{MAIL}channels: {{desk: 'mailto:desk@example.org'}}\n").channels
    assert channel.address == "desk@example.org"


CHANNELS = {
    "a scheme with a slip of the pen": (
        "nfty://ntfy.sh/topic",
        "begins with nfty://, which is none of Apprise's services; did you mean ntfy://?",
    ),
    "a scheme that nobody knows": ("qqqqqqqq://x/y", "they are listed at https://appriseit.com"),
    "an address that lacks a part": (
        "pover://user",
        "is no pover:// address that can be used here",
    ),
    "a key of a service": (SECRETS["CHAT"], "holds a password or key, which does not belong"),
    "a password of a service": (
        "ntfy://desk:p4ssword@ntfy.example.org/topic",
        "put the whole address into an environment variable",
    ),
    "a password of a webhook": (
        "https://desk:p4ssword@hooks.example.org/",
        "holds a user name or password, which does not belong in this file",
    ),
    "the webhook of a service": (
        "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        "is where Slack takes messages in a form of its own; write it as Apprise does",
    ),
    "no address": ("somewhere", "must be a mail address, the address of a webhook, https://…, or"),
    "a login": ("ann:p4ssword@h.example", "must be a mail address, the address of a webhook"),
    "half a mail address": ("desk@", '"desk@" is no mail address'),
    "half a web address": ("'https://'", "is no web address"),
    "an unknown variable": ("{url_env: ABSENT}", "the environment variable ABSENT is not set"),
    "a variable with a mail address": ("{url_env: MAILBOX}", "begins with no https:// and no"),
    "a secret that is too short": (
        "{url_env: HOOK, secret_env: SHORT}",
        "leads to a secret that must be 24 to 64 random bytes in base64",
    ),
    "a secret for what is not signed": (
        "{url: 'json://h.example/', secret_env: SIGNING}",
        "is no webhook, and only those are signed",
    ),
    "a secret in the file": (
        f"{{url_env: HOOK, secret: {SIGNING}}}",
        "a secret does not belong in this file",
    ),
    "a key with a slip of the pen": ("{url_evn: HOOK, url_env: HOOK}", "did you mean url_env?"),
    "two addresses": ("{url_env: HOOK, url: 'json://h'}", "is given beside url; keep one"),
    "two secrets": (
        "{url_env: HOOK, secret_env: SIGNING, secret_file: nowhere}",
        "secret_file",
    ),
    "only a secret": ("{secret_env: SIGNING}", "gives no address; add one of url, url_env"),
    "a list": ("[json://h]", "needs keys below it, not a list"),
}


@pytest.mark.parametrize(("entry", "message"), CHANNELS.values(), ids=CHANNELS)
def test_a_wrong_channel_is_named_with_its_line(entry: str, message: str) -> None:
    line = only_problem(f"{MAIL}channels:\n  good: json://h.example/\n  bad: {entry}\n")
    assert line.startswith("feeds.yaml:7: channels.bad")
    assert message in line


def test_a_channel_needs_a_name_that_is_no_address_and_no_other_in_case() -> None:
    assert "is a mail address, not a name" in only_problem("channels: {a@b.example: json://h}\n")
    assert '"desk" again, for case does not count' in only_problem(
        "channels: {desk: json://h, Desk: json://i}\n"
    )


def test_a_channel_by_mail_needs_a_mail_server_and_a_sender() -> None:
    channel = "channels:\n  desk: desk@example.org\n"
    assert "feeds.yaml:4: channels.desk: is a mail address and needs a mail server" in only_problem(
        channel
    )
    assert "needs a sender; give one in the section digest" in only_problem(
        f"{channel}smtp: {{host: mail.example.org}}\n"
    )


def test_a_quick_look_leaves_open_whether_apprise_knows_an_address(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    text = f"{FEEDS}channels: {{phone: nfty://ntfy.sh/topic}}\n"
    path.write_text(text)
    root, flaws = config.read(text, file="feeds.yaml")
    quick = config.interpret(
        root, flaws, file="feeds.yaml", folder=tmp_path, environ={}, thorough=False
    )
    (channel,) = quick.channels
    assert channel.kind is ChannelKind.APPRISE
    with pytest.raises(ConfigError, match=r"did you mean ntfy://\?"):
        load(path, environ={})


def test_apprise_is_loaded_only_for_addresses_of_its_own(tmp_path: Path) -> None:
    def loaded(address: str) -> bool:
        (tmp_path / "feeds.yaml").write_text(f"{FEEDS}channels: {{one: '{address}'}}\n{MAIL}")
        program = (
            "import sys; from pathlib import Path; from aggregator.config import load;"
            f"load(Path({str(tmp_path / 'feeds.yaml')!r}), environ={{}});"
            "print('apprise' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        return done.stdout == "True\n"

    assert loaded("ntfy://ntfy.sh/our-topic")
    assert not loaded("https://hooks.example.org/aggregator")
    assert not loaded("desk@example.org")


# --- watches -------------------------------------------------------------------------------------


def test_a_watch_of_a_name_a_search_and_a_channel_has_defaults() -> None:
    assert watch("query: '\"Zhang Ming\" OR baku -football'\nto: Desk") == Watch(
        name="Baku",
        query='"Zhang Ming" OR baku -football',
        per=WatchPer.ARTICLE,
        to=("desk",),
    )


def test_everything_that_a_watch_may_say_is_read() -> None:
    said = "query: flood\nto: [phone, DESK, Phone, ann@example.org]\nper: story\nat_most: 2/30m\n"
    found = watch(said + "quiet: 22:00-07:00\ntimezone: Europe/Berlin")
    assert found == Watch(
        name="Baku",
        query="flood",
        per=WatchPer.STORY,
        to=("phone", "desk", "ann@example.org"),
        at_most=Rate(most=2, span=timedelta(minutes=30)),
        quiet=QuietHours(begin=time(22), end=time(7), timezone="Europe/Berlin"),
    )


def test_quiet_hours_are_those_of_the_digest_where_no_zone_is_given() -> None:
    found = watch("query: flood\nto: desk\nquiet: 9:30 – 10:00")
    assert found.quiet == QuietHours(begin=time(9, 30), end=time(10), timezone="Asia/Karachi")


@pytest.mark.parametrize(
    ("text", "most", "span"),
    [
        ("1/h", 1, timedelta(hours=1)),
        ("5/d", 5, timedelta(days=1)),
        ("10 / 1h30m", 10, timedelta(minutes=90)),
        ("1/w", 1, timedelta(days=7)),
    ],
)
def test_rates_are_a_number_and_a_time(text: str, most: int, span: timedelta) -> None:
    assert watch(f"query: a\nto: desk\nat_most: {text}").at_most == Rate(most=most, span=span)


@pytest.mark.parametrize(
    "text", ["1", "1h", "h", "0/h", "1001/h", "1/s", "1/8d", "1/", "/h", "1/x"]
)
def test_what_is_no_rate_says_how_one_is_written(text: str) -> None:
    assert wrong(f"query: a\nto: desk\nat_most: '{text}'").startswith("watches[0].at_most: must be")


@pytest.mark.parametrize("text", ["22", "22-7", "22:00", "25:00-07:00", "07:00-07:00", "22:00-7"])
def test_what_are_no_quiet_hours_says_how_they_are_written(text: str) -> None:
    message = wrong(f"query: a\nto: desk\nquiet: '{text}'")
    assert message.startswith("watches[0].quiet: ")


def test_a_watch_for_silence_needs_no_search() -> None:
    found = watch("silent: 24h\nto: desk")
    assert (found.query, found.silent) == ("", timedelta(days=1))
    other = watch("silent: 1d\nto: desk\nquery: '(tag:world OR source:gulf) -source:\"A B\"'")
    assert other.query == '(tag:world OR source:gulf) -source:"A B"'


WATCHES = {
    "a search that cannot be read": (
        "query: 'flood \"rain'\nto: desk",
        "watches[0].query: cannot be read as a search: unclosed quote at column 7",
    ),
    "a search for what has been read": (
        "query: flood -is:read\nto: desk",
        "watches[0].query: asks is:read, which tells what a person has read",
    ),
    "no search": ("to: desk", "watches[0].query: is missing; say what is searched for"),
    "an empty search": ("query: ''\nto: desk", "watches[0].query: is empty"),
    "no channel for what is silent": (
        "silent: 1d",
        "watches[0].to: is missing; say where it is sent",
    ),
    "an empty list": ("query: a\nto: []", "watches[0].to: is empty; name at least one channel"),
    "a channel with a slip of the pen": (
        "query: a\nto: [phone, dsk]",
        'watches[0].to[1]: "dsk" names no channel; did you mean "desk"?',
    ),
    "an unknown channel": (
        "query: a\nto: x",
        'watches[0].to: "x" names no channel; there are "phone", "desk"',
    ),
    "an address with a password": (
        "query: a\nto: ntfy://desk:p4ssword@h/topic",
        "watches[0].to: holds a password or key, which does not belong in this file; give it a",
    ),
    "a webhook without a name": (
        "query: a\nto: [desk, https://hooks.example.org/t/S3cretPath]",
        "watches[0].to[1]: is the address of a webhook, which may be a secret; give it a name",
    ),
    "an address with a slip of the pen": (
        "query: a\nto: nfty://ntfy.sh/topic",
        "watches[0].to: begins with nfty://, which is none of Apprise's services; did you mean",
    ),
    "a login": ("query: a\nto: ann:p4ssword@h.example", "watches[0].to: must be a mail address"),
    "half a mail address": ("query: a\nto: ann@", 'watches[0].to: "ann@" is no mail address'),
    "words in a watch for silence": (
        "query: 'tag:world flood'\nto: desk\nsilent: 1d",
        "watches[0].query: may have only source: and tag: in it beside silent",
    ),
    "dates in a watch for silence": (
        "query: 'tag:world after:2026-01'\nto: desk\nsilent: 1d",
        "watches[0].query: may have only source: and tag: in it beside silent",
    ),
    "per in a watch for silence": (
        "to: desk\nsilent: 1d\nper: story",
        "watches[0].per: says nothing beside silent",
    ),
    "a silence too short": ("to: desk\nsilent: 5m", "watches[0].silent: must be from 1h to 90d"),
    "a zone of nothing": (
        "query: a\nto: desk\ntimezone: UTC",
        "watches[0].timezone: is the zone of quiet, which is not given",
    ),
    "an unknown per": ("query: a\nto: desk\nper: storys", "(did you mean story?)"),
    "an unknown key": ("query: a\nto: desk\natmost: 1/h", "is not known; did you mean at_most?"),
}


@pytest.mark.parametrize(("lines", "message"), WATCHES.values(), ids=WATCHES)
def test_a_wrong_watch_says_what_would_be_right(lines: str, message: str) -> None:
    found = wrong(lines)
    assert message in found
    assert "S3cretPath" not in found
    assert "p4ssword" not in found


def test_a_search_that_cannot_be_read_is_named_with_line_and_column() -> None:
    text = "channels: {phone: json://h.example/}\nwatches:\n  - name: A\n    query: '(flood'\n"
    line = only_problem(f"{text}    to: phone\n")
    assert line.startswith("feeds.yaml:6: watches[0].query: cannot be read as a search: ")
    assert " at column " in line


def test_two_watches_cannot_have_one_name() -> None:
    text = "channels: {phone: json://h.example/}\nwatches:\n"
    text += "  - {name: Baku, query: a, to: phone}\n  - {name: BAKÚ, query: b, to: phone}\n"
    assert "feeds.yaml:6: watches[1].name: is the name of watches[0] on line 5 too" in only_problem(
        text
    )


def test_a_watch_may_name_mail_addresses_which_then_are_channels() -> None:
    watches = "watches:\n  - {name: A, query: a, to: Ann@example.org}\n"
    config = read(f"{MAIL}{watches}  - {{name: B, query: b, to: [ann@example.org]}}\n")
    assert config.channels == (
        Channel(name="Ann@example.org", kind=ChannelKind.MAIL, address="Ann@example.org"),
    )
    assert [one.to for one in config.watches] == [("Ann@example.org",)] * 2
    assert "watches[0].to: is a mail address and needs a mail server" in only_problem(watches)


def test_a_watch_may_name_urls_of_apprise_which_then_are_channels() -> None:
    config = read(
        "watches:\n"
        "  - {name: A, query: a, to: 'ntfy://ntfy.sh/Room'}\n"
        "  - {name: B, query: b, to: ['ntfy://ntfy.sh/room', 'ntfy://ntfy.sh/Room']}\n"
    )
    rooms = ("ntfy://ntfy.sh/Room", "ntfy://ntfy.sh/room")
    assert config.channels == tuple(
        Channel(name=one, kind=ChannelKind.APPRISE, address=one) for one in rooms
    )
    assert [one.to for one in config.watches] == [rooms[:1], rooms[::-1]]


# --- edited --------------------------------------------------------------------------------------

EDITED = f"""{FEEDS}
# who is told
channels:
  phone: json://h.example/   # mine
watches:
  # the port
  - name: Baku
    query: baku
    to: phone

  - {{name: "Floods", query: flood, to: phone}}   # all of them
"""
NEW = NewWatch(
    name="Big: stories",
    query='"Zhang Ming" tag:world',
    to=("phone",),
    per="story",
    at_most="1/h",
    quiet="22:00-07:00",
)
WRITTEN = """
  - name: "Big: stories"
    query: '"Zhang Ming" tag:world'
    to: phone
    per: story
    at_most: 1/h
    quiet: "22:00-07:00"
"""


def added(text: str, new: NewWatch) -> str:
    return changed(text, lambda path: add_watch(path, new, environ={}))


def removed(text: str, name: str) -> str:
    return changed(text, lambda path: remove_watch(path, name, environ={}))


def refused(text: str, new: NewWatch) -> str:
    with file_of(text) as path:
        with pytest.raises(UsageError) as caught:
            add_watch(path, new, environ={})
        assert path.read_text() == text
    return str(caught.value)


def meaning(text: str) -> Config:
    return parse(text, file="feeds.yaml", folder=Path("/srv"), environ={})


def test_a_watch_is_added_at_the_end_and_all_else_stays() -> None:
    text = added(EDITED, NEW)
    assert text == EDITED + WRITTEN
    found = meaning(text).watches[-1]
    assert (found.name, found.query) == ("Big: stories", '"Zhang Ming" tag:world')
    assert found.at_most == Rate(most=1, span=timedelta(hours=1))
    assert removed(text, "big: STÓRIES") == EDITED


def test_the_first_watch_makes_the_list() -> None:
    start = EDITED.partition("watches:")[0]
    text = added(start, NewWatch(name="Silent", to=("phone", "phone"), silent="24h"))
    assert text == (f"{start}watches:\n  - name: Silent\n    to: [phone, phone]\n    silent: 24h\n")
    assert added(f"{start}watches: []\n", NewWatch(name="A", query="b", to=("phone",))) == (
        f"{start}watches: [{{name: A, query: b, to: phone}}]\n"
    )


def test_the_last_watch_that_goes_leaves_an_empty_list() -> None:
    text = removed(removed(EDITED, "floods"), "BAKU")
    assert "watches: []\n" in text
    assert "# who is told" in text
    assert meaning(text).watches == ()
    assert meaning(added(text, NEW)).watches[0].name == "Big: stories"


def test_a_watch_that_cannot_be_right_is_not_added() -> None:
    def new(**said: str) -> NewWatch:
        return NewWatch(name="A", query=said.get("query", "b"), to=(said.get("to", "phone"),))

    assert refused(EDITED, new(query="(b")).startswith("query cannot be read as a search: ")
    assert refused(EDITED, new(to="fone")) == (
        'to "fone" names no channel; did you mean "phone"?; nothing was added'
    )
    assert "has a watch “Baku” already" in refused(
        EDITED, NewWatch(name="baku ", query="b", to=("phone",))
    )


def test_what_is_not_there_is_not_removed() -> None:
    with file_of(EDITED) as path:
        with pytest.raises(UsageError, match=r"has no watch “flods”; did you mean “Floods”\?"):
            remove_watch(path, "flods", environ={})
        assert remove_watch(path, "floods", environ={}) == "Floods"


def test_a_file_that_is_wrong_already_is_not_edited() -> None:
    with (
        file_of(f"{EDITED}logg: 1\n") as path,
        pytest.raises(ConfigError, match=r"did you mean log"),
    ):
        add_watch(path, NEW, environ={})


HEAD = f"{FEEDS}channels: {{phone: json://h.example/}}\n"
SHAPES = {
    "no indentation": f"{HEAD}watches:\n- name: A\n  query: a\n  to: phone\nlog: {{level: info}}\n",
    "not at the end": f"watches:\n    -   name: A\n        query: a\n        to: phone\n{HEAD}",
    "in brackets": f"{HEAD}watches: [{{name: A, query: a, to: phone}}]  # all\n",
    "a line each": f"{HEAD}watches: [\n  {{name: A, query: a, to: phone}},  # one\n]\n",
    "lines of Windows": f"{HEAD}watches:\n  - {{name: A, query: a, to: phone}}\n".replace(
        "\n", "\r\n"
    ),
    "no line break at the end": f"{HEAD}watches:\n  - name: A\n    query: a\n    to: phone",
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_what_is_added_and_removed_again_leaves_the_file_as_it_was(text: str) -> None:
    more = added(text, NEW)
    assert [one.name for one in meaning(more).watches] == ["A", "Big: stories"]
    assert removed(more, "Big: stories") == text


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_the_only_watch_can_be_removed(text: str) -> None:
    less = removed(text, "A")
    assert meaning(less).watches == ()
    assert [one.name for one in meaning(added(less, NEW)).watches] == ["Big: stories"]
