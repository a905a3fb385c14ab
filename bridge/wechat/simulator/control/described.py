"""Faults as JSON: ``{"errcode": -1, "carried_out": true}``, ``{"fault": "half"}``.

``fault`` is the name of a function of ``faults.py``, ``errcode`` unless said otherwise; the other
members are what that function takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import signature
from typing import Any

from pydantic import ConfigDict, ValidationError, validate_call

from bridge.wechat.simulator import faults
from bridge.wechat.simulator.control.resource import BadControl, complaint
from bridge.wechat.simulator.faults import Fault

_MAKERS: tuple[Callable[..., Fault], ...] = (
    faults.errcode,
    faults.http_status,
    faults.html,
    faults.body,
    faults.redirect,
    faults.invalid_utf8,
    faults.control_characters,
    faults.leading_space,
    faults.huge,
    faults.half,
    faults.silence,
    faults.hang_up,
    faults.reset,
)
FAULTS = {maker.__name__: maker for maker in _MAKERS}

_strictly = validate_call(config=ConfigDict(strict=True))


def read_fault(described: Mapping[str, Any]) -> Fault:
    """Raises ``BadControl``."""
    members = dict(described)
    name = members.pop("fault", "errcode")
    maker = FAULTS.get(name) if isinstance(name, str) else None
    if maker is None:
        raise BadControl(f"fault: one of {', '.join(FAULTS)}")
    taken = signature(maker).parameters
    unknown = sorted(set(members) - set(taken))
    if unknown:
        known = ", ".join(taken) or "no other member"
        raise BadControl(f"{', '.join(unknown)}: the fault {name} takes {known}")
    try:
        fault: Fault = _strictly(maker)(**members)
    except ValidationError as error:
        raise BadControl(complaint(error)) from None
    except ValueError as error:
        raise BadControl(str(error)) from None
    return replace(fault, told={"fault": name, **members})


def describe(fault: Fault | None) -> Mapping[str, object] | None:
    """The description by which it was read; of one that the program planned itself only that."""
    if fault is None:
        return None
    return fault.told or {"fault": "planned by the program"}
