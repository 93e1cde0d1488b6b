"""Addresses: what may be fetched, by which host, and which ones show the same article."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.core.urls import MAX_URL, host_key, normalise, same_origin, same_server, url_key

# Text that is likely to get far into the rules: their own words, strung together at random.
PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        "http:// https:// // / ? # #! & = ; % %41 %2f %C3%a9 %% . .. www. m. amp. amp /amp .amp"
        " .html index.html cdn.ampproject.org/c/s/ google.com/amp/s/ example.com :80 :443 [::1]"
        " example.org:8080 @ user:pw@ \\ utm_source=x p=1 id=2 ref=rss jsessionid=1 %26 %3f"
        " ;jsessionid=AB é ß 日本 。 mailto: + %20 a b 0 \ud800",
    )
)
# Text that is likely to be read the short way, or nearly.
PLAIN_PIECES = st.sampled_from(
    re.findall(
        r"\S+",
        "/a /b-c_d.html /2026 /amp /AMP /amp.html /ampere /x.amp /x.amp.htm /index.html"
        " /Default.PHP /indexed /.a /.. // / . ; ;a : %41 ?p=1 ?id=22 ?ID=1 ?p=x ?b=1&a=2 ?amp=1"
        " ?utm_id=1 ? #x #!x",
    )
)
SITES = st.sampled_from(
    re.findall(
        r"\S+",
        "http://example.com https://www.Example.com http://m.example.org:8080 https://example.com:443"
        " HTTP://example.com http://example.com. http://a..b http://u@example.com https://google.com"
        " https://example.cdn.ampproject.org http://www.www.com http://example.com:99999 http://-a"
        " ftp://example.com http://[::1] //example.com http://example.com\\x",
    )
)
PLAIN_PATHS = st.lists(PLAIN_PIECES, max_size=4).map("".join)
PLAIN_ADDRESSES = st.tuples(st.just("") | SITES, PLAIN_PATHS).map("".join)
ADDRESSES = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


# --- host_key


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example.COM/a", "news.example.com"),
        ("http://example.com:80/", "example.com"),
        ("https://example.com:443", "example.com"),
        ("https://example.com:80/", "example.com:80"),
        ("http://example.com:0080/", "example.com"),
        ("http://example.com.:8080/", "example.com:8080"),
        ("http://user:secret@example.com/", "example.com"),
        ("http://[2001:DB8::0001]:8080/", "[2001:db8::1]:8080"),
        ("https://Müller.example/", "xn--mller-kva.example"),
        ("https://straße.example/", "xn--strae-oqa.example"),
        ("http://127。0。0。1/", "127.0.0.1"),
        ("http://example.com\\@127.0.0.1/", "example.com"),
        ("http://example.com?@127.0.0.1/", "example.com"),
        ("ftp://example.com/", ""),
        ("example.com", ""),
        ("http://example.com:99999/", ""),
        ("http:///path", ""),
        ("", ""),
    ],
)
def test_host_key(url: str, host: str) -> None:
    assert host_key(url) == host


@given(ADDRESSES)
def test_host_key_never_raises_and_agrees_with_the_normalised_address(url: str) -> None:
    fetched = normalise(url)
    if fetched is not None:
        assert host_key(fetched) == host_key(url) != ""


# --- normalise


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("  https://example.com/a\n", "https://example.com/a"),
        ("https://exam\nple.com/a", "https://example.com/a"),
        ("HTTPS://EXAMPLE.com", "https://example.com/"),
        ("http://example.com:80/a#part", "http://example.com/a"),
        ("http://example.com/a/./b/../c/..", "http://example.com/a/"),
        ("http://example.com/../../a", "http://example.com/a"),
        ("http://example.com/a b?q=c d", "http://example.com/a%20b?q=c%20d"),
        ("http://example.com/é?q=ü", "http://example.com/%C3%A9?q=%C3%BC"),
        ("http://example.com/%e9%2F?b=2&a=%41", "http://example.com/%e9%2F?b=2&a=%41"),
        ("http://example.com/<\"'>", "http://example.com/%3C%22'%3E"),
        ("http://me:pw@example.com/", "http://example.com/"),
        ("http://example.com\\@127.0.0.1/x", "http://example.com/@127.0.0.1/x"),
    ],
)
def test_normalise(url: str, expected: str) -> None:
    assert normalise(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "example.com/a",
        "//example.com/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com/",
        "mailto:desk@example.com",
        "http://",
        "http:///a",
        "http://:80/",
        "http://exa mple.com/",
        "http://[::1/",
        "http://[example]/",
        "http://example.com:port/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example..com/",
        "http://" + "a" * 64 + ".example/",
        "http://\ud800.example/",
        "http://example.com/" + "a" * MAX_URL,
    ],
)
def test_normalise_refuses_what_cannot_be_fetched(url: str) -> None:
    assert normalise(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("a", "https://example.com/news/a"),
        ("/a", "https://example.com/a"),
        ("../a?b", "https://example.com/a?b"),
        ("//example.org/a", "https://example.org/a"),
        ("http://example.org/a", "http://example.org/a"),
        ("javascript:alert(1)", None),
        ("", None),
        ("//[x]/", None),
    ],
)
def test_normalise_resolves_against_a_base(url: str, expected: str | None) -> None:
    assert normalise(url, base="https://example.com/news/feed.xml") == expected


def test_normalise_keeps_a_login_only_on_request() -> None:
    assert normalise("https://me:pw@example.com", userinfo=True) == "https://me:pw@example.com/"


@given(ADDRESSES)
def test_normalise_is_idempotent_and_gives_printable_ascii(url: str) -> None:
    fetched = normalise(url)
    if fetched is not None:
        assert normalise(fetched) == fetched
        assert fetched.isascii()
        assert fetched.isprintable()
        assert " " not in fetched
        assert "#" not in fetched


@given(PLAIN_ADDRESSES, PLAIN_ADDRESSES)
@example("/a;", "https://example.com/b")
@example("//example.org/a", "https://example.com/b")
@example("/a/../b", "https://example.com/b")
def test_normalise_reads_plain_addresses_as_it_reads_others(url: str, base: str) -> None:
    assert normalise(url, base=base) == normalise(f" {url}", base=f" {base}")  # not the short way


@given(ADDRESSES, ADDRESSES)
def test_normalise_never_raises_with_any_base(url: str, base: str) -> None:
    normalise(url, base=base)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://example.com/a", "https://EXAMPLE.com:443/b", True),
        ("https://example.com/", "http://example.com/", False),
        ("https://example.com/", "https://www.example.com/", False),
        ("https://example.com/", "https://example.com:8443/", False),
        ("mailto:x", "mailto:x", False),
    ],
)
def test_same_origin(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same


def test_the_same_server_may_answer_over_https_but_not_the_other_way_round() -> None:
    assert same_server("http://example.com/a", "https://example.com/b")
    assert not same_server("https://example.com/a", "http://example.com/b")
    assert not same_server("http://example.com/a", "https://www.example.com/a")


# --- url_key

STORY = "example.com/news/2026/story-17"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/news/2026/story-17",
        "http://www.example.com/news/2026/story-17/",
        "https://m.example.com:443/news/2026/story-17",
        "https://mobile.example.com/news//2026/story-17",
        "https://amp.example.com/news/2026/story-17",
        "https://www.m.example.com/news/2026/story-17",
        "//example.com/news/2026/story-17",
        "https://example.com/news/2026/story%2D17/index.html",
        "https://example.com/news/2026/story-17/amp",
        "https://example.com/news/2026/story-17/amp/",
        "https://example.com/news/2026/story-17.amp",
        "https://example.com/amp/news/2026/story-17",
        "https://example.com/news/2026/story-17?amp",
        "https://example.com/news/2026/story-17?amp=1",
        "https://example.com/news/2026/story-17?outputType=amp",
        "https://example.com/news/2026/story-17?amp_js_v=0.1&usqp=mq331",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/2026/story-17",
        "https://example-com.cdn.ampproject.org/v/s/www.example.com/news/2026/story-17/amp?amp_js_v=1",
        "https://www.google.com/amp/s/www.example.com/news/2026/story-17/amp/",
        "https://www.google.co.uk/amp/example.com/news/2026/story-17",
        "https://example.com/news/2026/story-17?utm_source=rss&utm_medium=feed&UTM_CAMPAIGN=x",
        "https://example.com/news/2026/story-17?fbclid=a&gclid=b&mc_cid=c&mc_eid=d",
        "https://example.com/news/2026/story-17?at_medium=RSS&at_campaign=KARANGA",
        "https://example.com/news/2026/story-17?ns_mchannel=rss&ns_campaign=x&cmp=rss",
        "https://example.com/news/2026/story-17?ref=rss&source=feedburner",
        "https://example.com/news/2026/story-17?mod=rss_front",
        "https://example.com/news/2026/story-17;jsessionid=0A1B2C",
        "https://example.com/news/2026/story-17?PHPSESSID=8f2a",
        "https://example.com/news/2026/story-17?sid=0123456789abcdef0123",
        "https://example.com/news/2026/story-17#comments",
        "https://example.com/news/2026/story-17?#xtor=RSS-1",
        "https://reader:pw@example.com/news/2026/story-17",
    ],
)
def test_addresses_of_one_article_have_one_key(url: str) -> None:
    assert url_key(url) == STORY


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://example.com/story.amp.html", "example.com/story.html"),
        ("https://example.com/?p=123", "example.com?p=123"),
        ("https://example.com/index.php?id=9&cat=b", "example.com?cat=b&id=9"),
        ("https://example.com/a?b=2&a=1&b=1", "example.com/a?a=1&b=1&b=2"),
        ("https://example.com/a?q=x%20y&r=x+y", "example.com/a?q=x+y&r=x+y"),
        ("https://example.com/a?b=&c", "example.com/a?b&c"),
        ("https://example.com/#!/story/17", "example.com#!/story/17"),
        ("https://example.com/%c3%a9", "example.com/%C3%A9"),
        ("https://example.com/é", "example.com/%C3%A9"),
        ("https://example.com/100%", "example.com/100%25"),
        ("https://example.com:8080/a", "example.com:8080/a"),
        ("https://example.com/a?sid=1742", "example.com/a?sid=1742"),
        ("https://example.com/a?source=agency", "example.com/a?source=agency"),
        ("https://m.example/a", "m.example/a"),
        ("https://amp.dev/amp", "amp.dev/amp"),
        ("https://example.com/News", "example.com/News"),
        ("mailto:desk@example.com", "mailto:desk@example.com"),
        ("tag:example.com,2026:17", "tag:example.com,2026:17"),
        ("  ", ""),
    ],
)
def test_url_key(url: str, key: str) -> None:
    assert url_key(url) == key


@given(PLAIN_ADDRESSES)
@example("https://example.com/a/amp?p=1")
@example("https://example.com/a/Default.aspx")
@example("https://example.com/a.amp.html")
@example("https://www.google.com/amp/s/example.org/a")
def test_url_key_reads_plain_addresses_as_it_reads_others(url: str) -> None:
    assert url_key(url) == url_key(f" {url}")  # not the short way


@given(ADDRESSES)
def test_url_key_is_idempotent_and_never_raises(url: str) -> None:
    key = url_key(url)
    assert url_key(key) == key


@given(ADDRESSES)
def test_the_address_that_is_fetched_has_the_same_key(url: str) -> None:
    fetched = normalise(url)
    if fetched is not None and "#!" not in url:
        assert url_key(fetched) == url_key(url)


@given(st.lists(st.sampled_from(["p=1", "id=2", "utm_source=x", "b", "fbclid=1"]), max_size=6))
def test_the_order_of_parameters_does_not_count(parameters: list[str]) -> None:
    forwards = "https://example.com/a?" + "&".join(parameters)
    backwards = "https://example.com/a?" + "&".join(reversed(parameters))
    assert url_key(forwards) == url_key(backwards)
