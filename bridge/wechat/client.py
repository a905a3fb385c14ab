"""The calls that this provider makes to WeChat for one application.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
(as of 2026-11)
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bridge.wechat.answers import read_access_token, read_id, read_openid, read_scope
from bridge.wechat.api import WITH_A_TOKEN, WeChatApi
from bridge.wechat.application import WeChatApplication
from bridge.wechat.errcodes import Call
from bridge.wechat.errors import (
    WeChatCodeRejected,
    WeChatError,
    WeChatMisconfigured,
    WeChatSnapshotUser,
    WeChatUnavailable,
)
from bridge.wechat.hosts import HostsInTurn, WeChatHosts
from bridge.wechat.http_client import Limits, open_http_client
from bridge.wechat.identity import WeChatIdentity
from bridge.wechat.invalid_codes import InvalidCodes
from bridge.wechat.profile import read_nickname, read_picture
from bridge.wechat.turns import Turns

PROFILE_SCOPES = frozenset({"snsapi_login", "snsapi_userinfo"})

UNAUTHORIZED = 48001


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
        application = self.application
        page = self.hosts.authorize + application.authorize_path
        before = _until_state(page, application.appid, application.scope, callback_uri)
        # Undocumented as of 2026-11. Without it WeChat for Android has gone to the callback two
        # times, with two codes: https://github.com/chanxuehong/wechat/issues/226
        after = "&connect_redirect=1" if application.kind == "official_account" else ""
        return f"{before}&state={quote(wechat_state, safe='')}{after}#wechat_redirect"

    async def identify(self, wechat_code: str, *, lang: str) -> WeChatIdentity:
        """Exchange the one-time code for the identity of the person who approved.

        ``lang`` is WeChat's: zh_CN, zh_TW or en. Raises a WeChatError.
        """
        exchanged = list[Mapping[str, Any]]()

        async def ask() -> WeChatIdentity:
            exchanged.append(await self._exchange(wechat_code))
            return await self._identity(exchanged[0], lang)

        try:
            return await self.turns.take(ask)
        except WeChatError as error:
            error.is_spent = bool(exchanged)
            raise

    async def probe(self) -> None:
        """Ask about a code that nobody has; raises what WeChat answers, always a WeChatError.

        WeChatCodeRejected is the good answer: AppID and AppSecret passed before the code failed.
        """
        await self.identify("000000000000probe000000000000000", lang="en")

    async def _exchange(self, wechat_code: str) -> Mapping[str, Any]:
        is_mini_program = self.application.kind == "mini_program"
        params = {
            "appid": self.application.appid,
            "secret": self.application.secret,
            "js_code" if is_mini_program else "code": wechat_code,
            "grant_type": "authorization_code",
        }
        call = Call.JSCODE2SESSION if is_mini_program else Call.ACCESS_TOKEN
        try:
            token = await self.api.call(call, params)
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
        if application.has_profile:
            profile = await self._profile(token, openid, lang)
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
            is_profile_told=bool(profile),
        )

    async def _profile(self, token: Mapping[str, Any], openid: str, lang: str) -> Mapping[str, Any]:
        params = {"access_token": read_access_token(token), "openid": openid, "lang": lang}
        granted = read_scope(token)
        if granted and not PROFILE_SCOPES & granted:
            # Whoever writes snsapi_base into the address would come without their unionid, and be
            # somebody else here.
            raise WeChatCodeRejected("less was granted than was asked for")
        try:
            return await self.api.call(Call.USERINFO, params, again=WITH_A_TOKEN)
        except WeChatMisconfigured as error:
            refused = error
        if refused.errcode == UNAUTHORIZED and self.application.kind == "official_account":
            # What a virtual account is told whose flag was missing in the token answer; an account
            # without the right to ask is refused on WeChat's own page already (as of 2026-11):
            # https://developers.weixin.qq.com/community/develop/doc/0006eec7030d28b7656ea683e55400
            suspicion = WeChatSnapshotUser(str(refused), errcode=refused.errcode)
            suspicion.call = refused.call
            raise suspicion
        raise refused


@lru_cache(maxsize=128)  # as many as there are applications
def _until_state(page: str, appid: str, scope: str, callback_uri: str) -> str:
    parameters = {
        "appid": appid,
        "redirect_uri": callback_uri,
        "response_type": "code",
        "scope": scope,
    }
    return f"{page}?{urlencode(parameters, quote_via=quote, safe='')}"


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
    async with open_http_client(limits, ca_file, hosts.proxy) as http:
        api = WeChatApi(
            http, HostsInTurn(hosts.api, now=now), sleep, by_proxy=hosts.proxy is not None
        )
        yield WeChatClient(application, hosts, api, Turns(limits, now=now))
