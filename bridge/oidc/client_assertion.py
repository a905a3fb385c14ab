"""client_secret_jwt and private_key_jwt: OpenID Connect Core 1.0 §9, RFC 7523 §2.2, §3.

The client signs that it is who it says, for us and for a short time. Who that is stands in the
assertion, and is believed once the signature is verified by a key, or the secret, of that client.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidClient
from bridge.oidc.numeric_date import numeric_date
from bridge.oidc.parameters import Parameters
from bridge.oidc.signing import CLIENT_SIGNATURES

ASSERTION_METHODS = ("client_secret_jwt", "private_key_jwt")

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

MACS = ("HS256", "HS384", "HS512")
# What a client with a secret uses that is registered for no algorithm
DEFAULT_MAC = "HS256"

# Seconds. Clocks differ; and who signs for days might as well have a secret.
SKEW = 60
LONGEST_LIFE = 3_600

LONGEST_CLIENT_ID = 1_000


@dataclass(frozen=True, slots=True)
class SingleUse:
    """What is remembered of an assertion, so that it is good once, and until when."""

    jti_hash: str
    expires_at: int


def read_client_assertion(parameters: Parameters) -> str | None:
    """Return what was sent, if anything was; raise InvalidClient where it is of another type."""
    assertion = parameters.get("client_assertion")
    assertion_type = parameters.get("client_assertion_type")
    if assertion is None and assertion_type is None:
        return None
    if assertion_type != ASSERTION_TYPE:
        raise InvalidClient(f"client_assertion_type must be {ASSERTION_TYPE}")
    if assertion is None:
        raise InvalidClient("client_assertion is missing")
    return assertion


def claimed_client_id(assertion: str) -> str:
    """Return who the assertion says that it is from, unproven; raise InvalidClient."""
    payload = assertion.split(".")[1:2]
    try:
        encoded = payload[0] + "=" * (-len(payload[0]) % 4)
        claims: object = json.loads(urlsafe_b64decode(encoded))
    except (IndexError, ValueError, RecursionError):
        raise _malformed() from None
    subject: object = (
        cast("dict[str, Any]", claims).get("sub") if isinstance(claims, dict) else None
    )
    # As text that every database stores and every log shows
    if not isinstance(subject, str) or not subject.isprintable():
        raise _malformed()
    if not 0 < len(subject) <= LONGEST_CLIENT_ID:
        raise _malformed()
    return subject


def _malformed() -> InvalidClient:
    return InvalidClient("client_assertion is malformed")


def assertion_algorithms(client: Client) -> tuple[str, ...]:
    """Return what this client may sign assertions with; nothing if it authenticates otherwise."""
    registered = client.token_endpoint_auth_signing_alg
    if client.token_endpoint_auth_method == "private_key_jwt":
        return tuple(alg for alg in CLIENT_SIGNATURES if registered in (None, alg))
    if client.token_endpoint_auth_method == "client_secret_jwt":
        return tuple(alg for alg in MACS if (registered or DEFAULT_MAC) == alg)
    return ()


def check_assertion(
    claims: Mapping[str, Any], client: Client, *, audiences: Collection[str], now: int
) -> SingleUse:
    """Judge what the client has signed; raise InvalidClient.

    ``audiences`` are the names under which it may mean us. What is returned has still to be found
    unused.
    """
    if not claims.get("iss") == claims.get("sub") == client.client_id:
        raise InvalidClient("client_assertion must have the client_id as iss and sub")
    if not _is_meant(claims.get("aud"), audiences):
        raise InvalidClient("client_assertion is for another audience")
    expires_at = _check_times(claims, now)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise InvalidClient("client_assertion has no jti")
    jti_hash = sha256(jti.encode("utf-8", "surrogatepass")).hexdigest()
    return SingleUse(jti_hash, int(expires_at) + SKEW + 1)


def _check_times(claims: Mapping[str, Any], now: int) -> float:
    """Return when it expires, which is soon."""
    expires_at = _moment(claims, "exp")
    if expires_at is None:
        raise InvalidClient("client_assertion has no exp")
    if expires_at + SKEW <= now:
        raise InvalidClient("client_assertion is expired")
    if expires_at > now + LONGEST_LIFE + SKEW:
        raise InvalidClient("client_assertion is good for more than an hour")
    for name in ("iat", "nbf"):
        if (_moment(claims, name) or 0) > now + SKEW:
            raise InvalidClient(f"client_assertion has a time in the future as {name}")
    return expires_at


def _is_meant(audience: object, audiences: Collection[str]) -> bool:
    """RFC 7519 §4.1.3: a text, or a list of them; some clients name issuer and endpoint."""
    named = cast("list[object]", audience) if isinstance(audience, list) else [audience]
    return any(isinstance(name, str) and name in audiences for name in named)


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    try:
        return numeric_date(claims.get(name))
    except ValueError:
        raise InvalidClient(f"client_assertion has no number of seconds as {name}") from None
