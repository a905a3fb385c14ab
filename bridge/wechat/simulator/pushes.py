"""What the simulated WeChat tells developers of its own accord, in the three modes of its console.

A push that is not answered ``success``, or with nothing, within five seconds is sent again at
once, three times in all
(https://developers.weixin.qq.com/community/develop/doc/000c6cde734cc05249730c8e96b800).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlencode

import httpx

from bridge.wechat.simulator.push_messages import Members, PushFormat, sealed, signed, written

TRIES = 3

OK = 200

# Seconds
PATIENCE = 5

# FromUserName of such pushes: the platform's own, whoever it is about
PLATFORM = "owAqB1v0ahK_Xlc7GshIDdf2yf7E"


class PushMode(StrEnum):
    """消息加解密方式 in the console."""

    PLAIN = "plain"  # 明文模式
    COMPATIBLE = "compatible"  # 兼容模式
    SECURE = "secure"  # 安全模式


@dataclass(frozen=True, slots=True, kw_only=True)
class PushTarget:
    """What a developer has entered in the console for one application."""

    url: str
    token: str
    encoding_aes_key: str = ""
    mode: PushMode = PushMode.SECURE
    format: PushFormat = PushFormat.XML

    def __post_init__(self) -> None:
        if not self.url or not self.token:
            raise ValueError("pushes need a url and a token")
        if self.mode is not PushMode.PLAIN and not self.encoding_aes_key:
            raise ValueError("the compatible and the secure mode need an encoding_aes_key")


@dataclass(frozen=True, slots=True)
class PushRequest:
    """A request as it goes out; the same one may be sent again."""

    url: str
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """``status`` is 0 where there was no answer."""

    status: int
    text: str

    @property
    def is_success(self) -> bool:
        return self.status == OK and self.text in {"success", ""}


@dataclass(slots=True)
class Pushes:
    """Sends them. ``targets`` is by appid, and may be changed while it runs."""

    now: Callable[[], int]
    new_id: Callable[[], str]
    new_client: Callable[[], httpx.AsyncClient] = httpx.AsyncClient
    targets: dict[str, PushTarget] = field(default_factory=dict[str, PushTarget])

    async def check_url(self, appid: str) -> bool:
        """Ask again what the console asked: is it the developer who answers there?"""
        return await self.answers_check(self.targets[appid])

    async def answers_check(self, target: PushTarget) -> bool:
        """Ask as the console does when a developer submits a URL."""
        echostr = str(self._number("echostr"))
        timestamp, nonce = str(self.now()), str(self._number("nonce"))
        query = {
            "signature": signed(target.token, timestamp, nonce),
            "echostr": echostr,
            "timestamp": timestamp,
            "nonce": nonce,
        }
        async with self.new_client() as client:
            answer = await _ask(client, "GET", _with(target.url, query))
        return answer.status == OK and answer.text == echostr

    async def send(self, appid: str, members: Members) -> list[PushAnswer]:
        """Push a message to whoever is configured; return the answers, one for each try.

        An application without a target gets nothing.
        """
        answers: list[PushAnswer] = []
        if appid not in self.targets:
            return answers
        async with self.new_client() as client:
            while not answers or (len(answers) < TRIES and not answers[-1].is_success):
                request = self.request(appid, members)
                answers.append(await deliver(client, request))
        return answers

    def request(self, appid: str, members: Members) -> PushRequest:
        """Return the request of one try: every one has a time and a nonce of its own."""
        target = self.targets[appid]
        timestamp, nonce = str(self.now()), str(self._number("nonce"))
        query = {
            "signature": signed(target.token, timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": str(members.get("FromUserName", "")),
        }
        if target.mode is not PushMode.PLAIN:
            encrypt = sealed(
                written(members, target.format),
                encoding_aes_key=target.encoding_aes_key,
                appid=appid,
                random=self.new_id().encode()[:16].ljust(16, b"0"),
            )
            query["encrypt_type"] = "aes"
            query["msg_signature"] = signed(target.token, timestamp, nonce, encrypt)
            outside = members
            if target.mode is PushMode.SECURE:
                outside = {"ToUserName": members["ToUserName"]}
            members = {**outside, "Encrypt": encrypt}
        body = written(members, target.format)
        return PushRequest(_with(target.url, query), body, target.format.media_type)

    def change(self, event: str, appid: str, openid: str, **more: str) -> Members:
        """Return the message of a change of what a person authorized (授权用户信息变更)."""
        return {
            "ToUserName": f"gh_{sha256(appid.encode()).hexdigest()[:12]}",
            "FromUserName": PLATFORM,
            "CreateTime": self.now(),
            "MsgType": "event",
            "Event": event,
            "OpenID": openid,
            "AppID": appid,
            **more,
        }

    def _number(self, purpose: str) -> int:
        digest = sha256(f"{purpose} {self.new_id()}".encode()).digest()
        return int.from_bytes(digest[:4], "big")


async def deliver(client: httpx.AsyncClient, request: PushRequest) -> PushAnswer:
    """Send a request once, as it is."""
    return await _ask(client, "POST", request.url, request.body, request.media_type)


async def _ask(
    client: httpx.AsyncClient, method: str, url: str, body: bytes = b"", media_type: str = ""
) -> PushAnswer:
    headers = {"Content-Type": media_type} if media_type else {}
    try:
        response = await client.request(
            method, url, content=body, headers=headers, timeout=PATIENCE
        )
    except httpx.HTTPError:
        return PushAnswer(0, "")
    return PushAnswer(response.status_code, response.text)


def _with(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
