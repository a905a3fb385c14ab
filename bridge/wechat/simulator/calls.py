"""The calls under ``/sns/``: who came back, and what they are called.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html
Each takes the parameters and returns the answer's members, or raises ``Refusal``. The order in
which WeChat checks is not documented: what is missing is told first here, then grant_type, appid,
quota, secret and code are judged in this order.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from bridge.wechat.simulator.accounts import Kind, SimulatedApplication
from bridge.wechat.simulator.avatars import picture_url
from bridge.wechat.simulator.errcodes import Refusal
from bridge.wechat.simulator.grants import (
    ACCESS_TOKEN_LIFETIME,
    REFRESH_TOKEN_LIFETIMES,
    Code,
    Grant,
)
from bridge.wechat.simulator.ids import openid_of, unionid_of
from bridge.wechat.simulator.paths import ACCESS_TOKEN, JSCODE2SESSION, REFRESH_TOKEN, USERINFO
from bridge.wechat.simulator.people import SimulatedPerson, virtual
from bridge.wechat.simulator.registers import Registers

Parameters = Mapping[str, str]

# With it openid is all that there is: no unionid, no profile.
SNSAPI_BASE = "snsapi_base"


@dataclass(frozen=True, slots=True)
class Calls:
    """With ``url``, where browsers reach the simulator, pictures lead there."""

    registers: Registers
    url: str | None

    def access_token(self, parameters: Parameters) -> dict[str, object]:
        application, code = self._redeemed(parameters, "code", ACCESS_TOKEN)
        person = self._seen(code)
        grant = self.registers.grants.grant(
            code,
            openid=openid_of(person, application),
            is_snapshotuser=person.is_snapshotuser,
            refresh_lifetime=REFRESH_TOKEN_LIFETIMES[application.kind],
            now=self.registers.now(),
        )
        answer = _token_answer(grant)
        if person.is_snapshotuser and self.registers.behaviour.tells_snapshot:
            answer["is_snapshotuser"] = 1
        if grant.scope == SNSAPI_BASE:
            return answer
        return answer | _unionid(unionid_of(person, application))

    def refresh_token(self, parameters: Parameters) -> dict[str, object]:
        """Without a secret, and the answer without a unionid, as it is at WeChat."""
        appid = _required(parameters, "appid", 41002)
        refresh_token = _required(parameters, "refresh_token", 41003)
        if parameters.get("grant_type") != "refresh_token":
            raise Refusal(40002)
        self.registers.quotas.spend(
            self._application(appid), REFRESH_TOKEN, now=self.registers.now()
        )
        return _token_answer(
            self.registers.grants.refresh(refresh_token, appid=appid, now=self.registers.now())
        )

    def auth(self, parameters: Parameters) -> dict[str, object]:
        self._grant(parameters)
        return {"errcode": 0, "errmsg": "ok"}

    def userinfo(self, parameters: Parameters) -> dict[str, object]:
        """``lang`` is taken and changes nothing: the region it would translate is empty."""
        grant = self._grant(parameters)
        application = self._application(grant.appid)
        self.registers.quotas.spend(application, USERINFO, now=self.registers.now())
        tells_snapshot = grant.is_snapshotuser and self.registers.behaviour.tells_snapshot
        if tells_snapshot or grant.scope == SNSAPI_BASE:
            # https://developers.weixin.qq.com/community/develop/doc/0006eec7030d28b7656ea683e55400
            raise Refusal(48001)
        person = self._seen(grant)
        answer: dict[str, object] = {
            "openid": grant.openid,
            "nickname": person.nickname,
            # As of 2021-10-20 sex and region are no longer told:
            # https://developers.weixin.qq.com/community/develop/doc/00028edbe3c58081e7cc834705b801
            "sex": 0,
            "language": "",
            "city": "",
            "province": "",
            "country": "",
            "headimgurl": picture_url(person.headimgurl, self.url),
            "privilege": [],
        }
        return answer | _unionid(unionid_of(person, application))

    def jscode2session(self, parameters: Parameters) -> dict[str, object]:
        """Of a mini program only, whose codes are good for nothing else.

        https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
        """
        application, code = self._redeemed(parameters, "js_code", JSCODE2SESSION)
        person = self._seen(code)
        session_key = sha256(self.registers.new_id().encode()).digest()[:16]
        answer: dict[str, object] = {
            "session_key": b64encode(session_key).decode(),
            "openid": openid_of(person, application),
        }
        return answer | _unionid(unionid_of(person, application))

    def _redeemed(
        self, parameters: Parameters, name: str, path: str
    ) -> tuple[SimulatedApplication, Code]:
        appid = _required(parameters, "appid", 41002)
        secret = _required(parameters, "secret", 41004)
        code = _required(parameters, name, 41008)
        if parameters.get("grant_type") != "authorization_code":
            raise Refusal(40002)
        application = self._application(appid)
        is_mini_program = application.kind is Kind.MINI_PROGRAM
        if not is_mini_program:
            self.registers.quotas.spend(application, path, now=self.registers.now())
        if not compare_digest(secret.encode(), application.secret.encode()):
            raise Refusal(40125)
        # https://developers.weixin.qq.com/community/develop/doc/000248310642781845f0489d061000
        if is_mini_program is not (path == JSCODE2SESSION):
            raise Refusal(40029)
        if is_mini_program:
            person = self.registers.grants.person_of(code)
            self.registers.quotas.spend(application, path, now=self.registers.now(), person=person)
        lifetime = self.registers.code_lifetimes[application.kind]
        return application, self.registers.grants.redeem(
            code, appid=appid, lifetime=lifetime, now=self.registers.now()
        )

    def _seen(self, given: Code | Grant) -> SimulatedPerson:
        """Who it is. Whoever is gone has closed their account."""
        person = self.registers.people.get(given.person)
        if person is None:
            raise Refusal(50002)
        return virtual(person) if given.is_snapshotuser else person

    def _application(self, appid: str) -> SimulatedApplication:
        application = self.registers.applications.get(appid)
        if application is None:
            raise Refusal(40013)
        return application

    def _grant(self, parameters: Parameters) -> Grant:
        access_token = _required(parameters, "access_token", 41001)
        openid = _required(parameters, "openid", 41009)
        grant = self.registers.grants.with_access_token(access_token, now=self.registers.now())
        if openid != grant.openid:
            raise Refusal(40003)
        return grant


def _required(parameters: Parameters, name: str, errcode: int) -> str:
    value = parameters.get(name)
    if not value:
        raise Refusal(errcode)
    return value


def _token_answer(grant: Grant) -> dict[str, object]:
    return {
        "access_token": grant.access_token,
        "expires_in": ACCESS_TOKEN_LIFETIME,
        "refresh_token": grant.refresh_token,
        "openid": grant.openid,
        "scope": grant.scope,
    }


def _unionid(unionid: str | None) -> dict[str, object]:
    return {} if unionid is None else {"unionid": unionid}
