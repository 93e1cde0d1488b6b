"""The section `web` of feeds.yaml."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from aggregator.config import parse, template
from aggregator.config.web import ImagePolicy, Listen, TrustedProxy, WebConfig, is_loopback
from aggregator.errors import ConfigError


def read(web: str, environ: dict[str, str] | None = None) -> WebConfig:
    text = f"sources:\n  - https://example.org/feed/\n{web}"
    return parse(text, file="feeds.yaml", folder=Path(), environ=environ or {}).web


def problems(web: str) -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        read(web)
    return [(problem.key, problem.message) for problem in caught.value.problems]


def test_without_the_section_the_page_is_served_to_this_machine() -> None:
    assert read("") == WebConfig()
    assert WebConfig().listen == Listen(host="127.0.0.1", port=8460)
    assert WebConfig().images is ImagePolicy.PROXY


def test_the_whole_section() -> None:
    text = """
web:
  listen: "[::1]:80"
  url: https://News.example.org/
  hosts: [News.home, box]
  images: block
  title: The desk's news
  proxy: {header: X-Remote-User, from: [127.0.0.1, 172.18.0.5/16]}
"""
    assert read(text) == WebConfig(
        listen=Listen(host="::1", port=80),
        url="https://news.example.org",
        hosts=("news.home", "box"),
        images=ImagePolicy.BLOCK,
        title="The desk's news",
        proxy=TrustedProxy(
            header="X-Remote-User",
            sources=(IPv4Network("127.0.0.1/32"), IPv4Network("172.18.0.0/16")),
        ),
    )


def test_the_values_of_the_example_are_the_defaults() -> None:
    block = re.findall(r"^#web:\n(?:#  .*\n)*", template(), flags=re.MULTILINE)[0]
    chosen = [line[1:] for line in block.splitlines() if not re.match(r"#  (url|hosts):", line)]
    text = "\n".join(chosen).partition("  proxy:")[0]
    assert "images" in text
    assert read(text) == WebConfig()


@pytest.mark.parametrize("written", ["off", "OFF", '"off"'])
def test_nothing_is_served_when_it_is_off(written: str) -> None:
    assert read(f"web: {{listen: {written}}}\n").listen is None


@pytest.mark.parametrize(
    "written",
    [
        *("8460", ":8460", "127.0.0.1", "127.0.0.1:", "127.0.0.1:web", "127.0.0.1:70000"),
        *("::1:80", "[::1]", "[127.0.0.1]:80", "[::x]:80", "http://127.0.0.1:8460", "a b:80"),
    ],
)
def test_what_is_no_address_to_listen_on_is_said_with_an_example(written: str) -> None:
    ((key, message),) = problems(f'web: {{listen: "{written}"}}\n')
    assert key == "web.listen"
    assert "127.0.0.1:8460" in message or "host name" in message


def test_the_environment_says_where_to_listen_in_place_of_the_file() -> None:
    written = "web: {listen: 127.0.0.1:1}\n"
    listen = read(written, {"AGGREGATOR_LISTEN": "0.0.0.0:8460"}).listen
    assert str(listen) == "0.0.0.0:8460"
    assert read(written, {"AGGREGATOR_LISTEN": "off"}).listen is None
    with pytest.raises(ConfigError, match="the variable AGGREGATOR_LISTEN must be an address"):
        read(written, {"AGGREGATOR_LISTEN": "8460"})


@pytest.mark.parametrize(
    ("written", "key", "word"),
    [
        ("{url: https://example.org/news}", "web.url", "must end after the host"),
        ("{url: example.org}", "web.url", "does not begin with https://"),
        ("{hosts: ['news.home:80']}", "web.hosts[0]", "without a port"),
        ("{hosts: ['https://news.home']}", "web.hosts[0]", "without a port"),
        ("{images: never}", "web.images", "must be proxy, block or direct"),
        ("{proxy: {header: Remote-User}}", "web.proxy.from", "is missing"),
        ("{proxy: {from: []}}", "web.proxy.from", "is empty"),
        ("{proxy: {from: localhost}}", "web.proxy.from", "must be an address or a network"),
        ("{proxy: {from: 0.0.0.0/0}}", "web.proxy.from", "would believe everybody"),
        ("{proxy: {from: '::/0'}}", "web.proxy.from", "would believe everybody"),
        ("{proxy: {from: 127.0.0.1, header: Cookie}}", "web.proxy.header", "only the proxy sets"),
        ("{password: pa55}", "web.password", "set it by `aggregator web password`"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(written: str, key: str, word: str) -> None:
    found = problems(f"web: {written}\n")
    assert found[0][0].startswith(key)
    assert word in found[0][1]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "LOCALHOST"])
def test_these_mean_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "localhost.example.org", "", "1"])
def test_these_do_not(host: str) -> None:
    assert not is_loopback(host)
