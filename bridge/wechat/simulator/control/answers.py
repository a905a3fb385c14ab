"""``/control/answers``: how calls of WeChat's API go wrong, and how slowly they are answered."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from bridge.wechat.simulator.control.described import describe, read_fault
from bridge.wechat.simulator.control.resource import Asked, BadControl, Body, Resource
from bridge.wechat.simulator.disturbances import Calls, Disturbance
from bridge.wechat.simulator.paths import PATHS
from bridge.wechat.simulator.registers import Registers

# By the last part of its path, and all of them
CALLS: dict[str, str | None] = {
    **{path.rpartition("/")[2]: path for path in PATHS},
    "all": None,
}

MOST_PLANNED = 1000
LONGEST = 3600.0

Described = dict[str, Any]


class Answers(Body):
    """``latency`` is in seconds."""

    next: Annotated[tuple[Described | None, ...], Field(max_length=MOST_PLANNED)] = ()
    standing: Described | None = None
    latency: Annotated[float, Field(ge=0, le=LONGEST)] | None = None


@dataclass(frozen=True, slots=True)
class AnswerControl:
    """How calls are answered."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource("/answers", get=self.get_all, delete=self.delete_all),
            Resource("/answers/{call}", get=self.get, put=self.put, delete=self.delete),
        ]

    def _meant(self, asked: Asked) -> Calls:
        name = asked.names["call"]
        if name not in CALLS:
            raise BadControl(f"{name} is not a call: {', '.join(CALLS)}", 404)
        appid = asked.query.get("appid")
        if appid is not None and self.registers.applications.get(appid) is None:
            raise BadControl("appid: no application has it")
        return Calls(CALLS[name], appid)

    def get(self, asked: Asked) -> Described:
        return _shown(self.registers.faults.of(self._meant(asked)))

    def put(self, asked: Asked) -> Described:
        disturbance, sent = self.registers.faults.of(self._meant(asked)), asked.read(Answers)
        planned = [None if fault is None else read_fault(fault) for fault in sent.next]
        standing = None if sent.standing is None else read_fault(sent.standing)
        given = sent.model_fields_set
        if "next" in given:
            disturbance.next.clear()
            disturbance.next.extend(planned)
        if "standing" in given:
            disturbance.standing = standing
        if "latency" in given:
            disturbance.latency = sent.latency
        return _shown(disturbance)

    def delete(self, asked: Asked) -> Described:
        self.registers.faults.forget(self._meant(asked))
        return self.get(asked)

    def get_all(self, _asked: Asked) -> list[Described]:
        return shown_answers(self.registers)

    def delete_all(self, asked: Asked) -> list[Described]:
        self.registers.faults.forget_all()
        return self.get_all(asked)


def shown_answers(registers: Registers) -> list[Described]:
    """All calls that are not answered as they should be."""
    names = {path: name for name, path in CALLS.items()}
    return [
        {"call": names[calls.path], "appid": calls.appid} | _shown(disturbance)
        for calls, disturbance in registers.faults
        if disturbance != Disturbance()
    ]


def _shown(disturbance: Disturbance) -> Described:
    return {
        "next": [describe(fault) for fault in disturbance.next],
        "standing": describe(disturbance.standing),
        "latency": disturbance.latency,
    }
