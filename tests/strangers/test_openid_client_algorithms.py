"""openid-client 6 verifies what the bridge signs, by each algorithm: nobody here wrote it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.jose.examples import ec_key, public, rsa_key
from tests.strangers.by_line import Program, Refused
from tests.strangers.test_openid_client import approved, discover, register, sign_in
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")


@pytest.fixture
async def every_world(tmp_path: Path, clock: Clock, tls: Path) -> AsyncIterator[World]:
    plan = Plan(tls=tls, settings={"BRIDGE_ALGORITHMS": ",".join(ALGORITHMS)})
    async with world(tmp_path, clock, plan) as opened:
        yield opened


@pytest.mark.parametrize("alg", ALGORITHMS)
async def test_id_tokens_and_userinfo_are_verified(
    node: Program, every_world: World, alg: str
) -> None:
    """OpenID Connect Core 1.0 §3.3.2.11: ``c_hash`` and ``at_hash``, too."""
    members = {"id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg}
    await register(every_world, response_types=("code id_token",), **members)
    await discover(node, every_world, members=members, response_type="code id_token")
    tokens = await sign_in(node, every_world)
    subject = tokens["claims"]["sub"]
    told = await node("userinfo", access_token=tokens["access_token"], subject=subject)
    assert (told["sub"], told["aud"]) == (subject, "rp")


async def test_another_algorithm_than_the_one_registered_is_refused(
    node: Program, every_world: World
) -> None:
    """What the test before relies on."""
    await register(every_world, id_token_signed_response_alg="EdDSA")
    await discover(node, every_world, members={"id_token_signed_response_alg": "ES256"})
    with pytest.raises(Refused, match="alg"):
        await node("redeem", **await approved(node, every_world))


@pytest.mark.parametrize("enc", ["A256GCM", "A128CBC-HS256"])
@pytest.mark.parametrize(("alg", "owner"), [("RSA-OAEP-256", rsa_key()), ("ECDH-ES", ec_key())])
async def test_id_tokens_and_userinfo_are_decrypted_and_then_verified(
    node: Program, every_world: World, alg: str, owner: RSAKey | ECKey, enc: str
) -> None:
    """OpenID Connect Core 1.0 §10.2, §16.14."""
    signed = {"id_token_signed_response_alg": "ES256", "userinfo_signed_response_alg": "EdDSA"}
    await register(
        every_world,
        jwks={"keys": [public(owner, kid="mine", use="enc", alg=alg)]},
        id_token_encrypted_response_alg=alg,
        id_token_encrypted_response_enc=enc,
        userinfo_encrypted_response_alg=alg,
        userinfo_encrypted_response_enc=enc,
        **signed,
    )
    await discover(node, every_world, members=signed)
    await node("decrypt", alg=alg, enc=enc, jwk={**owner.as_dict(private=True), "kid": "mine"})
    tokens = await sign_in(node, every_world)
    assert tokens["id_token"].count(".") == 4
    subject = tokens["claims"]["sub"]
    told = await node("userinfo", access_token=tokens["access_token"], subject=subject)
    assert (told["sub"], told["aud"]) == (subject, "rp")
