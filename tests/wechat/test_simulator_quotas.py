"""How many calls of a minute are answered."""

import pytest

from bridge.wechat.simulator import Kind, SimulatedApplication
from bridge.wechat.simulator.errcodes import Refusal
from bridge.wechat.simulator.quotas import Quotas
from tests.wechat.simulated_wechat import (
    APPID,
    MINI_PROGRAM,
    OTHER_APPID,
    SECRET,
    ServedWeChat,
)

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
REFRESH = "/sns/oauth2/refresh_token"
USERINFO = "/sns/userinfo"
JSCODE2SESSION = "/sns/jscode2session"


@pytest.mark.parametrize(
    ("kind", "limits"),
    [
        (Kind.WEBSITE, {EXCHANGE: 10_000, REFRESH: 50_000, USERINFO: 50_000}),
        (Kind.MOBILE, {EXCHANGE: 10_000, REFRESH: 50_000, USERINFO: 50_000}),
        (Kind.OFFICIAL_ACCOUNT, {EXCHANGE: 50_000, REFRESH: 50_000, USERINFO: 50_000}),
        (Kind.MINI_PROGRAM, {JSCODE2SESSION: 100}),
    ],
)
def test_the_limits_of_a_kind_are_those_that_wechat_documents(
    kind: Kind, limits: dict[str, int]
) -> None:
    application, quotas = SimulatedApplication(APPID, SECRET, kind=kind), Quotas()
    assert quotas.of(application) == limits
    for path, limit in limits.items():
        for _ in range(limit):
            quotas.spend(application, path, now=60)
        with pytest.raises(Refusal, match="minute-quota"):
            quotas.spend(application, path, now=119)
        quotas.spend(application, path, now=120)


async def test_more_calls_than_a_minute_has_are_refused_and_have_no_effect(
    wechat: ServedWeChat,
) -> None:
    wechat.simulator.quotas.change(APPID, EXCHANGE, 1)
    wechat.simulator.quotas.change(APPID, USERINFO, 0)
    tokens = await wechat.tokens()
    code = await wechat.code()
    answer = await wechat.exchange(code)
    assert answer["errcode"] == 45011
    assert answer["errmsg"].startswith(
        "api minute-quota reach limit, must slower, retry next minute, rid: "
    )
    assert (await wechat.userinfo(tokens))["errcode"] == 45011
    assert (await wechat.exchange("x", appid=OTHER_APPID, secret="other-secret"))[
        "errcode"
    ] == 40029
    wechat.clock.wind(60)
    assert "openid" in await wechat.exchange(code)


async def test_the_limit_of_refreshes_is_one_of_its_own(wechat: ServedWeChat) -> None:
    wechat.simulator.quotas.change(APPID, REFRESH, 0)
    tokens = await wechat.tokens()
    refreshed = await wechat.call(
        REFRESH, appid=APPID, grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )
    assert refreshed["errcode"] == 45011


async def test_a_mini_program_may_ask_about_each_person_so_often(wechat: ServedWeChat) -> None:
    wechat.simulator.quotas.change(MINI_PROGRAM, JSCODE2SESSION, 1)
    assert "openid" in await wechat.session(wechat.code_for(MINI_PROGRAM))
    assert (await wechat.session(wechat.code_for(MINI_PROGRAM)))["errcode"] == 45011
    another = wechat.code_for(MINI_PROGRAM, person="null")
    assert "openid" in await wechat.session(another)


def test_limits_can_be_given_back() -> None:
    application, quotas = SimulatedApplication(APPID, SECRET), Quotas()
    quotas.change(APPID, EXCHANGE, 3)
    quotas.restore(OTHER_APPID)
    assert quotas.of(application)[EXCHANGE] == 3
    quotas.restore(APPID)
    assert quotas.of(application)[EXCHANGE] == 10_000
    quotas.change(APPID, EXCHANGE, 3)
    quotas.restore_all()
    assert quotas.of(application)[EXCHANGE] == 10_000
