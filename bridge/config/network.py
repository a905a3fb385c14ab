"""Settings about the network: who is believed, and by which way WeChat is reached."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel


def _are_networks(entries: tuple[str, ...]) -> tuple[str, ...]:
    for number, entry in enumerate(entries, 1):
        try:
            network = ip_network(entry)
        except ValueError:
            raise ValueError(
                f"number {number} must be an address, or a network such as 10.1.0.0/16 (all bits"
                " after the slash's are 0)"
            ) from None
        if network.prefixlen == 0:
            raise ValueError(f"number {number} is everybody: name the proxies, or their network")
        if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
            raise ValueError(f"number {number} is IPv4 within IPv6: write it as IPv4")
    return entries


TrustedProxies = Annotated[tuple[str, ...], AfterValidator(_are_networks)]


class NetworkSettings(BaseModel):
    """Inherited by ``Settings``."""

    trusted_proxies: TrustedProxies = ()

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of ``trusted_proxies``."""
        return tuple(ip_network(entry) for entry in self.trusted_proxies)
