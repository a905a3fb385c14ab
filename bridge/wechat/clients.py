"""All applications of the operator's, each with a client of its own.

Each has its own connections, so that one that WeChat answers slowly holds up no other.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bridge.wechat.application import WeChatApplication
from bridge.wechat.client import WeChatClient, wechat_client
from bridge.wechat.hosts import WeChatHosts
from bridge.wechat.http_client import Limits


@dataclass(frozen=True, slots=True)
class WeChatClients:
    """In the order of the settings."""

    all: tuple[WeChatClient, ...]

    def __iter__(self) -> Iterator[WeChatClient]:
        return iter(self.all)

    def get(self, appid: str) -> WeChatClient | None:
        """Return the client of this application, or None where it is not, or no longer, ours."""
        return next((known for known in self.all if known.application.appid == appid), None)


@asynccontextmanager
async def wechat_clients(
    applications: Sequence[WeChatApplication],
    hosts: WeChatHosts,
    limits: Limits,
    ca_file: Path | None,
    *,
    now: Callable[[], int],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncGenerator[WeChatClients]:
    """Open a client for each application, and close their connections at the end.

    ``limits`` are those of each of them; ``now`` is in seconds.
    """
    async with AsyncExitStack() as opened:
        yield WeChatClients(
            tuple(
                [
                    await opened.enter_async_context(
                        wechat_client(application, hosts, limits, ca_file, now=now, sleep=sleep)
                    )
                    for application in applications
                ]
            )
        )
