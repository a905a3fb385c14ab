"""For whom is counted: whoever can have one address can have those beside it, too."""

from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address, ip_address

Address = IPv4Address | IPv6Address

# Whoever is given an IPv6 address at all is given 64 bits of them (RFC 6177).
OWN_BITS = 64


@lru_cache(maxsize=1_024)  # who signs in comes four times
def read_address(host: str) -> Address | None:
    """Read an address without a port; None where it is none, as on a Unix socket.

    Of IPv4 within IPv6 (RFC 4291 §2.5.5.2) it is the IPv4 address; a zone means nothing elsewhere,
    and is left out.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=1_024)
def address_block(host: str | None) -> str | None:
    """Return what an address is counted as: itself, or the /64 that it is in if it is IPv6.

    None where there is no address.
    """
    address = read_address(host or "")
    if not isinstance(address, IPv6Address):
        return None if address is None else str(address)
    block = IPv6Address(int(address) >> OWN_BITS << OWN_BITS)
    return f"{block}/{OWN_BITS}"


def pseudonym(secret: bytes, *who: str) -> str:
    """Return a name of 24 digits for whoever it is, from which only guesses lead back.

    Others cannot even guess: they do not know the secret (at most 64 bytes). Where one part ends
    and the next begins is part of it.
    """
    digest = blake2b(digest_size=12, key=secret)
    for part in who:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return digest.hexdigest()
