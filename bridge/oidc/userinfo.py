"""UserInfo: OpenID Connect Core 1.0 §5.3, and the bearer of a token: RFC 6750 §2."""

import re

from bridge.oidc.account import Session
from bridge.oidc.claims import ClaimSource, claims_of_scope, userinfo_extra
from bridge.oidc.client import Client
from bridge.oidc.errors import InsufficientScope, InvalidRequest, InvalidToken
from bridge.oidc.grant import Grant
from bridge.oidc.parameters import Parameters
from bridge.oidc.standard_claims import Claims
from bridge.oidc.subject import subject_for_client

# RFC 6750 §2.1:
#   b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
B64TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")


class MissingToken(InvalidToken):
    """RFC 6750 §3.1: a request without a token is told no error code, only the challenge."""


def read_access_token(parameters: Parameters, authorization: str | None) -> str:
    """One way for each request: the header (§2.1) or the form body (§2.2).

    Raises MissingToken, InvalidRequest or InvalidToken.
    """
    sent = parameters.get("access_token")
    scheme, _, token = (authorization or "").partition(" ")
    bears = scheme.lower() == "bearer"
    if sent is not None:
        if bears:
            raise InvalidRequest("access token is sent in more than one way")
        return sent
    token = token.strip()
    if not bears or not token:
        raise MissingToken("access token is missing")
    if not B64TOKEN.fullmatch(token):
        raise InvalidToken("access token is malformed")
    return token


def userinfo_claims(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """The UserInfo Response; raises InsufficientScope without the scope value openid (§5.3.1)."""
    if "openid" not in grant.scope:
        raise InsufficientScope("the access token lacks the scope openid")
    return {
        "sub": subject_for_client(session.account, client, source.pairwise_key),
        **userinfo_extra(grant, session, client, source),
        **claims_of_scope(grant, session, client, source),
    }


def userinfo_jwt_claims(claims: Claims, client: Client, *, issuer: str) -> Claims:
    """§5.3.2: a signed response says whose it is and for whom; there is never a ``nonce``."""
    return {"iss": issuer, "aud": client.client_id, **claims}
