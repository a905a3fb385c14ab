"""The calls under ``/sns/``: who came back, and what they are called.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Authorized_Interface_Calling_UnionID.html
Every answer has status 200 and is JSON in UTF-8, declared as ``text/plain`` without a charset;
a failure is an ``errcode``. The order in which WeChat checks is not documented: what is missing
is told first here, then grant_type, appid, secret and code are judged in this order.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.accounts import (
    Applications,
    Kind,
    People,
    SimulatedApplication,
    openid_of,
    unionid_of,
)
from bridge.wechat.simulator.avatars import picture_url
from bridge.wechat.simulator.errcodes import Refusal, refusal_answer
from bridge.wechat.simulator.faults import Faults
from bridge.wechat.simulator.grants import ACCESS_TOKEN_LIFETIME, Grant, Grants
from bridge.wechat.simulator.parameters import first_values, read_form

Parameters = Mapping[str, str]
Call = Callable[[Parameters], dict[str, object]]

ACCESS_TOKEN = "/sns/oauth2/access_token"
REFRESH_TOKEN = "/sns/oauth2/refresh_token"
AUTH = "/sns/auth"
USERINFO = "/sns/userinfo"
PATHS = frozenset({ACCESS_TOKEN, REFRESH_TOKEN, AUTH, USERINFO})


@dataclass(frozen=True, slots=True)
class Api:
    applications: Applications
    people: People
    grants: Grants
    faults: Faults
    now: Callable[[], int]
    new_id: Callable[[], str]
    url: str | None
    code_lifetimes: Mapping[Kind, int]

    def routes(self) -> list[Route]:
        return [
            # Documented as GET; connectors of Keycloak and authgear POST a form, and are answered.
            self._route(ACCESS_TOKEN, self.access_token, takes_form=True),
            self._route(REFRESH_TOKEN, self.refresh_token),
            self._route(AUTH, self.auth),
            self._route(USERINFO, self.userinfo),
        ]

    def access_token(self, parameters: Parameters) -> dict[str, object]:
        appid = _required(parameters, "appid", 41002)
        secret = _required(parameters, "secret", 41004)
        code = _required(parameters, "code", 41008)
        if parameters.get("grant_type") != "authorization_code":
            raise Refusal(40002)
        application = self._application(appid)
        if not compare_digest(secret.encode(), application.secret.encode()):
            raise Refusal(40125)
        lifetime = self.code_lifetimes[application.kind]
        redeemed = self.grants.redeem(code, appid=appid, lifetime=lifetime, now=self.now())

        person = self.people[redeemed.person]
        if redeemed.is_snapshotuser:
            person = replace(person, is_snapshotuser=True)
        grant = self.grants.grant(
            redeemed,
            openid=openid_of(person, application),
            is_snapshotuser=person.is_snapshotuser,
            now=self.now(),
        )
        answer = _token_answer(grant)
        if person.is_snapshotuser:
            answer["is_snapshotuser"] = 1
        return answer | _unionid(unionid_of(person, application))

    def refresh_token(self, parameters: Parameters) -> dict[str, object]:
        """Without a secret, and the answer without a unionid, as it is at WeChat."""
        appid = _required(parameters, "appid", 41002)
        refresh_token = _required(parameters, "refresh_token", 41003)
        if parameters.get("grant_type") != "refresh_token":
            raise Refusal(40002)
        self._application(appid)
        return _token_answer(self.grants.refresh(refresh_token, appid=appid, now=self.now()))

    def auth(self, parameters: Parameters) -> dict[str, object]:
        self._grant(parameters)
        return {"errcode": 0, "errmsg": "ok"}

    def userinfo(self, parameters: Parameters) -> dict[str, object]:
        """``lang`` is taken and changes nothing: the region it would translate is empty."""
        grant = self._grant(parameters)
        if grant.is_snapshotuser:
            # https://developers.weixin.qq.com/community/develop/doc/0006eec7030d28b7656ea683e55400
            raise Refusal(48001)
        person = self.people[grant.person]
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
        return answer | _unionid(unionid_of(person, self.applications[grant.appid]))

    def _application(self, appid: str) -> SimulatedApplication:
        application = self.applications.get(appid)
        if application is None:
            raise Refusal(40013)
        return application

    def _grant(self, parameters: Parameters) -> Grant:
        access_token = _required(parameters, "access_token", 41001)
        openid = _required(parameters, "openid", 41009)
        grant = self.grants.with_access_token(access_token, now=self.now())
        if openid != grant.openid:
            raise Refusal(40003)
        return grant

    def _route(self, path: str, call: Call, *, takes_form: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            parameters = first_values(request.query_params.multi_items())
            if request.method == "POST":
                parameters |= await read_form(request)
            refused_method = request.method == "POST" and not takes_form
            return self._answer(path, _wants_get if refused_method else call, parameters)

        return Route(path, endpoint, methods=["GET", "POST"])

    def _answer(self, path: str, call: Call, parameters: Parameters) -> Response:
        fault = self.faults.take(path)
        if fault is None:
            return _response(self._body(call, parameters))
        body = self._body(call, parameters) if fault.carried_out else b""
        if fault.errcode is not None:
            body = self._refused(fault.errcode)
        return _response(fault.spoil(body), fault.status, fault.content_type)

    def _body(self, call: Call, parameters: Parameters) -> bytes:
        try:
            return _json(call(parameters))
        except Refusal as refusal:
            return self._refused(refusal.errcode)

    def _refused(self, errcode: int) -> bytes:
        return _json(refusal_answer(errcode, now=self.now(), request_id=self.new_id()))


def _required(parameters: Parameters, name: str, errcode: int) -> str:
    value = parameters.get(name)
    if not value:
        raise Refusal(errcode)
    return value


def _wants_get(_parameters: Parameters) -> dict[str, object]:
    raise Refusal(43001)


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


def _json(answer: dict[str, object]) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()


def _response(body: bytes, status: int = 200, content_type: str = "text/plain") -> Response:
    # As a header of its own, because a media type of text would be given a charset.
    return Response(body, status, {"content-type": content_type, "cache-control": "no-store"})
