"""``/control/applications``: which applications there are, and how WeChat has registered them."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from bridge.wechat.simulator.accounts import Kind, SimulatedApplication
from bridge.wechat.simulator.control.resource import Asked, BadControl, Body, Resource
from bridge.wechat.simulator.registers import Registers

Shown = dict[str, Any]

Text = Annotated[str, Field(min_length=1, max_length=200)]

_APPID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Application(Body):
    """``platform_account`` null: it belongs to none. ``scopes`` null: all of its kind."""

    kind: Kind = Kind.WEBSITE
    secret: Text = ""
    callback_domain: Annotated[str, Field(pattern=r"^[^/:@?# ]+$", max_length=253)] | None = None
    platform_account: Text | None = "main"
    scopes: frozenset[Text] | None = None
    banned: bool = False
    is_test_account: bool = False
    component_appids: frozenset[Text] = frozenset()
    name: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True)
class ApplicationControl:
    """Applications, by appid."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource("/applications", get=self.get_all),
            Resource("/applications/{appid}", get=self.get, put=self.put, delete=self.delete),
        ]

    def _known(self, asked: Asked) -> SimulatedApplication:
        application = self.registers.applications.get(asked.names["appid"])
        if application is None:
            raise BadControl("no application has this appid", 404)
        return application

    def get(self, asked: Asked) -> Shown:
        return _shown(self._known(asked))

    def put(self, asked: Asked) -> Shown:
        """Change an application, or have a new one, which needs a secret."""
        appid, changed = asked.names["appid"], asked.read(Application).given()
        if self.registers.applications.get(appid) is None:
            if "secret" not in changed:
                raise BadControl("no application has this appid; a new one needs a secret", 404)
            if _APPID.fullmatch(appid) is None:
                raise BadControl("an appid has up to 64 of A-Z, a-z, 0-9, dash and underscore")
            self.registers.applications.add(SimulatedApplication(appid, changed["secret"]))
        elif "kind" in changed:
            raise BadControl("kind: that of an application never changes")
        self.registers.applications.change(appid, **changed)
        return self.get(asked)

    def delete(self, asked: Asked) -> Shown | None:
        self._known(asked)
        self.registers.applications.restore(asked.names["appid"])
        return self.get(asked) if self.registers.applications.get(asked.names["appid"]) else None

    def get_all(self, _asked: Asked) -> dict[str, Shown]:
        return shown_applications(self.registers)


def shown_applications(registers: Registers) -> dict[str, Shown]:
    return {application.appid: _shown(application) for application in registers.applications}


def _shown(application: SimulatedApplication) -> Shown:
    """All but the secret."""
    shown = {name: getattr(application, name) for name in Application.model_fields}
    del shown["secret"]
    shown["scopes"] = sorted(application.granted_scopes)
    shown["component_appids"] = sorted(application.component_appids)
    return shown
