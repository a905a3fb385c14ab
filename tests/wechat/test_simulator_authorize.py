from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from bridge.wechat.simulator import PEOPLE, SimulatedApplication, Simulator
from tests.wechat.simulated_wechat import OTHER_APPID, ServedWeChat

pytestmark = pytest.mark.anyio


class Form(HTMLParser):
    """What a browser without JavaScript finds on the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.form: dict[str, str | None] = {}
        self.ids: dict[str, dict[str, str | None]] = {}
        self.options: list[str | None] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.add(tag)
        if tag == "form":
            self.form = attributes
        if tag == "option":
            self.options.append(attributes["value"])
        if name := attributes.get("id"):
            self.ids[name] = attributes | {"tag": tag}


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
    assert "You rejected" in (await wechat.answer("zhang-wei", "deny", lang="en")).text


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
    assert "你已拒绝授权" in refused.text


REFUSED = [
    ({"appid": None}, "10012", "该链接无法访问"),
    ({"appid": "wx0000000000000000"}, "appid", "该链接无法访问"),
    ({"redirect_uri": None}, "10011", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://evil.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com.evil.org/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com@evil.org/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://evil.org\\@id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://[id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "javascript://id.example.com/"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "https://id.example.com/\r\nx: y"}, "10003", "redirect_uri 参数错误"),
    ({"redirect_uri": "/callback/wechat"}, "10003", "redirect_uri 参数错误"),
    ({"response_type": "token"}, "response_type", "response_type 参数错误"),
    ({"response_type": None}, "response_type", "response_type 参数错误"),
    ({"scope": None}, "10010", "Scope 参数错误或没有 Scope 权限"),
    ({"scope": "snsapi_userinfo"}, "10005", "Scope 参数错误或没有 Scope 权限"),
    ({"scope": "snsapi_login,snsapi_base"}, "10005", "Scope 参数错误或没有 Scope 权限"),
    ({"state": "a" * 129}, "state", "state 参数过长"),
    ({"state": "中" * 43}, "state", "state 参数过长"),
    ({"state": "a-b"}, "state", "state 参数错误"),
    ({"state": "a\n"}, "state", "state 参数错误"),
]


@pytest.mark.parametrize(("changed", "code", "title"), REFUSED)
async def test_an_unusable_request_ends_on_a_page_and_is_judged_again_when_answered(
    wechat: ServedWeChat, changed: dict[str, str | None], code: str, title: str
) -> None:
    for answer in (await wechat.page(**changed), await wechat.answer(**changed)):
        assert answer.status_code == 200
        assert "location" not in answer.headers
        assert f'<span id="error">{code}</span>' in answer.text
        assert f"<h1>{title}</h1>" in answer.text


async def test_problems_are_told_in_english_too(wechat: ServedWeChat) -> None:
    page = (await wechat.page(appid="wx1", lang="en")).text
    assert "This link cannot be accessed" in page
    assert "AppID error" in page


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


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://ID.example.com/callback/wechat",
        "http://id.example.com/",
        "https://id.example.com:8443/callback",
    ],
)
async def test_of_the_redirect_uri_only_the_host_is_compared(
    wechat: ServedWeChat, redirect_uri: str
) -> None:
    answered = await wechat.answer(redirect_uri=redirect_uri)
    assert answered.headers["location"].startswith(f"{redirect_uri}?code=")


async def test_an_application_without_a_callback_domain_may_use_any_host(
    wechat: ServedWeChat,
) -> None:
    answered = await wechat.answer(appid=OTHER_APPID, redirect_uri="http://localhost:8000/cb")
    assert answered.headers["location"].startswith("http://localhost:8000/cb?code=")


@pytest.mark.parametrize(
    ("path", "sent_to"),
    [
        ("/cb?a=1&b=%E4%B8%AD%2B", "/cb?a=1&b=%E4%B8%AD%2B&code=CODE&state=Az09"),
        ("/cb?", "/cb?code=CODE&state=Az09"),
        ("/cb#/login", "/cb?code=CODE&state=Az09#/login"),
        ("/cb?a=1#top", "/cb?a=1&code=CODE&state=Az09#top"),
        ("", "?code=CODE&state=Az09"),
    ],
)
async def test_the_redirect_uri_keeps_its_query_and_its_fragment(
    wechat: ServedWeChat, path: str, sent_to: str
) -> None:
    answered = await wechat.answer(redirect_uri=f"https://id.example.com{path}")
    location = answered.headers["location"]
    code = parse_qs(urlsplit(location).query)["code"][0]
    assert location == f"https://id.example.com{sent_to}".replace("CODE", code)


async def test_a_state_of_128_bytes_comes_back_unchanged(wechat: ServedWeChat) -> None:
    state = "aZ09" * 32
    assert (await wechat.answer(state=state)).headers["location"].endswith(f"&state={state}")


async def test_a_request_without_a_state_is_answered_with_an_empty_one(
    wechat: ServedWeChat,
) -> None:
    assert (await wechat.answer(state=None)).headers["location"].endswith("&state=")


async def test_what_wxlogin_js_asks_for_is_answered_in_the_whole_window(
    wechat: ServedWeChat,
) -> None:
    """It sends no response_type; with self_redirect=true the frame goes on by itself."""
    asked = {"response_type": None, "login_type": "jssdk"}
    whole = await wechat.page(**asked, self_redirect="default")
    assert Form(whole.text).form["target"] == "_top"
    frame = await wechat.page(**asked, self_redirect="true")
    assert "target" not in Form(frame.text).form
    assert "target" not in Form((await wechat.page()).text).form
    assert (await wechat.answer("zhang-wei", **asked)).status_code == 302


async def test_an_oversized_form_is_refused(wechat: ServedWeChat) -> None:
    assert (await wechat.answer("x" * 70_000)).status_code == 413


async def test_a_form_that_is_not_utf_8_is_refused(wechat: ServedWeChat) -> None:
    answered = await wechat.browser.post(
        "/connect/qrconnect", params=wechat.asked, content=b"answer=\xff"
    )
    assert answered.status_code == 400


@pytest.mark.parametrize("path", ["/", "/connect", "/connect/qrconnect/", "/sns/auth/", "/sns"])
async def test_an_unknown_path_is_not_found(wechat: ServedWeChat, path: str) -> None:
    assert (await wechat.browser.get(path)).status_code == 404


def test_an_application_that_cannot_be_is_refused() -> None:
    for appid, secret, domain in (("", "s", None), ("wx1", "", None), ("wx1", "s", "https://a")):
        with pytest.raises(ValueError, match=r"needs an appid|host name"):
            SimulatedApplication(appid, secret, domain)


def test_an_appid_or_a_person_is_given_once() -> None:
    application = SimulatedApplication("wx1", "s")
    with pytest.raises(ValueError, match="appid wx1 is given twice"):
        Simulator([application, application], now=int, new_id=str)
    with pytest.raises(ValueError, match="person zhang-wei is given twice"):
        Simulator([application], now=int, new_id=str, people=[PEOPLE[0], PEOPLE[0]])
