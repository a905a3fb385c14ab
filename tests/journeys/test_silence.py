"""Nothing secret is written: a person signs in, everything fails, and the output is searched.

The output is the log, what the process prints, the pages, and where browsers are sent.
"""

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from bridge.telemetry import configure_logs
from bridge.wechat.errcodes import ERRCODES
from bridge.wechat.simulator import faults
from bridge.wechat.simulator.faults import Fault, errcode
from bridge.wechat.simulator.ids import openid_of, unionid_of
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

# What WeChat's tokens look like
A_TOKEN_OF_WECHATS = re.compile(r"87_[A-Za-z0-9_-]{20,}")

# WeChat repeats in errmsg what it was sent, or what it pleases.
LEAK = f"{APP_SECRET} 87_leaked-token-of-an-answer oLeakedOpenidOfSomebody00000"
RID = "rid: 6206378a-793424c0-2e4091cc"

FAULTS: tuple[Fault, ...] = (
    # One number of each kind; tests/journeys/test_errcodes.py has them all.
    *(
        errcode(number, f"{LEAK}, {RID}")
        for number in {kind: number for number, kind in ERRCODES.items()}.values()
    ),
    errcode(99999, LEAK),
    errcode(-1, carried_out=True),
    *(faults.http_status(500), faults.html(), faults.body(LEAK), faults.huge()),
    faults.redirect(f"http://127.0.0.1:9/?secret={APP_SECRET}"),
    *(faults.half(), faults.hang_up(), faults.reset()),
    *(faults.invalid_utf8(), faults.control_characters(), faults.leading_space()),
)


@dataclass
class Output:
    """``secret`` is what nobody may read; ``told`` is what browsers were shown."""

    secret: set[str] = field(default_factory=set[str])
    told: list[str] = field(default_factory=list[str])

    def show(self, response: httpx.Response) -> None:
        self.told.append(response.text)
        self.told.append(response.headers.get("location", ""))


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
    output, of_ours = Output(), set[str]()
    async with world(tmp_path, clock) as up, world(tmp_path / "down", clock, down) as cut_off:
        of_ours = await _succeed(up, output)
        for opened in (up, cut_off):
            await _fail(opened, output)
        for person in up.simulator.people:
            application = up.simulator.applications[APPID]
            output.secret |= {openid_of(person, application)}
            output.secret |= {unionid_of(person, application) or openid_of(person, application)}
    captured = capfd.readouterr()
    written = f"{caplog.text}\n{captured.out}\n{captured.err}\n"
    written += "\n".join(str(vars(record)) for record in caplog.records)
    for event in ("sign_in.completed", "code.replayed", "wechat.failed", "wechat.limited"):
        assert event in written
    assert "wechat.misconfigured" in written
    assert "6206378a-793424c0-2e4091cc" in written
    told = "\n".join(output.told)
    assert 'id="error"' in told
    assert "error=temporarily_unavailable" in told
    assert [value for value in output.secret | of_ours if value in written] == []
    assert [value for value in output.secret if value in told] == []
    assert A_TOKEN_OF_WECHATS.findall(written + told) == []


async def _succeed(opened: World, output: Output) -> set[str]:
    """Sign in, redeem, fetch UserInfo, redeem again. Return what the client alone is told."""
    await opened.register()
    url = await opened.callback_url(PERSON)
    response = await opened.browser.http.get(url)
    output.show(response)
    code = httpx.URL(response.headers["location"]).params["code"]
    answer = (await opened.redeem(code)).json()
    await opened.userinfo(answer["access_token"])
    await opened.redeem(code)
    await opened.userinfo(answer["access_token"])
    output.secret |= {cookie.value or "" for cookie in opened.browser.http.cookies.jar}
    output.secret |= {APP_SECRET, CLIENT_SECRET, SECRETS, httpx.URL(url).params["code"]}
    return {code, answer["access_token"], answer["id_token"]}


async def _fail(opened: World, output: Output) -> None:
    if await opened.provider.store.client("rp") is None:
        await opened.register()
    for path in (TOKEN, USERINFO):
        for fault in FAULTS:
            url = await opened.callback_url()
            opened.simulator.faults.plan(path, fault)
            for _ in range(2):  # a reload, too
                output.show(await opened.browser.http.get(url))
            output.secret.add(httpx.URL(url).params["code"])
            opened.clock.wind(60)
    output.show(await opened.callback("snapshot"))
    for url in (
        f"{opened.bridge_url}/callback/wechat?state=x&code=lost-code",
        opened.authorization_url(state="state-of-the-client", scope="x"),
    ):
        response = await opened.browser.http.get(url)
        output.told.append(response.text)
    await opened.redeem("unknown-code")
    await opened.userinfo("unknown-token")
    output.secret |= {"lost-code", "unknown-code", "unknown-token", "state-of-the-client"}
