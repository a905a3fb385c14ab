"""Who may register a client, and who may see and change it: RFC 7591 §3, RFC 7592 §2."""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Literal

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.client_authentication import NO_SECRET
from bridge.oidc.errors import AccessDenied, InvalidToken
from bridge.oidc.parameters import Parameters
from bridge.oidc.userinfo import read_access_token


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy:
    """What the operator decides about clients that register themselves."""

    mode: Literal["closed", "token", "open"]
    # SHA-256 of the initial access tokens
    token_hashes: tuple[str, ...]
    scopes: tuple[str, ...]
    # Who may enter such a client, as in ``Client``
    access: tuple[str, ...] | None


def check_may_register(policy: RegistrationPolicy, authorization: str | None) -> None:
    """RFC 7591 §3: by an initial access token, or by anybody. Raises AccessDenied, InvalidToken."""
    if policy.mode == "closed":
        raise AccessDenied("clients are registered by the operator here")
    if policy.mode == "open":
        return
    presented = token_hash(read_registration_token(authorization))
    known = [compare_digest(presented, expected) for expected in policy.token_hashes]
    if not any(known):
        raise InvalidToken("initial access token is unknown")


def read_registration_token(authorization: str | None) -> str:
    """Return the bearer token of the header (RFC 6750 §2.1); raise InvalidToken."""
    return read_access_token(Parameters({}), authorization)


def verify_registration_token(client: Client | None, token: str) -> Client:
    """Return the client whose registration access token this is; raise InvalidToken.

    The answer is the same, and takes the same time, whatever is wrong (RFC 7592 §2).
    """
    expected = (client and client.registration_token_hash) or NO_SECRET
    proven = compare_digest(token_hash(token), expected)
    if client is None or not proven:
        raise wrong_registration_token()
    return client


def wrong_registration_token() -> InvalidToken:
    return InvalidToken("registration access token is unknown, or not of this client")
