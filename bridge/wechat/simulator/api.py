"""The addresses of the calls under ``/sns/``, and what happens to a call on its way.

Every answer has status 200 and is JSON in UTF-8, declared as ``text/plain`` without a charset;
a failure is an ``errcode``. What the disturbances say of a call is done to it here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.answering import answered, as_json, spoilt
from bridge.wechat.simulator.calls import Calls, Parameters
from bridge.wechat.simulator.disturbances import Disturbances
from bridge.wechat.simulator.errcodes import Refusal, refusal_answer
from bridge.wechat.simulator.parameters import first_values, read_form
from bridge.wechat.simulator.paths import (
    ACCESS_TOKEN,
    AUTH,
    JSCODE2SESSION,
    REFRESH_TOKEN,
    USERINFO,
)

Call = Callable[[Parameters], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Api:
    calls: Calls
    disturbances: Disturbances
    sleep: Callable[[float], Awaitable[None]]

    def routes(self) -> list[Route]:
        return [
            # Documented as GET; connectors of Keycloak and authgear POST a form, and are answered.
            self._route(ACCESS_TOKEN, self.calls.access_token, takes_form=True),
            self._route(REFRESH_TOKEN, self.calls.refresh_token),
            self._route(AUTH, self.calls.auth),
            self._route(USERINFO, self.calls.userinfo),
            self._route(JSCODE2SESSION, self.calls.jscode2session),
        ]

    def _route(self, path: str, call: Call, *, takes_form: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            parameters = first_values(request.query_params.multi_items())
            if request.method == "POST":
                parameters |= await read_form(request)
            refused_method = request.method == "POST" and not takes_form
            return await self._answer(path, _wants_get if refused_method else call, parameters)

        return Route(path, endpoint, methods=["GET", "POST"])

    async def _answer(self, path: str, call: Call, parameters: Parameters) -> Response:
        """The call has its effect when it arrives, and the answer is what takes its time."""
        appid = self._appid(parameters)
        fault = self.disturbances.take(path, appid)
        body = self._body(call, parameters) if fault is None or fault.carried_out else b""
        latency = self.disturbances.latency(path, appid)
        if latency:
            await self.sleep(latency)
        if fault is None:
            return answered(body)
        if fault.errcode is not None:
            body = self._refused(fault.errcode, fault.errmsg)
        return spoilt(fault.spoil(body), fault)

    def _appid(self, parameters: Parameters) -> str | None:
        """Whose call it is, as far as it says so."""
        access_token = parameters.get("access_token")
        return parameters.get("appid") or (
            self.calls.registers.grants.appid_of(access_token) if access_token else None
        )

    def _body(self, call: Call, parameters: Parameters) -> bytes:
        try:
            return as_json(call(parameters))
        except Refusal as refusal:
            return self._refused(refusal.errcode)

    def _refused(self, errcode: int, errmsg: str | None = None) -> bytes:
        now, request_id = self.calls.registers.now(), self.calls.registers.new_id()
        return as_json(refusal_answer(errcode, errmsg, now=now, request_id=request_id))


def _wants_get(_parameters: Parameters) -> dict[str, object]:
    raise Refusal(43001)
