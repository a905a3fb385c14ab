"""The ``claims`` request parameter: OpenID Connect Core 1.0 §5.5."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bridge.oidc.errors import InvalidRequest

LONGEST = 8_192


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The names that are asked for one by one, and what is asked of who signs in.

    ``subject`` is the ``sub`` that the person must have; ``acr_values``, of which one is essential;
    ``wished_acr_values``, of which one would do better.
    """

    id_token: tuple[str, ...] = ()
    userinfo: tuple[str, ...] = ()
    subject: str | None = None
    acr_values: tuple[str, ...] = ()
    wished_acr_values: tuple[str, ...] = ()


NO_CLAIMS = ClaimsRequest()


def read_claims_request(text: str | None) -> ClaimsRequest:
    """Read the parameter. Unknown members and claims are ignored; raises InvalidRequest."""
    if text is None:
        return NO_CLAIMS
    if len(text) > LONGEST:
        raise InvalidRequest("claims is too long")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRequest("claims is not JSON") from None
    if not isinstance(document, dict):
        raise InvalidRequest("claims must be a JSON object")
    members = cast("dict[str, Any]", document)
    id_token, userinfo = _member(members, "id_token"), _member(members, "userinfo")
    subjects = {_subject(member) for member in (id_token, userinfo)} - {None}
    if len(subjects) > 1:
        raise InvalidRequest("claims asks for two different subjects")
    acr_values, is_essential = _acr_values(id_token)
    return ClaimsRequest(
        id_token=tuple(id_token),
        userinfo=tuple(userinfo),
        subject=subjects.pop() if subjects else None,
        acr_values=acr_values if is_essential else (),
        wished_acr_values=() if is_essential else acr_values,
    )


def read_acr_values(acr_values: str | None, claims: ClaimsRequest) -> tuple[str, ...]:
    """Core §3.1.2.1, §5.5.1.1: the wishes; the parameter stands above what ``claims`` has."""
    return tuple(acr_values.split()) if acr_values else claims.wished_acr_values


def _member(document: Mapping[str, Any], name: str) -> Mapping[str, Mapping[str, Any]]:
    """One of the two members: for each claim what is said of it; null says nothing (§5.5.1)."""
    member = document.get(name)
    if member is None:
        return {}
    if not isinstance(member, dict):
        raise InvalidRequest(f"the member {name} of claims must be a JSON object")
    claims = cast("dict[str, Any]", member)
    if not all(said is None or isinstance(said, dict) for said in claims.values()):
        raise InvalidRequest("what claims says of a claim must be null or a JSON object")
    return {claim: said or {} for claim, said in claims.items()}


def _subject(claims: Mapping[str, Mapping[str, Any]]) -> str | None:
    """§5.5.1: ``sub`` with a value asks for this person and no other."""
    value = claims.get("sub", {}).get("value")
    if value is not None and not isinstance(value, str):
        raise InvalidRequest("the value of sub in claims must be text")
    return value


def _acr_values(claims: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, ...], bool]:
    """§5.5.1.1: essential with values asks for one of these; otherwise it is a wish."""
    said = claims.get("acr", {})
    values = [said["value"]] if "value" in said else said.get("values", [])
    if not isinstance(values, list):
        raise InvalidRequest("the values of acr in claims must be a list")
    texts = tuple(value for value in cast("list[object]", values) if isinstance(value, str))
    return texts, said.get("essential") is True
