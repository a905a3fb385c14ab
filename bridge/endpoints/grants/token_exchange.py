"""Token Exchange: RFC 8693, of the codes that WeChat gives to apps and mini programs."""

import logging
from functools import partial

from bridge.endpoints.auditing import entry_about
from bridge.endpoints.encrypting import check_can_encrypt
from bridge.endpoints.grants.access_token import make_access_token
from bridge.endpoints.grants.presented import Presented
from bridge.endpoints.grants.token_answer import token_answer
from bridge.endpoints.grants.wechat_code import HandedIn, enter, who_came
from bridge.endpoints.issuing import new_refresh_token, sign_id_token
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.encryption import id_token_encryption
from bridge.oidc.errors import InvalidClient
from bridge.oidc.grant import Grant
from bridge.oidc.id_token import Binding
from bridge.oidc.parameters import Parameters
from bridge.oidc.refresh_token import is_refreshable
from bridge.oidc.token_exchange import (
    ID_TOKEN,
    TokenExchange,
    application_of,
    check_may_exchange,
    id_token_response,
    read_token_exchange,
    rejected,
)
from bridge.provider import Provider
from bridge.store import AuditEntry, AuditEvent, NewIssue, Visitor
from bridge.telemetry import Event, emit


async def present_wechat_code(provider: Provider, parameters: Parameters) -> Presented:
    """WeChat's codes are known to nobody here, and WeChat is not asked for strangers."""
    return Presented(None, partial(_exchange, provider, parameters))


async def _exchange(
    provider: Provider, parameters: Parameters, client: Client, visitor: Visitor
) -> dict[str, str | int]:
    """Sign in whom the code stands for, and give tokens of that sign-in."""
    asked, handed_in = _judge(provider, client, parameters)
    if "openid" in asked.scope:
        await check_can_encrypt(provider, client, id_token_encryption(client))
    came = await who_came(provider, handed_in, visitor)
    # What was allowed may have been withdrawn while WeChat took its time.
    client = await _as_it_is_now(provider, client)
    asked, handed_in = _judge(provider, client, parameters)
    session = await enter(provider, client, handed_in, came, visitor)
    entry = None
    if isinstance(came, Session):
        entry = entry_about(provider, AuditEvent.SESSION_USED, visitor, session, client)
    return await _answer(provider, client, asked, session, entry)


def _judge(
    provider: Provider, client: Client, parameters: Parameters
) -> tuple[TokenExchange, HandedIn]:
    check_may_exchange(client)
    asked = read_token_exchange(parameters, client)
    by_appid = {
        wechat.application.appid: wechat
        for wechat in provider.wechat
        if client.may_use(wechat.application.appid)
    }
    kinds = {appid: wechat.application.kind for appid, wechat in by_appid.items()}
    wechat = by_appid[application_of(asked, kinds)]
    return asked, HandedIn(client.client_id, wechat, asked.wechat_code)


async def _as_it_is_now(provider: Provider, client: Client) -> Client:
    found = await provider.store.client(client.client_id)
    if found is None:
        raise InvalidClient("the client is no longer registered")
    return provider.offered(found)


async def _answer(
    provider: Provider,
    client: Client,
    asked: TokenExchange,
    session: Session,
    entry: AuditEntry | None,
) -> dict[str, str | int]:
    grant = Grant(
        grant_id=provider.new_id(),
        client_id=client.client_id,
        sid=session.sid,
        scope=asked.scope,
        resources=asked.resources,
    )
    issued = {"issued_token_type": asked.requested_token_type}
    if asked.requested_token_type == ID_TOKEN:
        await _issue(provider, NewIssue(grant=grant, now=provider.now()), entry)
        binding = Binding(nonce=asked.nonce, is_alone=True)
        id_token = await sign_id_token(provider, client, grant, session, binding)
        emit(Event.TOKENS_ISSUED, logging.DEBUG, client_id=client.client_id)
        lifetime = provider.lifetimes.id_token
        return id_token_response(id_token, lifetime=lifetime, scope=grant.scope) | issued
    access_token, new = await make_access_token(provider, client, grant, session)
    refresh_token = provider.new_token() if is_refreshable(grant) else None
    await _issue(
        provider,
        NewIssue(
            grant=grant,
            now=provider.now(),
            access_token=new,
            refresh_token=new_refresh_token(provider, refresh_token) if refresh_token else None,
        ),
        entry,
    )
    answer = await token_answer(
        provider,
        client,
        grant,
        session,
        access_token=access_token,
        refresh_token=refresh_token,
        nonce=asked.nonce,
    )
    return answer | issued


async def _issue(provider: Provider, new: NewIssue, entry: AuditEntry | None) -> None:
    """Raise InvalidRequest where the sign-in that the code stands for has ended meanwhile."""
    if not await provider.store.issue(new.grant.sid, new, entry=entry):
        raise rejected()
