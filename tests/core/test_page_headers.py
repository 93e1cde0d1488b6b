"""Request headers may be secrets: which pages they go to."""

from __future__ import annotations

import pytest

from aggregator.core.page_headers import page_headers
from aggregator.types import PageRules

FEED = (("X-Key", "feed"),)
RULES = PageRules(headers=(("X-Page", "rules"),))
BOTH = (*FEED, *RULES.headers)


def sent(
    page: str, feed: str, site: str | None = None, *, rules: PageRules | None = RULES
) -> tuple[tuple[str, str], ...]:
    return page_headers(page, feed_url=feed, site_url=site, headers=FEED, rules=rules)


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://example.com/a", "https://example.com/feed"),
        ("https://example.com/a", "http://example.com/feed"),
        ("https://EXAMPLE.com:443/a", "https://example.com/feed"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/feed"),
        ("http://[::1]:8000/a", "http://[::1]:8000/feed"),
    ],
)
def test_both_go_to_the_server_of_the_feed(page: str, feed: str) -> None:
    assert sent(page, feed) == BOTH
    assert sent(page, feed, rules=None) == FEED
    assert sent(page, feed, rules=PageRules(body=("main",))) == FEED


@pytest.mark.parametrize(
    ("page", "feed", "site"),
    [
        ("https://www.example.com/a", "https://rss.example.com/feed", None),
        ("https://example.com/a", "https://rss.example.com/feed", None),
        ("https://www.example.com/a", "https://example.com/feed", None),
        ("https://sport.example.com/a", "https://www.example.com/feed", None),
        ("https://a.b.example.com/a", "https://example.com/feed", None),
        ("https://sport.example.com/a", "http://www.example.com/feed", None),
        ("https://sport.example.com/a", "https://rss.example.com/feed", "http://example.com/"),
        ("https://www.example.org/a", "https://feeds.example.net/x", "https://example.org/"),
        ("https://example.org/a", "https://feeds.example.net/x", "https://www.example.org/news"),
        ("https://example.org:8443/a", "https://example.net/x", "https://example.org:8443/"),
    ],
)
def test_those_of_the_rules_go_to_the_rest_of_the_site(
    page: str, feed: str, site: str | None
) -> None:
    assert sent(page, feed, site) == RULES.headers
    assert sent(page, feed, site, rules=None) == ()


@pytest.mark.parametrize(
    ("page", "feed", "site"),
    [
        ("https://example.org/a", "https://example.com/feed", None),
        ("https://example.org/a", "https://example.com/feed", "https://example.com/"),
        # Their names only look alike.
        ("https://notexample.com/a", "https://example.com/feed", None),
        ("https://example.com.evil.net/a", "https://example.com/feed", None),
        ("https://example.com@evil.net/a", "https://example.com/feed", None),
        ("https://evil.net/example.com", "https://example.com/feed", None),
        ("https://evil.net\\@example.com/a", "https://example.com/feed", None),
        # Neighbours may be strangers.
        ("https://bob.blogs.example/a", "https://ann.blogs.example/feed", None),
        ("https://bob.blogs.example/a", "https://ann.blogs.example/", "https://ann.blogs.example"),
        # Everybody's.
        ("https://example.com/a", "https://feeds.example.net/x", "https://com/"),
        ("https://com/a", "https://example.com/feed", None),
        # In the clear.
        ("http://www.example.com/a", "https://example.com/feed", None),
        ("http://example.com/a", "https://example.com/feed", "http://example.com/"),
        # Another server on the same host.
        ("https://example.com:8443/a", "https://example.com/feed", None),
        ("https://www.example.com:8443/a", "https://example.com/feed", None),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8000/feed", None),
        # An address is no domain.
        ("https://9.127.0.0.1/a", "https://127.0.0.1/feed", None),
        ("https://0.0.1/a", "https://127.0.0.1/feed", None),
        ("no address", "https://example.com/feed", "neither"),
    ],
)
def test_they_go_nowhere_else(page: str, feed: str, site: str | None) -> None:
    assert sent(page, feed, site) == ()


def joined(
    feed: tuple[tuple[str, str], ...], rules: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    url = "https://example.com/feed"
    return page_headers(
        url, feed_url=url, site_url=None, headers=feed, rules=PageRules(headers=rules)
    )


def test_the_rules_have_the_last_word() -> None:
    feed = (("Accept-Language", "de"), ("X-Key", "1"), ("x-page", "feed"))
    rules = (("accept-language", "fr"), ("X-Page", "rules"))
    assert joined(feed, rules) == (("X-Key", "1"), *rules)


def test_cookies_of_both_are_sent() -> None:
    feed, rules = ("cookie", "a=1; b=2"), ("Cookie", "c=3")
    assert joined((feed,), (rules,)) == (("Cookie", "a=1; b=2; c=3"),)
    assert joined((feed, ("X-Key", "1")), (("X-Page", "2"),)) == (
        ("X-Key", "1"),
        ("X-Page", "2"),
        ("Cookie", "a=1; b=2"),
    )
    assert joined((), (rules,)) == (rules,)
