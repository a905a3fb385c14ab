"""Every errcode at every call of a sign-in: what the person, the client and the log are told.

docs/wechat.md has the same table for people.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bridge.wechat.errcodes import ERRCODES, Call, error_for
from bridge.wechat.errors import (
    WeChatAppidRejected,
    WeChatBusy,
    WeChatCodeRejected,
    WeChatCodeUsed,
    WeChatError,
    WeChatLimited,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSecretRejected,
    WeChatUnavailable,
)
from bridge.wechat.simulator.faults import Fault
from tests.browsing import Page, page_of
from tests.journeys.rows import rows_of
from tests.world import World, parameters_of

pytestmark = pytest.mark.anyio

RID = "6206378a-793424c0-2e4091cc"

UNKNOWN = (1, -2, 99999)

# How often a busy WeChat is asked
TRIES = {Call.ACCESS_TOKEN: 2, Call.USERINFO: 4}


@dataclass(frozen=True)
class Told:
    """``notice`` or ``status`` is of a page; ``error`` is told on it, or to the client."""

    event: str
    level: int
    error: str | None = None
    notice: str | None = None
    status: int | None = None


EXPIRED = "WeChat's confirmation is no longer valid. Please start again."
BUSY = "WeChat was busy just now. Please start again."

FAILED = ("wechat.failed", logging.WARNING)
MISCONFIGURED = Told("wechat.misconfigured", logging.ERROR, error="server_error")

TOLD: dict[type[WeChatError], Told] = {
    WeChatBusy: Told(*FAILED, notice=BUSY),
    WeChatCodeRejected: Told(*FAILED, notice=EXPIRED),
    WeChatCodeUsed: Told(*FAILED, notice=EXPIRED),
    WeChatPersonRefused: Told(*FAILED, error="access_denied", status=403),
    WeChatUnavailable: Told(*FAILED, error="temporarily_unavailable"),
    WeChatMisconfigured: MISCONFIGURED,
    WeChatSecretRejected: MISCONFIGURED,
    WeChatAppidRejected: MISCONFIGURED,
    WeChatLimited: Told(
        "wechat.limited", logging.WARNING, error="temporarily_unavailable", status=503
    ),
}

# After the exchange there is no code left with which to come again.
TOLD_OF_A_PROFILE = TOLD | {
    WeChatLimited: Told("wechat.limited", logging.WARNING, notice=BUSY),
}


def said(number: int) -> Fault:
    """The errcode, and an errmsg that gives away what it should not."""
    errmsg = f"oSomebody secret-in-errmsg, rid: {RID} hints: [ req_id: x ]"
    return Fault(body=json.dumps({"errcode": number, "errmsg": errmsg}).encode())


def records(caplog: pytest.LogCaptureFixture) -> Iterator[logging.LogRecord]:
    return (record for record in caplog.records if record.name == "bridge")


@pytest.mark.parametrize("call", [Call.ACCESS_TOKEN, Call.USERINFO])
async def test_every_errcode_is_told_to_whom_it_concerns(
    a_world: World, caplog: pytest.LogCaptureFixture, call: Call
) -> None:
    await a_world.register()
    expected = TOLD if call is Call.ACCESS_TOKEN else TOLD_OF_A_PROFILE
    before = rows_of(a_world)
    for number in (*ERRCODES, *UNKNOWN):
        kind = type(error_for(number, "", call))
        url = await a_world.callback_url()
        a_world.simulator.faults.plan(
            call, *[said(number)] * (TRIES[call] if kind is WeChatBusy else 1)
        )
        caplog.clear()
        page = page_of(await a_world.browser.http.get(url))
        _check(page, expected[kind], number)
        _check_log(caplog, expected[kind], number, call)
        assert rows_of(a_world) == before, number
        assert "oSomebody" not in page.response.text + caplog.text
        assert "secret-in-errmsg" not in page.response.text + caplog.text
        a_world.clock.wind(60)
    assert (await a_world.answer())["code"]


def _check(page: Page, told: Told, number: int) -> None:
    if told.notice is not None:
        assert page.text("notice") == told.notice, number
        assert page.has("wechat-login"), number
    elif told.status is not None:
        assert page.response.status_code == told.status, number
        assert page.text("error") == told.error, number
        assert page.has("cancel"), number
    else:
        assert parameters_of(page.response)["error"] == told.error, number


def _check_log(caplog: pytest.LogCaptureFixture, told: Told, number: int, call: Call) -> None:
    (record,) = records(caplog)
    text = record.getMessage()
    assert record.levelno == told.level, number
    assert text.startswith(f"{told.event} client_id=rp appid="), number
    assert f"call={call} " in text, number
    assert f'cause="errcode {number}, rid {RID}"' in text, number
