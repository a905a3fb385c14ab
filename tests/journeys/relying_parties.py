"""A relying party that is told, server to server, that somebody signed out."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.serving import bound, port_of, served
from tests.world import World

EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class RelyingParty:
    """``uri`` is where it wants to be told; ``tokens`` is what it was told."""

    uri: str
    # How it answers, in order; the last one again and again
    statuses: list[int] = field(default_factory=lambda: [200])
    tokens: list[str] = field(default_factory=list[str])
    # What it does before it answers
    before: Callable[[], Awaitable[None]] | None = None

    async def logout(self, request: Request) -> Response:
        """Back-Channel Logout §2.5: a form with the logout token, and nothing else."""
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs((await request.body()).decode(), strict_parsing=True)
        assert form.keys() == {"logout_token"}
        (token,) = form["logout_token"]
        self.tokens.append(token)
        if self.before is not None:
            await self.before()
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Response(status_code=status)


@asynccontextmanager
async def relying_party(tls: Path) -> AsyncGenerator[RelyingParty]:
    """Serve one over https; ``tls`` is the folder of its certificate."""
    with bound() as listener:
        told = RelyingParty(f"https://localhost:{port_of(listener)}/back?kept=1")
        app = Starlette(routes=[Route("/back", told.logout, methods=["POST"])])
        async with served((app, listener), ssl_certfile=tls / "server.pem"):
            yield told


async def verified(a_world: World, token: str, *, client_id: str, alg: str) -> dict[str, Any]:
    """Return the claims of a logout token, validated as §2.6 has it."""
    http = a_world.browser.http
    metadata = (await http.get(f"{a_world.bridge_url}/.well-known/openid-configuration")).json()
    keys = KeySet.import_key_set((await http.get(metadata["jwks_uri"])).json())
    read = jwt.decode(token, keys, algorithms=[alg])
    assert read.header["alg"] == alg
    assert read.header["typ"] == "logout+jwt"
    claims = read.claims
    assert claims["iss"] == metadata["issuer"]
    assert claims["aud"] == client_id
    now = a_world.clock.now
    assert now - 60 <= claims["iat"] <= now < claims["exp"] <= now + 120
    assert claims["events"] == {EVENT: {}}
    assert claims["sub"]
    assert claims["sid"]
    assert claims["jti"]
    assert "nonce" not in claims
    return claims
