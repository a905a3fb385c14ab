"""What an operator has written down of a person, and the scopes that exist by a setting."""

import json
from pathlib import Path

import pytest

from tests.world import Clock, Plan, World, claims_of, world

pytestmark = pytest.mark.anyio


async def _id_token(a_world: World) -> str:
    token: str = (await a_world.redeem((await a_world.answer())["code"])).json()["id_token"]
    return token


async def test_what_the_operator_has_written_down_is_told(tmp_path: Path, clock: Clock) -> None:
    """OpenID Connect Core 1.0 §5.4: address and phone, once the setting names them."""
    scope = ("openid", "profile", "email", "address", "phone")
    plan = Plan({"BRIDGE_SCOPES": ",".join(scope)})
    async with world(tmp_path, clock, plan) as opened:
        await opened.register(scope=scope)
        await opened.answer()
        written = {"phone_number": "+86 10 1234 5678", "email": "z@example.org"}
        subject = claims_of(await _id_token(opened))["sub"]
        changed = opened.provider.store.change_claims(subject, lambda _: {**written}, now=clock())
        assert await changed is not None
        tokens = (await opened.redeem((await opened.answer(scope=" ".join(scope)))["code"])).json()
        told = (await opened.userinfo(tokens["access_token"])).json()
        assert written.items() <= told.items()
        assert "address" not in told
        assert written.items() <= claims_of(tokens["id_token"]).items()
        discovery = await opened.browser.http.get(
            f"{opened.bridge_url}/.well-known/openid-configuration"
        )
        assert tuple(discovery.json()["scopes_supported"]) == scope
        assert "phone_number" in discovery.json()["claims_supported"]


async def test_a_scope_value_that_is_no_longer_offered_is_granted_to_nobody(
    tmp_path: Path, clock: Clock
) -> None:
    async with world(tmp_path, clock) as opened:
        await opened.register(scope=("openid", "phone"))
        code = (await opened.answer(scope="openid phone"))["code"]
        assert (await opened.redeem(code)).json()["scope"] == "openid"


async def test_a_claim_of_a_scope_value_that_is_no_longer_offered_is_told_to_nobody(
    tmp_path: Path, clock: Clock
) -> None:
    """OpenID Connect Core 1.0 §5.5: also where the app asks for it by name."""
    async with world(tmp_path, clock) as opened:
        await opened.register(scope=("openid", "phone"), response_types=("code", "code id_token"))
        subject = claims_of(await _id_token(opened))["sub"]
        written = {"phone_number": "+86 10 1234 5678"}
        changed = opened.provider.store.change_claims(subject, lambda _: {**written}, now=clock())
        assert await changed is not None
        asked = json.dumps(dict.fromkeys(("id_token", "userinfo"), dict.fromkeys(written)))
        answer = await opened.answer(
            scope="openid", claims=asked, response_type="code id_token", nonce="n"
        )
        tokens = (await opened.redeem(answer["code"])).json()
        assert "phone_number" not in claims_of(answer["id_token"])
        assert "phone_number" not in claims_of(tokens["id_token"])
        assert "phone_number" not in (await opened.userinfo(tokens["access_token"])).json()
