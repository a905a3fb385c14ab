"""``/control``: the control API for people, without JavaScript."""

import re
from dataclasses import fields

import httpx
import pytest

from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.control.answers import CALLS
from bridge.wechat.simulator.control.described import FAULTS
from bridge.wechat.simulator.control.forms import READERS
from bridge.wechat.simulator.control.page import MESSAGES
from tests.browsing import page_of
from tests.wechat.simulated_wechat import APPID, MINI_PROGRAM, ServedWeChat

pytestmark = pytest.mark.anyio

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"


async def shown(wechat: ServedWeChat, language: str = "en") -> httpx.Response:
    return await wechat.browser.get("/control", headers={"accept-language": language})


async def send(wechat: ServedWeChat, form: str, **filled: str) -> httpx.Response:
    return await wechat.browser.post(
        "/control?lang=en", data={"form": form} | filled, headers={"origin": wechat.origin}
    )


async def do(wechat: ServedWeChat, form: str, **filled: str) -> httpx.Response:
    """Send a form, and follow to the page that says that it is done."""
    sent = await send(wechat, form, **filled)
    assert sent.status_code == 303, sent.text
    page = await wechat.browser.get(str(sent.next_request.url if sent.next_request else ""))
    assert 'id="done"' in page.text
    return page


def test_both_languages_have_the_same_words_and_name_everything() -> None:
    for messages in MESSAGES.values():
        for name, below in MESSAGES["en"].items():
            assert type(messages[name]) is type(below)
            if isinstance(below, dict):
                assert messages[name].keys() == below.keys()
        assert messages.keys() == MESSAGES["en"].keys()
        assert messages["behaviour"].keys() >= {member.name for member in fields(Behaviour)}
        assert messages["faults"].keys() == FAULTS.keys() - {"body"}


@pytest.mark.parametrize(("language", "word"), [("en", "Control"), ("zh-CN", "控制台")])
async def test_the_page_speaks_the_language_of_the_browser(
    wechat: ServedWeChat, language: str, word: str
) -> None:
    page = await shown(wechat, language)
    assert page.headers["content-language"] == language
    assert f"<h1>{word}</h1>" in page.text
    other = await wechat.browser.get("/control?lang=cn", headers={"accept-language": "en"})
    assert other.headers["content-language"] == "zh-CN"


async def test_the_page_has_every_form_and_every_choice(wechat: ServedWeChat) -> None:
    page = await shown(wechat)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert set(re.findall(r'name="form" value="(\w+)"', page.text)) == set(READERS)
    for name in CALLS:
        assert f'<option value="{name}">' in page.text
    for member in fields(Behaviour):
        assert f'id="behaviour-{member.name}"' in page.text
    labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
    assert set(re.findall(r'<(?:select|input) id="([^"]+)"', page.text)) == labelled
    assert (await wechat.browser.get("/control/control.css")).status_code == 200


async def test_a_name_on_the_page_is_text(wechat: ServedWeChat) -> None:
    assert "<b>" not in (await shown(wechat)).text


async def test_the_next_calls_are_made_to_fail(wechat: ServedWeChat) -> None:
    page = await do(
        wechat,
        "answers",
        call="access_token",
        appid=APPID,
        fault="errcode",
        errcode="-1",
        duration="next",
        times="2",
        carried_out="yes",
    )
    assert "carried_out" in page_of(page).by_id["disturbed"].text
    code = await wechat.code()
    assert [(await wechat.exchange(code))["errcode"] for _ in range(3)] == [-1, -1, 40163]


async def test_all_calls_are_made_to_fail_until_they_are_left_alone(wechat: ServedWeChat) -> None:
    await do(wechat, "answers", call="all", appid="", fault="html", duration="standing")
    for _ in range(2):
        assert (await wechat.browser.get(USERINFO)).headers["content-type"] == "text/html"
    await do(wechat, "undisturbed")
    assert (await wechat.call(USERINFO))["errcode"] == 41001
    assert 'id="all-well"' in (await shown(wechat)).text


async def test_an_answer_is_made_to_take_its_time(wechat: ServedWeChat) -> None:
    await do(wechat, "latency", call="all", appid=APPID, seconds="0.5")
    await wechat.exchange("x")
    assert wechat.clock.slept == [0.5]


