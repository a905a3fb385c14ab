from urllib.parse import parse_qs, urljoin

import pytest

from bridge.wechat.simulator import PEOPLE
from tests.wechat.simulated_wechat import APPID, OTHER_APPID, Form, ServedWeChat

pytestmark = pytest.mark.anyio


async def test_the_form_of_the_page_leads_back_with_a_code_and_the_state(
    wechat: ServedWeChat,
) -> None:
    page = await wechat.page()
    form = Form(page.text)
    assert form.form["method"] == "post"
    approve = form.ids["approve"]
    answered = await wechat.browser.post(
        urljoin(str(page.url), form.form["action"]),
        data={
            str(form.ids["person"]["name"]): str(form.options[0]),
            str(approve["name"]): str(approve["value"]),
        },
    )
    assert answered.status_code == 302
    address, _, query = answered.headers["location"].partition("?")
    assert address == "https://id.example.com/callback/wechat"
    assert list(parse_qs(query)) == ["code", "state"]
    assert parse_qs(query)["state"] == ["Az09"]
    code = parse_qs(query)["code"][0]
    assert len(code) == 32
    assert code.isalnum()


async def test_the_page_offers_every_person_and_needs_no_script(wechat: ServedWeChat) -> None:
    form = Form((await wechat.page()).text)
    assert form.options == [person.key for person in PEOPLE]
    assert form.ids["person"]["tag"] == "select"
    assert form.ids["deny"]["tag"] == "button"
    assert "script" not in form.tags
    assert "style" not in form.tags


async def test_the_page_says_that_it_is_a_simulation_in_two_languages(
    wechat: ServedWeChat,
) -> None:
    assert "这是模拟环境" in (await wechat.page()).text
    assert "这是模拟环境" in (await wechat.page(lang="cn")).text
    english = (await wechat.page(lang="en")).text
    assert '<html lang="en">' in english
    assert "This is a simulation" in english
    assert "模拟环境" not in english
    assert "You have cancelled" in (await wechat.answer("zhang-wei", "deny", lang="en")).text


async def test_the_page_names_the_host_that_is_signed_in_to(wechat: ServedWeChat) -> None:
    assert "<bdi>id.example.com</bdi>" in (await wechat.page()).text


async def test_names_are_text_and_never_markup(wechat: ServedWeChat) -> None:
    page = (await wechat.page()).text
    assert "&lt;b&gt;&amp;&#34;" in page
    assert "<b>" not in page


async def test_the_page_brings_its_own_stylesheet_and_picture(wechat: ServedWeChat) -> None:
    for name, media_type in (("simulator.css", "text/css"), ("qr.svg", "image/svg+xml")):
        page = await wechat.page()
        assert f'"static/{name}"' in page.text
        file = await wechat.browser.get(urljoin(str(page.url), f"static/{name}"))
        assert file.status_code == 200
        assert file.headers["content-type"].startswith(media_type)
    policy = (await wechat.page()).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "form-action" not in policy


async def test_a_refusal_ends_on_a_page_and_is_not_told_to_the_application(
    wechat: ServedWeChat,
) -> None:
    refused = await wechat.answer("zhang-wei", "deny")
    assert refused.status_code == 200
    assert "location" not in refused.headers
    assert "您已取消此次登录" in refused.text
    form = Form(refused.text)
    again = await wechat.browser.get(urljoin(str(refused.url), form.ids["refresh"]["href"]))
    assert 'id="approve"' in again.text


@pytest.mark.parametrize(
    ("person", "answer", "code"),
    [("nobody", "approve", "person"), ("zhang-wei", "perhaps", "answer")],
)
async def test_an_answer_that_the_page_does_not_offer_gets_no_code(
    wechat: ServedWeChat, person: str, answer: str, code: str
) -> None:
    answered = await wechat.answer(person, answer)
    assert "location" not in answered.headers
    assert f'<span id="error">{code}</span>' in answered.text


@pytest.mark.parametrize("path", ["/", "/connect", "/connect/qrconnect/", "/sns/auth/", "/sns"])
async def test_an_unknown_path_is_not_found(wechat: ServedWeChat, path: str) -> None:
    assert (await wechat.browser.get(path)).status_code == 404


async def test_the_page_names_the_application_if_it_has_a_name(wechat: ServedWeChat) -> None:
    wechat.simulator.applications.change(APPID, name="<书店>")
    assert "“<bdi>&lt;书店&gt;</bdi>”" in (await wechat.page()).text


async def test_no_header_forbids_to_frame_the_page(wechat: ServedWeChat) -> None:
    headers = (await wechat.page()).headers
    assert "x-frame-options" not in headers
    assert "frame-ancestors" not in headers["content-security-policy"]


# Refusals: https://developers.weixin.qq.com/community/develop/doc/0004c8c37bc4505a936c0748b56000


@pytest.mark.parametrize(
    ("denial", "told"), [("state_only", "state=Az09"), ("authdeny", "code=authdeny&state=Az09")]
)
async def test_a_refusal_may_be_told_as_it_was_in_other_years(
    wechat: ServedWeChat, denial: str, told: str
) -> None:
    wechat.simulator.behaviour.change(denial=denial)
    refused = await wechat.answer("zhang-wei", "deny")
    assert refused.status_code == 302
    assert refused.headers["location"] == f"https://id.example.com/callback/wechat?{told}"


# The life of the QR code


async def test_a_code_that_has_expired_is_loaded_again(wechat: ServedWeChat) -> None:
    page = await wechat.page()
    assert '<meta http-equiv="refresh" content="300">' in page.text
    uuid = Form(page.text).hidden["uuid"]
    assert len(uuid) == 16
    wechat.clock.wind(299)
    assert (await wechat.send(answer="approve", person="zhang-wei", uuid=uuid)).status_code == 302
    wechat.clock.wind(1)
    late = await wechat.send(answer="approve", person="zhang-wei", uuid=uuid)
    assert 'id="expired"' in late.text
    assert "location" not in late.headers
    fresh = await wechat.browser.get(urljoin(str(late.url), Form(late.text).ids["refresh"]["href"]))
    assert Form(fresh.text).hidden["uuid"] != uuid


async def test_a_picture_that_was_never_shown_has_expired(wechat: ServedWeChat) -> None:
    answered = await wechat.send(answer="approve", person="zhang-wei", uuid="never shown")
    assert 'id="expired"' in answered.text


async def test_how_long_a_code_is_shown_can_be_changed(wechat: ServedWeChat) -> None:
    wechat.simulator.behaviour.change(qr_lifetime=5)
    page = await wechat.page()
    assert '<meta http-equiv="refresh" content="5">' in page.text
    wechat.simulator.behaviour.change(qr_lifetime=0)
    assert "http-equiv" not in (await wechat.page()).text


# The same code twice:
# https://developers.weixin.qq.com/community/personal/oCJUswxerwYoABpSjW6nSk672jKs/question


async def test_quick_authorizations_of_one_person_may_get_the_same_code(
    wechat: ServedWeChat,
) -> None:
    assert await wechat.code() != await wechat.code()
    wechat.simulator.behaviour.change(same_code_within=10)
    first = await wechat.code(state="one")
    assert await wechat.code(state="two") == first
    assert await wechat.code("family") != first
    assert await wechat.code(appid=OTHER_APPID) != first
    wechat.clock.wind(10)
    assert await wechat.code() != first
