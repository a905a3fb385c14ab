"""What an orchestrator asks: over the wire, of the real parts."""

from pathlib import Path

import pytest

from bridge.endpoints.discovery import metadata_of
from tests.world import Clock, Plan, World, world

pytestmark = pytest.mark.anyio

PARTS = {"process": "ok", "database": "ok", "keys": "ok"}


async def test_a_bridge_that_works_lives_and_is_ready(a_world: World) -> None:
    http = a_world.browser.http
    live = await http.get(f"{a_world.bridge_url}/health/live")
    ready = await http.get(f"{a_world.bridge_url}/health/ready")
    assert (live.status_code, live.json()) == (200, {"status": "live"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "parts": PARTS})
    for answer in (live, ready):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "application/json"
        assert "set-cookie" not in answer.headers
    head = await http.head(f"{a_world.bridge_url}/health/ready")
    assert (head.status_code, head.text) == (200, "")


async def test_keys_that_cannot_be_used_are_named_without_their_place(a_world: World) -> None:
    keys = a_world.folder / "keys" / "signing-keys.json"
    good = keys.read_bytes()
    keys.write_bytes(b"{")
    http, url = a_world.browser.http, a_world.bridge_url
    unready = await http.get(f"{url}/health/ready")
    assert unready.status_code == 503
    assert unready.json() == {"status": "not ready", "parts": PARTS | {"keys": "failed"}}
    assert unready.headers["cache-control"] == "no-store"
    assert (await http.get(f"{url}/health/live")).status_code == 200
    keys.write_bytes(good)
    assert (await http.get(f"{url}/health/ready")).status_code == 200


async def test_a_database_that_is_away_makes_it_unready_and_lets_it_live(a_world: World) -> None:
    await a_world.provider.store.close()
    http, url = a_world.browser.http, a_world.bridge_url
    unready = await http.get(f"{url}/health/ready")
    assert unready.status_code == 503
    assert unready.json()["parts"] == PARTS | {"database": "failed"}
    assert (await http.get(f"{url}/health/live")).status_code == 200


async def test_wechat_that_is_down_leaves_it_ready(tmp_path: Path, clock: Clock) -> None:
    nobody = Plan(settings={"BRIDGE_API_HOSTS": "http://localhost:9"})
    async with world(tmp_path, clock, nobody) as without:
        assert (await without.browser.http.get(f"{without.bridge_url}/health/ready")).is_success


async def test_who_is_told_to_stop_is_not_ready_and_lives(a_world: World) -> None:
    a_world.provider.readiness.stop()
    http, url = a_world.browser.http, a_world.bridge_url
    unready = await http.get(f"{url}/health/ready")
    assert (unready.status_code, unready.json()["parts"]) == (503, {"process": "stopping"})
    assert (await http.get(f"{url}/health/live")).status_code == 200


async def test_apps_are_told_nothing_of_it(a_world: World) -> None:
    assert "/health" not in str(await metadata_of(a_world.provider))
