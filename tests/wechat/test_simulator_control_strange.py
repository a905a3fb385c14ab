"""The control API, sent what nobody sends who means well."""

import json
from collections.abc import Iterator, Sequence

import pytest

from bridge.wechat.simulator.control.forms import READERS
from bridge.wechat.simulator.control.table import resources
from tests.fuzzing.strange import TEXT
from tests.wechat.simulated_wechat import APPID, ServedWeChat

pytestmark = pytest.mark.anyio

SOME_TEXT = ("\0", "\ud800", "\u202e<b>", "a\r\nb: c", "9" * 5_000)
VALUES: Sequence[object] = tuple(
    json.loads(value)
    for value in ("null", "true", "-1", "9" * 30, "1e308", "{}", "[[]]", f"[{'null,' * 1000}1]")
)
NAMES = {"call": "userinfo", "appid": APPID, "person": "null"}
MEMBERS = {
    "/answers/{call}": ("next", "standing", "latency"),
    "/rate_limits/{appid}": ("access_token",),
    "/code_lifetimes": ("website",),
    "/behaviour": ("denial", "followers", "qr_lifetime", "person"),
    "/login_codes": ("appid", "person", "scope"),
    "/people/{person}": ("nickname", "headimgurl", "unionid", "has_unionid"),
    "/applications/{appid}": ("secret", "kind", "callback_domain", "scopes"),
}
OF_FAULTS = ("errcode", "errmsg", "fault", "body", "content_type", "location", "member")


def bodies(path: str) -> Iterator[bytes]:
    for text in TEXT[::3]:
        yield text.encode(errors="surrogatepass")
    for value in (*SOME_TEXT, *VALUES):
        for member in MEMBERS.get(path, ()):
            yield json.dumps({member: value}).encode()
        for member in OF_FAULTS if path == "/answers/{call}" else ():
            yield json.dumps({"standing": {"fault": "body", "body": "", member: value}}).encode()


async def test_no_json_makes_the_control_api_fail(wechat: ServedWeChat) -> None:
    headers = {"content-type": "application/json"}
    for resource in resources(wechat.simulator):
        path = f"/control{resource.path.format_map(NAMES)}"
        for method in resource.verbs.keys() & {"PUT", "POST"}:
            for body in bodies(resource.path):
                answer = await wechat.browser.request(method, path, content=body, headers=headers)
                assert answer.status_code in {200, 400, 404}, (path, body)
                assert answer.json()
    # What got through is shown, on the page, too.
    assert (await wechat.browser.get("/control/state")).status_code == 200
    assert (await wechat.browser.get("/control")).status_code == 200


async def test_no_name_in_a_path_makes_the_control_api_fail(wechat: ServedWeChat) -> None:
    for resource in resources(wechat.simulator):
        for name in ("%00", "%ff", "..%2f..", "%F0%9F%8E%89", "a" * 5000, "%0d%0aa:b"):
            path = f"/control{resource.path.format_map(dict.fromkeys(NAMES, name))}"
            answer = await wechat.browser.put(path, json={"nickname": "a"})
            assert answer.status_code < 500, path


@pytest.mark.parametrize("form", READERS)
async def test_no_form_makes_the_control_page_fail(wechat: ServedWeChat, form: str) -> None:
    fields = (
        *("call", "appid", "fault", "errcode", "times", "seconds", "per_minute", "kind"),
        *("nickname", "unionid", "person", "platform_account", "denial", "followers"),
    )
    for text in ("", "\0", "<b>", "NaN", "9" * 5_000):
        filled = {"form": form, "unionid_is": "given"} | dict.fromkeys(fields, text)
        answer = await wechat.browser.post(
            "/control", data=filled, headers={"origin": wechat.origin}
        )
        assert answer.status_code in {200, 303, 400, 413}
