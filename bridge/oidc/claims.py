"""Claims about the person: OpenID Connect Core 1.0 §5.1 and §5.4.

One builder for the ID Token and for UserInfo, so that the two never disagree. A claim that is
not known is left out; none is ever null or empty (OpenID Connect Core 1.0 §5.3.2).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant

ClaimValue = str | int | bool | list[str]
Claims = dict[str, ClaimValue]

SHORT = 4


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """What the operator adds to what WeChat knows."""

    email_domain: str
    family_name: str
    default_picture: str
    # What the subjects of pairwise clients are made with; see ``bridge.oidc.subject``
    pairwise_key: bytes = field(repr=False)


def scope_claims(
    scope: tuple[str, ...], session: Session, client: Client, source: ClaimSource
) -> Claims:
    """OpenID Connect Core 1.0 §5.4: the claims that the granted scope values ask for."""
    claims: Claims = {}
    for value in scope:
        if value in BY_SCOPE:
            claims |= BY_SCOPE[value](session, client, source)
    return claims


def userinfo_extra(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """Core §5.5: the claims that the member userinfo of ``claims`` asks for one by one."""
    return _requested(grant.claims.userinfo, session, client, source)


def id_token_extra(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """Core §5.5: the claims that the member id_token of ``claims`` asks for one by one."""
    return _requested(grant.claims.id_token, session, client, source)


def _requested(
    names: tuple[str, ...], session: Session, client: Client, source: ClaimSource
) -> Claims:
    """Within the scopes that the client is allowed: a claim of another one is left out."""
    allowed = scope_claims(client.scope, session, client, source) if names else {}
    return {name: value for name, value in allowed.items() if name in names}


def _profile(session: Session, client: Client, source: ClaimSource) -> Claims:
    account = session.account
    name = display_name(account.nickname, account.handle)
    claims: Claims = {
        "name": name,
        "given_name": name,
        "family_name": source.family_name,
        "preferred_username": account.handle,
        "picture": account.picture or source.default_picture,
        "updated_at": account.updated_at,
    }
    # Consumers take it for a user name (authentik, everything on Go's goth): hence the handle.
    if client.nickname != "omit":
        claims["nickname"] = account.handle if client.nickname == "username" else name
    return claims


def display_name(nickname: str | None, handle: str) -> str:
    """What to call the person; a blank, and the text "null", is taken for no name by consumers."""
    name = (nickname or "").strip()
    if name and name.lower() != "null":
        return name
    return f"WeChat user {handle[-SHORT:]}"


def _email(session: Session, client: Client, source: ClaimSource) -> Claims:
    claims: Claims = {"email": f"{session.account.handle}@{source.email_domain}"}
    if client.email_verified != "omit":
        claims["email_verified"] = client.email_verified == "true"
    return claims


def _wechat(session: Session, _client: Client, _source: ClaimSource) -> Claims:
    claims: Claims = {"wechat_openid": session.openid, "wechat_appid": session.appid}
    if session.unionid is not None:
        claims["wechat_unionid"] = session.unionid
    return claims


BY_SCOPE: dict[str, Callable[[Session, Client, ClaimSource], Claims]] = {
    "profile": _profile,
    "email": _email,
    "wechat": _wechat,
}

CLAIMS_SUPPORTED = (
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"),
    *("at_hash", "c_hash"),
    *("name", "given_name", "family_name", "preferred_username", "nickname", "picture"),
    *("updated_at", "email", "email_verified"),
    *("wechat_openid", "wechat_appid", "wechat_unionid"),
)
