"""The calls that this provider makes to WeChat for one application.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
(as of 2026-11)
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bridge.wechat.answers import read_access_token, read_id, read_openid
from bridge.wechat.api import WITH_A_TOKEN, WeChatApi
from bridge.wechat.application import WeChatApplication
from bridge.wechat.errcodes import Call
from bridge.wechat.errors import (
    WeChatCodeRejected,
    WeChatError,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from bridge.wechat.hosts import HostsInTurn, WeChatHosts
from bridge.wechat.http_client import Limits, create_http_client
from bridge.wechat.identity import WeChatIdentity
from bridge.wechat.invalid_codes import InvalidCodes
from bridge.wechat.profile import read_nickname, read_picture
from bridge.wechat.turns import Turns


@dataclass(frozen=True, slots=True)
class WeChatClient:
    application: WeChatApplication
    hosts: WeChatHosts
    api: WeChatApi
    turns: Turns
    invalid_codes: InvalidCodes = field(default_factory=InvalidCodes)

    @property
    def total_timeout(self) -> float:
        """Seconds, for all calls of one sign-in."""
        return self.turns.total_timeout

    def authorization_url(self, *, callback_uri: str, wechat_state: str) -> str:
        """Where to send the person. The order is WeChat's, and so is the fragment."""
        query = urlencode(
            {
                "appid": self.application.appid,
                "redirect_uri": callback_uri,
                "response_type": "code",
                "scope": self.application.scope,
                "state": wechat_state,
            },
            quote_via=quote,
            safe="",
        )
        return f"{self.hosts.authorize}{self.application.authorize_path}?{query}#wechat_redirect"

    async def identify(self, wechat_code: str, *, lang: str) -> WeChatIdentity:
        """Exchange the one-time code for the identity of the person who approved.

        ``lang`` is WeChat's: zh_CN, zh_TW or en. Raises a WeChatError.
        """
        return await self.turns.take(lambda: self._identify(wechat_code, lang))

    async def probe(self) -> None:
        """Ask about a code that nobody has; raises what WeChat answers, always a WeChatError.

        WeChatCodeRejected is the good answer: AppID and AppSecret passed before the code failed.
        """
        await self.identify("000000000000probe000000000000000", lang="en")

    async def _identify(self, wechat_code: str, lang: str) -> WeChatIdentity:
        token = await self._exchange(wechat_code)
        try:
            return await self._identity(token, lang)
        except WeChatError as error:
            error.is_spent = True
            raise

    async def _exchange(self, wechat_code: str) -> Mapping[str, Any]:
        params = {
            "appid": self.application.appid,
            "secret": self.application.secret,
            "code": wechat_code,
            "grant_type": "authorization_code",
        }
        try:
            token = await self.api.call(Call.ACCESS_TOKEN, params)
        except WeChatCodeRejected as error:
            raise self.invalid_codes.judge(error) from None
        self.invalid_codes.good()
        return token

    async def _identity(self, token: Mapping[str, Any], lang: str) -> WeChatIdentity:
        # The only place where WeChat says so: /sns/userinfo does not. All but a plain no is yes.
        if token.get("is_snapshotuser") not in (None, "", 0, "0"):
            raise WeChatSnapshotUser("virtual account")
        application = self.application
        openid, unionid = read_openid(token), read_id(token, "unionid")
        profile: Mapping[str, Any] = {}
        if application.wants_profile:
            profile = await self.api.call(
                Call.USERINFO,
                {"access_token": read_access_token(token), "openid": openid, "lang": lang},
                again=WITH_A_TOKEN,
            )
            told = read_id(profile, "unionid")
            if read_openid(profile) != openid or (unionid and told not in (None, unionid)):
                raise WeChatUnavailable("the two answers are about different people")
            unionid = unionid or told
        return WeChatIdentity(
            appid=application.appid,
            platform_account=application.platform_account,
            openid=openid,
            unionid=unionid,
            nickname=read_nickname(profile.get("nickname")),
            picture=read_picture(profile.get("headimgurl"), other_hosts=self.hosts.api),
        )


@asynccontextmanager
async def wechat_client(
    application: WeChatApplication,
    hosts: WeChatHosts,
    limits: Limits,
    ca_file: Path | None,
    *,
    now: Callable[[], int],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncGenerator[WeChatClient]:
    """Open a client, and close its connections at the end. ``now`` is in seconds."""
    async with create_http_client(limits, ca_file) as http:
        api = WeChatApi(http, HostsInTurn(hosts.api, now=now), sleep)
        yield WeChatClient(application, hosts, api, Turns(limits, now=now))
