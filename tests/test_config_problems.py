"""feeds.yaml with mistakes: each is named with its line, its key and what would be right."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.config import parse
from aggregator.errors import ConfigError, ConfigProblem

ENVIRON = {"EMPTY": "", "BROKEN": "a\nb", "TABBED": "a\tb", "SECRET": "s"}
ONE = "sources:\n  - https://example.org/feed\n"
ENTRY = "sources:\n  - url: https://example.org/feed\n"


def problems(text: str, folder: Path = Path("/srv/news")) -> tuple[ConfigProblem, ...]:
    with pytest.raises(ConfigError) as caught:
        parse(text, file="feeds.yaml", folder=folder, environ=ENVIRON)
    assert caught.value.exit_code == 2
    return caught.value.problems


LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)

BROKEN = {
    # The file as a whole.
    "empty": ("", 0, "", "two lines are enough"),
    "comments only": ("# sources:\n#  - x\n", 0, "", "two lines are enough"),
    "null": ("---\n~\n", 0, "", "two lines are enough"),
    "a list": ("\n- https://example.org/feed\n", 2, "", "must begin with a key"),
    "a text": ("https://example.org/feed\n", 1, "", "must begin with a key"),
    "two documents": (ONE + "---\n" + ONE, 3, "", "a second document begins here"),
    # YAML's grammar.
    "tab": ("sources:\n\t- https://example.org/\n", 2, "", "a tab cannot indent"),
    "open quote": (ONE + "contact: 'you@example.org\nlog:\n", 3, "", "never closed"),
    "open bracket": (ONE + "digest: {to: [a@example.org\nlog:\n", 3, "", "never closed"),
    "two colons": (ONE + "contact: see: example.org\n", 3, "", "a text with a colon in it"),
    "no space": ("interval:30m\nsources: []\n", 2, "", "a space is missing after a colon"),
    "bad start": (ONE + "contact: @example\n", 3, "", "put the value in quotes"),
    "bad indent": (ONE + " interval: 30m\n", 3, "", "indentation"),
    "bad escape": (ONE + 'storage: "C:\\data"\n', 3, "", "use single quotes"),
    "control": (ONE + "contact: a\x00b\n", 3, "", "the character U+0000"),
    "unknown alias": (ONE + "log: *other\n", 3, "", "there is no &other above"),
    "recursion": ("sources: &s\n  - *s\n", 2, "", "there is no &s above"),
    "billion laughs": (LAUGHS + ONE, 4, "", "more than 10,000 values"),
    "too deep": (ONE + "log: " + "[" * 3000 + "]" * 3000, 3, "", "nested too deeply"),
    "a list as key": (ONE + "? [a]\n: b\n", 3, "", "a key must be a plain word"),
    "newer YAML": ("%YAML 2.0\n---\n" + ONE, 1, "", "remove the %YAML line"),
    "tag": (ONE + "interval: !!int 30\n", 3, "interval", "the YAML tag !!int"),
    "python tag": (ONE + "log: !!python/name:os.x {}\n", 3, "log", "means nothing here"),
    # Keys.
    "no sources": ("interval: 30m\n", 1, "sources", "is missing; list below it"),
    "unknown key": (ONE + "intervall: 30m\n", 3, "intervall", "did you mean interval?"),
    "unknown, far": (ONE + "colour: red\n", 3, "colour", "the keys here are sources, storage"),
    "odd key": (ONE + '"a\\e[31m b": 1\n', 3, '"a[31m b"', "is not known"),
    "hyphen": (ONE + "host-delay: 1s\n", 3, "host-delay", "did you mean host_delay?"),
    "wrong level": (ONE + "timezone: UTC\n", 3, "timezone", "it belongs under digest"),
    "wrong level, up": (
        ONE + "digest:\n  storage: x\n", 4, "digest.storage", "belongs at the top of the file"
    ),
    "merge key": (
        "sources:\n  - {url: 'https://example.org/', <<: {}}\n", 2, 'sources[0]."<<"', "merge keys"
    ),
    "twice": (ONE + "interval: 1h\ninterval: 2h\n", 4, "interval", "already on line 3"),
    "no value": (ONE + "interval:\nlog: {}\n", 3, "interval", "is empty; give a value"),
    "blank text": (ONE + "contact: ' '\n", 3, "contact", "is empty; give a value"),
    "empty item": ("sources:\n  - https://example.org/\n  -\n", 3, "sources[1]", "is empty"),
    # Kinds.
    "no list": ("sources: https://example.org/feed\n", 1, "sources", "needs a list, one line"),
    "no items": ("sources: []\n", 1, "sources", "is empty; list at least one feed"),
    "list for keys": (ONE + "digest:\n  - at: 1:00\n", 3, "digest", "needs keys below it"),
    "list for text": (ONE + "contact: [a, b]\n", 3, "contact", "needs text, not a list"),
    "keys for text": (ONE + "contact:\n  mail: a\n", 3, "contact", "not a group of keys"),
    "list as source": ("sources:\n  - [a]\n", 2, "sources[0]", "needs the address of a feed"),
    "text for tags": (
        "sources:\n  - url: https://example.org/\n    tags: a\n", 3, "sources[0].tags",
        "needs a list, as in [one, two], not text",
    ),
    "comma in tag": (
        "sources:\n  - url: https://example.org/\n    tags: ['a, b']\n", 3, "sources[0].tags[0]",
        "[a, b]",
    ),
    # Values.
    "no unit": (ONE + "interval: 30\n", 3, "interval", "30s, 30m, 30h or 30d"),
    "no duration": (ONE + "timeout: soon\n", 3, "timeout", '"soon" is no duration'),
    "too short": (ONE + "interval: 30s\n", 3, "interval", "must be from 1m to 7d, not 30s"),
    "too long": (ONE + "interval: 8d\n", 3, "interval", "must be from 1m to 7d, not 8d"),
    "no size": (ONE + "max_feed_size: 10\n", 3, "max_feed_size", "as in 10MB or 32MiB"),
    "size": (ONE + "max_page_size: 2GiB\n", 3, "max_page_size", "from 10kB to 1GiB, not 2GiB"),
    "fraction": (ONE + "concurrency: 2.5\n", 3, "concurrency", "a whole number"),
    "zero": (ONE + "concurrency: 0\n", 3, "concurrency", "must be from 1 to 200, not 0"),
    "choice": (ONE + "pages: alway\n", 3, "pages", "(did you mean always?)"),
    "flag": (
        ONE + "digest:\n  send_empty: perhaps\n", 4, "digest.send_empty", "must be true or false"
    ),
    "weight": (
        "sources:\n  - url: https://example.org/\n    weight: nan\n", 3, "sources[0].weight",
        "must be a number such as 1.5",
    ),
    "stories": (
        ENTRY + "    stories: sometimes\n", 3, "sources[0].stories", "must be true or false"
    ),
    "never with a stranger": (
        ENTRY + "    never_join:\n      - Daily Glob\n"
        "  - {url: 'http://a.example/', name: Daily Globe}\n", 4,
        "sources[0].never_join[0]", 'mean "Daily Globe"?',
    ),
    "never with nobody": (
        ENTRY + "    never_join: [nowhere.example]\n", 3, "sources[0].never_join[0]",
        "names no source in this file; `aggregator sources` lists them",
    ),
    "never with itself": (
        ENTRY + "    name: Desk\n    never_join: DESK\n", 4, "sources[0].never_join",
        "is the source's own name; take it out",
    ),
    "never with all in a list": (
        ENTRY + "    never_join: [all]\n", 3, "sources[0].never_join[0]", "never_join: all"
    ),
    "never with keys": (
        ENTRY + "    never_join: {name: Desk}\n", 3, "sources[0].never_join", "needs a list"
    ),
    "language": (
        "sources:\n  - url: https://example.org/\n    language: English\n", 3,
        "sources[0].language", "a language code such as en",
    ),
    "long name": (
        f"sources:\n  - url: https://example.org/\n    name: {'x' * 101}\n", 3,
        "sources[0].name", "100 characters at most, not 101",
    ),
    "time": (ONE + "digest: {at: 24:00}\n", 3, "digest.at", "from 00:00 to 23:59"),
    "hour": (ONE + "digest: {at: 7}\n", 3, "digest.at", "as in 07:30"),
    "zone": (ONE + "digest: {timezone: Karachi}\n", 3, "digest.timezone", "mean Asia/Karachi?"),
    "zone file": (ONE + "digest: {timezone: ../UTC}\n", 3, "digest.timezone", "IANA list"),
    "zone folder": (ONE + "digest: {timezone: Asia}\n", 3, "digest.timezone", "IANA list"),
    "contact": (ONE + "contact: me\n", 3, "contact", "a mail address or the address of a web page"),
    # Addresses.
    "no scheme": (
        "sources:\n  - example.org/feed\n", 2, "sources[0]", "did you mean https://example.org/feed?"
    ),
    "other scheme": ("sources:\n  - feed://example.org/\n", 2, "sources[0]", "not feed://"),
    "no host": ("sources:\n  - https:///feed\n", 2, "sources[0]", "its host or port"),
    "bad port": ("sources:\n  - https://example.org:99999/\n", 2, "sources[0]", "its host or port"),
    "space": ("sources:\n  - https://example.org/a b\n", 2, "sources[0]", "has a space in it"),
    "login": ("sources:\n  - https://u:p@example.org/\n", 2, "sources[0]", "password_env: NAME}"),
    "next line": (
        "sources:\n  - name: x\n    url:\n      example.org\n", 4, "sources[0].url", "https://"
    ),
    "no url": ("sources:\n  - tags: [a]\n    name: x\n", 2, "sources[0].url", "is missing"),
    "same address": (
        "sources:\n  - https://example.org/feed\n  - url: https://EXAMPLE.org:443/feed#x\n", 3,
        "sources[1].url", "the address of sources[0] on line 2 too",
    ),
    "same name": (
        "sources: [{url: 'http://a.example/', name: Desk},\n{url: 'http://b.example', name: desk}]",
        2, "sources[1].name", "the name of sources[0] on line 1 too",
    ),
    "same by alias": (
        "sources:\n  - &a https://example.org/a\n  - *a\n", 3, "sources[1]", "on line 2 too"
    ),
    # Logins.
    "login without a name": (
        ENTRY + "    login: {password_env: SECRET}\n", 3, "sources[0].login.username",
        "is missing; give the name to log in with",
    ),
    "login without a password": (
        ENTRY + "    login:\n      username: u\n", 4, "sources[0].login.username",
        "needs a password; name where it is",
    ),
    "login with two passwords": (
        ENTRY + f"    login:\n      password_file: {__file__}\n      username: u\n"
        "      password_env: SECRET\n", 6, "sources[0].login.password_env",
        "is given beside password_file",
    ),
    "password in the file": (
        ENTRY + "    login: {username: u, password: x}\n", 3, "sources[0].login.password",
        "does not belong in this file",
    ),
    "password outside of login": (
        ENTRY + "    password: x\n", 3, "sources[0].password", "belongs under login"
    ),
    "colon in a user name": (
        ENTRY + "    login: {username: 'u:v', password_env: SECRET}\n", 3,
        "sources[0].login.username", "may hold no colon",
    ),
    "no login": (ENTRY + "    login: u\n", 3, "sources[0].login", "needs keys below it, not text"),
    "login beside its header": (
        ENTRY + "    headers: {authorization: {env: SECRET}}\n"
        "    login: {username: u, password_env: SECRET}\n", 4, "sources[0].login",
        "is sent as the header Authorization, which is given too",
    ),
    # What is asked, and through what.
    "allow": (ONE + "allow: [10.0.0.0/8, 'http://x/']\n", 3, "allow[1]", "http://x/"),
    "allow, port": (ONE + "allow: ['127.0.0.1:0']\n", 3, "allow[0]", "127.0.0.1:0"),
    "allow, network": (ONE + "allow: [10.0.0.0/33]\n", 3, "allow[0]", "10.0.0.0/33"),
    "allow as text": (ONE + "allow: 10.0.0.1\n", 3, "allow", "needs a list, as in [one, two]"),
    "proxy": (ONE + "proxy: ftp://proxy.example.org\n", 3, "proxy", "give one such as http://"),
    "proxy with a login": (
        ONE + "proxy: http://u:v@proxy.example.org\n", 3, "proxy", "write {env: NAME}"
    ),
    "proxy from a variable": (ONE + "proxy: {env: SECRET}\n", 3, "proxy", "cannot be used"),
    "proxy from nowhere": (ONE + "proxy: {env: NOT_SET}\n", 3, "proxy", "NOT_SET is not set"),
    "proxy keys": (
        ONE + "proxy: {url: x}\n", 3, "proxy", "must be an address, {env: NAME} or {file: PATH}"
    ),
    "proxy of a source": (
        ENTRY + "    proxy: [a]\n", 3, "sources[0].proxy", "needs text, not a list"
    ),
    "no CA file": (
        ONE + "ca_file: nowhere.pem\n", 3, "ca_file",
        'the file "/srv/news/nowhere.pem" cannot be read: No such file',
    ),
    "CA folder": (ONE + "ca_file: /\n", 3, "ca_file", "cannot be read: Is a directory"),
    "CA file of another kind": (
        ONE + f"ca_file: {__file__}\n", 3, "ca_file", "holds no certificate in PEM"
    ),
    "max_interval": (ONE + "max_interval: 8d\n", 3, "max_interval", "from 1m to 7d, not 8d"),
    "max_interval of a source": (
        ENTRY + "    max_interval: 0s\n", 3, "sources[0].max_interval", "from 1m to 7d, not 0s"
    ),
    "robots": (
        ENTRY + "    respect_robots: maybe\n", 3, "sources[0].respect_robots", "true or false"
    ),
    # Pages without a feed.
    "no item": (
        ENTRY + "    select: {title: h2}\n", 3, "sources[0].select.item",
        "is missing; name the elements that are the items",
    ),
    "no selector": (
        ENTRY + "    select:\n      item: 'li[['\n", 4, "sources[0].select.item",
        "is no CSS selector",
    ),
    "pseudo-element": (
        ENTRY + "    select: {item: li, title: 'a::before'}\n", 3, "sources[0].select.title",
        "only ::attr(name) at its end counts",
    ),
    "unknown selector": (
        ENTRY + "    select: {item: li, titel: h2}\n", 3, "sources[0].select.titel",
        "did you mean title?",
    ),
    "select as text": (
        ENTRY + "    select: li\n", 3, "sources[0].select", "needs keys below it, not text"
    ),
    # Rules for a site.
    "rules as text": (
        ENTRY + "    extract: article\n", 3, "sources[0].extract", "needs keys below it, not text"
    ),
    "unknown rule": (
        ENTRY + "    extract: {authors: a}\n", 3, "sources[0].extract.authors",
        "did you mean author?",
    ),
    "rule outside of extract": (
        ENTRY + "    remove: aside\n", 3, "sources[0].remove", "it belongs under sources.extract"
    ),
    "no rule": (
        ENTRY + "    extract:\n      title: h1\n      body: 'div['\n", 5,
        "sources[0].extract.body", 'div[" is no CSS selector',
    ),
    "no rule in a list": (
        ENTRY + "    extract:\n      title:\n        - h1\n        - //h1[\n", 6,
        "sources[0].extract.title[1]", '"//h1[" is no XPath 1.0',
    ),
    "keys as rule": (
        ENTRY + "    extract: {date: {css: time}}\n", 3, "sources[0].extract.date",
        "needs a list, as in [one, two], not a group of keys",
    ),
    "list as rule": (
        ENTRY + "    extract: {date: [[time]]}\n", 3, "sources[0].extract.date[0]",
        "needs text, not a list",
    ),
    "rule that is a comment": (
        ENTRY + "    extract:\n      body: #story\n", 4, "sources[0].extract.body", "is empty"
    ),
    "body of an attribute": (
        ENTRY + "    extract: {body: 'div::attr(id)'}\n", 3, "sources[0].extract.body",
        "must name elements, not their id",
    ),
    "texts removed": (
        ENTRY + "    extract: {remove: ['//p/text()']}\n", 3, "sources[0].extract.remove[0]",
        "must name elements",
    ),
    "function of XPath": (
        ENTRY + "    extract: {title: \"//h1[matches(., 'x')]\"}\n", 3, "sources[0].extract.title",
        "calls matches(), which is no function of XPath 1.0",
    ),
    "function that reads files": (
        ENTRY + "    extract:\n      title: (document('/etc/passwd'))\n", 4,
        "sources[0].extract.title", "calls document(), which is no function",
    ),
    "rules of pages never fetched": (
        ENTRY + "    pages: never\n    extract: {body: article}\n", 4, "sources[0].extract",
        "pages is never, on line 3; give this source pages: auto",
    ),
    "rules of pages never fetched at all": (
        "pages: Never\n" + ENTRY + "    extract: {body: article}\n", 4, "sources[0].extract",
        "pages is never, on line 1",
    ),
    "cookies as text": (
        ENTRY + "    extract: {cookies: 'a=b'}\n", 3, "sources[0].extract.cookies",
        "needs keys below it, not text",
    ),
    "name of a cookie": (
        ENTRY + "    extract: {cookies: {a=b: c}}\n", 3, 'sources[0].extract.cookies."a=b"',
        "is no name of a cookie",
    ),
    "semicolon in a cookie": (
        ENTRY + "    extract: {cookies: {a: 'b; c=d'}}\n", 3, "sources[0].extract.cookies.a",
        "holds a semicolon, which would end it",
    ),
    "letters of a cookie": (
        ENTRY + "    extract: {cookies: {a: 'ü'}}\n", 3, "sources[0].extract.cookies.a",
        "printable ASCII",
    ),
    "cookie injection": (
        ENTRY + "    extract: {cookies: {a: {env: BROKEN}}}\n", 3, "sources[0].extract.cookies.a",
        "on one line",
    ),
    "tab in a cookie": (
        ENTRY + "    extract: {cookies: {a: {env: TABBED}}}\n", 3, "sources[0].extract.cookies.a",
        "holds a tab",
    ),
    "secret in a cookie": (
        ENTRY + "    extract: {cookies: {session_id: abc}}\n", 3,
        "sources[0].extract.cookies.session_id", "write {env: NAME}",
    ),
    "secret in a header for pages": (
        ENTRY + "    extract: {headers: {X-Token: abc}}\n", 3,
        "sources[0].extract.headers.X-Token", "write {env: NAME}",
    ),
    "cookies as a header": (
        ENTRY + "    extract: {headers: {Cookie: a=b}}\n", 3,
        "sources[0].extract.headers.Cookie", "write {env: NAME}",
    ),
    "header for pages twice": (
        ENTRY + "    extract: {headers: {X-A: b, x-a: c}}\n", 3,
        "sources[0].extract.headers.x-a", "case does not count",
    ),
    "keep_pages": (ONE + "keep_pages: 91d\n", 3, "keep_pages", "from 0s to 90d, not 91d"),
    "keep_pages without a unit": (ONE + "keep_pages: 7\n", 3, "keep_pages", "7s, 7m, 7h or 7d"),
    # What OPML says.
    "attribute": (
        ENTRY + "    opml: {a b: c}\n", 3, 'sources[0].opml."a b"', "is no name of an attribute"
    ),
    "attribute of ours": (
        ENTRY + "    opml: {xmlUrl: x}\n", 3, "sources[0].opml.xmlUrl",
        "is written from url, name, tags and paused",
    ),
    "value of an attribute": (
        ENTRY + "    opml: {description: [a]}\n", 3, "sources[0].opml.description",
        "needs text, not a list",
    ),
    # Storage.
    "postgres password": (
        ONE + "storage: postgresql://ada:pa55@db/news\n", 3, "storage", "holds a password"
    ),
    "postgres, where from": (
        ONE + "storage: {url: x}\n", 3, "storage", "{env: NAME} or {file: PATH}"
    ),
    "storage as a list": (ONE + "storage: [a.db]\n", 3, "storage", "needs text, not a list"),
    "lease": (
        ONE + "timeout: 20s\nlease: 20s\n", 4, "lease",
        "must be longer than timeout, which is 20s",
    ),
    "short lease": (ONE + "lease: 30s\n", 3, "lease", "longer than timeout, which is 30s"),
    "timeout beyond the lease": (
        ONE + "timeout: 10m\n", 3, "timeout", "needs a lease that is longer; add lease: 20m"
    ),
    "sqlite url": (ONE + "storage: sqlite:///a.db\n", 3, "storage", "without sqlite://"),
    "folder": (ONE + "storage: data/\n", 3, "storage", "is a folder; give the name of a file"),
    # Headers, mail and secrets.
    "literal secret": (
        "sources:\n  - url: https://example.org/\n    headers:\n      X-Api-Key: abc\n", 4,
        "sources[0].headers.X-Api-Key", "write {env: NAME}",
    ),
    "header name": (
        "sources:\n  - url: https://example.org/\n    headers:\n      a b: c\n", 4,
        'sources[0].headers."a b"', "is no header name",
    ),
    "our header": (
        "sources:\n  - url: https://example.org/\n    headers: {Host: c}\n", 3,
        "sources[0].headers.Host", "is set by aggregator itself",
    ),
    "same header": (
        "sources:\n  - url: https://example.org/\n    headers: {X-A: b, x-a: c}\n", 3,
        "sources[0].headers.x-a", "case does not count",
    ),
    "header value": (
        "sources:\n  - url: https://example.org/\n    headers: {X-A: 'ü'}\n", 3,
        "sources[0].headers.X-A", "printable ASCII",
    ),
    "header injection": (
        "sources:\n  - url: https://example.org/\n    headers: {X-A: {env: BROKEN}}\n", 3,
        "sources[0].headers.X-A", "on one line",
    ),
    "header keys": (
        "sources:\n  - url: https://example.org/\n    headers: {X-A: {key: b}}\n", 3,
        "sources[0].headers.X-A", "must be a text, {env: NAME} or {file: PATH}",
    ),
    "headers list": (
        "sources:\n  - url: https://example.org/\n    headers: [a]\n", 3,
        "sources[0].headers", "needs keys below it, not a list",
    ),
    "unset": (
        ONE + "smtp: {host: mail, username: u, password_env: NOT_SET}\n", 3, "smtp.password_env",
        "the environment variable NOT_SET is not set",
    ),
    "set empty": (
        ONE + "smtp: {host: mail, username: u, password_env: EMPTY}\n", 3, "smtp.password_env",
        "the environment variable EMPTY is empty",
    ),
    "not a variable": (
        ONE + "smtp: {host: mail, username: u, password_env: 'p w'}\n", 3, "smtp.password_env",
        "must be the name of an environment variable",
    ),
    "secret missing": (
        ONE + "smtp: {host: mail, username: u, password_file: nowhere}\n", 3,
        "smtp.password_file", 'the file "/srv/news/nowhere" cannot be read: No such file',
    ),
    "password": (
        ONE + "smtp:\n  host: mail\n  username: u\n  password: x\n", 6, "smtp.password",
        "under password_env, or into a file",
    ),
    "no password": (
        ONE + "smtp:\n  host: mail\n  username: u\n", 5, "smtp.username", "needs a password"
    ),
    "no mail host": (ONE + "smtp:\n  port: 25\n", 3, "smtp.host", "is missing; give the name"),
    "host and port": (ONE + "smtp: {host: 'mail:25'}\n", 3, "smtp.host", "port under port"),
    "host": (ONE + "smtp: {host: 'mail server'}\n", 3, "smtp.host", "is no host name"),
    "host address": (ONE + "smtp: {host: '1::2::3'}\n", 3, "smtp.host", "is no host name"),
    "no sender": (
        ONE + "smtp: {host: mail}\ndigest:\n  to: [a@example.org]\n", 4, "digest.from", "is missing"
    ),
    "no server": (
        ONE + "digest:\n  from: a@example.org\n  to: [a@example.org]\n", 5, "digest.to",
        "add a section smtp",
    ),
    "recipient": (
        ONE + "smtp: {host: mail}\ndigest:\n  from: a@example.org\n  to:\n    - a@example.org\n"
        "    - Bob\n", 8, "digest.to[1]", '"Bob" is no mail address and names no channel; add',
    ),
    "sender": (
        ONE + "digest:\n  from: Bob\n", 4, "digest.from", "write it as News <news@example.org>"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_explained(name: str) -> None:
    text, line, key, fragment = BROKEN[name]
    found = problems(text)
    at_key = [problem for problem in found if problem.key == key]
    assert [problem.line for problem in at_key] == [line], found
    assert fragment in at_key[0].message
    assert all(problem.file == "feeds.yaml" for problem in found)
    assert str(at_key[0]).isprintable()


# Files whose one mistake rightly brings another with it.
_CONSEQUENCES = {"no space", "billion laughs"}


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - _CONSEQUENCES))
def test_one_mistake_is_one_problem(name: str) -> None:
    found = problems(BROKEN[name][0])
    assert len(found) == 1, found


def test_every_mistake_is_named_at_once_in_file_order() -> None:
    text = """\
