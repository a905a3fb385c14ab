"""What answers a request: the grant, the code and the tokens, made and sent."""

import logging
from dataclasses import dataclass

from fastapi import Request, Response

from bridge.endpoints.answering import respond
from bridge.endpoints.asking import Asking
from bridge.endpoints.auditing import entry_about, visitor_of
from bridge.endpoints.encrypting import check_can_encrypt, encrypted
from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Session
from bridge.oidc.authorization_code import LIFETIME, AuthorizationCode
from bridge.oidc.authorization_response import success_parameters
from bridge.oidc.client import Client
from bridge.oidc.consent import Permission
from bridge.oidc.encryption import id_token_encryption
from bridge.oidc.grant import Grant
from bridge.oidc.id_token import Binding, Validity, id_token_claims
from bridge.oidc.pushed_request import unknown_reference
from bridge.oidc.refresh_token import idle_limit
from bridge.oidc.signing import UNSIGNED, unsecured_jwt
from bridge.provider import Provider
from bridge.store import (
    AlreadyAnswered,
    AuditEvent,
    NewAccessToken,
    NewIssue,
    NewRefreshToken,
)
from bridge.telemetry import Event, emit, span


@dataclass(frozen=True, slots=True)
class Issue:
    """What is about to be stored, and the texts that only the client is told."""

    new: NewIssue
    code: str | None
    access_token: str | None


async def new_issue(provider: Provider, asking: Asking, *, sid: str) -> Issue:
    """Make what this request asks for, standing on the session ``sid``."""
    asked, now = asking.request, provider.now()
    if "id_token" in asked.response_type:
        await check_can_encrypt(provider, asking.client, id_token_encryption(asking.client))
    grant = Grant(
        grant_id=provider.new_id(),
        client_id=asking.client.client_id,
        sid=sid,
        scope=asked.scope,
        claims=asked.claims,
        resources=asked.resources,
    )
    code = provider.new_token() if "code" in asked.response_type else None
    access_token = provider.new_token() if "token" in asked.response_type else None
    stored = None
    if code is not None:
        stored = AuthorizationCode(
            grant=grant,
            redirect_uri=asked.redirection.redirect_uri,
            nonce=asked.nonce,
            code_challenge=asked.code_challenge,
            expires_at=now + LIFETIME,
        )
    new = NewIssue(
        grant=grant,
        now=now,
        visit=asking.pending.visit,
        code=stored,
        code_hash=code and token_hash(code),
        access_token=new_access_token(provider, access_token) if access_token else None,
    )
    return Issue(new, code, access_token)


def new_access_token(provider: Provider, access_token: str) -> NewAccessToken:
    """The access token as the store keeps it."""
    now = provider.now()
    return NewAccessToken(
        token_hash=token_hash(access_token),
        now=now,
        expires_at=now + provider.lifetimes.access_token,
    )


def new_refresh_token(
    provider: Provider, refresh_token: str, *, ends_at: int | None = None
) -> NewRefreshToken:
    """The refresh token as the store keeps it; a successor's ``ends_at`` is its predecessor's."""
    now, policy = provider.now(), provider.lifetimes.refresh_token
    ends_at = now + policy.lifetime if ends_at is None else ends_at
    return NewRefreshToken(
        token_hash=token_hash(refresh_token),
        now=now,
        expires_at=idle_limit(policy, ends_at, now=now),
        ends_at=ends_at,
    )


async def sign_id_token(
    provider: Provider, client: Client, grant: Grant, session: Session, binding: Binding
) -> str:
    """The ID Token of this grant, as the client wants it: signed, then encrypted (Core §16.14).

    Raises UnauthorizedClient where the client has no key for it.
    """
    now = provider.now()
    claims = id_token_claims(
        grant,
        session,
        client,
        provider.claim_source,
        binding=binding,
        validity=Validity(provider.issuer, now, provider.lifetimes.id_token),
    )
    alg = client.id_token_signed_response_alg
    if alg == UNSIGNED:
        return unsecured_jwt(claims)
    ring = await provider.keys.ring(now)
    with span("sign", alg=alg):
        signed = ring.sign(claims, now=now, alg=alg)
    return await encrypted(provider, client, id_token_encryption(client), signed)


async def succeed(
    request: Request, provider: Provider, asking: Asking, issue: Issue, session: Session
) -> Response:
    """Send what was issued to the relying party (Core §3.1.2.5, §3.2.2.5, §3.3.2.5)."""
    asked, issued = asking.request, dict[str, str]()
    if issue.code is not None:
        issued["code"] = issue.code
    if issue.access_token is not None:
        issued |= {
            "access_token": issue.access_token,
            "token_type": "Bearer",
            "expires_in": str(provider.lifetimes.access_token),
            "scope": " ".join(asked.scope),
        }
        emit(Event.TOKENS_ISSUED, logging.DEBUG, client_id=asking.client.client_id)
    if "id_token" in asked.response_type:
        binding = Binding(
            nonce=asked.nonce,
            access_token=issue.access_token,
            code=issue.code,
            is_alone=asked.response_type == frozenset({"id_token"}),
        )
        grant = issue.new.grant
        issued["id_token"] = await sign_id_token(provider, asking.client, grant, session, binding)
    parameters = success_parameters(asked.redirection, issued, issuer=provider.issuer)
    return respond(request, asked.redirection, parameters)


async def issue_from(
    request: Request,
    provider: Provider,
    asking: Asking,
    session: Session,
    consented: Permission | None = None,
    *,
    event: AuditEvent | None = None,
) -> Response | None:
    """Answer for who has a session; None if it has ended meanwhile. Remember ``consented``.

    The audit trail keeps the ``event``, once an hour for each sign-in and client. Raises
    InvalidRequestUri where the request was pushed, and another visit was answered first (RFC 9126
    §4).
    """
    issue = await new_issue(provider, asking, sid=session.sid)
    entry = None
    if event is not None:
        visitor = visitor_of(request, provider)
        entry = entry_about(provider, event, visitor, session, asking.client)
    try:
        if not await provider.store.issue(session.sid, issue.new, consented, entry=entry):
            return None
    except AlreadyAnswered:
        raise unknown_reference() from None
    return await succeed(request, provider, asking, issue, session)


async def answer_from(
    request: Request, provider: Provider, asking: Asking, session: Session
) -> Response | None:
    """Answer from a session that was before; None if it has ended meanwhile."""
    event = AuditEvent.SESSION_USED
    response = await issue_from(request, provider, asking, session, event=event)
    if response is not None:
        client_id, account_id = asking.client.client_id, session.account.account_id
        emit(Event.SESSION_USED, client_id=client_id, account_id=account_id)
    return response
