"""The authorization code: RFC 6749 §4.1.3, OpenID Connect Core 1.0 §3.1.3."""

import logging
from dataclasses import replace
from functools import partial

from bridge.endpoints.auditing import entry_once
from bridge.endpoints.encrypting import check_can_encrypt
from bridge.endpoints.grants.access_token import make_access_token
from bridge.endpoints.grants.presented import Presented, present
from bridge.endpoints.grants.token_answer import token_answer
from bridge.endpoints.issuing import new_refresh_token
from bridge.oidc.access_token import token_hash
from bridge.oidc.authorization_code import INVALID, check_issued_to, check_redemption
from bridge.oidc.client import Client
from bridge.oidc.encryption import id_token_encryption
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.parameters import Parameters
from bridge.oidc.refresh_token import is_refreshable
from bridge.oidc.resource import token_resources
from bridge.oidc.token_request import read_token_request
from bridge.provider import Provider
from bridge.store import AuditEvent, StoredCode, Visitor
from bridge.telemetry import Event, emit


async def present_code(provider: Provider, parameters: Parameters) -> Presented:
    redeem = partial(_redeem, provider, parameters)
    return await present(parameters.values.get("code"), provider.store.find_code, redeem)


async def _redeem(
    provider: Provider,
    parameters: Parameters,
    stored: StoredCode | None,
    client: Client,
    visitor: Visitor,
) -> dict[str, str | int]:
    """Redeem an authorization code, once."""
    token_request = read_token_request(parameters)

    now, code_hash = provider.now(), token_hash(token_request.code)
    code = check_issued_to(stored.code if stored else None, client)
    if stored is None:
        raise InvalidGrant(INVALID)
    if stored.is_redeemed:
        raise await _replayed(provider, stored, client, visitor)
    check_redemption(code, token_request, now=now)
    if "openid" in code.grant.scope:
        await check_can_encrypt(provider, client, id_token_encryption(client))
    resources = token_resources(token_request.resources, code.grant.resources, client)
    grant = code.grant
    if resources != grant.resources:
        grant = replace(grant, resources=resources)
    access_token, new = await make_access_token(provider, client, grant, stored.session)
    refresh_token = provider.new_token() if is_refreshable(code.grant) else None
    is_spent = await provider.store.spend_code(
        code_hash,
        stored,
        new,
        new_refresh_token(provider, refresh_token) if refresh_token else None,
    )
    if not is_spent:
        raise await _not_spent(provider, code_hash, client, visitor)
    return await token_answer(
        provider,
        client,
        grant,
        stored.session,
        access_token=access_token,
        refresh_token=refresh_token,
        # §3.3.3.6: the nonce of a front channel's ID Token is repeated in this one
        nonce=code.nonce,
    )


async def _not_spent(
    provider: Provider, code_hash: str, client: Client, visitor: Visitor
) -> InvalidGrant:
    """Tell who was second from who was signed out, or changed, since the code was given."""
    stored = await provider.store.find_code(code_hash)
    if stored is None or not stored.is_redeemed:
        return InvalidGrant(INVALID)
    return await _replayed(provider, stored, client, visitor)


async def _replayed(
    provider: Provider, stored: StoredCode, client: Client, visitor: Visitor
) -> InvalidGrant:
    """RFC 6749 §4.1.2: revoke what the code gave. It may have been stolen, from either side."""
    grant_id = stored.code.grant.grant_id
    entry = entry_once(
        provider,
        AuditEvent.CODE_REPLAYED,
        visitor,
        grant_id,
        account_id=stored.session.account.account_id,
        client_id=client.client_id,
    )
    await provider.store.revoke_grant(grant_id, now=provider.now(), entry=entry)
    emit(Event.CODE_REPLAYED, logging.WARNING, client_id=client.client_id)
    return InvalidGrant("code is already redeemed")
