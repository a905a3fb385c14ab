"""Refresh tokens: RFC 6749 §6, OpenID Connect Core 1.0 §11 and §12, RFC 9700 §4.14.2.

A client without a secret has its token rotated at each use, for whoever steals one needs nothing
else. An answer may be lost, and an app may ask twice at once: so for a grace time the rotated token
is answered again, and always with the same successor. Who uses it later has not been told of the
successor, and somebody else has: nobody can say which of the two is the thief, and all that the
grant gave ends.

A client with a secret keeps its token for most of the token's life, as several apps demand.
"""

from dataclasses import dataclass
from enum import Enum, auto

from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidGrant, InvalidScope
from bridge.oidc.grant import Grant
from bridge.oidc.scope import OFFLINE_ACCESS

# The part of its idle lifetime, in percent, after which a confidential client's token is rotated
OLD = 70

INVALID = "refresh token is invalid or expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPolicy:
    """What the operator decides. Seconds: from the first issue, without use, and of grace."""

    lifetime: int
    idle_lifetime: int
    grace: int


@dataclass(frozen=True, slots=True)
class Rotated:
    """When it was, in seconds, and the successor, sealed for the bearer of the token."""

    at: int
    successor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    """One refresh token, as it is stored; the text itself is known to the client alone. Seconds.

    ``expires_at`` moves on with each use; ``ends_at`` is the same for all successors. ``client`` is
    to whom it was given, as it is registered now.
    """

    grant: Grant
    session: Session
    issued_at: int
    expires_at: int
    ends_at: int
    rotated: Rotated | None = None
    client: Client | None = None


class Use(Enum):
    """What is done about a refresh token that is used."""

    # The same is answered, and has been used
    KEEP = auto()
    # A successor is made
    ROTATE = auto()
    # The successor that was made is told again
    REPEAT = auto()


class ReusedRefreshToken(InvalidGrant):
    """It was rotated, and not just now: the whole grant has to be revoked."""


def is_refreshable(grant: Grant) -> bool:
    """Core §11: whether a refresh token goes with this grant."""
    return OFFLINE_ACCESS in grant.scope


def check_refreshable(token: RefreshToken | None, client: Client) -> RefreshToken:
    """RFC 6749 §6: it was issued to this client, which may still have it; raise InvalidGrant."""
    if token is None or token.grant.client_id != client.client_id:
        raise InvalidGrant(INVALID)
    if OFFLINE_ACCESS not in client.scope:
        raise InvalidGrant("the client may no longer have refresh tokens")
    if not client.may_use(token.session.appid):
        raise InvalidGrant("people may no longer sign in to the client the way that this one did")
    return token


def judge_use(token: RefreshToken, client: Client, policy: RefreshPolicy, *, now: int) -> Use:
    """Return what is to be done; raise InvalidGrant or ReusedRefreshToken."""
    if token.ends_at <= now:
        raise InvalidGrant(INVALID)
    if token.rotated is not None:
        if now < token.rotated.at + policy.grace:
            return Use.REPEAT
        raise ReusedRefreshToken("refresh token is already used")
    if token.expires_at <= now:
        raise InvalidGrant(INVALID)
    age = now - token.issued_at
    is_old = age * 100 > policy.idle_lifetime * OLD
    return Use.ROTATE if client.is_public or is_old else Use.KEEP


def is_live(token: RefreshToken, *, now: int) -> bool:
    """Whether it is the newest of its grant, and not expired."""
    return token.rotated is None and now < token.expires_at


def idle_limit(policy: RefreshPolicy, ends_at: int, *, now: int) -> int:
    """Return until when a token that is issued or used now has to be used again."""
    return min(now + policy.idle_lifetime, ends_at)


def refreshed_scope(
    requested: str | None, granted: tuple[str, ...], client: Client
) -> tuple[str, ...]:
    """RFC 6749 §6: what the new access token is good for; raises InvalidScope.

    The request "MUST NOT include any scope not originally granted": here nothing is dropped in
    silence, for the client has been told what was granted. What was withdrawn from the client
    since then is left out.
    """
    wanted = granted if requested is None else requested.split()
    if not set(wanted) <= set(granted):
        raise InvalidScope("scope exceeds what was granted")
    scope = tuple(value for value in granted if value in wanted and value in client.scope)
    if not scope:
        raise InvalidScope("scope holds nothing that this client may ask for")
    return scope
