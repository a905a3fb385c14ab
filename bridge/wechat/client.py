"""The calls that this provider makes to WeChat for one application.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
(as of 2026-11)
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import httpx

from bridge.wechat.answers import read_access_token, read_answer, read_id, read_openid
from bridge.wechat.application import WeChatApplication
from bridge.wechat.errors import WeChatSnapshotUser, WeChatUnavailable
from bridge.wechat.http_client import Timeouts, create_http_client
from bridge.wechat.identity import WeChatIdentity
from bridge.wechat.profile import read_nickname, read_picture

LARGEST_ANSWER = 65_536

USERINFO = "/sns/userinfo"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeChatHosts:
    """Origins. The API's are tried in order while no connection comes about."""

    api: tuple[str, ...] = ("https://api.weixin.qq.com", "https://api2.weixin.qq.com")
    authorize: str = "https://open.weixin.qq.com"


@dataclass(frozen=True, slots=True)
class WeChatClient:
    application: WeChatApplication
    hosts: WeChatHosts
    http: httpx.AsyncClient
    # Seconds, for all calls of one sign-in
    total_timeout: float

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
        try:
            async with asyncio.timeout(self.total_timeout):
                return await self._identify(wechat_code, lang)
        except TimeoutError:
            failure = WeChatUnavailable("no answer in time")
        raise failure  # here, so that what it came from does not come along

    async def probe(self) -> None:
        """Ask about a code that nobody has; raises what WeChat answers, always a WeChatError.

        WeChatCodeRejected is the good answer: AppID and AppSecret passed before the code failed.
        """
        await self.identify("000000000000probe000000000000000", lang="en")

    async def _identify(self, wechat_code: str, lang: str) -> WeChatIdentity:
        application = self.application
        token = await self._call(
            "/sns/oauth2/access_token",
            {
                "appid": application.appid,
                "secret": application.secret,
                "code": wechat_code,
                "grant_type": "authorization_code",
            },
        )
        # The only place where WeChat says so: /sns/userinfo does not. All but a plain no is yes.
        if token.get("is_snapshotuser") not in (None, "", 0, "0"):
            raise WeChatSnapshotUser("virtual account")
        openid, unionid = read_openid(token), read_id(token, "unionid")
        profile: Mapping[str, Any] = {}
        if application.wants_profile:
            profile = await self._call(
                USERINFO,
                {"access_token": read_access_token(token), "openid": openid, "lang": lang},
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

    async def _call(self, path: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        """Return WeChat's answer. It fails over only while nothing has been sent."""
        failure = WeChatUnavailable("no host")
        for host in self.hosts.api:
            try:
                body = await self._get(f"{host}{path}", params)
                return read_answer(body, of_userinfo=path == USERINFO)
            except httpx.HTTPError as error:
                # Neither the error nor its cause goes on: both hold the address with the secret.
                failure = WeChatUnavailable(f"{path}: {_name_of(error)}")
                if not _never_connected(error):
                    break
        raise failure

    async def _get(self, url: str, params: Mapping[str, str]) -> bytes:
        async with self.http.stream("GET", url, params=params) as response:
            if not response.is_success:
                raise WeChatUnavailable(f"HTTP status {response.status_code}")
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_ANSWER:
                    raise WeChatUnavailable("the answer is too large")
        return bytes(body)


@asynccontextmanager
async def wechat_client(
    application: WeChatApplication, hosts: WeChatHosts, timeouts: Timeouts, ca_file: Path | None
) -> AsyncGenerator[WeChatClient]:
    """Open a client, and close its connections at the end."""
    async with create_http_client(timeouts, ca_file) as http:
        yield WeChatClient(application, hosts, http, timeouts.total)


def _never_connected(error: httpx.HTTPError) -> bool:
    """Whether nothing can have been sent.

    The transport reports a connection that broke later as ConnectTimeout, too (httpx-aiohttp
    0.2): only its cause tells.
    """
    return isinstance(
        error.__cause__, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError
    )


def _name_of(error: httpx.HTTPError) -> str:
    """What happened, as a name; aiohttp's where it has one, for the same reason."""
    cause = error.__cause__
    return type(cause if isinstance(cause, aiohttp.ClientError) else error).__name__
