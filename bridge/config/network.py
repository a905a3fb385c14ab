"""Settings about the network: who is believed, and by which way WeChat is reached."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, SecretStr, Strict

from bridge.config.values import seconds_from_to
from bridge.wechat import Proxy, read_proxy

_FEWEST, _MOST = 16, 65_000


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


def _is_a_crowd(number: int) -> int:
    if not _FEWEST <= number <= _MOST:
        raise ValueError(f"must be from {_FEWEST} to {_MOST}")
    return number


def _is_a_proxy(secret: SecretStr) -> SecretStr:
    try:
        read_proxy(secret.get_secret_value())
    except ValueError:
        raise ValueError(
            "must be http://host:port, or http://user:password@host:port with signs such as @ : /"
            " in them as %40 %3A %2F"
        ) from None
    return secret


TrustedProxies = Annotated[tuple[str, ...], AfterValidator(_are_networks)]
ProxyAddress = Annotated[SecretStr, AfterValidator(_is_a_proxy)]
KeepAlive = Annotated[int, Strict(), seconds_from_to(5, 3_600)]
Crowd = Annotated[int, Strict(), AfterValidator(_is_a_crowd)]


class NetworkSettings(BaseModel):
    """Inherited by ``Settings``."""

    trusted_proxies: TrustedProxies = ()
    wechat_proxy: ProxyAddress | None = None
    keep_alive: KeepAlive = 75
    most_connections: Crowd = 4_096

    @property
    def trusted_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of ``trusted_proxies``."""
        return tuple(ip_network(entry) for entry in self.trusted_proxies)

    @property
    def proxy(self) -> Proxy | None:
        """That of ``wechat_proxy``; its text shows no password."""
        known = self.wechat_proxy
        return None if known is None else read_proxy(known.get_secret_value())
