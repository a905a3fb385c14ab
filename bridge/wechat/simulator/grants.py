"""The codes and tokens that the simulated WeChat has given out. They live in memory.

A code is good for one exchange, and not for long; an access token for two hours, a refresh token
for 30 days:
https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256, sha512
from typing import TypeVar

from bridge.wechat.simulator.accounts import Kind
from bridge.wechat.simulator.errcodes import Refusal

# Seconds. As of 2026-11 the guide of website applications grants ten minutes, that of official
# accounts five, and none is written for the others:
# https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
# https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
CODE_LIFETIMES = {
    Kind.WEBSITE: 600,
    Kind.OFFICIAL_ACCOUNT: 300,
    Kind.MOBILE: 300,
    Kind.MINI_PROGRAM: 300,
}
ACCESS_TOKEN_LIFETIME = 7200
DAY = 86_400
# As of 2026-11 the page of mobile applications grants 180 days, the others 30:
# https://developers.weixin.qq.com/doc/oplatform/Mobile_App/WeChat_Login/Authorized_API_call_UnionID.html
REFRESH_TOKEN_LIFETIMES = {
    Kind.WEBSITE: 30 * DAY,
    Kind.OFFICIAL_ACCOUNT: 30 * DAY,
    Kind.MOBILE: 180 * DAY,
}

TOKEN_LENGTH = 89

T = TypeVar("T")


@dataclass(slots=True)
class Code:
    """``is_snapshotuser``: it was given out on a snapshot page (快照页), to whomever."""

    appid: str
    person: str
    scope: str
    issued_at: int
    is_snapshotuser: bool = False
    used: bool = False


@dataclass(slots=True)
class Grant:
    """What an application may do for a person until ``refresh_until``."""

    appid: str
    person: str
    openid: str
    scope: str
    is_snapshotuser: bool
    access_token: str
    expires_at: int
    refresh_token: str
    refresh_until: int


G = TypeVar("G", Code, Grant)


@dataclass(slots=True)
class Grants:
    """``new_id`` gives unguessable text; codes and tokens are as good as that.

    Of more than ``remembered`` codes, or tokens of a kind, the oldest are forgotten.
    """

    new_id: Callable[[], str]
    remembered: int = 100_000
    _codes: dict[str, Code] = field(default_factory=dict[str, Code])
    _by_access_token: dict[str, Grant] = field(default_factory=dict[str, Grant])
    _by_refresh_token: dict[str, Grant] = field(default_factory=dict[str, Grant])

    def issue_code(
        self, *, appid: str, person: str, scope: str, now: int, is_snapshotuser: bool = False
    ) -> str:
        """Return a new code: 32 letters and digits."""
        digest = urlsafe_b64encode(sha256(self.new_id().encode()).digest()).decode()
        code = digest.replace("-", "0").replace("_", "1")[:32]
        self._remember(self._codes, code, Code(appid, person, scope, now, is_snapshotuser))
        return code

    def redeem(self, code: str, *, appid: str, lifetime: int, now: int) -> Code:
        """Use a code up that is not older than its lifetime in seconds.

        Raises ``Refusal``: 40029, 40163 or 42003.
        """
        found = self._codes.get(code)
        if found is None or found.appid != appid:
            raise Refusal(40029)
        if found.used:
            raise Refusal(40163)
        if now >= found.issued_at + lifetime:
            raise Refusal(42003)
        found.used = True
        return found

    def grant(
        self, code: Code, *, openid: str, is_snapshotuser: bool, refresh_lifetime: int, now: int
    ) -> Grant:
        grant = Grant(
            appid=code.appid,
            person=code.person,
            openid=openid,
            scope=code.scope,
            is_snapshotuser=is_snapshotuser,
            access_token=self._new_token(),
            expires_at=now + ACCESS_TOKEN_LIFETIME,
            refresh_token=self._new_token(),
            refresh_until=now + refresh_lifetime,
        )
        self._remember(self._by_access_token, grant.access_token, grant)
        self._remember(self._by_refresh_token, grant.refresh_token, grant)
        return grant

    def refresh(self, refresh_token: str, *, appid: str, now: int) -> Grant:
        """Prolong the access token, or replace it if it has expired. Raises ``Refusal``."""
        grant = self._by_refresh_token.get(refresh_token)
        if grant is None or grant.appid != appid:
            raise Refusal(40030)
        if now >= grant.refresh_until:
            raise Refusal(42002)
        if now >= grant.expires_at:
            grant.access_token = self._new_token()
            self._remember(self._by_access_token, grant.access_token, grant)
        grant.expires_at = now + ACCESS_TOKEN_LIFETIME
        return grant

    def with_access_token(self, access_token: str, *, now: int) -> Grant:
        """Raises ``Refusal``: 40014 for what is no token, 40001 for an unknown one, 42001."""
        if not access_token.isascii() or len(access_token) != TOKEN_LENGTH:
            raise Refusal(40014)
        grant = self._by_access_token.get(access_token)
        if grant is None:
            raise Refusal(40001)
        # A token that was replaced had expired before.
        if grant.access_token != access_token or now >= grant.expires_at:
            raise Refusal(42001)
        return grant

    def withdraw(self, appid: str, person: str) -> None:
        """Forget every code and token that the person gave this application."""
        self._codes = _without(self._codes, appid, person)
        self._by_access_token = _without(self._by_access_token, appid, person)
        self._by_refresh_token = _without(self._by_refresh_token, appid, person)

    def appid_of(self, access_token: str) -> str | None:
        grant = self._by_access_token.get(access_token)
        return None if grant is None else grant.appid

    def person_of(self, code: str) -> str:
        """Whose code it is, used up or not; nobody's is empty text."""
        found = self._codes.get(code)
        return "" if found is None else found.person

    def _new_token(self) -> str:
        digest = urlsafe_b64encode(sha512(self.new_id().encode()).digest()).decode()
        return f"87_{digest.rstrip('=')}"

    def _remember(self, register: dict[str, T], key: str, value: T) -> None:
        register[key] = value
        if len(register) > self.remembered:
            del register[next(iter(register))]


def _without(register: dict[str, G], appid: str, person: str) -> dict[str, G]:
    return {
        text: given
        for text, given in register.items()
        if (given.appid, given.person) != (appid, person)
    }
