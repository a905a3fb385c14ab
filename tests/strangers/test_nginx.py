"""Long requests, and many, through nginx as the manual sets it up."""

import json
import re
import secrets
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.serving import free_port
from tests.strangers.manual import manuals_block
from tests.strangers.nginx import nginx
from tests.world import Clock, Plan, World, new_browser, world

pytestmark = pytest.mark.anyio

BLOCK = manuals_block("operations.md", "nginx")


@asynccontextmanager
async def behind_nginx(folder: Path, tls: Path, block: str) -> AsyncGenerator[World]:
    """A world whose bridge is reached through nginx, over https, and listens on plain http."""
    port = free_port()
    issuer = f"https://localhost:{port}"
    trust = ssl.create_default_context(cafile=tls / "ca.pem")
    async with (
        world(folder, Clock(), Plan(settings={"BRIDGE_ISSUER": issuer})) as opened,
        nginx(port, opened.bridge_url, tls, block),
        new_browser(trust) as browser,
    ):
        opened.bridge_url, opened.browser = issuer, browser
        await opened.register()
        yield opened


def long_request() -> dict[str, str]:
    """A state of 4 KB that no compressor shortens, and claims."""
    wanted = dict.fromkeys(["email", "name", "quota", "groups"])
    claims = json.dumps({"id_token": wanted, "userinfo": wanted})
    return {"state": secrets.token_urlsafe(3072), "claims": claims}


async def test_a_state_of_four_kilobytes_comes_back_through_nginx(
    tmp_path: Path, tls: Path
) -> None:
    """RFC 6749 §4.1.2: the exact value; with ``claims`` and over twenty abandoned sign-ins."""
    async with behind_nginx(tmp_path, tls, BLOCK) as a_world:
        for number in range(20):
            url = a_world.authorization_url(state=secrets.token_urlsafe(100 * number))
            assert (await a_world.browser.open(url)).has("wechat-login")
        asked = long_request()
        answer = await a_world.answer(state=asked["state"], claims=asked["claims"])
        assert len(answer["state"]) == 4096
        assert answer["state"] == asked["state"]
        assert answer["iss"] == a_world.bridge_url
        assert (await a_world.redeem(answer["code"])).status_code == 200


async def test_without_the_manuals_buffers_nginx_refuses_long_requests(
    tmp_path: Path, tls: Path
) -> None:
    """The manual says what for they are; when this fails, it says too much."""
    block = re.sub(r"^ *proxy_buffer.*\n", "", BLOCK, flags=re.MULTILINE)
    async with behind_nginx(tmp_path, tls, block) as a_world:
        refused = await a_world.browser.http.get(a_world.authorization_url(**long_request()))
        assert refused.status_code == 502
