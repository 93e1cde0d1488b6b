"""The decision which addresses may be reached, without a network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.fetch.guard import Guard, is_public, literal

PUBLIC = [
    "1.1.1.1",
    "9.9.9.9",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]
NOT_PUBLIC = [
    # loopback and this host
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "::1",
    "::",
    # private and shared
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "100.127.255.255",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    # link-local, with the metadata services of clouds
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    # multicast, which the standard library calls global
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "ff0e::1",
    # reserved and unallocated
    "192.0.0.1",
    "192.0.0.192",
    "192.88.99.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "100::1",
    "4000::1",
    "5f00::1",
    # benchmarking and documentation
    "198.18.0.1",
    "198.19.255.255",
    "2001:2::1",
    "192.0.2.1",
    "198.51.100.1",
    "203.0.113.1",
    "2001:db8::1",
    "3fff::1",
    # an IPv4 address inside an IPv6 one
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "64:ff9b:1:fffe::101:101",
    # 6to4 and Teredo, whatever they embed
    "2002:7f00:1::1",
    "2002:a00:1::",
    "2002:101:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_b26_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_b26_these_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_b26_nothing_is_public_that_the_standard_library_calls_special(
    address: IPv4Address | IPv6Address,
) -> None:
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_loopback, address.is_link_local))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("1.1.1.1"))
def test_b26_an_embedded_address_is_judged_as_itself(address: IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        assert is_public(IPv6Address(int(IPv6Address(prefix)) + int(address))) == is_public(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7F.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("010.0.0.1", "8.0.0.1"),
        ("::1", "::1"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
    ],
)
def test_b26_numbers_are_read_as_resolvers_read_them(host: str, address: str) -> None:
    assert literal(host) == ip_address(address)


@pytest.mark.parametrize("host", ["example.org", "localhost", "127.0.0.1.example.org", "0x7g", ""])
def test_b26_names_are_no_numbers(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize("host", ["1.2.3.4.5", "256.1.1.1", "0x", "09", "99999999999", "example.1"])
def test_b26_what_ends_in_a_number_and_is_no_address_is_nothing(host: str) -> None:
    with pytest.raises(ValueError, match="neither a name nor an address"):
        literal(host)


def test_b26_a_refusal_says_what_to_do() -> None:
    guard = Guard.allowing()
    assert guard.refusal("intranet.example.org", 80, "10.0.0.5") == (
        "intranet.example.org is not asked, for its address 10.0.0.5 is not public"
        ' (private network); add "intranet.example.org" to `allow` in the configuration to open it'
    )
    assert guard.refusal("127.0.0.1", 80, "127.0.0.1") == (
        "127.0.0.1 is not asked, for it is not public (loopback);"
        ' add "127.0.0.1" to `allow` in the configuration to open it'
    )
    assert "0x7f.1 (which is 127.0.0.1) is not asked" in str(
        guard.refusal("0x7f.1", 80, "127.0.0.1")
    )
    assert guard.refusal("example.org", 80, "1.1.1.1") is None


@pytest.mark.parametrize(
    ("allow", "host", "port", "address", "opened"),
    [
        ("intranet.example.org", "intranet.example.org", 80, "10.0.0.5", True),
        ("Intranet.Example.org.", "intranet.example.org", 80, "10.0.0.5", True),
        ("intranet.example.org", "INTRANET.example.org.", 80, "10.0.0.5", True),
        ("intranet.example.org", "sub.intranet.example.org", 80, "10.0.0.5", False),
        ("example.org", "notexample.org", 80, "10.0.0.5", False),
        ("intranet.example.org:8080", "intranet.example.org", 8080, "10.0.0.5", True),
        ("intranet.example.org:8080", "intranet.example.org", 80, "10.0.0.5", False),
        ("bücher.example", "xn--bcher-kva.example", 80, "10.0.0.5", True),
        ("10.0.0.5", "any.example.org", 80, "10.0.0.5", True),
        ("10.0.0.5", "any.example.org", 80, "10.0.0.6", False),
        ("10.0.0.5", "any.example.org", 80, "::ffff:10.0.0.5", True),
        ("10.0.0.0/8", "any.example.org", 443, "10.200.0.1", True),
        ("10.0.0.0/8", "any.example.org", 443, "11.0.0.1", True),  # public anyway
        ("10.0.0.0/8", "any.example.org", 443, "192.168.0.1", False),
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.1", 22, "127.0.0.1", False),
        ("127.0.0.1:8080", "0x7f000001", 8080, "127.0.0.1", True),
        ("127.1", "127.0.0.1", 8080, "127.0.0.1", True),
        ("[::1]:8080", "::1", 8080, "::1", True),
        ("[::1]:8080", "::1", 22, "::1", False),
        ("[::1]", "localhost", 22, "::1", True),
        ("::1", "localhost", 22, "::1", True),
        ("fd00::/8", "any.example.org", 80, "fd12::1", True),
        ("64:ff9b:1::/48", "any.example.org", 80, "64:ff9b:1::1", True),
    ],
)
def test_b26_an_allow_list_opens_what_it_names(
    allow: str, host: str, port: int, address: str, *, opened: bool
) -> None:
    assert (Guard.allowing([allow]).refusal(host, port, address) is None) is opened


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "http://example.org/",
        "example.org/path",
        "user@example.org",
        "example.org:port",
        "example.org:0",
        "example.org:70000",
        "10.0.0.0/40",
        "1.2.3.4.5",
        "[::1]x",
        "a b",
        "*",
    ],
)
def test_b26_an_entry_that_means_nothing_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="give such as intranet"):
        Guard.allowing([entry])


def test_b26_a_network_with_too_many_bits_opens_nothing_by_mistake() -> None:
    with pytest.raises(
        ValueError, match=r"10\.0\.0\.5/8 is an address in the network 10\.0\.0\.0/8"
    ):
        Guard.allowing(["10.0.0.5/8"])


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("127.0.0.1", "not public (loopback)"),
        ("::1", "not public (loopback)"),
        ("0x7f.1", "an unusual way to write 127.0.0.1"),
        ("010.0.0.1", "an unusual way to write 8.0.0.1"),
        ("localhost", "a local name"),
        ("metadata", "a local name"),
        ("api.localhost", "a local name"),
        ("metadata.google.internal", "a local name"),
        ("printer.local", "a local name"),
    ],
)
def test_b26_what_a_proxy_would_look_up_is_judged_by_itself(host: str, reason: str) -> None:
    assert reason in str(Guard.allowing().refusal_unresolved(host, 80))
    opened = Guard.allowing([host]).refusal_unresolved(host, 80) is None
    assert opened is ("unusual" not in reason)


@pytest.mark.parametrize("host", ["example.org", "example.onion", "1.1.1.1", "2606:4700::1"])
def test_b26_a_proxy_is_asked_for_public_names(host: str) -> None:
    assert Guard.allowing().refusal_unresolved(host, 443) is None
