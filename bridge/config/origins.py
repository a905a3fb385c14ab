"""Origins and host names as an operator writes them.

An issuer is compared character by character (OpenID Connect Discovery 1.0 §4.3), so an origin has
exactly one spelling here: scheme, host, and a port only where it is not the scheme's own
(RFC 6454 §6.1). Errors are ``ValueError`` with the end of a sentence: "must not contain a path".
They never repeat the text, which may hold a password.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_URL = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<rest>.*)", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?P<port>:[^:]*)?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r":[1-9][0-9]{0,4}")
_HIGHEST_PORT = 65_535
_DEFAULT_PORT = {"https": ":443", "http": ":80"}


def check_origin(text: str) -> None:
    """``https://host[:port]``, or the same with http on loopback."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError(
            "must be ASCII without spaces; write an international host name as xn--…",
        )
    url = _URL.fullmatch(text)
    if url is None:
        raise ValueError("must begin with https://")
    _check_nothing_follows(url["rest"])
    if "@" in url["authority"]:
        raise ValueError("must not contain a user name or password")
    if text != text.lower():
        raise ValueError("must be written in lower case")
    authority = _AUTHORITY.fullmatch(url["authority"])
    if authority is None:
        raise ValueError("must name a host, and an IPv6 address stands in brackets")
    _check_host(authority["host"])
    _check_port(url["scheme"], authority["port"])
    if url["scheme"] == "http" and not _is_loopback(authority["host"]):
        raise ValueError("must begin with https://; http is only for localhost, 127.0.0.0/8, [::1]")


def check_domain(text: str) -> None:
    """A host name in lower case (RFC 1123 §2.1) and no address."""
    if _DOMAIN.fullmatch(text) is None or _ends_in_a_number(text):
        raise ValueError("must be a domain name in lower case, such as example.com")


def host_of(origin: str) -> str:
    """The host of a checked origin; an IPv6 address with its brackets."""
    return re.sub(r":[0-9]+\Z", "", origin.partition("://")[2])


def _check_nothing_follows(rest: str) -> None:
    if "#" in rest:
        raise ValueError("must not contain a fragment (#…)")
    if "?" in rest:
        raise ValueError("must not contain a query (?…)")
    if rest == "/":
        raise ValueError("must be written without the slash at the end")
    if rest:
        raise ValueError("must not contain a path: it ends after the host or the port")


def _check_host(host: str) -> None:
    if host.startswith("["):
        _check_ipv6(host[1:-1])
    elif _ends_in_a_number(host):
        # WHATWG URL §3.5: browsers read 127.1 or 0177.0.0.1 as addresses; one spelling is enough.
        try:
            IPv4Address(host)
        except AddressValueError:
            raise ValueError("must name a host: this IPv4 address is not well formed") from None
    elif _DOMAIN.fullmatch(host) is None:
        raise ValueError("must name a host, made of letters, digits, hyphens and dots")


def _check_ipv6(text: str) -> None:
    try:
        address = IPv6Address(text)
    except AddressValueError:
        raise ValueError("must name a host: this IPv6 address is not well formed") from None
    if str(address) != text or address.scope_id is not None:
        raise ValueError("must give the IPv6 address in its short form, such as [::1]")


def _check_port(scheme: str, port: str | None) -> None:
    if port is None:
        return
    if port == _DEFAULT_PORT[scheme]:
        raise ValueError(f"must be written without {port}, the default port of {scheme}")
    if _PORT.fullmatch(port) is None or int(port[1:]) > _HIGHEST_PORT:
        raise ValueError("must have a port from 1 to 65535 after the colon, or no colon")


def _ends_in_a_number(host: str) -> bool:
    last = host.rpartition(".")[2]
    return last.isdecimal() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


def _is_loopback(host: str) -> bool:
    if _ends_in_a_number(host):
        return IPv4Address(host).is_loopback
    return host in {"localhost", "[::1]"}
