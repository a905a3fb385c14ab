"""The forms of the control page: what a person filled in, as a call of the control API.

Empty fields are left out, so that a form changes only what was filled in.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.wechat.simulator.behaviour import Behaviour
from bridge.wechat.simulator.control.resource import Asked, BadControl

Filled = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` is that of a resource, its names still in braces."""

    method: str
    path: str
    asked: Asked


def read_filled(form: Filled) -> Call:
    """Raises ``BadControl``."""
    reader = READERS.get(form.get("form", ""))
    if reader is None:
        raise BadControl("form: there is none of this name")
    return reader(form)


def _answers(form: Filled) -> Call:
    fault: dict[str, Any] = {"fault": form.get("fault", "")}
    if fault["fault"] == "errcode":
        fault["errcode"] = _number(form, "errcode")
    if form.get("carried_out") == "yes":
        fault["carried_out"] = True
    times = _number(form, "times") if form.get("times") else 1
    body: dict[str, Any] = {"standing": fault}
    if form.get("duration") != "standing":
        body = {"next": [fault] * min(times, 1001)}
    return _to_calls(form, body)


def _latency(form: Filled) -> Call:
    return _to_calls(form, {"latency": _decimal(form, "seconds")})


def _undisturbed(_form: Filled) -> Call:
    return Call("DELETE", "/answers", Asked())


def _rate_limits(form: Filled) -> Call:
    limits = {form.get("call", ""): _number(form, "per_minute")}
    return _put("/rate_limits/{appid}", limits, appid=form.get("appid", ""))


def _code_lifetimes(form: Filled) -> Call:
    return _put("/code_lifetimes", {form.get("kind", ""): _number(form, "seconds")})


def _behaviour(form: Filled) -> Call:
    changed: dict[str, Any] = {}
    for name, value in form.items():
        before = getattr(Behaviour(), name, None)
        if isinstance(before, bool):
            changed[name] = value == "yes"
        elif isinstance(before, int):
            changed[name] = _number(form, name)
        elif isinstance(before, tuple):
            changed[name] = value.split()
        elif isinstance(before, str):
            changed[name] = value
    return _put("/behaviour", changed)


_PICTURES: Mapping[str, dict[str, Any]] = {
    "new": {"headimgurl": None},
    "none": {"headimgurl": ""},
}
_UNIONIDS: Mapping[str, dict[str, Any]] = {
    "none": {"has_unionid": False},
    "derived": {"has_unionid": True, "unionid": None},
}
_SNAPSHOTS: Mapping[str, dict[str, Any]] = {
    "virtual": {"is_snapshotuser": True, "virtual_ids": True},
    "real": {"is_snapshotuser": True, "virtual_ids": False},
    "no": {"is_snapshotuser": False},
}


def _person(form: Filled) -> Call:
    changed: dict[str, Any] = {}
    if form.get("nickname"):
        changed["nickname"] = form["nickname"]
    changed |= _PICTURES.get(form.get("picture", ""), {})
    changed |= _UNIONIDS.get(form.get("unionid_is", ""), {})
    if form.get("unionid_is") == "given":
        changed |= {"has_unionid": True, "unionid": form.get("unionid", "")}
    changed |= _SNAPSHOTS.get(form.get("snapshot", ""), {})
    return _put("/people/{person}", changed, person=form.get("person", ""))


def _application(form: Filled) -> Call:
    changed: dict[str, Any] = {"platform_account": form.get("platform_account") or None}
    return _put("/applications/{appid}", changed, appid=form.get("appid", ""))


def _login_code(form: Filled) -> Call:
    body = json.dumps({"appid": form.get("appid", ""), "person": form.get("person", "")})
    return Call("POST", "/login_codes", Asked(body=body.encode()))


def _pushes(form: Filled) -> Call:
    names = ("url", "token", "encoding_aes_key", "mode", "format")
    changed = {name: form[name] for name in names if form.get(name)}
    return _put("/pushes/{appid}", changed, appid=form.get("appid", ""))


def _push(form: Filled) -> Call:
    body = json.dumps({"event": form.get("event", ""), "person": form.get("person", "")})
    return Call(
        "POST", "/pushes/{appid}", Asked({"appid": form.get("appid", "")}, {}, body.encode())
    )


def _restore(_form: Filled) -> Call:
    return Call("DELETE", "/state", Asked())


READERS: dict[str, Callable[[Filled], Call]] = {
    "answers": _answers,
    "latency": _latency,
    "undisturbed": _undisturbed,
    "rate_limits": _rate_limits,
    "code_lifetimes": _code_lifetimes,
    "behaviour": _behaviour,
    "person": _person,
    "application": _application,
    "login_code": _login_code,
    "pushes": _pushes,
    "push": _push,
    "restore": _restore,
}


def _put(path: str, body: Mapping[str, Any], **names: str) -> Call:
    return Call("PUT", path, Asked(names, body=json.dumps(body).encode()))


def _to_calls(form: Filled, body: Mapping[str, Any]) -> Call:
    query = {"appid": form["appid"]} if form.get("appid") else {}
    names = {"call": form.get("call", "")}
    return Call("PUT", "/answers/{call}", Asked(names, query, json.dumps(body).encode()))


def _number(form: Filled, name: str) -> int:
    try:
        return int(form.get(name, ""))
    except ValueError:
        raise BadControl(f"{name}: a whole number is needed") from None


def _decimal(form: Filled, name: str) -> float:
    try:
        return float(form.get(name, ""))
    except ValueError:
        raise BadControl(f"{name}: a number is needed") from None