storage: sqlite://db/news
sources:
  - example.org/feed
  - url: https://example.org/a
    intervall: 1h
    interval: 30
    headers: {X-Token: abc, X-Id: {env: NOPE}}
  - https://example.org/a
  -
digest:
  to: [nobody, ann@example.org]
  at: noon
smtp:
  password: abc
  username: u
concurrency: many
concurrency: 3
"""
    found = problems(text)
    assert [(problem.line, problem.key) for problem in found] == [
        (1, "storage"),
        (3, "sources[0]"),
        (5, "sources[1].intervall"),
        (6, "sources[1].interval"),
        (7, "sources[1].headers.X-Token"),
        (7, "sources[1].headers.X-Id"),
        (8, "sources[2]"),
        (9, "sources[3]"),
        (10, "digest.from"),
        (11, "digest.to[0]"),
        (12, "digest.at"),
        (13, "smtp.host"),
        (14, "smtp.password"),
        (16, "concurrency"),
        (17, "concurrency"),
    ]


def test_a_problem_reads_as_file_line_key_and_sentence() -> None:
    assert str(problems(ONE + "interval: 30s\n")[0]) == (
        "feeds.yaml:3: interval: must be from 1m to 7d, not 30s"
    )


def test_a_password_has_one_place_and_needs_a_username(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    smtp = "smtp:\n  host: mail\n  password_file: secret\n"
    (lonely,) = problems(ONE + smtp, tmp_path)
    assert (lonely.line, lonely.key) == (5, "smtp.password_file")
    assert lonely.message == "needs username beside it"
    (second,) = problems(ONE + smtp + "  password_env: SECRET\n  username: u\n", tmp_path)
    assert (second.line, second.key) == (6, "smtp.password_env")
    assert second.message == "is given beside password_file; keep one of the two"


def test_an_existing_folder_is_no_database(tmp_path: Path) -> None:
    (problem,) = problems(f"{ONE}storage: {tmp_path}\n")
    assert "is a folder; give the name of a file" in problem.message


@pytest.mark.parametrize(
    ("raw", "fragment"),
    [
        (b"\n", "is empty"),
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"x" * 70_000, "is too large for a secret"),
    ],
)
def test_a_secret_file_that_cannot_be_one(tmp_path: Path, raw: bytes, fragment: str) -> None:
    (tmp_path / "secret").write_bytes(raw)
    text = ONE + "smtp: {host: mail, username: u, password_file: secret}\n"
    (problem,) = problems(text, tmp_path)
    assert fragment in problem.message


# --- any text at all -----------------------------------------------------------------------------


def harmless(text: str) -> bool:
    """Whether a terminal can show it; a character that is not assigned yet, or private, does no
    harm."""
    return all(char.isprintable() or category(char) in {"Cn", "Co"} for char in text)


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.one_of(
        st.text(max_size=200),
        st.text(alphabet="sources: -\n\t[]{}&*!|>'\"#%@,?<abc0", max_size=120),
        st.lists(
            st.sampled_from(
                [
                    "sources:", "  - https://example.org/", "  - url: x", "    url: [", "digest:",
                    "  at: &a 7", "  to: *a", "smtp: {}", "log: []", "? x", "---", "...", "<<: *a",
                    "storage: |", "  x: !!int 3", "interval: 1h", "\tx", "- a", '"', "%YAML 1.1",
                ]
            ),
            max_size=10,
        ).map("\n".join),
    )
)  # fmt: skip
def test_no_text_gives_anything_but_a_config_or_a_config_error(text: str) -> None:
    found: tuple[ConfigProblem, ...] = ()
    try:
        config = parse(text, file="feeds.yaml", folder=Path("/srv/news"), environ={})
    except ConfigError as error:
        found = error.problems
    else:
        assert config.sources
    lines = text.count("\n") + text.count("\r") + text.count("\x85") + 2
    assert all(0 <= problem.line <= lines and harmless(str(problem)) for problem in found)
