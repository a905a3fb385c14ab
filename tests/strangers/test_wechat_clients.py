"""Software that others wrote for WeChat signs people in against the simulator, unmodified.

It knows WeChat by its names, over https; only where the names lead, and the authority that vouches
for them, are the test's.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import trustme

from bridge.wechat.simulator import Kind, SimulatedApplication, Simulator
from tests.browsing import Browser
from tests.serving import bound, port_of, served
from tests.strangers.by_line import Program, Refused, asked_by_line
from tests.strangers.missing import check_node_modules
from tests.strangers.node import on_node
from tests.world import Clock, no_trust

pytestmark = pytest.mark.anyio

NAMES = ("open.weixin.qq.com", "api.weixin.qq.com")
WEBSITE, ACCOUNT = "wx0123456789abcdef", "wx00000000000000aa"
SECRET = "0123456789abcdef0123456789abcdef"
BACK = "https://id.example.com/callback"
IN_WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.53(0x18003531) Language/zh_CN"
)


@dataclass
class WeChat:
    """The simulated WeChat under WeChat's names, and a person who goes there."""

    simulator: Simulator
    at: str
    ca_file: Path
    browser: Browser

    async def approve(self, authorization_url: str, person: str) -> dict[str, str]:
        """Go where the software sends the person, and return what they bring back."""
        url = urlsplit(authorization_url)
        assert (url.scheme, url.netloc) == ("https", "open.weixin.qq.com")
        here = url._replace(netloc=self.at, fragment="").geturl()
        page = await self.browser.open(here)
        answer = await self.browser.send(page, "approve", follow_redirects=False, person=person)
        came_back = urlsplit(answer.headers["location"])
        assert came_back._replace(query="").geturl() == BACK
        return {name: values[0] for name, values in parse_qs(came_back.query).items()}


@pytest.fixture
async def wechat(tmp_path: Path, clock: Clock) -> AsyncIterator[WeChat]:
    ids = count(1)
    simulator = Simulator(
        [
            SimulatedApplication(WEBSITE, SECRET, "id.example.com"),
            SimulatedApplication(ACCOUNT, SECRET, "id.example.com", kind=Kind.OFFICIAL_ACCOUNT),
        ],
        now=clock,
        new_id=lambda: f"id{next(ids)}",
    )
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    chain = authority.issue_cert(*NAMES, "127.0.0.1").private_key_and_cert_chain_pem
    chain.write_to_path(tmp_path / "server.pem")
    trust = no_trust()
    trust.load_verify_locations(cafile=tmp_path / "ca.pem")
    with bound() as listener:
        async with (
            served((simulator.app(), listener), ssl_certfile=tmp_path / "server.pem"),
            httpx.AsyncClient(trust_env=False, verify=trust) as http,
        ):
            at = f"127.0.0.1:{port_of(listener)}"
            yield WeChat(simulator, at, tmp_path / "ca.pem", Browser(http))


@pytest.fixture
async def logto(wechat: WeChat) -> AsyncIterator[Program]:
    check_node_modules()
    loaded_before = ("--import", "./by_name.mjs")
    async with on_node(
        *(*loaded_before, "logto_connector.mjs"), ca_file=wechat.ca_file, WECHAT_AT=wechat.at
    ) as program:
        yield program


def social_core(wechat: WeChat) -> AbstractAsyncContextManager[Program]:
    theirs = {"WECHAT_AT": wechat.at, "REQUESTS_CA_BUNDLE": str(wechat.ca_file), "NO_PROXY": "*"}
    environ = os.environ | theirs
    return asked_by_line(sys.executable, "social_core_weixin.py", environ=environ)


@pytest.mark.parametrize("person", ["zhang-wei", "family", "arabic", "no-picture", "no-unionid"])
async def test_logtos_connector_signs_a_person_in(
    wechat: WeChat, logto: Program, person: str
) -> None:
    assert await logto("configure", appId=WEBSITE, appSecret=SECRET) == "wechat"
    url = await logto("authorization_url", state="Az09", redirect_uri=BACK)
    came_back = await wechat.approve(url, person)
    assert came_back["state"] == "Az09"
    user = await logto("user", code=came_back["code"])
    assert user["name"] == wechat.simulator.people[person].nickname
    assert user["id"] == user["rawData"].get("unionid", user["rawData"].get("openid"))


async def test_logtos_connector_hears_of_a_code_that_was_used(
    wechat: WeChat, logto: Program
) -> None:
    await logto("configure", appId=WEBSITE, appSecret=SECRET)
    url = await logto("authorization_url", state="Az09", redirect_uri=BACK)
    code = (await wechat.approve(url, "zhang-wei"))["code"]
    await logto("user", code=code)
    with pytest.raises(Refused, match=r"social_auth_code_invalid: .*code been used"):
        await logto("user", code=code)


async def test_logtos_connector_hears_of_a_wrong_secret(wechat: WeChat, logto: Program) -> None:
    await logto("configure", appId=WEBSITE, appSecret="wrong")
    url = await logto("authorization_url", state="Az09", redirect_uri=BACK)
    code = (await wechat.approve(url, "zhang-wei"))["code"]
    with pytest.raises(Refused, match="invalid appsecret"):
        await logto("user", code=code)


@pytest.mark.parametrize("person", ["zhang-wei", "combining", "no-picture"])
async def test_python_social_auth_signs_a_person_in(wechat: WeChat, person: str) -> None:
    """It takes the answer for ISO-8859-1, as its header has it, and mends the nickname by that."""
    async with social_core(wechat) as site:
        settings = {"SOCIAL_AUTH_WEIXIN_KEY": WEBSITE, "SOCIAL_AUTH_WEIXIN_SECRET": SECRET}
        await site("configure", which="weixin", redirect_uri=BACK, settings=settings)
        came_back = await wechat.approve(await site("authorization_url"), person)
        user = await site("user", **came_back)
    assert user["details"]["username"] == wechat.simulator.people[person].nickname
    assert user["uid"] == user["response"]["openid"]


async def test_python_social_auth_signs_a_person_in_inside_wechat(wechat: WeChat) -> None:
    wechat.browser.http.headers["User-Agent"] = IN_WECHAT
    async with social_core(wechat) as site:
        settings = {
            "SOCIAL_AUTH_WEIXINAPP_KEY": ACCOUNT,
            "SOCIAL_AUTH_WEIXINAPP_SECRET": SECRET,
            "SOCIAL_AUTH_WEIXINAPP_SCOPE": ["snsapi_userinfo"],
            "SOCIAL_AUTH_WEIXINAPP_IGNORE_DEFAULT_SCOPE": True,
        }
        await site("configure", which="weixinapp", redirect_uri=BACK, settings=settings)
        came_back = await wechat.approve(await site("authorization_url"), "zhang-wei")
        user = await site("user", **came_back)
    assert user["details"]["username"] == "张伟"


async def test_python_social_auth_hears_of_a_code_that_was_used(wechat: WeChat) -> None:
    async with social_core(wechat) as site:
        settings = {"SOCIAL_AUTH_WEIXIN_KEY": WEBSITE, "SOCIAL_AUTH_WEIXIN_SECRET": SECRET}
        await site("configure", which="weixin", redirect_uri=BACK, settings=settings)
        came_back = await wechat.approve(await site("authorization_url"), "zhang-wei")
        await site("user", **came_back)
        again = await wechat.approve(await site("authorization_url"), "zhang-wei")
        with pytest.raises(Refused, match="AuthProviderError: 40163"):
            await site("user", state=again["state"], code=came_back["code"])
