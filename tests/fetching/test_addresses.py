"""Which addresses are public: IANA's registries of special-purpose addresses."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.fetching.addresses import Allowed, is_public, read_address

PUBLIC = (
    "8.8.8.8",
    "119.29.29.29",
    "100.63.255.255",
    "100.128.0.0",
    "2400:3200::1",
    "2606:4700::1",
)

NOT_PUBLIC = (
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200"),  # noqa: S104
    *("127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255"),
    *("192.0.0.8", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1"),
    *(
        "100.127.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
    ),
    *("255.255.255.255", "::", "::1", "::7f00:1", "::808:808", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "100::1", "4000::1"),
    # which hold an IPv4 address: mapped, translated, 6to4, Teredo
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::a9fe:a9fe", "2002:7f00:1::"),
    *("2002:808:808::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    *("2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1"),
)


def judged(text: str) -> bool:
    address = read_address(text)
    assert address is not None
    return is_public(address)


@pytest.mark.parametrize("text", PUBLIC)
def test_what_the_internet_routes_is_public(text: str) -> None:
    assert judged(text)


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_what_leads_inside_is_not_public(text: str) -> None:
    assert not judged(text)


def test_an_address_that_is_mapped_is_judged_as_what_it_is() -> None:
    assert judged("::ffff:8.8.8.8")
    assert read_address("::FFFF:7f00:1") == IPv4Address("127.0.0.1")


@given(st.ip_addresses(v=4))
def test_no_spelling_in_ipv6_makes_an_ipv4_address_better(address: IPv4Address) -> None:
    number = int(address)
    mapped = read_address(str(IPv6Address(0xFFFF << 32 | number)))
    assert mapped == address
    for holder in (
        number,  # compatible
        0x64FF9B << 96 | number,
        0x64FF9B0001 << 80 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | (number ^ 0xFFFFFFFF),
    ):
        assert not is_public(IPv6Address(holder))


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f.1", "0177.0.0.1", "1.2.3", "::g"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


def test_the_operator_lets_names_and_networks_pass() -> None:
    allowed = Allowed.read(["rp.internal", "10.1.0.0/16", "192.168.7.7", "fd00::/8"])
    inside = IPv4Address("10.2.0.1")
    assert allowed.passes("rp.internal", inside)
    assert not allowed.passes("x.rp.internal", inside)
    assert not allowed.passes("other.internal", inside)
    assert allowed.passes("other.internal", IPv4Address("10.1.255.1"))
    assert allowed.passes("other.internal", IPv4Address("192.168.7.7"))
    assert not allowed.passes("other.internal", IPv4Address("192.168.7.8"))
    assert allowed.passes("other.internal", IPv6Address("fd00::1"))
    assert allowed.passes("other.internal", IPv4Address("8.8.8.8"))
