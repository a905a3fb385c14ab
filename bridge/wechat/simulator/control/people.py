"""``/control/people``: who has an account, and what WeChat says of them."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from bridge.wechat.simulator.control.resource import Asked, BadControl, Body, Resource
from bridge.wechat.simulator.ids import openid_of, unionid_of
from bridge.wechat.simulator.people import SimulatedPerson, picture_of
from bridge.wechat.simulator.registers import Registers

Shown = dict[str, Any]

Id = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]


class Person(Body):
    """``headimgurl`` may be null for a new picture, ``unionid`` for the derived one."""

    nickname: Annotated[str, Field(max_length=1000)] = ""
    headimgurl: Annotated[str, Field(pattern=r"^(https?://[!-~]{1,1000})?$")] | None = None
    has_unionid: bool = True
    unionid: Id | None = None
    is_snapshotuser: bool = False
    virtual_ids: bool = True


_KEY = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class PersonControl:
    """People, by key."""

    registers: Registers

    def resources(self) -> list[Resource]:
        return [
            Resource("/people", get=self.get_all),
            Resource("/people/{person}", get=self.get, put=self.put, delete=self.delete),
        ]

    def _known(self, asked: Asked) -> SimulatedPerson:
        person = self.registers.people.get(asked.names["person"])
        if person is None:
            raise BadControl("nobody has this key", 404)
        return person

    def get(self, asked: Asked) -> Shown:
        return shown_person(self.registers, self._known(asked))

    def put(self, asked: Asked) -> Shown:
        """Change a person, or have a new one, who needs a nickname."""
        key, changed = asked.names["person"], asked.read(Person).given()
        if self.registers.people.get(key) is None:
            if "nickname" not in changed:
                raise BadControl("nobody has this key; whoever is new needs a nickname", 404)
            if _KEY.fullmatch(key) is None:
                raise BadControl("a key has up to 64 of A-Z, a-z, 0-9, dot, dash and underscore")
            self.registers.people.add(SimulatedPerson(key, changed["nickname"]))
        if changed.get("headimgurl", "") is None:
            changed["headimgurl"] = picture_of(self.registers.new_id())
        self.registers.people.change(key, **changed)
        return self.get(asked)

    def delete(self, asked: Asked) -> Shown | None:
        self._known(asked)
        self.registers.people.restore(asked.names["person"])
        return self.get(asked) if self.registers.people.get(asked.names["person"]) else None

    def get_all(self, _asked: Asked) -> dict[str, Shown]:
        return shown_people(self.registers)


def shown_people(registers: Registers) -> dict[str, Shown]:
    return {person.key: shown_person(registers, person) for person in registers.people}


def shown_person(registers: Registers, person: SimulatedPerson) -> Shown:
    """What can be changed of a person, and their ids at each application."""
    ids = {
        application.appid: {
            "openid": openid_of(person, application),
            "unionid": unionid_of(person, application),
        }
        for application in registers.applications
    }
    members = {name: getattr(person, name) for name in Person.model_fields}
    return members | {"ids": ids}