async def test_calls_and_the_life_of_codes_are_limited(wechat: ServedWeChat) -> None:
    code = await wechat.code()
    await do(wechat, "code_lifetimes", kind="website", seconds="0")
    assert (await wechat.exchange(code))["errcode"] == 42003
    await do(wechat, "rate_limits", call="access_token", appid=APPID, per_minute="1")
    assert (await wechat.exchange(code))["errcode"] == 45011


async def test_a_code_is_made_and_shown(wechat: ServedWeChat) -> None:
    made = await send(wechat, "login_code", appid=MINI_PROGRAM, person="null")
    assert "openid" in await wechat.session(page_of(made).by_id["code"].text)


async def test_a_person_is_changed_in_what_was_filled_in(wechat: ServedWeChat) -> None:
    tokens = await wechat.tokens()
    before = await wechat.userinfo(tokens)
    await do(wechat, "person", person="zhang-wei", nickname="张大伟", unionid_is="", unionid="")
    assert await wechat.userinfo(tokens) == before | {"nickname": "张大伟"}
    await do(wechat, "person", person="zhang-wei", picture="none", unionid_is="none")
    profile = await wechat.userinfo(tokens)
    assert profile["headimgurl"] == ""
    assert "unionid" not in profile
    await do(wechat, "person", person="zhang-wei", picture="new", unionid_is="given", unionid="oU")
    profile = await wechat.userinfo(tokens)
    assert profile["headimgurl"]
    assert profile["unionid"] == "oU"
    await do(wechat, "person", person="zhang-wei", unionid_is="derived")
    assert (await wechat.userinfo(tokens))["unionid"] == before["unionid"]
    for choice, flagged in (("virtual", True), ("real", True), ("no", False)):
        await do(wechat, "person", person="zhang-wei", snapshot=choice)
        again = await wechat.tokens()
        assert ("is_snapshotuser" in again) is flagged
        assert (again["openid"] == tokens["openid"]) is (choice != "virtual")


async def test_an_application_is_moved(wechat: ServedWeChat) -> None:
    await do(wechat, "application", appid=APPID, platform_account="another")
    assert wechat.simulator.applications[APPID].platform_account == "another"
    await do(wechat, "application", appid=APPID, platform_account="")
    assert wechat.simulator.applications[APPID].platform_account is None


async def test_the_switches_are_set_and_everything_is_taken_back(wechat: ServedWeChat) -> None:
    await do(
        wechat,
        "behaviour",
        denial="state_only",
        fast_login="yes",
        qr_lifetime="5",
        followers="null markup",
        person="markup",
    )
    behaviour = wechat.simulator.behaviour
    assert behaviour == Behaviour(
        denial="state_only",
        fast_login=True,
        qr_lifetime=5,
        followers=("null", "markup"),
        person="markup",
    )
    await do(wechat, "restore")
    assert behaviour == Behaviour()


@pytest.mark.parametrize(
    ("form", "filled", "complaint"),
    [
        ("nothing", {}, "form: there is none of this name"),
        ("", {}, "form: there is none of this name"),
        ("answers", {"call": "x", "fault": "half"}, "x is not a call"),
        ("answers", {"call": "all", "fault": "errcode"}, "errcode: a whole number is needed"),
        ("answers", {"call": "all", "fault": "html", "carried_out": "yes"}, "the fault html takes"),
        ("answers", {"call": "all", "fault": "html", "times": "99999999"}, "at most 1000"),
        ("latency", {"call": "all", "seconds": "soon"}, "seconds: a number is needed"),
        ("latency", {"call": "all", "seconds": "nan"}, "latency: "),
        ("code_lifetimes", {"seconds": "5"}, "Extra inputs"),
        ("person", {"person": "Nobody"}, "nobody has this key"),
        ("login_code", {"appid": "x", "person": "null"}, "appid: no application has it"),
    ],
)
async def test_what_cannot_be_is_told_on_the_page_and_changes_nothing(
    wechat: ServedWeChat, form: str, filled: dict[str, str], complaint: str
) -> None:
    before = (await wechat.browser.get("/control/state")).text
    page = await send(wechat, form, **filled)
    assert page.status_code == 400
    assert complaint in page_of(page).by_id["complaint"].text
    assert (await wechat.browser.get("/control/state")).text == before
