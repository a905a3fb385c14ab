"""Request objects: RFC 9101, OpenID Connect Core 1.0 §6.

A request that travels as a JWT, signed by the client or, where it may, unsigned. What an unsigned
one says is worth as much as a query is, and is judged like one.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from bridge.oidc.authorization_request import NOT_SUPPORTED, REMEMBERED
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequestObject
from bridge.oidc.numeric_date import numeric_date
from bridge.oidc.parameters import REPEATABLE, Parameters
from bridge.oidc.response_type import ordered
from bridge.oidc.signing import CLIENT_SIGNATURES, known_name

# By the client's own keys; a MAC would need the client's secret, of which we have a hash.
ALGORITHMS_SUPPORTED = (*CLIENT_SIGNATURES, "none")

# RFC 9101 §10.8: what says that it is of another kind is no request
TYPES = frozenset({"jwt", "oauth-authz-req+jwt"})

# How far the client's clock may be from ours. Seconds.
SKEW = 60

READ = (*REMEMBERED, *NOT_SUPPORTED)
OBJECTS = frozenset({"claims", "registration"})

BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class RequestObject:
    """A JWT, taken apart. Nothing in it is proven."""

    alg: str
    claims: Mapping[str, Any]


def read_request_object(token: str, client: Client) -> RequestObject:
    """Take it apart; raise InvalidRequestObject unless this client may send one of this ``alg``."""
    parts = token.split(".")
    if len(parts) == 5:  # noqa: PLR2004 - RFC 7516 §7.1
        raise InvalidRequestObject("an encrypted request object cannot be read here")
    if len(parts) != 3:  # noqa: PLR2004 - RFC 7515 §7.1
        raise InvalidRequestObject("the request object is malformed")
    header, claims = _json_object(parts[0]), _json_object(parts[1])
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise InvalidRequestObject("typ of the request object is that of another kind of token")
    alg = known_name(header.get("alg"))
    if alg not in _algorithms(client):
        raise InvalidRequestObject("alg of the request object is none that this client may use")
    # RFC 7515 §4.1.11: what is critical must be understood, and we understand no extension.
    if "crit" in header or (alg == "none" and parts[2]):
        raise InvalidRequestObject("the request object is malformed")
    return RequestObject(str(alg), claims)


def _algorithms(client: Client) -> tuple[str, ...]:
    """Dynamic Client Registration 1.0 §2: any, unless one is registered; and then only this."""
    registered = client.request_object_signing_alg
    return tuple(alg for alg in ALGORITHMS_SUPPORTED if registered in (None, alg))


def _json_object(part: str) -> dict[str, Any]:
    value: object = None
    if BASE64URL.fullmatch(part):
        with suppress(ValueError, RecursionError):
            value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(value, dict):
        raise InvalidRequestObject("the request object is malformed")
    return cast("dict[str, Any]", value)


def check_request_object(
    claims: Mapping[str, Any], client: Client, *, issuer: str, now: int
) -> None:
    """RFC 9101 §4, §10.8: it is from this client, for us, and in time."""
    if claims.get("iss", client.client_id) != client.client_id:
        raise InvalidRequestObject("iss of the request object is not the client")
    audience = claims.get("aud", issuer)
    if issuer not in (audience if isinstance(audience, list) else [audience]):
        raise InvalidRequestObject("aud of the request object is not the issuer")
    if claims.get("sub") == client.client_id:
        raise InvalidRequestObject("the request object is a client assertion")
    if not now - SKEW < _moment(claims, "exp", now):
        raise InvalidRequestObject("the request object is expired")
    if not _moment(claims, "nbf", now) <= now + SKEW:
        raise InvalidRequestObject("the request object is not valid yet")


def _moment(claims: Mapping[str, Any], name: str, absent: int) -> float:
    with suppress(ValueError):
        moment = numeric_date(claims.get(name, absent))
        if moment is not None:
            return moment
    raise InvalidRequestObject(f"{name} of the request object is no number")


def requested_parameters(claims: Mapping[str, Any], client: Client) -> dict[str, str]:
    """Return the parameters that the object holds, each as the text that a query would hold.

    RFC 9101 §4: no request within the request, and no other client's.
    """
    for name in ("request", "request_uri"):
        if name in claims:
            raise InvalidRequestObject(f"{name} cannot be in a request object")
    if claims.get("client_id", client.client_id) != client.client_id:
        raise InvalidRequestObject("client_id of the request object is another")
    read = {name: _text(name, claims[name]) for name in READ if name in claims}
    return {name: text for name, text in read.items() if text}


def _text(name: str, value: object) -> str:
    """RFC 9101 §4: a list where a parameter may come more than once."""
    if name not in REPEATABLE or not isinstance(value, list):
        return _one_text(name, value)
    return " ".join(_one_text(name, one) for one in cast("list[object]", value))


def _one_text(name: str, value: object) -> str:
    if isinstance(value, dict) and name in OBJECTS:
        return json.dumps(cast("dict[str, object]", value))
    if isinstance(value, int) and not isinstance(value, bool) and name == "max_age":
        return str(value)
    if not isinstance(value, str):
        raise InvalidRequestObject(f"{name} in the request object must be text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequestObject(f"{name} in the request object is not Unicode") from None
    if "\0" in value:
        raise InvalidRequestObject(f"{name} in the request object holds NUL")
    return value


def superseded(outside: Parameters, inside: Mapping[str, str]) -> Parameters:
    """Core §6.1: what is inside wins, and what is outside alone counts.

    Raises InvalidRequestObject where ``response_type`` is one thing here and another there.
    """
    beside, within = outside.values.get("response_type"), inside.get("response_type")
    if beside and within and ordered(beside) != ordered(within):
        raise InvalidRequestObject("response_type of the request object is another than outside")
    rest = {n: v for n, v in outside.values.items() if n not in {"request", "request_uri"}}
    return Parameters({**rest, **inside}, outside.repeated, outside.unreadable)
