"""``/connect/oauth2/authorize``.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

from urllib.parse import urljoin

import pytest

from bridge.wechat.simulator import PEOPLE
from tests.wechat.in_wechat import ANDROID, MAC, WECOM, WINDOWS, InWeChat
from tests.wechat.simulated_wechat import Form

pytestmark = pytest.mark.anyio


async def test_consent_leads_back_with_a_code_and_the_state(within: InWeChat) -> None:
    page = await within.open()
    form = Form(page.text)
    assert form.options == [person.key for person in PEOPLE]
    assert form.ids["deny"]["tag"] == "button"
    assert "script" not in form.tags
    answered = await within.wechat.browser.post(
        urljoin(str(page.url), form.form["action"]),
        data={"person": "family", form.ids["approve"]["name"]: form.ids["approve"]["value"]},
        headers={"user-agent": ANDROID},
    )
    assert answered.status_code == 302
    address, code, state = within.told(answered)
    assert (address, state) == ("https://id.example.com/callback/wechat", "Az09")
    tokens = await within.exchange(code)
    assert tokens["scope"] == "snsapi_userinfo"
    assert (await within.wechat.userinfo(tokens))["nickname"].startswith("\N{MAN}")


@pytest.mark.parametrize("user_agent", [ANDROID, WINDOWS, MAC])
async def test_it_opens_within_wechat_on_phones_and_computers(
    within: InWeChat, user_agent: str
) -> None:
    within.user_agent = user_agent
    assert 'id="approve"' in (await within.open()).text


@pytest.mark.parametrize("user_agent", ["", "Mozilla/5.0 (iPhone) Safari/604.1", WECOM])
async def test_other_browsers_are_told_to_open_it_in_wechat(
    within: InWeChat, user_agent: str
) -> None:
    within.user_agent = user_agent
    for answer in (await within.open(), await within.answer()):
        assert "<h1>请在微信客户端打开链接</h1>" in answer.text
        assert "location" not in answer.headers
    within.behaviour.change(in_app=True)
    assert 'id="approve"' in (await within.open()).text


@pytest.mark.parametrize(
    ("path", "sent_to"),
    [
        ("/cb?a=1&b=%E4%B8%AD%2B", "/cb?a=1&b=%E4%B8%AD%2B&code=CODE&state=Az09"),
        ("/cb?", "/cb?code=CODE&state=Az09"),
        ("/cb#/login", "/cb?code=CODE&state=Az09#/login"),
        ("", "?code=CODE&state=Az09"),
    ],
)
async def test_code_and_state_stand_before_the_fragment(
    within: InWeChat, path: str, sent_to: str
) -> None:
    answered = await within.answer(redirect_uri=f"https://id.example.com{path}")
    _, code, _ = within.told(answered)
    assert answered.headers["location"] == f"https://id.example.com{sent_to}".replace("CODE", code)


async def test_the_pages_speak_english_too(within: InWeChat) -> None:
    assert "requests your nickname" in (await within.open(lang="en")).text
    assert "Too frequent" not in (await within.open()).text


# Refusals


async def test_a_refusal_ends_on_a_page_and_is_not_told_to_the_application(
    within: InWeChat,
) -> None:
    refused = await within.answer("zhang-wei", "deny")
    assert refused.status_code == 200
    assert 'id="denied"' in refused.text


@pytest.mark.parametrize(
    ("denial", "told"), [("state_only", "state=Az09"), ("authdeny", "code=authdeny&state=Az09")]
)
async def test_a_refusal_may_be_told_as_it_was_in_other_years(
    within: InWeChat, denial: str, told: str
) -> None:
    within.behaviour.change(denial=denial)
    refused = await within.answer("zhang-wei", "deny")
    assert refused.headers["location"] == f"https://id.example.com/callback/wechat?{told}"


@pytest.mark.parametrize(("person", "choice"), [("nobody", "approve"), ("family", "perhaps")])
async def test_an_answer_that_the_page_does_not_offer_gets_no_code(
    within: InWeChat, person: str, choice: str
) -> None:
    answered = await within.answer(person, choice)
    assert "location" not in answered.headers
    assert 'id="error"' in answered.text
