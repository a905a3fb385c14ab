"""``/control/rate_limits`` and ``/control/code_lifetimes``: how many calls, and how old a code."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from bridge.wechat.simulator.accounts import Kind, SimulatedApplication
from bridge.wechat.simulator.control.answers import CALLS
from bridge.wechat.simulator.control.resource import (
    Asked,
    BadControl,
    Body,
    Resource,
    complaint,
)
from bridge.wechat.simulator.grants import CODE_LIFETIMES
from bridge.wechat.simulator.registers import Registers

Shown = dict[str, Any]

PerMinute = Annotated[int, Field(ge=0, le=1_000_000_000)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]

_LIMITS = TypeAdapter(dict[str, PerMinute])
_PATHS = {name: path for name, path in CALLS.items() if path is not None}


class Lifetimes(Body):
    """Seconds by the kind of the application."""

    website: Seconds = 0
    official_account: Seconds = 0
    mobile: Seconds = 0
    mini_program: Seconds = 0


@dataclass(frozen=True, slots=True)
class LimitControl:
    """Calls in a minute, and the life of codes."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource(
                "/rate_limits/{appid}",
                get=self.get_limits,
                put=self.put_limits,
                delete=self.delete_limits,
            ),
            Resource(
                "/code_lifetimes",
                get=self.get_lifetimes,
                put=self.put_lifetimes,
                delete=self.delete_lifetimes,
            ),
        ]

    def _known(self, asked: Asked) -> SimulatedApplication:
        application = self.registers.applications.get(asked.names["appid"])
        if application is None:
            raise BadControl("no application has this appid", 404)
        return application

    def get_limits(self, asked: Asked) -> Shown:
        return _limits(self.registers, self._known(asked))

    def put_limits(self, asked: Asked) -> Shown:
        appid = self._known(asked).appid
        try:
            limits = _LIMITS.validate_json(asked.body, strict=True)
        except ValidationError as error:
            raise BadControl(complaint(error)) from None
        if not limits.keys() <= _PATHS.keys():
            raise BadControl(f"the calls are {', '.join(_PATHS)}")
        for name, per_minute in limits.items():
            self.registers.quotas.change(appid, _PATHS[name], per_minute)
        return self.get_limits(asked)

    def delete_limits(self, asked: Asked) -> Shown:
        self.registers.quotas.restore(self._known(asked).appid)
        return self.get_limits(asked)

    def get_lifetimes(self, _asked: Asked) -> Shown:
        return shown_lifetimes(self.registers)

    def put_lifetimes(self, asked: Asked) -> Shown:
        given = asked.read(Lifetimes).given()
        self.registers.code_lifetimes.update(
            {Kind(kind): seconds for kind, seconds in given.items()}
        )
        return self.get_lifetimes(asked)

    def delete_lifetimes(self, asked: Asked) -> Shown:
        self.registers.code_lifetimes.update(CODE_LIFETIMES)
        return self.get_lifetimes(asked)


def shown_limits(registers: Registers) -> dict[str, Shown]:
    return {
        application.appid: _limits(registers, application) for application in registers.applications
    }


def shown_lifetimes(registers: Registers) -> Shown:
    return {str(kind): seconds for kind, seconds in registers.code_lifetimes.items()}


def _limits(registers: Registers, application: SimulatedApplication) -> Shown:
    limits = registers.quotas.of(application)
    return {path.rpartition("/")[2]: per_minute for path, per_minute in limits.items()}
