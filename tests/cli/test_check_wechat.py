"""What the doctor knows of WeChat: its consoles, its kinds of applications, its hosts."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from anyio.from_thread import start_blocking_portal

from bridge.app import Chance, open_store
from bridge.cli.doctor.applications import examine_unionid, examine_ways
from bridge.cli.doctor.callback import examine_callback
from bridge.cli.doctor.settings import examine_settings
from bridge.oidc.client import Client
from tests.cli.examining import NOBODY, answering, examined, findings
from tests.cli.terminal import APPID, Operator
from tests.wechat.connect_proxy import ConnectProxy, connect_proxy

OTHER_APPID = "wxfedcba9876543210"
ANOTHER = {"WECHAT_2_CLIENT_ID": OTHER_APPID, "WECHAT_2_CLIENT_SECRET": "s" * 32}


# The callback


def test_the_page_with_the_qr_code_tells_that_the_callback_domain_is_right(
    patient: Operator,
) -> None:
    assert findings(patient, status=0)["callback"] == [
        ("ok", f"{APPID}: WeChat shows its QR code and will call {NOBODY}/callback/wechat")
    ]


def test_another_callback_domain_has_failed_with_the_text_to_type_and_the_field(
    patient: Operator,
) -> None:
    other = patient.with_settings(ISSUER="http://127.0.0.1:9")
    ((verdict, text),) = findings(other, status=1)["callback"]
    assert verdict == "FAILED"
    assert text == (
        f"{APPID}: WeChat does not call http://127.0.0.1:9/callback/wechat: 授权回调域 (at"
        " open.weixin.qq.com: 管理中心, 网站应用) has to be 127.0.0.1: the host alone, without"
        " https://, port and path"
    )


@pytest.mark.parametrize(
    ("page", "verdict", "text"),
    [
        ("<h3>Scope 参数错误或没有 Scope 权限</h3>", "FAILED", "(setting wechat.kind)"),
        ("<h3>该链接无法访问</h3>", "FAILED", "compare the AppID"),
        ("<h3>redirect_uri 参数错误</h3>", "FAILED", "has to be id.example.com"),
        ('<img class="qrcode lightBorder js_qrcode_img" src="/connect/qrcode/0">', "ok", "shows"),
        ('<img src="/logo.png" class="logo">', "warning", "has to be id.example.com"),
        ("<p class='qrcode'>later</p>", "warning", "shows no QR code"),
        ("<i>" * 100_000, "warning", "cannot be reached"),
    ],
)
def test_what_stands_in_place_of_the_qr_code_is_told_apart(
    operator: Operator, page: str, verdict: str, text: str
) -> None:
    with answering(page) as (url, asked):
        ((told, what),) = examined(examine_callback, operator, AUTHORIZE_HOST=url)
    assert told == verdict
    assert text in what
    (path,) = asked
    query = parse_qs(urlsplit(path).query)
    assert query["redirect_uri"] == ["https://id.example.com/callback/wechat"]
    assert list(query) == ["appid", "redirect_uri", "response_type", "scope", "state"]


def test_a_page_that_is_not_reached_is_a_warning_with_what_to_type(operator: Operator) -> None:
    ((verdict, text),) = examined(examine_callback, operator, AUTHORIZE_HOST=NOBODY)
    assert verdict == "warning"
    assert text.startswith(f"{APPID}: {NOBODY} cannot be reached from here; 授权回调域")


@pytest.mark.parametrize(
    "issuer", ["https://10.0.0.1", "https://[2001:db8::1]", "https://intranet", "http://localhost"]
)
def test_wechat_calls_back_no_ip_address_and_no_local_name(operator: Operator, issuer: str) -> None:
    ((verdict, text),) = examined(examine_callback, operator, ISSUER=issuer)
    assert verdict == "FAILED"
    assert "give it a public host name (setting issuer)" in text


def test_a_port_is_a_warning_and_not_to_be_typed(operator: Operator) -> None:
    (port, console, _) = examined(
        examine_callback,
        operator,
        ISSUER="https://id.example.com:8443",
        WECHAT_KIND="official_account",
    )
    assert port[0] == "warning"
    assert "443 and 80 only" in port[1]
    assert "has to be id.example.com: the host alone" in console[1]


def test_what_cannot_be_asked_is_said_with_the_field_that_it_is_typed_into(
    operator: Operator,
) -> None:
    (official, proof, mini) = examined(
        examine_callback,
        operator,
        WECHAT_KIND="official_account",
        WECHAT_2_KIND="mini_program",
        **ANOTHER,
    )
    assert official[1].startswith(f"{APPID}: 网页授权域名 (at mp.weixin.qq.com: ")
    assert "has to be id.example.com: the host alone" in official[1]
    assert "备案" in official[1]
    assert proof[1].endswith("see the setting mp_verify")
    assert mini[1].startswith(f"{OTHER_APPID}: where the mini program itself calls /token")
    assert "https://id.example.com" in mini[1]
    assert examined(examine_callback, operator, WECHAT_KIND="mobile") == []
    proven = {"WECHAT_KIND": "official_account", "MP_VERIFY": "AbCdEfGh12345678"}
    assert len(examined(examine_callback, operator, **proven)) == 1


def test_a_simulation_on_this_machine_is_told_nothing_to_type(operator: Operator) -> None:
    simulated = {"AUTHORIZE_HOST": NOBODY, "WECHAT_KIND": "official_account"}
    assert examined(examine_callback, operator, ISSUER=NOBODY, **simulated) == []
    assert examined(examine_callback, operator, **simulated) != []


# The kinds of applications


@pytest.mark.parametrize(
    ("kinds", "verdict", "text"),
    [
        (("website", "official_account"), "ok", "inside WeChat"),
        (("website", "mobile"), "warning", "a QR code that only another device can scan"),
        (("official_account", "mobile"), "warning", "whose browser is not WeChat's own"),
        (("mobile", "mini_program"), "warning", "no application is for browsers"),
    ],
)
def test_browsers_that_have_no_way_to_sign_in_are_named(
    operator: Operator, kinds: tuple[str, str], verdict: str, text: str
) -> None:
    ((told, what),) = examined(
        examine_ways, operator, WECHAT_KIND=kinds[0], WECHAT_2_KIND=kinds[1], **ANOTHER
    )
    assert told == verdict
    assert text in what


def test_without_a_unionid_the_subject_cannot_be_one(operator: Operator) -> None:
    silent = {"WECHAT_KIND": "official_account", "WECHAT_SCOPE": "snsapi_base"}
    failed, bound = examined(examine_unionid, operator, SUBJECT="unionid", **silent)
    assert failed[0] == "FAILED"
    assert failed[1].startswith(f"{APPID}: WeChat tells no unionid for the scope snsapi_base")
    assert "is bound (绑定) to the Open Platform account" in bound[1]
    assert examined(examine_unionid, operator, **silent) == []


def test_a_person_is_one_in_several_applications_only_by_the_unionid(operator: Operator) -> None:
    silent = {"WECHAT_KIND": "official_account", "WECHAT_SCOPE": "snsapi_base", **ANOTHER}
    apart, bound = examined(examine_unionid, operator, **silent)
    assert apart[0] == "warning"
    assert "is another person than by the others" in apart[1]
    assert bound[0] == "ok"
    assert examined(examine_unionid, operator, **silent, WECHAT_2_PLATFORM_ACCOUNT="b") == []
    assert examined(examine_unionid, operator, **ANOTHER) == []


def test_clients_limited_to_applications_that_are_gone_are_named(patient: Operator) -> None:
    async def register() -> None:
        store = await open_store(patient.settings())
        for client_id, appids in (("half", (APPID, OTHER_APPID)), ("none", (OTHER_APPID,))):
            client = Client(
                client_id=client_id,
                client_name=client_id,
                redirect_uris=("https://a.example/cb",),
                access=("oSomebody",),
                wechat_applications=appids,
            )
            await store.add_client(client, now=Chance().now())
        await store.close()

    asyncio.run(register())
    limited = "is limited to applications that the settings do not name"
    assert findings(patient, status=1)["clients"] == [
        ("warning", f"half {limited}: {OTHER_APPID}"),
        ("FAILED", f"none {limited}, so nobody can sign in: {OTHER_APPID}"),
    ]


# WeChat's hosts


def test_a_host_that_is_not_reached_is_named_while_another_answers(patient: Operator) -> None:
    hosts = f"{NOBODY},{patient.environ['BRIDGE_API_HOSTS']}"
    found = findings(patient.with_settings(API_HOSTS=hosts), status=0)
    assert found["wechat"] == [("ok", "AppID and AppSecret are right")]
    text = f"{NOBODY} cannot be reached from here: people sign in by the others meanwhile"
    assert found["hosts"] == [("warning", text)]


def test_when_no_host_is_reached_nobody_signs_in(patient: Operator) -> None:
    found = findings(patient.with_settings(API_HOSTS=NOBODY), status=1)
    text = f"{NOBODY} cannot be reached from here: nobody can sign in"
    assert found["hosts"] == [("FAILED", text)]


def test_one_host_of_wechats_alone_is_a_warning(operator: Operator) -> None:
    _, (verdict, text) = examined(examine_settings, operator, API_HOSTS="api.weixin.qq.com")
    assert verdict == "warning"
    assert "add api2.weixin.qq.com" in text
    assert len(examined(examine_settings, operator)) == 1


# The proxy


@contextmanager
def a_proxy(**options: Any) -> Generator[ConnectProxy]:
    """One that runs while the doctor works, in a thread and a loop of its own."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(connect_proxy(**options)) as proxy,
    ):
        yield proxy


