"""One call to WeChat's API: to which host, how often, and what is made of its answer."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from bridge.connecting import NOT_CONNECTED
from bridge.telemetry import WeChatCall
from bridge.telemetry.wechat_call import BROKEN, GIVEN_UP, NONSENSE, OTHER, UNREACHABLE
from bridge.wechat.answers import read_answer
from bridge.wechat.errcodes import ERRCODES, Call
from bridge.wechat.errors import (
    WeChatBusy,
    WeChatCodeLost,
    WeChatCodeUsed,
    WeChatError,
    WeChatProxyFailed,
    WeChatUnavailable,
)
from bridge.wechat.hosts import HostsInTurn
from bridge.wechat.http_client import HttpClient
from bridge.wechat.proxy import proxys_fault

LARGEST_ANSWER = 65_536

SUCCESS = range(200, 300)

# Seconds before each further try of a call that WeChat was too busy for. A code is tried once more:
# -1 may have used it up.
# https://developers.weixin.qq.com/community/personal/oCJUswztflzzbJO5dWLCGHZ22XCQ/answer
# (as of 2026-11)
WITH_A_CODE = (0.2,)
WITH_A_TOKEN = (0.2, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class WeChatApi:
    http: HttpClient
    hosts: HostsInTurn
    sleep: Callable[[float], Awaitable[None]]
    by_proxy: bool = False

    async def call(
        self, call: Call, params: Mapping[str, str], *, again: Sequence[float] = WITH_A_CODE
    ) -> Mapping[str, Any]:
        """Return WeChat's answer, asking ``again`` while it is busy; raise a WeChatError."""
        was_busy = False
        for pause in again:
            try:
                return await self._tried(call, params, was_busy=was_busy)
            except WeChatBusy:
                was_busy = True
            await self.sleep(pause)
        return await self._tried(call, params, was_busy=was_busy)

    async def _tried(
        self, call: Call, params: Mapping[str, str], *, was_busy: bool
    ) -> Mapping[str, Any]:
        try:
            return await self._answer(call, params)
        except WeChatError as error:
            failure = error
        if was_busy and isinstance(failure, WeChatCodeUsed):
            failure = WeChatCodeLost(str(failure), errcode=failure.errcode)
        failure.call = call
        raise failure

    async def _answer(self, call: Call, params: Mapping[str, str]) -> Mapping[str, Any]:
        body, asked = await self._body(call, params)
        try:
            answer = read_answer(body, call)
        except WeChatError as error:
            asked.ended(_errcode_of(error))
            raise
        asked.ended("0")
        return answer

    async def _body(self, call: Call, params: Mapping[str, str]) -> tuple[bytes, WeChatCall]:
        """Fail over only while nothing has been sent: a code is good for one exchange."""
        failure = WeChatUnavailable("no host")
        for host in self.hosts.order():
            asked = WeChatCall(host, call)
            try:
                body = await self._get(URL(f"{host}{call}").with_query(params))
            except aiohttp.ClientError as error:
                # Neither the error nor its cause goes on: both hold the address with the secret.
                failure, may_go_on = self._missed(host, error)
                by_proxy = isinstance(failure, WeChatProxyFailed)
                asked.ended(UNREACHABLE if may_go_on or by_proxy else BROKEN)
                if not may_go_on:
                    break
            except WeChatUnavailable as nonsense:
                asked.ended(NONSENSE)
                self.hosts.failed(host)
                failure = nonsense
                break
            except BaseException:  # the time for the whole sign-in is over
                asked.ended(GIVEN_UP)
                raise
            else:
                self.hosts.answered(host)
                return body, asked
        raise failure

    def _missed(self, host: str, error: aiohttp.ClientError) -> tuple[WeChatUnavailable, bool]:
        """What went wrong, and whether another host may be tried."""
        fault = proxys_fault(error) if self.by_proxy else None
        if fault is not None and fault.concerns_all:
            return fault, False
        failure = fault or WeChatUnavailable(type(error).__name__)
        if fault is None and not isinstance(error, NOT_CONNECTED):
            self.hosts.failed(host)
            return failure, False
        self.hosts.unreachable(host)
        return failure, True

    async def _get(self, url: URL) -> bytes:
        async with self.http.get(url) as response:
            if response.status not in SUCCESS:
                raise WeChatUnavailable(f"HTTP status {response.status}")
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise WeChatUnavailable("the answer is too large")
        return bytes(body)


def _errcode_of(error: WeChatError) -> str:
    """A number that is in our table, as anything may stand in an answer."""
    if error.errcode is None:
        return NONSENSE
    return str(error.errcode) if error.errcode in ERRCODES else OTHER
