"""A person signs in: the demo, written with Authlib, judges what the bridge says."""

import pytest

from tests.world import World

pytestmark = pytest.mark.anyio


async def test_a_person_signs_in(a_world: World) -> None:
    claims = await a_world.sign_in()
    assert claims["iss"] == a_world.bridge_url
    assert claims["aud"] == "demo"
    assert claims["name"] == a_world.simulator.people["zhang-wei"].nickname
