"""For whom is counted."""

from ipaddress import IPv6Address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bridge.limiting import address_block
from bridge.limiting.counted import pseudonym


@pytest.mark.parametrize(
    ("host", "block"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:DB8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:c000:201", "192.0.2.1"),
        (None, None),
        ("", None),
        ("/run/bridge.sock", None),
        ("localhost", None),
    ],
)
def test_an_address_is_counted_as_itself_or_as_its_64(host: str | None, block: str | None) -> None:
    """RFC 6177: whoever has one IPv6 address has 64 bits of them."""
    assert address_block(host) == block


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_all_of_one_64_are_counted_as_one(address: IPv6Address, other: int) -> None:
    neighbour = IPv6Address(int(address) >> 64 << 64 | other)
    assume(address.ipv4_mapped is None)
    assume(neighbour.ipv4_mapped is None)
    assert address_block(str(address)) == address_block(str(neighbour))


@given(st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_two_have_the_same_pseudonym_only_if_they_are_the_same(
    one: list[str], other: list[str]
) -> None:
    """Also where what stands in one part looks like two: "a/b", "c" and "a", "b/c"."""
    same = pseudonym(b"secret", *one) == pseudonym(b"secret", *other)
    assert same == (one == other)


def test_a_pseudonym_says_nothing_to_whoever_does_not_know_the_secret() -> None:
    known = pseudonym(b"secret", "192.0.2.1")
    assert len(known) == 24
    assert known != "192.0.2.1"
    assert known != pseudonym(b"another", "192.0.2.1")
