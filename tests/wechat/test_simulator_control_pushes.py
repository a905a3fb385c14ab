"""``/control/pushes``: WeChat's console of pushes, and what happens to an authorization."""

import json
from typing import Any

import httpx
import pytest

from tests.wechat.developer import Developer, developer
from tests.wechat.events.sealing import KEY, TOKEN
from tests.wechat.simulated_wechat import APPID, OTHER_APPID, ServedWeChat

pytestmark = pytest.mark.anyio

PERSON = "zhang-wei"
WITHDRAWN = "user_authorization_revoke"


@pytest.fixture(autouse=True)
def _no_proxy(wechat: ServedWeChat) -> None:
    wechat.simulator.pushes.new_client = lambda: httpx.AsyncClient(trust_env=False)


def entered(told: Developer, **changed: Any) -> dict[str, Any]:
    known = {"url": told.url, "token": TOKEN, "encoding_aes_key": KEY, "format": "json"}
    return known | changed


async def put(wechat: ServedWeChat, body: dict[str, Any], appid: str = APPID) -> httpx.Response:
    return await wechat.browser.put(f"/control/pushes/{appid}", json=body)


async def happen(wechat: ServedWeChat, **body: str) -> httpx.Response:
    known = {"event": WITHDRAWN, "person": PERSON}
    return await wechat.browser.post(f"/control/pushes/{APPID}", json=known | body)


async def test_an_address_is_tried_and_kept_and_neither_token_nor_key_is_shown(
    wechat: ServedWeChat,
) -> None:
    async with developer() as told:
        answer = await put(wechat, entered(told))
    kept = {"url": told.url, "mode": "secure", "format": "json"}
    assert answer.json() == kept
    (query, _, _) = told.requests[0]
    assert query.keys() == {"kept", "signature", "echostr", "timestamp", "nonce"}
    assert (await wechat.browser.get("/control/pushes")).json() == {APPID: kept}
    assert (await wechat.browser.delete(f"/control/pushes/{APPID}")).json() is None
    assert (await wechat.browser.get("/control/pushes")).json() == {}


async def test_an_address_that_does_not_answer_is_not_kept(wechat: ServedWeChat) -> None:
    async with developer() as told:
        pass
    refused = await put(wechat, entered(told))
    assert refused.status_code == 400
    assert "did not answer with echostr" in refused.json()["error"]
    assert (await wechat.browser.get(f"/control/pushes/{APPID}")).json() is None
    unchecked = await put(wechat, entered(told, check_url=False))
    assert unchecked.json()["url"] == told.url


async def test_only_what_is_named_changes(wechat: ServedWeChat) -> None:
    async with developer() as told:
        await put(wechat, entered(told))
        answer = await put(wechat, {"mode": "plain"})
    assert answer.json() == {"url": told.url, "mode": "plain", "format": "json"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "https://id.example/x"},
        {"token": TOKEN},
        {"url": "https://id.example/x", "token": TOKEN},
        {"url": "ftp://id.example/x", "token": TOKEN, "mode": "plain"},
        {"url": "https://id.example/x", "token": "no", "mode": "plain"},
        {"url": "https://id.example/x", "token": TOKEN, "encoding_aes_key": "short"},
        {"url": "https://id.example/x", "token": TOKEN, "mode": "safe"},
    ],
)
async def test_what_the_console_would_not_take_is_refused(
    wechat: ServedWeChat, body: dict[str, Any]
) -> None:
    answer = await put(wechat, {**body, "check_url": False})
    assert answer.status_code == 400
    assert (await wechat.browser.get("/control/pushes")).json() == {}


async def test_there_are_pushes_of_known_applications_only(wechat: ServedWeChat) -> None:
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = await wechat.browser.request(method, "/control/pushes/wx", json={})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "body", [{"event": "birthday"}, {"person": "nobody"}, {"revoke_info": "all"}, {"who": "x"}]
)
async def test_what_cannot_happen_is_refused(wechat: ServedWeChat, body: dict[str, str]) -> None:
    assert (await happen(wechat, **body)).status_code == 400


async def test_a_withdrawal_is_told_and_what_was_given_is_good_no_longer(
    wechat: ServedWeChat,
) -> None:
    given = await wechat.exchange(await wechat.code(PERSON))
    other = await wechat.exchange(await wechat.code("family"))
    unspent = await wechat.code(PERSON)
    async with developer() as told:
        told.answers = [(500, "secret"), (200, "success")]
        await put(wechat, entered(told, mode="plain"))
        answer = await happen(wechat, revoke_info="205")
    assert answer.json() == {
        "pushed": [{"status": 500, "success": False}, {"status": 200, "success": True}]
    }
    message = json.loads(told.requests[-1][1])
    assert message["OpenID"] == given["openid"]
    assert (message["Event"], message["RevokeInfo"]) == (WITHDRAWN, "205")
    assert (await wechat.exchange(unspent))["errcode"] == 40029
    for grant, errcode in ((given, 40001), (other, None)):
        token = {"access_token": grant["access_token"], "openid": grant["openid"]}
        assert (await wechat.call("/sns/userinfo", **token)).get("errcode") == errcode


async def test_a_profile_is_cleaned_for_whoever_asks(wechat: ServedWeChat) -> None:
    """Also where nobody wants to be told."""
    given = await wechat.exchange(await wechat.code(PERSON))
    answer = await happen(wechat, event="user_info_modified")
    assert answer.json() == {"pushed": []}
    token = {"access_token": given["access_token"], "openid": given["openid"]}
    profile = await wechat.call("/sns/userinfo", **token)
    assert (profile["nickname"], profile["headimgurl"]) == ("微信用户", "")


async def test_who_closes_their_account_has_given_nothing(wechat: ServedWeChat) -> None:
    given = await wechat.exchange(await wechat.code(PERSON))
    await happen(wechat, event="user_authorization_cancellation")
    token = {"access_token": given["access_token"], "openid": given["openid"]}
    assert (await wechat.call("/sns/userinfo", **token))["errcode"] == 40001


async def test_everything_restored_has_no_address(wechat: ServedWeChat) -> None:
    async with developer() as told:
        await put(wechat, entered(told))
    await wechat.browser.delete("/control/state")
    assert (await wechat.browser.get("/control/pushes")).json() == {}


# The page


async def form(wechat: ServedWeChat, name: str, **filled: str) -> httpx.Response:
    return await wechat.browser.post(
        "/control?lang=en", data={"form": name} | filled, headers={"origin": wechat.origin}
    )


async def test_the_page_does_the_same(wechat: ServedWeChat) -> None:
    async with developer() as told:
        fields = entered(told, appid=APPID, mode="plain", encoding_aes_key="")
        assert (await form(wechat, "pushes", **fields)).status_code == 303
        page = await wechat.browser.get("/control?lang=en")
        assert f"{APPID}: {told.url} (plain, json)" in page.text
        assert TOKEN not in page.text
        pushed = await form(wechat, "push", appid=APPID, person=PERSON, event=WITHDRAWN)
    assert 'id="pushed"' in pushed.text
    assert "(0: none): 200" in pushed.text


async def test_the_page_says_what_it_did_not_do(wechat: ServedWeChat) -> None:
    nowhere = await form(wechat, "push", appid=OTHER_APPID, person=PERSON, event=WITHDRAWN)
    assert "this application has no address" in nowhere.text
    refused = await form(wechat, "pushes", appid=APPID, url="", token="")
    assert 'id="complaint"' in refused.text