def test_wechat_is_examined_by_the_proxy_and_the_bridge_itself_is_not(patient: Operator) -> None:
    with a_proxy() as proxy:
        by_proxy = patient.with_settings(WECHAT_PROXY=proxy.url)
        found = findings(by_proxy, status=0)
    assert found["proxy"] == [("ok", f"{proxy.url} connects to WeChat")]
    assert found["wechat"] == [("ok", "AppID and AppSecret are right")]
    assert found["callback"][0][0] == "ok"
    wechat = patient.environ["BRIDGE_API_HOSTS"]
    assert len(proxy.asked) >= 4
    assert [line for line in proxy.asked if not line.startswith(f"GET {wechat}")] == []


def test_a_proxy_that_fails_is_not_taken_for_wechat(patient: Operator) -> None:
    by_proxy = patient.with_settings(WECHAT_PROXY="http://user:hush@127.0.0.1:9")
    found = findings(by_proxy, status=1)
    cause = "the proxy cannot be reached"
    assert found["proxy"] == [
        ("FAILED", f"http://127.0.0.1:9: {cause} (setting wechat_proxy); nobody can sign in")
    ]
    assert found["wechat"] == [("FAILED", f"it was not asked: {cause} (setting wechat_proxy)")]
    assert "cannot be reached by the proxy" in found["hosts"][0][1]
    assert "hush" not in str(found)
