"""``/control/pushes``: where developers want to be told, and what they are told now."""

from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from bridge.wechat.simulator.changes import CHANGES, withdraw
from bridge.wechat.simulator.control.resource import Asked, BadControl, Body, Resource
from bridge.wechat.simulator.push_messages import PushFormat
from bridge.wechat.simulator.pushes import PushMode, PushTarget
from bridge.wechat.simulator.registers import Registers

Shown = dict[str, Any]

EVENTS = ", ".join(CHANGES)


class Target(Body):
    """What the console asks for. With ``check`` the URL is tried, as by the console."""

    url: Annotated[str, Field(pattern=r"^https?://[!-~]{1,1000}$")] = ""
    token: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{3,32}$")] = ""
    encoding_aes_key: Annotated[str, Field(pattern=r"^([A-Za-z0-9]{43})?$")] = ""
    mode: PushMode = PushMode.SECURE
    format: PushFormat = PushFormat.XML
    # Named apart from what the console keeps
    check_url: bool = True


class Happening(Body):
    """``revoke_info`` is for a withdrawal of a part."""

    event: str
    person: str
    revoke_info: Annotated[str, Field(pattern=r"^[0-9]{1,4}$")] | None = None


@dataclass(frozen=True, slots=True)
class PushControl:
    """By appid: where to push, and pushing."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource("/pushes", get=self.get_all),
            Resource(
                "/pushes/{appid}", get=self.get, put=self.put, post=self.post, delete=self.delete
            ),
        ]

    def _appid(self, asked: Asked) -> str:
        appid = asked.names["appid"]
        if self.registers.applications.get(appid) is None:
            raise BadControl("no application has this appid", 404)
        return appid

    def get(self, asked: Asked) -> Shown | None:
        return _shown(self.registers.pushes.targets.get(self._appid(asked)))

    async def put(self, asked: Asked) -> Shown | None:
        """Enter a URL, and let it be tried first: the console takes none that does not answer."""
        appid, sent = self._appid(asked), asked.read(Target)
        targets, given = self.registers.pushes.targets, sent.given()
        given.pop("check_url", None)
        before = targets.get(appid)
        try:
            target = PushTarget(**given) if before is None else replace(before, **given)
        except (TypeError, ValueError):
            raise BadControl(
                "a url and a token are needed, and an encoding_aes_key unless mode is plain"
            ) from None
        if sent.check_url and not await self.registers.pushes.answers_check(target):
            raise BadControl("the url did not answer with echostr; check_url false leaves that out")
        targets[appid] = target
        return self.get(asked)

    async def post(self, asked: Asked) -> Shown:
        """Let something happen between a person and the application, and tell its developer."""
        appid, happening = self._appid(asked), asked.read(Happening)
        if self.registers.people.get(happening.person) is None:
            raise BadControl("person: nobody has this key")
        if happening.event not in CHANGES:
            raise BadControl(f"event: one of {EVENTS}")
        change = CHANGES[happening.event]
        if change is withdraw and happening.revoke_info is not None:
            answers = await withdraw(self.registers, appid, happening.person, happening.revoke_info)
        else:
            answers = await change(self.registers, appid, happening.person)
        # Not what was answered: the URL may lead to what whoever controls this cannot reach.
        told = [{"status": answer.status, "success": answer.is_success} for answer in answers]
        return {"pushed": told}

    def delete(self, asked: Asked) -> Shown | None:
        self.registers.pushes.targets.pop(self._appid(asked), None)
        return self.get(asked)

    def get_all(self, _asked: Asked) -> Shown:
        return shown_pushes(self.registers)


def shown_pushes(registers: Registers) -> Shown:
    return {appid: _shown(target) for appid, target in registers.pushes.targets.items()}


def _shown(target: PushTarget | None) -> Shown | None:
    """All but the token and the key."""
    if target is None:
        return None
    shown = asdict(target)
    return {name: shown[name] for name in ("url", "mode", "format")}
