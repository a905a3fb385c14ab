"""The resources of the control API, all of them. What is to be controlled has its row here."""

from typing import Any

from bridge.wechat.simulator.control import answers, applications, browsers, limits, people, pushes
from bridge.wechat.simulator.control.resource import Asked, Resource
from bridge.wechat.simulator.registers import Registers

TABLE = (
    answers.AnswerControl,
    limits.LimitControl,
    browsers.BrowserControl,
    people.PersonControl,
    applications.ApplicationControl,
    pushes.PushControl,
)


def resources(registers: Registers) -> list[Resource]:
    """Each module's, and ``/state``: everything together, to be seen and to be restored."""

    def get(_asked: Asked) -> dict[str, Any]:
        return {
            "answers": answers.shown_answers(registers),
            "rate_limits": limits.shown_limits(registers),
            "code_lifetimes": limits.shown_lifetimes(registers),
            "behaviour": browsers.shown_behaviour(registers),
            "people": people.shown_people(registers),
            "applications": applications.shown_applications(registers),
            "pushes": pushes.shown_pushes(registers),
        }

    def delete(asked: Asked) -> dict[str, Any]:
        registers.restore()
        return get(asked)

    whole = Resource("/state", get=get, delete=delete)
    return [whole, *(resource for control in TABLE for resource in control(registers).resources())]
