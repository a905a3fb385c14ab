"""What a collector of traces is told of a sign-in, and what it is not."""

import asyncio
import sys
from pathlib import Path

import pytest

from bridge.app.tracing import open_tracing
from bridge.config import BadSettings, read_settings
from bridge.telemetry.otlp import LARGEST_BATCH, traced
from bridge.telemetry.otlp import Collector as Target
from bridge.telemetry.tracing import span
from bridge.wechat.simulator.faults import errcode
from bridge.wechat.simulator.ids import openid_of, unionid_of
from tests.telemetry.collector import collecting
from tests.telemetry.lines import written
from tests.world import APP_SECRET, APPID, CLIENT_SECRET, Clock, Plan, world

pytestmark = pytest.mark.anyio

SMALLEST = {
    "BRIDGE_ISSUER": "https://id.example.com",
    "BRIDGE_SECRETS": "s" * 43,
    "BRIDGE_WECHAT_CLIENT_ID": APPID,
    "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET,
}

TRACE_ID, PARENT_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"


async def test_a_sign_in_is_traced_and_nothing_personal_is_in_it(
    tmp_path: Path, clock: Clock
) -> None:
    async with collecting() as collector:
        traces = {
            "BRIDGE_OTLP_ENDPOINT": collector.url,
            "BRIDGE_OTLP_HEADERS": "Authorization=Bearer of-ours,X-Scope=a b",
            "BRIDGE_OTLP_SERVICE_NAME": "our-bridge",
        }
        async with world(tmp_path, clock, Plan(settings=traces)) as opened:
            await opened.register()
            code = (await opened.answer())["code"]
            tokens = (await opened.redeem(code)).json()
            await opened.browser.http.get(
                f"{opened.bridge_url}/userinfo",
                headers={
                    "Authorization": f"Bearer {tokens['access_token']}",
                    "traceparent": TRACEPARENT,
                    "tracestate": "vendor=zhang-wei",
                    "baggage": "person=zhang-wei",
                    "X-Request-ID": "edge-1",
                },
            )
            opened.simulator.faults.plan("/sns/oauth2/access_token", errcode(40029))
            again = await opened.callback_url()
            await opened.browser.http.get(again)
            await opened.browser.http.get(f"{opened.bridge_url}/{code}?code={code}")
            confidential = {code, tokens["access_token"], tokens["id_token"], APP_SECRET}
            confidential |= {
                CLIENT_SECRET,
                APPID,
                "zhang-wei",
                "张伟",
                "?client_id=",
                "?appid=",
                "code=",
            }
            application = opened.simulator.applications[APPID]
            for person in opened.simulator.people:
                confidential |= {openid_of(person, application), f"{person.nickname}"}
                confidential |= {unionid_of(person, application) or "nobody-at-all"}
            confidential = {text for text in confidential if len(text.strip()) > 1}
            host = opened.wechat_url.removeprefix("http://")
    assert collector.services == {"our-bridge"}
    assert {(sent["authorization"], sent["x-scope"]) for sent in collector.headers} == {
        ("Bearer of-ours", "a b")
    }
    assert [text for text in confidential if text.encode() in collector.bodies] == []

    (redeemed,) = collector.named("POST /token")
    assert redeemed.parent_id == ""
    within = [span for span in collector.spans if span.trace_id == redeemed.trace_id]
    (signed,) = (span for span in within if span.name == "sign")
    assert signed.attributes == {"alg": "RS256"}
    verbs = {span.attributes["verb"] for span in within if span.name == "database"}
    assert {"find_code", "spend_code"} <= verbs
    assert {span.parent_id for span in within} == {"", redeemed.span_id}

    came, refused = collector.named("GET /callback/wechat")
    asked = [span for span in collector.named("wechat") if span.trace_id == came.trace_id]
    assert {(call.attributes["url.path"], call.attributes["errcode"]) for call in asked} == {
        ("/sns/oauth2/access_token", "0"),
        ("/sns/userinfo", "0"),
    }
    assert {call.attributes["server.address"] for call in asked} == {host}
    (failed,) = (span for span in collector.named("wechat") if span.trace_id == refused.trace_id)
    assert failed.attributes["errcode"] == "40029"

    (told,) = collector.named("GET /userinfo")
    assert (told.trace_id, told.parent_id) == (TRACE_ID, PARENT_ID)
    assert told.attributes == {
        "http.request.method": "GET",
        "http.route": "/userinfo",
        "http.response.status_code": "200",
        "request_id": "edge-1",
    }
    assert collector.named("GET other")


