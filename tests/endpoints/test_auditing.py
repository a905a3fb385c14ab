import pytest

from bridge.endpoints.auditing import kept_address


@pytest.mark.parametrize(
    ("address", "full", "network"),
    [
        ("203.0.113.77", "203.0.113.77", "203.0.113.0/24"),
        ("2001:DB8:0:1::7", "2001:db8:0:1::7", "2001:db8::/48"),
        ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::1", "fe80::/48"),
        # A unix socket has none, and a proxy may say anything
        (None, None, None),
        ("unknown", None, None),
        ("203.0.113.7\nsign_in.completed", None, None),
    ],
)
def test_an_address_is_kept_as_the_operator_wants_it(
    address: str | None, full: str | None, network: str | None
) -> None:
    assert kept_address(address, "full") == full
    assert kept_address(address, "network") == network
    assert kept_address(address, "none") is None
