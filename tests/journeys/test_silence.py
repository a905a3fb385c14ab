"""Nothing secret is written: a person signs in, everything fails, and the output is searched."""

import logging
from pathlib import Path

import httpx
import pytest

from bridge.telemetry import configure_logs
from bridge.wechat.simulator.accounts import openid_of, unionid_of
from bridge.wechat.simulator.faults import errcode, html, http_status, invalid_utf8
from tests.world import (
    APP_SECRET,
    APPID,
    CLIENT_SECRET,
    PERSON,
    SECRETS,
    Clock,
    Plan,
    World,
    world,
)

pytestmark = pytest.mark.anyio

TOKEN, USERINFO = "/sns/oauth2/access_token", "/sns/userinfo"
FAULTS = (errcode(-1), errcode(40029), errcode(40125), http_status(500), html(), invalid_utf8())


async def test_no_secret_code_token_openid_or_unionid_is_written(
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure_logs("debug")
    caplog.set_level(logging.DEBUG)
    (tmp_path / "down").mkdir()
    down = Plan(settings={"BRIDGE_API_HOSTS": "http://127.0.0.1:9"})
    async with world(tmp_path, clock) as up, world(tmp_path / "down", clock, down) as cut_off:
        secret = await _succeed(up) | await _fail(up) | await _fail(cut_off)
        for person in up.simulator.people:
            application = up.simulator.applications[APPID]
            secret |= {openid_of(person, application)}
            secret |= {unionid_of(person, application) or openid_of(person, application)}
    captured = capfd.readouterr()
    written = f"{caplog.text}\n{captured.out}\n{captured.err}\n"
    written += "\n".join(str(vars(record)) for record in caplog.records)
    assert "sign_in.completed" in written
    assert "wechat.failed" in written
    assert "code.replayed" in written
    assert [value for value in secret if value in written] == []


async def _succeed(opened: World) -> set[str]:
    """Sign in, redeem, fetch UserInfo, redeem again. Return all that nobody else may know."""
    await opened.register()
    url = await opened.callback_url(PERSON)
    response = await opened.browser.http.get(url)
    code = httpx.URL(response.headers["location"]).params["code"]
    answer = (await opened.redeem(code)).json()
    await opened.userinfo(answer["access_token"])
    await opened.redeem(code)
    await opened.userinfo(answer["access_token"])
    cookies = {cookie.value or "" for cookie in opened.browser.http.cookies.jar}
    secret = {APP_SECRET, CLIENT_SECRET, SECRETS, code, answer["access_token"], answer["id_token"]}
    return secret | cookies | {httpx.URL(url).params["code"]}


async def _fail(opened: World) -> set[str]:
    if await opened.provider.store.client("rp") is None:
        await opened.register()
    secret: set[str] = set()
    for path in (TOKEN, USERINFO):
        for fault in FAULTS:
            if path == TOKEN and fault == invalid_utf8():
                continue
            url = await opened.callback_url()
            opened.simulator.faults.plan(path, fault)
            await opened.browser.http.get(url)
            secret.add(httpx.URL(url).params["code"])
    await opened.callback("snapshot")
    await opened.browser.http.get(f"{opened.bridge_url}/callback/wechat?state=x&code=lost-code")
    await opened.redeem("unknown-code")
    await opened.userinfo("unknown-token")
    await opened.browser.http.get(opened.authorization_url(state="state-of-the-client", scope="x"))
    return secret | {"lost-code", "unknown-code", "unknown-token", "state-of-the-client"}
