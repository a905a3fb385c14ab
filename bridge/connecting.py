"""What our HTTP clients have in common: whom they trust, and that nothing is sent twice."""

import ssl
from functools import cache
from pathlib import Path

import aiohttp
import certifi

from bridge.telemetry import silence

LOGGERS = ("httpx", "aiohttp.client", "aiohttp.internal")

# What aiohttp raises where no connection came about: nothing was sent.
NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


# To load the well-known authorities takes a while, and nobody changes what is returned here.
@cache
def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Return whom a client believes: the well-known authorities, and those of ``ca_file``.

    Nothing is read from the environment. Raises OSError or ssl.SSLError where the file cannot be
    used.
    """
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def silence_clients() -> None:
    """Let the libraries write nothing: some write each address down."""
    silence(*LOGGERS)


async def send_once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp (3.14) from sending a GET again whose connection broke under it."""
    try:
        return await send(request)
    except NOT_CONNECTED:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        # The type is what decides, and this one is not repeated.
        raise aiohttp.ClientConnectionError("the connection broke") from error
