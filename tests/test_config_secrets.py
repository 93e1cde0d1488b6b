"""feeds.yaml without the secrets that it names: enough for whatever sends and fetches nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import load
from aggregator.errors import ConfigError
from aggregator.types import ChannelKind

FILE = """
sources:
  - url: https://example.org/feed
    name: Gull
    login: {username: newsdesk, password_env: FEED_PASSWORD}
smtp: {host: mail.example.org, username: desk, password_file: /nowhere/mail-password}
channels:
  chat: {url_env: CHAT_URL}
  hook: {url_file: hook.url, secret_env: HOOK_SECRET}
watches:
  - {name: Ferries, query: ferry, to: [chat, hook]}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "feeds.yaml"
    file.write_text(FILE)
    return file


def test_what_reads_only_needs_no_secrets(path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(path, environ={})
    assert len(caught.value.problems) == 5
    config = load(path, environ={}, secrets=False)
    assert [one.name for one in config.sources] == ["Gull"]
    assert [one.to for one in config.watches] == [("chat", "hook")]
    assert config.smtp is not None
    assert config.smtp.host == "mail.example.org"


def test_secrets_that_are_at_hand_are_read(path: Path) -> None:
    environ = {"CHAT_URL": "https://example.org/hook"}
    chat = load(path, environ=environ, secrets=False).channels[0]
    assert (chat.kind, chat.address) == (ChannelKind.WEBHOOK, "https://example.org/hook")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("password_env: FEED_PASSWORD", "password_env: pass word", "the name of an environment"),
        ("query: ferry", "query: '(ferry'", "column"),
        ("hook.url", "hook.url, url_env: HOOK_URL", "keep one of the two"),
        ("sources:", "storage: {env: NEWS_DATABASE}\nsources:", "NEWS_DATABASE is not set"),
    ],
)
def test_all_else_is_still_checked(path: Path, right: str, wrong: str, message: str) -> None:
    path.write_text(FILE.replace(right, wrong, 1))
    with pytest.raises(ConfigError, match=message):
        load(path, environ={}, secrets=False)
