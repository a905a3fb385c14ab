"""Names to addresses. What is connected to is what was checked, so that rebinding has no window."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

from bridge.fetching.addresses import Allowed, read_address
from bridge.fetching.errors import FetchFailed

# From a host name to all its addresses, as texts; raises OSError where it has none.
Lookup = Callable[[str], Awaitable[Sequence[str]]]

# The system's resolver holds a thread for as long as a stranger's name server likes. These are
# threads of its own, so that nobody who looks up WeChat's name waits for one.
MOST_LOOKUPS = 8


class SystemLookup:
    """Asks the system."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_LOOKUPS, thread_name_prefix="lookup")

    async def __call__(self, host: str) -> Sequence[str]:
        found = await asyncio.get_running_loop().run_in_executor(self._threads, _addresses, host)
        return tuple(dict.fromkeys(found))

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _addresses(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [str(address[0]) for *_, address in found]


class CheckedResolver(AbstractResolver):
    """Gives a connector the addresses of a name that may be connected to, and no other.

    The connector asks it for each new connection, and never about an address (aiohttp 3.14).
    """

    def __init__(self, lookup: Lookup, allowed: Allowed) -> None:
        self._lookup = lookup
        self._allowed = allowed

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: int = socket.AF_UNSPEC,  # noqa: ARG002 - always both
    ) -> list[ResolveResult]:
        """Raise FetchFailed where nothing is left."""
        try:
            found = await self._lookup(host)
        except (OSError, UnicodeError):
            raise FetchFailed("the host name is not known") from None
        addresses = [address for text in found if (address := read_address(text)) is not None]
        passing = [address for address in addresses if self._allowed.passes(host.lower(), address)]
        if not passing:
            raise FetchFailed("the address is not public")
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,  # noqa: PLR2004
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in passing
        ]

    async def close(self) -> None:
        """Nothing is held."""
