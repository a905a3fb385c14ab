"""``/control/behaviour`` and ``/control/login_codes``: what browsers and apps meet at WeChat."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from bridge.wechat.simulator.accounts import SCOPES, Kind, SimulatedApplication
from bridge.wechat.simulator.control.resource import Asked, BadControl, Body, Resource
from bridge.wechat.simulator.registers import Registers

Shown = dict[str, Any]

# What a code is for where the request does not say: the SDK of apps asks for the profile, and
# wx.login() of a mini program has no scope.
_SCOPES = {
    Kind.WEBSITE: "snsapi_login",
    Kind.OFFICIAL_ACCOUNT: "snsapi_userinfo",
    Kind.MOBILE: "snsapi_userinfo",
    Kind.MINI_PROGRAM: "",
}


class LoginCode(Body):
    """Whose code, for which application."""

    appid: str
    person: str
    scope: str | None = None
    is_snapshotuser: bool = False


@dataclass(frozen=True, slots=True)
class BrowserControl:
    """Switches for what browsers meet, and codes without one."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource("/behaviour", get=self.get, put=self.put, delete=self.delete),
            Resource("/login_codes", post=self.post_code),
        ]

    def get(self, _asked: Asked) -> Shown:
        return shown_behaviour(self.registers)

    def put(self, asked: Asked) -> Shown:
        members, changed = asked.members(), replace(self.registers.behaviour)
        try:
            changed.change(**members)
        except ValueError as error:
            raise BadControl(str(error)) from None
        for key in (changed.person, *changed.followers):
            if key and self.registers.people.get(key) is None:
                raise BadControl(f"nobody has the key {key}")
        self.registers.behaviour.change(**members)
        return self.get(asked)

    def delete(self, asked: Asked) -> Shown:
        self.registers.restore_behaviour()
        return self.get(asked)

    def post_code(self, asked: Asked) -> Shown:
        """As ``wx.login()`` gives a mini program its code, and the SDK's ``sendReq`` an app."""
        sent = asked.read(LoginCode)
        application = self.registers.applications.get(sent.appid)
        if application is None:
            raise BadControl("appid: no application has it")
        if self.registers.people.get(sent.person) is None:
            raise BadControl("person: nobody has this key")
        code = self.registers.grants.issue_code(
            appid=sent.appid,
            person=sent.person,
            scope=_scope(application, sent.scope),
            now=self.registers.now(),
            is_snapshotuser=sent.is_snapshotuser,
        )
        return {"code": code, "expires_in": self.registers.code_lifetimes[application.kind]}


def shown_behaviour(registers: Registers) -> Shown:
    return asdict(registers.behaviour)


def _scope(application: SimulatedApplication, asked: str | None) -> str:
    default = _SCOPES[application.kind]
    if asked is None:
        return default
    allowed = sorted(SCOPES[application.kind] | {default})
    if asked not in allowed:
        raise BadControl(f"scope: of this application it is {' or '.join(allowed) or 'none'}")
    return asked
