"""What a client may do for a person: the grant, of which codes and tokens are forms."""

from dataclasses import dataclass

from bridge.oidc.claims_request import NO_CLAIMS, ClaimsRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One authorization, as it was answered. ``sid`` names the sign-in that it stands on."""

    grant_id: str
    client_id: str
    sid: str
    scope: tuple[str, ...]
    claims: ClaimsRequest = NO_CLAIMS
    # The protected resources that it is for (RFC 8707); empty: none in particular
    resources: tuple[str, ...] = ()
