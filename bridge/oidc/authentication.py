"""Whether somebody has to sign in before a request is answered: OpenID Connect Core 1.0 §3.1.2.3.

Whether they have to be asked as well is ``bridge.oidc.consent``'s.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from bridge.oidc.account import Session
from bridge.oidc.authorization_request import AuthorizationRequest
from bridge.oidc.client import Client
from bridge.oidc.errors import (
    InvalidRequest,
    LoginRequired,
    UnmetAuthenticationRequirements,
)

# The Authentication Context Classes of a sign-in by WeChat (Core §2): the person was asked, by
# WeChat or by us within WeChat, …
ACR = "urn:wechat-oidc:acr:wechat"
# … or WeChat told who is there without a word to them
SILENT_ACR = "urn:wechat-oidc:acr:wechat-silent"

# The stronger first, as ``acr_values`` has it
ACR_VALUES = (ACR, SILENT_ACR)


class Step(Enum):
    """What has to be done next."""

    SIGN_IN = auto()
    # … with another account than the one that came
    SIGN_IN_AS_OTHER = auto()
    # … the person has to say whether it is to be the account that is signed in
    CHOOSE_ACCOUNT = auto()
    ANSWER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is there: a session that is live, or nobody.

    ``subject`` is the ``sub`` that the client is told of this person. ``is_fresh``: the session
    was made for this very request; ``is_chosen``: the person said that it is to be this one.
    ``now`` is in seconds.
    """

    session: Session | None
    subject: str | None
    now: int
    is_fresh: bool = False
    is_chosen: bool = False


def expected_subject(
    asked: AuthorizationRequest, hint: Mapping[str, Any] | None, client: Client
) -> str | None:
    """Return the ``sub`` that the request wants, by ``claims`` or ``id_token_hint``, or None.

    ``hint`` are the claims of the hint, None unless we signed it. Raises InvalidRequest.
    """
    if asked.id_token_hint is None:
        return asked.claims.subject
    if hint is None or hint.get("aud") != client.client_id:
        raise InvalidRequest("id_token_hint is no ID Token of ours for this client")
    subject: str = hint["sub"]
    if asked.claims.subject not in (None, subject):
        raise InvalidRequest("id_token_hint and claims ask for two different subjects")
    return subject


def next_step(asked: AuthorizationRequest, expected: str | None, standing: Standing) -> Step:
    """Return what has to be done; raise LoginRequired where ``prompt=none`` forbids it."""
    step = _next_step(asked, expected, standing)
    if "none" in asked.prompt and step is not Step.ANSWER:
        raise LoginRequired("the person has to sign in at WeChat")
    return step


def _next_step(asked: AuthorizationRequest, expected: str | None, standing: Standing) -> Step:
    session = standing.session
    if session is None or _is_stale(asked, session, standing):
        return Step.SIGN_IN
    if expected not in (None, standing.subject):
        return Step.SIGN_IN_AS_OTHER
    if "select_account" in asked.prompt and not (standing.is_fresh or standing.is_chosen):
        return Step.CHOOSE_ACCOUNT
    return Step.ANSWER


def _is_stale(asked: AuthorizationRequest, session: Session, standing: Standing) -> bool:
    """Core §3.1.2.1: ``prompt`` and ``max_age`` ask for a sign-in of their own."""
    if standing.is_fresh:
        return False
    if _falls_short(asked, session):
        return True
    # "Note that max_age=0 is equivalent to prompt=login": also within the same second.
    if "login" in asked.prompt or asked.max_age == 0:
        return True
    return asked.max_age is not None and standing.now - session.auth_time > asked.max_age


def _falls_short(asked: AuthorizationRequest, session: Session) -> bool:
    """Core §5.5.1.1: another ``acr`` is asked for.

    To a wish, a stronger one will do; and where nothing may be shown it is no more than a wish.
    """
    if asked.claims.acr_values:
        return session.acr not in asked.claims.acr_values
    if not asked.acr_values or "none" in asked.prompt:
        return False
    weakest = max(map(ACR_VALUES.index, asked.acr_values))
    return session.acr not in ACR_VALUES[: weakest + 1]


def with_possible_acr(
    asked: AuthorizationRequest, possible: Collection[str]
) -> AuthorizationRequest:
    """Return the request without wishes for an ``acr`` that no sign-in of this client has.

    Raises as ``check_acr`` where one of these is essential.
    """
    check_acr(asked, possible)
    if all(acr in possible for acr in asked.acr_values):
        return asked
    return replace(asked, acr_values=tuple(acr for acr in asked.acr_values if acr in possible))


def check_acr(asked: AuthorizationRequest, possible: Collection[str | None]) -> None:
    """Core §5.5.1.1: an essential ``acr`` that nobody can have is a failed sign-in.

    ``possible`` is what sign-ins can have, or what this one has. Raises LoginRequired where nothing
    may be shown, UnmetAuthenticationRequirements otherwise.
    """
    wanted = asked.claims.acr_values
    if not wanted or not set(wanted).isdisjoint(possible):
        return
    if "none" in asked.prompt:
        raise LoginRequired("no sign-in here has the acr that is asked for")
    raise UnmetAuthenticationRequirements("no sign-in here has the acr that is asked for")
