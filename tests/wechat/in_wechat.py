"""WeChat's own browser, as its user agent says, at the page that opens within WeChat."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx

from bridge.wechat.simulator.behaviour import Behaviour
from tests.wechat.simulated_wechat import ASKED, OFFICIAL_ACCOUNT, ServedWeChat

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003252) NetType/WIFI"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/122.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI "
    "MiniProgramEnv/Windows WindowsWechat/WMPF WindowsWechat(0x63090a13) XWEB/8555"
)
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/107.0.0.0 Safari/537.36 MicroMessenger/6.8.0(0x16080000) NetType/WIFI "
    "MiniProgramEnv/Mac MacWechat/WMPF MacWechat/3.8.7(0x13080712) XWEB/1191"
)
WECOM = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Mobile/15E148 wxwork/4.1.9 MicroMessenger/7.0.1 Language/zh"
)


@dataclass
class InWeChat:
    """The browser of a WeChat, which opens ``/connect/oauth2/authorize``."""

    wechat: ServedWeChat
    user_agent: str = ANDROID
    asked: dict[str, str] = field(
        default_factory=lambda: ASKED | {"appid": OFFICIAL_ACCOUNT, "scope": "snsapi_userinfo"}
    )

    @property
    def behaviour(self) -> Behaviour:
        return self.wechat.simulator.behaviour

    def query(self, **changed: str | None) -> str:
        sent = {name: value for name, value in (self.asked | changed).items() if value is not None}
        return urlencode(sent)

    async def open(self, **changed: str | None) -> httpx.Response:
        return await self.open_query(self.query(**changed))

    async def open_query(self, query: str) -> httpx.Response:
        return await self.wechat.browser.get(
            f"/connect/oauth2/authorize?{query}", headers={"user-agent": self.user_agent}
        )

    async def answer(
        self, person: str = "zhang-wei", choice: str = "approve", /, **changed: str | None
    ) -> httpx.Response:
        return await self.wechat.browser.post(
            f"/connect/oauth2/authorize?{self.query(**changed)}",
            data={"person": person, "answer": choice},
            headers={"user-agent": self.user_agent},
        )

    @staticmethod
    def told(redirection: httpx.Response) -> tuple[str, str, str]:
        """The address, the code and the state."""
        uri = urlsplit(redirection.headers["location"])
        parameters = parse_qs(uri.query, keep_blank_values=True)
        return uri._replace(query="").geturl(), parameters["code"][0], parameters["state"][0]

    async def exchange(self, code: str) -> dict[str, Any]:
        return await self.wechat.exchange(code, appid=OFFICIAL_ACCOUNT)

    async def openid(self, redirection: httpx.Response) -> str:
        openid: str = (await self.exchange(self.told(redirection)[1]))["openid"]
        return openid
