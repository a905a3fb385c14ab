"""Every errcode at every call for a code that an app or a mini program hands in (RFC 8693)."""

from collections.abc import Mapping
from pathlib import Path

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
    WeChatPersonLimited,
    WeChatPersonRefused,
    WeChatSecretRejected,
    WeChatUnavailable,
)
from tests.journeys.exchanging import (
    APP,
    MINI_PROGRAM_CODE,
    MOBILE_CODE,
    PROGRAM,
    native_app,
    native_world,
    refused,
)
from tests.journeys.rows import rows_of
from tests.journeys.test_errcodes import RID, UNKNOWN, said
from tests.world import Clock

pytestmark = pytest.mark.anyio

TOLD: Mapping[type[WeChatError], tuple[str, int]] = {
    WeChatCodeRejected: ("invalid_request", 400),
    WeChatCodeUsed: ("invalid_request", 400),
    WeChatPersonRefused: ("access_denied", 400),
    WeChatBusy: ("temporarily_unavailable", 503),
    WeChatLimited: ("temporarily_unavailable", 503),
    WeChatPersonLimited: ("temporarily_unavailable", 503),
    WeChatUnavailable: ("temporarily_unavailable", 503),
    WeChatMisconfigured: ("server_error", 500),
    WeChatSecretRejected: ("server_error", 500),
    WeChatAppidRejected: ("server_error", 500),
}


@pytest.mark.parametrize(
    ("call", "appid", "kind_of_code"),
    [
        (Call.ACCESS_TOKEN, APP, MOBILE_CODE),
        (Call.USERINFO, APP, MOBILE_CODE),
        (Call.JSCODE2SESSION, PROGRAM, MINI_PROGRAM_CODE),
    ],
)
async def test_every_errcode_is_told_in_the_terms_of_the_protocol(
    tmp_path: Path,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    call: Call,
    appid: str,
    kind_of_code: str,
) -> None:
    async with native_world(tmp_path, clock) as opened:
        app = await native_app(opened, wechat_applications=(appid,))
        before = rows_of(opened)
        for number in (*ERRCODES, *UNKNOWN):
            caplog.clear()
            opened.simulator.faults.keep(call, said(number))
            response = await app.hand_in(app.code(appid=appid), subject_token_type=kind_of_code)
            error, status = TOLD[type(error_for(number, "", call))]
            assert refused(response, error, status), number
            assert rows_of(opened) == before, number
            assert f"errcode {number}, rid {RID}" in caplog.text, number
            assert "oSomebody" not in response.text + caplog.text
            clock.wind(60)
        opened.simulator.faults.keep(call, None)
        again = await app.hand_in(app.code(appid=appid), subject_token_type=kind_of_code)
        assert again.status_code == 200
