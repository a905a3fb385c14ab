"""The ID Token's claims: OpenID Connect Core 1.0 §2, §3.1.3.6, §3.2.2.10 and §3.3.2.11."""

from dataclasses import dataclass

from bridge.oidc.account import Session
from bridge.oidc.claims import ClaimSource, claims_of_scope, id_token_extra
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.oidc.signing import left_half_hash
from bridge.oidc.standard_claims import Claims
from bridge.oidc.subject import subject_for_client


@dataclass(frozen=True, slots=True)
class Validity:
    """Who says it, when, and for how long. Seconds."""

    issuer: str
    now: int
    lifetime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What ties an ID Token to a request, and to what is sent beside it.

    ``is_alone``: no access token comes from this request, so that UserInfo cannot be asked.
    """

    nonce: str | None
    access_token: str | None = None
    code: str | None = None
    is_alone: bool = False


def id_token_claims(
    grant: Grant,
    session: Session,
    client: Client,
    source: ClaimSource,
    *,
    binding: Binding,
    validity: Validity,
) -> Claims:
    """``aud`` is one text and there is no ``azp``: consumers refuse what they do not expect."""
    claims: Claims = {
        "iss": validity.issuer,
        "sub": subject_for_client(session.account, client, source.pairwise_key),
        "aud": client.client_id,
        "exp": validity.now + validity.lifetime,
        "iat": validity.now,
        "auth_time": session.auth_time,
        "sid": session.sid,
        "amr": list(session.amr),
    }
    if session.acr is not None:
        claims["acr"] = session.acr
    if binding.nonce is not None:
        claims["nonce"] = binding.nonce
    alg = client.id_token_signed_response_alg
    for name, bound in (("at_hash", binding.access_token), ("c_hash", binding.code)):
        if bound is not None and (half := left_half_hash(bound, alg)) is not None:
            claims[name] = half
    claims |= id_token_extra(grant, session, client, source)
    if client.claims_in_id_token == "scope" or binding.is_alone:
        claims |= claims_of_scope(grant, session, client, source)
    return claims
