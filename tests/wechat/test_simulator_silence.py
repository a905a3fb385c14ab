"""Who is not asked, and who sees a snapshot page (快照页) of the website instead.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
https://developers.weixin.qq.com/community/minihome/doc/000c2c34068880629ced91a2f56001
"""

import pytest

from tests.wechat.in_wechat import InWeChat
from tests.wechat.simulated_wechat import OFFICIAL_ACCOUNT, Form

pytestmark = pytest.mark.anyio


async def test_for_the_id_alone_nobody_is_asked_whatever_the_request_forces(
    within: InWeChat,
) -> None:
    for forced in ("forcePopup", "forceSnapShot", "connect_redirect"):
        silent = await within.open(scope="snsapi_base", **{forced: "true"})
        assert silent.status_code == 302
        tokens = await within.exchange(within.told(silent)[1])
        assert tokens["scope"] == "snsapi_base"
        assert "is_snapshotuser" not in tokens


async def test_a_silent_visit_is_by_whoever_is_signed_in_to_this_wechat(
    within: InWeChat,
) -> None:
    """The first of all, or the one of the switch, or whoever was chosen here before."""
    first = await within.openid(await within.open(scope="snsapi_base"))
    within.behaviour.change(person="family")
    second = await within.openid(await within.open(scope="snsapi_base"))
    chosen = await within.openid(await within.answer("null"))
    assert await within.openid(await within.open(scope="snsapi_base")) == chosen
    assert len({first, second, chosen}) == 3
    assert Form((await within.open()).text).selected == ["null"]


async def test_a_follower_who_comes_from_the_account_is_not_asked_even_for_the_profile(
    within: InWeChat,
) -> None:
    within.behaviour.change(followers=["zhang-wei"])
    assert 'id="approve"' in (await within.open()).text
    within.behaviour.change(from_chat=True)
    silent = await within.open(forcePopup="true", forceSnapShot="true")
    tokens = await within.exchange(within.told(silent)[1])
    assert tokens["scope"] == "snsapi_userinfo"
    assert (await within.wechat.userinfo(tokens))["nickname"] == "张伟"
    within.behaviour.change(person="family")
    assert 'id="approve"' in (await within.open()).text


async def test_who_has_allowed_it_lately_may_not_be_asked_again_unless_it_is_forced(
    within: InWeChat,
) -> None:
    await within.answer()
    assert 'id="approve"' in (await within.open()).text
    within.behaviour.change(remembers_consent=True)
    assert (await within.open()).status_code == 302
    assert (await within.open(forceSnapShot="true")).status_code == 302
    assert 'id="approve"' in (await within.open(forcePopup="true")).text
    within.wechat.browser.cookies.clear()
    within.behaviour.change(person="family")
    assert 'id="approve"' in (await within.open()).text


async def test_a_test_account_is_for_its_followers_and_gives_no_unionid(within: InWeChat) -> None:
    within.wechat.simulator.applications.change(OFFICIAL_ACCOUNT, is_test_account=True)
    assert '<span id="error">10006</span>' in (await within.open()).text
    within.behaviour.change(followers=["zhang-wei"])
    tokens = await within.exchange(within.told(await within.answer())[1])
    assert "openid" in tokens
    assert "unionid" not in tokens


# Snapshot pages


async def test_a_snapshot_page_can_only_be_looked_at_and_its_code_leads_to_virtual_ids(
    within: InWeChat,
) -> None:
    page = await within.open(forceSnapShot="true")
    assert not {"approve", "deny", "person"} & set(Form(page.text).ids)
    assert "该网页需获取个人信息才可使用完整服务" in page.text
    seen = await within.answer("zhang-wei", "snapshot", forceSnapShot="true")
    _, code, state = within.told(seen)
    assert (len(code), state) == (32, "Az09")
    virtual = await within.exchange(code)
    assert virtual["is_snapshotuser"] == 1
    real = await within.exchange(within.told(await within.answer())[1])
    assert "is_snapshotuser" not in real
    assert virtual["openid"] != real["openid"]
    assert virtual["unionid"] != real["unionid"]
    assert (await within.wechat.userinfo(virtual))["errcode"] == 48001


async def test_the_answers_of_the_api_may_leave_out_that_it_was_a_snapshot(
    within: InWeChat,
) -> None:
    """https://developers.weixin.qq.com/community/minihome/doc/00008834ad46205e9943de78d6b400."""
    within.behaviour.change(tells_snapshot=False)
    real = await within.exchange(within.told(await within.answer())[1])
    seen = await within.answer("zhang-wei", "snapshot")
    virtual = await within.exchange(within.told(seen)[1])
    assert set(virtual) == set(real)
    profile = await within.wechat.userinfo(virtual)
    assert (profile["nickname"], profile["headimgurl"]) == ("微信用户", "")
    assert profile["openid"] == virtual["openid"] != real["openid"]
    assert profile["unionid"] == virtual["unionid"] != real["unionid"]


async def test_the_bar_of_a_snapshot_page_leads_to_the_real_consent(within: InWeChat) -> None:
    page = await within.open(forceSnapShot="true")
    assert Form(page.text).ids["full-service"]["value"] == "full_service"
    assert "使用完整服务" in page.text
    asked = await within.answer("zhang-wei", "full_service", forceSnapShot="true")
    assert 'id="approve"' in asked.text
    allowed = await within.answer(forceSnapShot="true")
    assert "is_snapshotuser" not in await within.exchange(within.told(allowed)[1])


async def test_the_next_visit_or_every_visit_may_be_a_snapshot(within: InWeChat) -> None:
    within.behaviour.change(snapshot="next")
    assert (await within.open(scope="snsapi_base")).status_code == 302
    assert 'id="snapshot"' in (await within.open()).text
    assert 'id="approve"' in (await within.open()).text
    within.behaviour.change(snapshot="always")
    assert ['id="snapshot"' in (await within.open()).text for _ in range(2)] == [True, True]


# Two deliveries


async def test_the_browser_may_go_to_the_callback_twice_with_two_codes_and_one_state(
    within: InWeChat,
) -> None:
    """Https://github.com/chanxuehong/wechat/issues/226."""
    within.behaviour.change(redirects_twice=True)
    page = await within.open(scope="snsapi_base")
    assert page.status_code == 200
    link = Form(page.text).ids["go-on"]
    assert link["href"] != link["data-first"]
    assert {uri.rpartition("&state=")[2] for uri in (link["href"], link["data-first"])} == {"Az09"}
    once = await within.open(scope="snsapi_base", connect_redirect="1")
    assert once.status_code == 302
    within.behaviour.change(same_code_within=60)
    link = Form((await within.open(scope="snsapi_base")).text).ids["go-on"]
    assert link["href"] == link["data-first"]


async def test_the_same_code_stands_for_one_scope_and_one_sort_of_page(within: InWeChat) -> None:
    within.behaviour.change(same_code_within=60)
    codes = [
        within.told(answer)[1]
        for answer in (
            await within.answer(),
            await within.open(scope="snsapi_base"),
            await within.answer("zhang-wei", "snapshot"),
            await within.answer(),
        )
    ]
    assert codes[0] == codes[3]
    assert len(set(codes)) == 3
