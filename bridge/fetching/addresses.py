"""Which addresses may be connected to for a stranger: those of the public internet.

The lists are IANA's registries of special-purpose addresses
(https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, as of
2026-11). What ``ipaddress`` knows of them differs from one release of Python to the next, and its
``is_private`` says no to 100.64.0.0/10, where a cloud's metadata service lives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NOT_PUBLIC_IPV4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)

# All that was ever given out as global unicast (RFC 3513 §2.5.4). Outside lie loopback, IPv4 mapped
# and compatible, the translated 64:ff9b::/96 and 64:ff9b:1::/48, unique local, link-local,
# site-local and multicast.
GLOBAL_UNICAST = IPv6Network("2000::/3")

NOT_PUBLIC_IPV6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, among them Teredo, which holds an IPv4 address
        "2001:db8::/32",
        "2002::/16",  # 6to4, which holds an IPv4 address
        "3fff::/20",
    )
)


def read_address(text: str) -> Address | None:
    """Return the address that this text is, an IPv4 address unmapped from IPv6; None if none."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_public(address: Address) -> bool:
    """Whether it is global unicast and leads to no other address."""
    if isinstance(address, IPv4Address):
        special = any(address in network for network in NOT_PUBLIC_IPV4)
    else:
        special = address not in GLOBAL_UNICAST or any(
            address in network for network in NOT_PUBLIC_IPV6
        )
    return not special and address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the operator lets pass beside the public internet: names, and networks."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, entries: Iterable[str]) -> "Allowed":
        """Read host names, and addresses or networks (CIDR)."""
        names: set[str] = set()
        networks: list[Network] = []
        for entry in entries:
            try:
                networks.append(ip_network(entry))
            except ValueError:
                names.add(entry)
        return cls(frozenset(names), tuple(networks))

    def passes(self, host: str, address: Address) -> bool:
        """Whether ``host`` may be reached at this address, which is unmapped."""
        return (
            host in self.names
            or is_public(address)
            or any(address in network for network in self.networks)
        )
