"""Claims about the person: OpenID Connect Core 1.0 §5.1 and §5.4.

One builder for the ID Token and for UserInfo, so that the two never disagree. A claim that is
not known is left out; none is ever null or empty (OpenID Connect Core 1.0 §5.3.2) but for the list
of groups, which consumers want to be one always.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.oidc.account import Account, Session
from bridge.oidc.claims_request import ClaimsRequest
from bridge.oidc.client import Client
from bridge.oidc.extra_claims import extra_claims
from bridge.oidc.grant import Grant
from bridge.oidc.groups import DeclaredGroups, groups_of
from bridge.oidc.standard_claims import ADDRESS, EMAIL, PHONE, PROFILE, Claims
from bridge.oidc.subject import subject_for_client

SHORT = 4


@dataclass(frozen=True, slots=True)
class ClaimSource:
    """What the operator adds to what WeChat knows."""

    email_domain: str
    family_name: str
    default_picture: str
    # What the subjects of pairwise clients are made with; see ``bridge.oidc.subject``
    pairwise_key: bytes = field(repr=False)
    groups: DeclaredGroups = field(default_factory=dict[str, frozenset[str]])


def scope_claims(
    scope: tuple[str, ...], session: Session, client: Client, source: ClaimSource
) -> Claims:
    """OpenID Connect Core 1.0 §5.4: the claims that the granted scope values ask for."""
    claims: Claims = {}
    for value in scope:
        if value in BY_SCOPE:
            claims |= BY_SCOPE[value](session, client, source)
    return claims


def claims_of_scope(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """What the scope asks for, and what the client is told beside it under names of its own."""
    told = scope_claims(grant.scope, session, client, source)
    if not client.extra_claims:
        return told
    known = {**_profile(session, client, source), **_email(session, client, source)}
    known |= _groups(session, client, source)
    known["sub"] = subject_for_client(session.account, client, source.pairwise_key)
    return extra_claims(client, known) | told


def userinfo_extra(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """Core §5.5: the claims that the member userinfo of ``claims`` asks for one by one."""
    return _requested(grant.claims.userinfo, session, client, source)


def id_token_extra(grant: Grant, session: Session, client: Client, source: ClaimSource) -> Claims:
    """Core §5.5: the claims that the member id_token of ``claims`` asks for one by one."""
    return _requested(grant.claims.id_token, session, client, source)


def claims_beyond(
    scope: tuple[str, ...],
    asked: ClaimsRequest,
    session: Session,
    client: Client,
    source: ClaimSource,
) -> tuple[str, ...]:
    """Core §5.5: the names of what is told because ``claims`` asks, and not the scope."""
    told = _requested((*asked.id_token, *asked.userinfo), session, client, source)
    by_scope = scope_claims(scope, session, client, source)
    return tuple(name for name in told if name not in by_scope)


def _requested(
    names: tuple[str, ...], session: Session, client: Client, source: ClaimSource
) -> Claims:
    """Within the scopes that the client is allowed: a claim of another one is left out."""
    allowed = scope_claims(client.scope, session, client, source) if names else {}
    return {name: value for name, value in allowed.items() if name in names}


def _profile(session: Session, client: Client, source: ClaimSource) -> Claims:
    account = session.account
    name = person_name(account)
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
    return claims | _written_down(account, PROFILE)


def _written_down(account: Account, names: tuple[str, ...]) -> Claims:
    """What the operator says of the person goes before what WeChat says."""
    return {name: account.claims[name] for name in names if name in account.claims}


def person_name(account: Account) -> str:
    """What our own pages call the person: the same as the claim ``name``."""
    return str(account.claims.get("name") or display_name(account.nickname, account.handle))


def display_name(nickname: str | None, handle: str) -> str:
    """What to call the person; a blank, and the text "null", is taken for no name by consumers."""
    name = (nickname or "").strip()
    if name and name.lower() != "null":
        return name
    return f"WeChat user {handle[-SHORT:]}"


def _email(session: Session, client: Client, source: ClaimSource) -> Claims:
    account = session.account
    email = account.claims.get("email")
    claims: Claims = {"email": email or f"{account.handle}@{source.email_domain}"}
    if client.email_verified == "auto":
        # An address that we made up has no mailbox, so nobody can have proved that it is theirs.
        claims["email_verified"] = bool(email and account.claims.get("email_verified"))
    elif client.email_verified != "omit":
        claims["email_verified"] = client.email_verified == "true"
    return claims


def _address(session: Session, _client: Client, _source: ClaimSource) -> Claims:
    return _written_down(session.account, ADDRESS)


def _phone(session: Session, _client: Client, _source: ClaimSource) -> Claims:
    """A number that is not known is not verified either."""
    account = session.account
    return _written_down(account, PHONE) if "phone_number" in account.claims else {}


def _groups(session: Session, _client: Client, source: ClaimSource) -> Claims:
    return {"groups": groups_of(session, source.groups)}


def _wechat(session: Session, _client: Client, _source: ClaimSource) -> Claims:
    claims: Claims = {"wechat_openid": session.openid, "wechat_appid": session.appid}
    if session.unionid is not None:
        claims["wechat_unionid"] = session.unionid
    return claims


BY_SCOPE: dict[str, Callable[[Session, Client, ClaimSource], Claims]] = {
    "profile": _profile,
    "email": _email,
    "address": _address,
    "phone": _phone,
    "groups": _groups,
    "wechat": _wechat,
}

# What is in every ID Token, or may be: Core §2, §3.1.3.6, §3.3.2.11
ID_TOKEN_CLAIMS = (
    *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid"),
    *("at_hash", "c_hash"),
)
CLAIMS_OF_SCOPE: dict[str, tuple[str, ...]] = {
    "profile": (*PROFILE, "preferred_username", "nickname", "updated_at"),
    "email": EMAIL,
    "address": ADDRESS,
    "phone": PHONE,
    "groups": ("groups",),
    "wechat": ("wechat_openid", "wechat_appid", "wechat_unionid"),
}


def claims_supported(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Discovery §3: the claims that may be told where these scope values are offered."""
    return (
        *ID_TOKEN_CLAIMS,
        *(name for scope in scopes for name in CLAIMS_OF_SCOPE.get(scope, ())),
    )
