"""How a connection to PostgreSQL is opened, and within what limits it works."""

from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from bridge.store.engine import UnusableDatabase

# Seconds for a connection to be made, if ``timeout`` is not less
CONNECT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolLimits:
    """``timeout``: seconds that a statement may take, and that one waits for its turn before.

    See the settings of the same names.
    """

    connections: int = 10
    timeout: int = 5
    statement_cache_size: int = 100

    @property
    def connect(self) -> float:
        return min(CONNECT, self.timeout)

    @property
    def keeps_sessions(self) -> bool:
        """Whether a connection is one session of the server's: not behind a pooler."""
        return self.statement_cache_size > 0

    @property
    def server_side(self) -> dict[str, str]:
        """The server's own limits: it gives up what nobody waits for any more."""
        milliseconds = str(self.timeout * 1_000)
        return {
            "statement_timeout": milliseconds,
            "idle_in_transaction_session_timeout": milliseconds,
        }


async def opened(url: str, limits: PoolLimits) -> asyncpg.Connection:
    """Open one; raise what asyncpg raises, or UnusableDatabase where it is of no use to us."""
    settings = {"application_name": "wechat-oidc"}
    if limits.keeps_sessions:
        settings |= limits.server_side
    connection = await asyncpg.connect(
        url,
        timeout=limits.connect,
        statement_cache_size=limits.statement_cache_size,
        server_settings=settings,
    )
    encoding = connection.get_settings().server_encoding
    if encoding.upper() not in {"UTF8", "UTF-8"}:
        drop(connection)
        raise UnusableDatabase(
            f"the PostgreSQL database has the encoding {encoding}, and names of people need UTF8:"
            " create one WITH ENCODING 'UTF8'"
        )
    return connection


def drop(connection: asyncpg.Connection) -> None:
    """Close it at once. One that is closed already must not raise, in place of what has failed."""
    with suppress(asyncpg.InterfaceError):
        connection.terminate()
