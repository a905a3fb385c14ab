"""From a preset and the values of its variables to members of a client."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.oidc.https_uri import UnfitURI, check_https_uri
from bridge.oidc.logout_uri import UnfitLogoutURI, check_backchannel_logout_uri
from bridge.oidc.redirect_uri import UnfitRedirectURI, check_redirect_uri
from bridge.oidc.scope import SCOPES_SUPPORTED, offered_scope
from bridge.presets.errors import UnfitPreset
from bridge.presets.forms import read_base_url, read_value
from bridge.presets.preset import Preset, Variable
from bridge.presets.settings_text import names_in

# The name of a consumer's own address in templates
BASE = "b"

VARIABLE = re.compile(r"\{(\w+)\}")

# Those of a client's members that are addresses. In others braces have meanings of their own.
ADDRESSES = frozenset(
    {"redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri", "client_uri"}
)

# Left out where the consumer's own address is http: they may only be https.
ONLY_HTTPS = frozenset({"backchannel_logout_uri", "client_uri"})


@dataclass(frozen=True, slots=True)
class Filled:
    """What comes of a preset: members of ``Client``, and the values that its settings are told."""

    members: dict[str, Any]
    # By name, the base address as ``b``; those that nothing needs and nobody gave are not there
    values: dict[str, str]
    # Scope values that it wants and the operator does not offer
    left_out: tuple[str, ...] = ()


def filled(
    preset: Preset,
    *,
    url: str | None = None,
    values: Mapping[str, str] | None = None,
    given: Collection[str] = (),
    offered: tuple[str, ...] = SCOPES_SUPPORTED,
) -> Filled:
    """Return the members of a client that the preset stands for; raise UnfitPreset.

    ``url`` is the consumer's own address, ``values`` are those of the preset's variables. Members
    that are ``given`` come from elsewhere, so nothing is asked that only they would need.
    ``offered`` are the scope values that the operator offers.
    """
    known = _read_values(preset, url, values or {})
    members = _members(preset, known, given)
    for name in sorted(_needed(preset, members) - known.keys()):
        raise _missing(preset, name)
    if known.get(BASE, "").startswith("http:"):
        members = {name: value for name, value in members.items() if name not in ONLY_HTTPS}
    members = {name: _filled(name, value, known) for name, value in members.items()}
    _check(members)
    wanted: tuple[str, ...] = members.get("scope", ())
    if wanted:
        members["scope"] = offered_scope(wanted, offered)
    return Filled(members, known, tuple(value for value in wanted if value not in offered))


def _members(preset: Preset, known: Mapping[str, str], given: Collection[str]) -> dict[str, Any]:
    """As the preset has them: variables still in braces."""
    members = dict(preset.members)
    if not preset.is_library:
        members["client_name"] = preset.consumer
    for variable in preset.variables.values():
        if variable.choices is not None:
            members |= variable.choices[known[variable.name]]
    return {name: value for name, value in members.items() if name not in given}


def _read_values(preset: Preset, url: str | None, values: Mapping[str, str]) -> dict[str, str]:
    for name in values:
        if name not in preset.variables:
            variables = ", ".join(preset.variables) or "none"
            raise UnfitPreset(f"{preset.name} has no variable {name!r}; it has: {variables}")
    known = {
        variable.name: _read_value(variable, values.get(variable.name, variable.default))
        for variable in preset.variables.values()
        if variable.name in values or variable.default is not None
    }
    if url is None:
        return known
    if preset.url is None:
        raise UnfitPreset(f"{preset.name} is asked for no address: leave it out")
    return {BASE: read_base_url(url, example=preset.url), **known}


def _read_value(variable: Variable, value: str | None) -> str:
    assert value is not None  # noqa: S101 - given, or the default
    if variable.choices is None:
        return read_value(variable.name, value, form=variable.form, example=variable.example)
    if value not in variable.choices:
        raise UnfitPreset(f"{variable.name} is {' or '.join(variable.choices)}, and not {value!r}")
    return value


def _needed(preset: Preset, members: Mapping[str, Any]) -> set[str]:
    """The variables that occur in addresses, and in the settings that are printed."""
    texts = [text for name in ADDRESSES & members.keys() for text in _texts(members[name])]
    in_addresses = {name for text in texts for name in VARIABLE.findall(text)}
    return in_addresses | names_in(preset.settings).intersection({BASE, *preset.variables})


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _missing(preset: Preset, name: str) -> UnfitPreset:
    if name == BASE:
        return UnfitPreset(f"{preset.name} needs the address of the app: --url {preset.url}")
    variable = preset.variables[name]
    return UnfitPreset(f"{preset.name} needs {variable.about}: --with {name}={variable.example}")


def _filled(name: str, value: Any, known: Mapping[str, str]) -> Any:
    if name not in ADDRESSES:
        return value
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: known[found[1]], value)
    texts: tuple[str, ...] = value
    # Two spellings of one address may be the same once they are filled.
    return tuple(dict.fromkeys(VARIABLE.sub(lambda found: known[found[1]], text) for text in texts))


def _check(members: Mapping[str, Any]) -> None:
    """What an operator types is judged before it comes here; this is made of parts of it."""
    try:
        for member in ("redirect_uris", "post_logout_redirect_uris"):
            for uri in members.get(member, ()):
                check_redirect_uri(uri)
        if "backchannel_logout_uri" in members:
            check_backchannel_logout_uri(members["backchannel_logout_uri"])
        if "client_uri" in members:
            check_https_uri(members["client_uri"])
    except (UnfitRedirectURI, UnfitLogoutURI) as error:
        raise UnfitPreset(str(error)) from None
    except UnfitURI as error:
        raise UnfitPreset(f"{members['client_uri']!r} {error}") from None
