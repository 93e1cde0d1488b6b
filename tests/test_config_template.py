"""The template of feeds.yaml: it is what is shipped, and each of its examples is valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from configreading import CERTIFICATES, TWO_LINES, read

from aggregator.config import template, write_template
from aggregator.errors import ConfigError, UsageError

ROOT = Path(__file__).parent.parent
ENVIRON = {
    "EXAMPLE_API_KEY": "k3y",
    "EXAMPLE_PASSWORD": "pa55",
    "SMTP_PASSWORD": "pa55",
    "HOOK_SECRET": "whsec_" + "k" * 32,
    "ROOM_URL": "json://user:pa55@rooms.example.org/",
}


def uncomment(text: str) -> str:
    """Remove the "#" of every example: it is followed by a key, or by an indented line."""
    return re.sub(r"^#(?=[a-z_]+:|  )", "", text, flags=re.MULTILINE)


def test_the_shipped_file_is_the_template() -> None:
    assert (ROOT / "feeds.yaml").read_text() == template()


def test_the_template_watches_two_outlets() -> None:
    config = read(template())
    assert [(item.name, item.url) for item in config.sources] == [
        ("The Europe Today", "https://theeuropetoday.com/feed/"),
        ("The Gulf Observer", "https://thegulfobserver.com/feed/"),
    ]
    assert config.digest.to == ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With what the examples of the template name."""
    (tmp_path / "internal-ca.pem").write_text(CERTIFICATES, encoding="utf-8")
    (tmp_path / "office-url").write_text("json://user:pa55@office.example.org/\n", encoding="utf-8")
    return tmp_path


def test_the_template_with_every_example_is_valid(folder: Path) -> None:
    text = uncomment(template())
    config = read(text, environ=ENVIRON, folder=folder)
    assert len(config.sources) == 3
    assert [digest.name for digest in config.digests] == ["digest", "Caucasus"]
    assert config.smtp is not None
    assert config.smtp.password == "pa55"
    other = text.replace("  password_env:", "  #password_env:").replace(
        "  #password_file", "  password_file"
    )
    with pytest.raises(ConfigError) as caught:
        read(other, environ=ENVIRON, folder=folder)
    assert [problem.key for problem in caught.value.problems] == [
        "sources[2].login.password_file",
        "smtp.password_file",
    ]


def examples() -> list[str]:
    """Each example of the template by itself, with those that it needs."""
    general = template().partition("# --- where")[2]
    found = re.findall(r"^#[a-z_]+:.*\n(?:#  .*\n)*", general, flags=re.MULTILINE)
    blocks = {block.partition(":")[0][1:]: block for block in found}
    needed = {
        "digest": ["smtp"],
        "digests": ["digest", "smtp", "channels", "watches"],
        "channels": ["digest", "smtp"],
        "watches": ["channels", "digest", "smtp"],
    }
    return [
        "".join([block, *(blocks[other] for other in needed.get(key, []))])
        for key, block in blocks.items()
    ]


@pytest.mark.parametrize("example", examples(), ids=lambda block: str(block).partition(":")[0][1:])
def test_each_example_is_valid_by_itself(example: str, folder: Path) -> None:
    read(TWO_LINES + uncomment(example), environ=ENVIRON, folder=folder)


def test_the_example_of_a_source_is_valid_by_itself() -> None:
    text = uncomment(template().partition("# --- where")[0])
    third = read(text, environ=ENVIRON).sources[2]
    assert (third.name, third.tags) == ("Example World News", ("world", "agencies"))
    assert dict(third.headers) == {
        "Accept-Language": "en",
        "X-Api-Key": "k3y",
        "Authorization": "Basic bmV3c2Rlc2s6cGE1NQ==",
    }
    assert third.selectors is not None
    assert third.selectors.date == "time::attr(datetime)"
    assert third.rules is not None
    assert third.rules.body == ("article .story-text", "//div[@itemprop='articleBody']")
    assert third.rules.headers == (("X-Edition", "international"), ("Cookie", "consent=yes"))
    assert third.proxy == "http://proxy.example.org:3128"


def test_the_values_of_the_examples_are_the_defaults() -> None:
    other = (
        *("#contact:", "#smtp:", "#allow:", "#proxy:", "#ca_file:", "#channels:", "#watches:"),
        *("#digests:", "#web:"),
    )
    chosen = [block for block in examples() if not block.startswith(other)]
    lines = [
        line
        for block in chosen
        for line in block.partition("#smtp:")[0].splitlines()
        if not re.match(r"#  (to|from|unsubscribe):", line)
    ]
    assert read(TWO_LINES + uncomment("\n".join(lines) + "\n")) == read(TWO_LINES)
    assert len(lines) > 30


def test_the_template_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    write_template(path)
    assert path.read_text() == template()
    path.write_text("mine")
    with pytest.raises(UsageError, match=r"exists already and stays as it is"):
        write_template(path)
    assert path.read_text() == "mine"


def test_a_template_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be written: No such file or directory"):
        write_template(tmp_path / "absent" / "feeds.yaml")
