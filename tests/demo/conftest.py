"""A small provider, the demo and a browser, on real sockets of this machine."""

import socket
from collections.abc import AsyncIterator, Iterator
from functools import partial

import httpx
import pytest
from joserfc.jwk import RSAKey
from starlette.applications import Starlette

from bridge.demo import create_relying_party
from tests.demo.small_provider import CLIENT_ID, CLIENT_SECRET, SmallProvider
from tests.serving import served

STYLESHEET_URL = "http://style.example:8000/static/style.css"


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True)


def origin_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def reserved() -> socket.socket:
    """A port of our own, on which nobody listens yet: whoever connects is refused."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@pytest.fixture
def provider_listener() -> Iterator[socket.socket]:
    with reserved() as listener:
        yield listener


@pytest.fixture
def demo_listener() -> Iterator[socket.socket]:
    with reserved() as listener:
        yield listener


@pytest.fixture(scope="session")
def key() -> RSAKey:
    return new_key("first")


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    return new_key("other")


@pytest.fixture
def provider(provider_listener: socket.socket, key: RSAKey) -> SmallProvider:
    return SmallProvider(origin_of(provider_listener), published=key, signs_with=key)


@pytest.fixture
def relying_party(provider_listener: socket.socket, demo_listener: socket.socket) -> Starlette:
    return create_relying_party(
        issuer=origin_of(provider_listener),
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        base_url=origin_of(demo_listener),
        session_secret="session secret",
        stylesheet_url=STYLESHEET_URL,
    )


new_browser = partial(httpx.AsyncClient, follow_redirects=True, trust_env=False)


@pytest.fixture
async def browser(
    provider: SmallProvider,
    provider_listener: socket.socket,
    relying_party: Starlette,
    demo_listener: socket.socket,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in front of the demo, whose provider answers."""
    async with (
        served((provider.app(), provider_listener), (relying_party, demo_listener)),
        new_browser(base_url=origin_of(demo_listener)) as client,
    ):
        yield client
