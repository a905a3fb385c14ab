"""No level of the log holds a secret, a code, a token or a person's WeChat id."""

import json
import re
from base64 import urlsafe_b64decode
from dataclasses import replace

import httpx
import pytest

from bridge.wechat.simulator.people import PEOPLE
from tests.processes.programs import (
    APP_SECRET,
    CLIENT_SECRET,
    REDIRECT_URI,
    SECRET,
    Installation,
    simulated_wechat,
)
from tests.processes.relying_party import signing_in

pytestmark = [pytest.mark.anyio, pytest.mark.every_variant]


@pytest.mark.parametrize("log_format", ["json", "text"])
async def test_nothing_confidential_is_in_any_log(installed: Installation, log_format: str) -> None:
    confidential = {SECRET, APP_SECRET, CLIENT_SECRET}
    confidential |= {part for person in PEOPLE for part in _written(person.nickname)}
    async with (
        simulated_wechat(installed.folder / "simulate.log") as wechat,
        replace(
            installed, wechat_url=wechat.printed("API_HOSTS=(.*)"), log_format=log_format
        ).serve() as serve,
    ):
        async with signing_in(installed) as good:
            claims = await good.complete()
            personal = ("sub", "name", "picture", "email", "wechat_openid", "wechat_unionid")
            confidential |= {part for name in personal for part in _written(claims[name])}
            confidential |= good.confidential() | {urlsafe_b64decode(_body(good.tokens)).decode()}
            # The same callback again, the same code again, and what was never good.
            again = good.code
            await good.come_back()
            confidential |= good.confidential() | {again}
            good.code = again
            assert await good.redeem() == 400
            confidential |= await _misuse(installed, good.browser.http)
        async with signing_in(installed, "snapshot") as refused:
            await refused.approve()
            assert (await refused.browser.http.get(refused.callback_url)).status_code == 403
            confidential |= refused.confidential()
        async with signing_in(installed) as failing:
            await failing.approve()
            await wechat.stopped()
            answer = await failing.browser.http.get(failing.callback_url)
            assert "error=temporarily_unavailable" in answer.headers["location"]
            confidential |= failing.confidential()
        assert (await serve.stopped())[0] == 0

    log = wechat.text() + serve.text()
    for event in ("sign_in.completed", "tokens.issued", "code.replayed", "wechat.failed"):
        assert event in log
    for event in ("request.refused", "request.served"):
        assert event in log
    if log_format == "json":
        _check_lines(serve.log.read_text("utf-8"))
    assert [text for text in sorted(confidential) if text in log] == []
    assert "Traceback" not in log


def _written(text: str) -> set[str]:
    """A text as it is, and as it stands escaped in a line; nothing that is in any line."""
    return {form for form in (text, json.dumps(text)[1:-1]) if len(form.strip()) > 1}


# What the process does by itself
OUTSIDE_REQUESTS = {"bridge.started", "bridge.stopped", "wechat.simulated", "housekeeping.done"}


def _check_lines(log: str) -> None:
    """Each line is an object by itself, and what is said in a request has the request's name."""
    told = [json.loads(line) for line in log.splitlines()]
    for line in told:
        assert {"time", "level", "event"} <= line.keys()
        if line["event"] not in OUTSIDE_REQUESTS:
            assert re.fullmatch(r"[0-9a-f]{16}", line["request_id"])
    at_callback = [line for line in told if line.get("path") == "/callback/wechat"]
    assert at_callback
    named = [
        line["event"] for line in told if line.get("request_id") == at_callback[0]["request_id"]
    ]
    assert named == ["sign_in.completed", "request.served"]


def _body(tokens: dict[str, str]) -> str:
    body = tokens["id_token"].split(".")[1]
    return body + "=" * (-len(body) % 4)


async def _misuse(installed: Installation, http: httpx.AsyncClient) -> set[str]:
    """Ask wrongly, with things that look confidential; return those things."""
    wrong = {name: f"wrong-{name}-4f7a1c" for name in ("code", "secret", "token", "state")}
    form = {
        "grant_type": "authorization_code",
        "code": wrong["code"],
        "redirect_uri": REDIRECT_URI,
    }
    refusals = [
        await http.post(f"{installed.url}/token", data=form, auth=("rp", wrong["secret"])),
        await http.post(f"{installed.url}/token", data=form, auth=("rp", CLIENT_SECRET)),
        await http.post(f"{installed.url}/token", content=json.dumps(form)),
        await http.get(
            f"{installed.url}/userinfo", headers={"Authorization": f"Bearer {wrong['token']}"}
        ),
        await http.get(
            f"{installed.url}/callback/wechat",
            params={"code": wrong["code"], "state": wrong["state"]},
        ),
        await http.get(f"{installed.url}/authorize", params={"client_id": wrong["secret"]}),
    ]
    assert {400, 401} >= {refusal.status_code for refusal in refusals}
    return set(wrong.values())
