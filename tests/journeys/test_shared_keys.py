"""People sign in while the signing keys are in the database, and change."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bridge.cli.operating import opened_keys
from keys import revoke
from tests.world import Clock, Plan, World, header_of, world

pytestmark = pytest.mark.anyio

STORED = Plan(settings={"BRIDGE_KEYS": "database"})


@pytest.fixture
async def shared(tmp_path: Path, clock: Clock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, STORED) as opened:
        yield opened


async def kid_of_sign_in(shared: World) -> str:
    tokens = (await shared.redeem((await shared.answer())["code"])).json()
    kid: str = header_of(tokens["id_token"])["kid"]
    return kid


async def published(shared: World) -> list[str]:
    answer = await shared.browser.http.get(f"{shared.bridge_url}/jwks")
    return [key["kid"] for key in answer.json()["keys"]]


async def test_a_sign_in_is_signed_by_a_key_that_is_published_through_a_rotation(
    shared: World,
) -> None:
    await shared.register()
    first = await kid_of_sign_in(shared)
    assert first in await published(shared)
    settings = shared.settings
    shared.clock.wind(settings.key_active - settings.key_announced)
    announced = await published(shared)
    assert first in announced
    assert await kid_of_sign_in(shared) == first
    shared.clock.wind(settings.key_announced)
    second = await kid_of_sign_in(shared)
    assert second != first
    assert {first, second} <= set(announced) & set(await published(shared))


async def test_what_another_node_has_revoked_is_followed_within_the_time_of_the_settings(
    shared: World,
) -> None:
    await shared.register()
    leaked = await kid_of_sign_in(shared)
    async with opened_keys(shared.settings) as other:
        await other.change(revoke([leaked]), shared.clock.now)
    shared.clock.wind(shared.settings.keys_read_every)
    assert leaked not in await published(shared)
    assert await kid_of_sign_in(shared) in await published(shared)
