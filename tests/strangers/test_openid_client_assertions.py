"""openid-client 6 signs who it is: nobody here wrote it."""

from typing import Any

import pytest

from bridge.oidc.client import AuthMethod, Client
from tests.jose.examples import ec_key, public
from tests.strangers.by_line import Program, Refused
from tests.strangers.test_openid_client import REDIRECT_URI, approved, discover
from tests.strangers.test_openid_client_requests import KEYS, signing
from tests.world import CLIENT_SECRET, World

pytestmark = pytest.mark.anyio


async def register(a_world: World, method: AuthMethod, **members: Any) -> None:
    client = Client(
        client_id="rp",
        client_name="Relying Party",
        redirect_uris=(REDIRECT_URI,),
        token_endpoint_auth_method=method,
        **members,
    )
    secret = None if method == "private_key_jwt" else CLIENT_SECRET
    kept = a_world.provider.client_secrets.keep(client, secret)
    assert await a_world.provider.store.add_client(kept, now=a_world.clock.now)


async def uses_all_that_it_may(node: Program, a_world: World) -> None:
    """Each request with an assertion of its own."""
    answer = await approved(node, a_world)
    tokens = await node("redeem", url=answer["url"], checks=answer["checks"])
    token = tokens["access_token"]
    assert (await node("introspect", token=token))["active"] is True
    await node("revoke", token=token)
    assert (await node("introspect", token=token))["active"] is False


@pytest.mark.parametrize("alg", KEYS)
async def test_it_signs_with_a_key_of_its_own(node: Program, https_world: World, alg: str) -> None:
    jwks = {"keys": [public(KEYS[alg][0], kid="mine")]}
    await register(https_world, "private_key_jwt", jwks=jwks, token_endpoint_auth_signing_alg=alg)
    await discover(node, https_world, method="private_key_jwt", secret=signing(alg))
    await uses_all_that_it_may(node, https_world)


async def test_it_signs_with_its_secret(node: Program, https_world: World) -> None:
    await register(https_world, "client_secret_jwt")
    await discover(node, https_world, method="client_secret_jwt")
    await uses_all_that_it_may(node, https_world)


async def test_it_hears_that_its_key_is_another(node: Program, https_world: World) -> None:
    jwks = {"keys": [public(ec_key(), kid="mine")]}
    await register(https_world, "private_key_jwt", jwks=jwks)
    sign = signing("ES256", ec_key(1))
    await discover(node, https_world, method="private_key_jwt", secret=sign)
    answer = await approved(node, https_world)
    with pytest.raises(Refused, match="invalid_client"):
        await node("redeem", url=answer["url"], checks=answer["checks"])