@pytest.mark.parametrize(("sampling", "sent"), [("0", 0), ("1", 1)])
async def test_of_the_traces_a_part_is_sent_but_all_of_somebody_elses(
    tmp_path: Path, clock: Clock, sampling: str, sent: int
) -> None:
    async with collecting() as collector:
        traces = {"BRIDGE_OTLP_ENDPOINT": collector.url, "BRIDGE_OTLP_SAMPLING": sampling}
        async with world(tmp_path, clock, Plan(settings=traces)) as opened:
            http, jwks = opened.browser.http, f"{opened.bridge_url}/jwks"
            await http.get(jwks)
            await http.get(jwks, headers={"traceparent": TRACEPARENT})
            await http.get(jwks, headers={"traceparent": TRACEPARENT[:-1] + "0"})
    assert len(collector.named("GET /jwks")) == 1 + sent


async def _exported(target: Target, name: str) -> None:
    async with traced(target):
        with span(name):
            pass


async def test_a_failure_is_told_by_its_type() -> None:
    async with collecting() as collector, traced(Target(collector.url, "bridge", "1")):
        with pytest.raises(ValueError, match="secret"), span("database", kind="read"):
            raise ValueError("secret-of-somebody")
    (seen,) = collector.spans
    assert seen.failed
    assert seen.attributes == {"kind": "read", "error.type": "ValueError"}
    assert b"secret" not in collector.bodies


async def test_a_collector_that_refuses_is_told_of_once_and_nobody_waits() -> None:
    async with collecting() as collector:
        collector.status = 400
        with written() as lines:
            async with asyncio.timeout(10):
                for number in range(3):
                    await _exported(Target(collector.url, "bridge", "1"), f"span-{number}")
    assert collector.spans == []
    # One line for each time that traces were turned on
    assert lines.messages == ["traces.lost cause=refused"] * 3


async def test_a_collector_that_comes_back_is_told_of() -> None:
    async with collecting() as collector:
        with written() as lines:
            async with traced(Target(collector.url, "bridge", "1")):
                for status in (400, 400, 200):
                    collector.status = status
                    collector.came.clear()
                    for _ in range(LARGEST_BATCH):
                        with span("sign", alg="RS256"):
                            pass
                    await asyncio.wait_for(collector.came.wait(), 30)
    assert lines.messages == ["traces.lost cause=refused", "traces.delivered"]


async def test_what_is_missing_for_traces_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bridge.telemetry.otlp")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    environ = SMALLEST | {"BRIDGE_OTLP_ENDPOINT": "http://127.0.0.1:9/v1/traces"}
    settings = read_settings(None, environ)
    with pytest.raises(BadSettings, match=r"otlp_endpoint .* pip install '.*\[tracing\]'$"):
        async with open_tracing(settings):
            pass


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ENDPOINT", "127.0.0.1:4318"),
        ("ENDPOINT", "http://127.0.0.1:4318"),
        ("ENDPOINT", "http://user:secret@127.0.0.1:4318/v1/traces"),
        ("ENDPOINT", "http://127.0.0.1:4318/v1/traces?key=secret"),
        ("HEADERS", "Authorization"),
        ("HEADERS", "Authorization: secret"),
        ("SAMPLING", "often"),
        ("SAMPLING", "1.1"),
        ("SAMPLING", "nan"),
    ],
)
def test_a_wrong_setting_is_refused_without_repeating_it(name: str, text: str) -> None:
    with pytest.raises(BadSettings, match=f"otlp_{name.lower()} .from BRIDGE_OTLP") as refused:
        read_settings(None, SMALLEST | {f"BRIDGE_OTLP_{name}": text})
    assert "secret" not in str(refused.value)


def test_without_a_tracer_a_span_is_the_same_nothing() -> None:
    with span("database", kind="read") as one, span("sign") as another:
        one.tell(errcode="0")
        another.name("other")
    assert one is another
