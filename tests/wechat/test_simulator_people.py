import unicodedata

import pytest

from bridge.wechat.simulator import PEOPLE, SimulatedApplication, create_simulator
from tests.wechat.simulated_wechat import (
    APPID,
    OTHER_APPID,
    ServedWeChat,
    WoundClock,
    served_alone,
    served_wechat,
)

pytestmark = pytest.mark.anyio


def test_the_names_are_those_that_break_software() -> None:
    names = {person.key: person.nickname for person in PEOPLE}
    assert len(names) >= 12
    assert names["null"] == "null"
    assert names["spaces"].strip() == ""
    assert len(names["forty"]) == 40
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" in names["override"]
    assert names["markup"] == '<b>&"'
    assert unicodedata.bidirectional(names["arabic"][0]) == "AL"
    assert "\N{ZERO WIDTH JOINER}" in names["family"]
    assert unicodedata.normalize("NFC", names["combining"]) != names["combining"]


@pytest.mark.parametrize("key", [person.key for person in PEOPLE if not person.is_snapshotuser])
async def test_userinfo_tells_a_name_and_a_picture_as_they_are(
    wechat: ServedWeChat, key: str
) -> None:
    person = wechat.simulator.people[key]
    profile = await wechat.userinfo(await wechat.tokens(key))
    assert profile["nickname"] == person.nickname
    assert profile["headimgurl"] == person.headimgurl


def test_one_has_no_picture_and_one_has_it_over_http() -> None:
    pictures = [person.headimgurl for person in PEOPLE if not person.is_snapshotuser]
    assert pictures.count("") == 1
    assert sum(picture.startswith("http://") for picture in pictures) == 1


async def test_a_person_without_a_unionid_has_none_in_any_answer(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens("no-unionid")
    assert "unionid" not in tokens
    assert "unionid" not in await wechat.userinfo(tokens)


async def test_an_openid_names_a_person_in_one_application_and_a_unionid_in_one_account(
    wechat: ServedWeChat,
) -> None:
    here = await wechat.tokens()
    there = await wechat.exchange(
        await wechat.code(appid=OTHER_APPID), appid=OTHER_APPID, secret="other-secret"
    )
    assert here["openid"] != there["openid"]
    assert here["unionid"] == there["unionid"]
    everyone = [await wechat.tokens(person.key) for person in PEOPLE]
    assert len({tokens["openid"] for tokens in everyone}) == len(PEOPLE)


async def test_the_ids_are_the_same_after_a_restart(wechat: ServedWeChat) -> None:
    before = await wechat.tokens()
    async with served_wechat() as restarted:
        after = await restarted.tokens()
    assert (before["openid"], before["unionid"]) == (after["openid"], after["unionid"])


async def test_an_application_that_moves_sees_other_unionids_and_the_same_openids(
    wechat: ServedWeChat,
) -> None:
    before = await wechat.tokens()
    wechat.simulator.applications.bind(APPID, "another company")
    after = await wechat.tokens()
    assert after["openid"] == before["openid"]
    assert after["unionid"] != before["unionid"]


async def test_an_application_that_is_bound_late_sees_unionids_from_then_on(
    wechat: ServedWeChat,
) -> None:
    bound = await wechat.tokens()
    wechat.simulator.applications.bind(APPID, None)
    unbound = await wechat.tokens()
    assert "unionid" not in unbound
    assert unbound["openid"] == bound["openid"]
    wechat.simulator.applications.bind(APPID, "main")
    assert (await wechat.tokens())["unionid"] == bound["unionid"]


async def test_a_unionid_can_be_removed_changed_and_given(wechat: ServedWeChat) -> None:
    people = wechat.simulator.people
    first = (await wechat.tokens())["unionid"]
    people.remove_unionid("zhang-wei")
    assert "unionid" not in await wechat.tokens()
    people.change_unionid("zhang-wei", "oShared")
    assert (await wechat.tokens())["unionid"] == "oShared"
    people.add_unionid("zhang-wei")
    assert (await wechat.tokens())["unionid"] == first


async def test_a_person_changes_name_and_picture(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    wechat.simulator.people.rename("zhang-wei", "张三")
    wechat.simulator.people.change_picture("zhang-wei", "")
    profile = await wechat.userinfo(tokens)
    assert (profile["nickname"], profile["headimgurl"]) == ("张三", "")
    assert "张三" in (await wechat.page()).text


async def test_only_the_token_answer_of_a_snapshot_user_says_so(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens("snapshot")
    assert tokens["is_snapshotuser"] == 1
    refused = await wechat.userinfo(tokens)
    assert refused["errcode"] == 48001
    assert refused["errmsg"].startswith("api unauthorized, rid: ")
    assert "is_snapshotuser" not in await wechat.tokens()


async def test_snapshot_users_have_virtual_ids_and_share_a_unionid(wechat: ServedWeChat) -> None:
    real = await wechat.tokens()
    wechat.simulator.people.mark_as_snapshot("zhang-wei")
    virtual, other = await wechat.tokens(), await wechat.tokens("snapshot")
    assert virtual["is_snapshotuser"] == 1
    assert virtual["openid"] not in {real["openid"], other["openid"]}
    assert virtual["unionid"] == other["unionid"] != real["unionid"]


async def test_a_snapshot_user_may_come_with_the_ids_of_a_real_person(
    wechat: ServedWeChat,
) -> None:
    real = await wechat.tokens()
    wechat.simulator.people.mark_as_snapshot("zhang-wei", virtual_ids=False)
    flagged = await wechat.tokens()
    assert flagged["is_snapshotuser"] == 1
    assert (flagged["openid"], flagged["unionid"]) == (real["openid"], real["unionid"])
    wechat.simulator.people.mark_as_snapshot("zhang-wei", is_snapshotuser=False)
    assert "is_snapshotuser" not in await wechat.tokens()


async def test_a_simulator_is_created_from_its_applications_alone(
    wechat: ServedWeChat,
) -> None:
    app = create_simulator(
        [SimulatedApplication(APPID, "s", "localhost")], now=WoundClock(), new_id=lambda: "id"
    )
    async with served_alone(app) as base_url:
        page = await wechat.browser.get(
            f"{base_url}/connect/qrconnect",
            params=wechat.asked | {"redirect_uri": "http://localhost:8000/callback/wechat"},
        )
    assert 'id="approve"' in page.text


async def test_a_code_from_a_snapshot_page_leads_to_virtual_ids_whoever_stands_there(
    wechat: ServedWeChat,
) -> None:
    real = await wechat.tokens()
    code = wechat.simulator.grants.issue_code(
        appid=APPID,
        person="zhang-wei",
        scope="snsapi_userinfo",
        now=wechat.clock.now,
        is_snapshotuser=True,
    )
    virtual = await wechat.exchange(code)
    assert virtual["is_snapshotuser"] == 1
    assert virtual["openid"] != real["openid"]
    assert virtual["unionid"] != real["unionid"]
    assert (await wechat.userinfo(virtual))["errcode"] == 48001
