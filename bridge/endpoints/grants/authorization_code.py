"""The authorization code: RFC 6749 §4.1.3, OpenID Connect Core 1.0 §3.1.3."""

import logging

from bridge.endpoints.encrypting import check_can_encrypt
from bridge.endpoints.issuing import new_access_token, sign_id_token
from bridge.oidc.access_token import token_hash, token_response
from bridge.oidc.authorization_code import check_issued_to, check_redemption
from bridge.oidc.client import Client
from bridge.oidc.encryption import id_token_encryption
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.id_token import Binding
from bridge.oidc.parameters import Parameters
from bridge.oidc.token_request import read_token_request
from bridge.provider import Provider
from bridge.telemetry import Event, emit


async def redeem(
    provider: Provider, client: Client, parameters: Parameters
) -> dict[str, str | int]:
    """Redeem an authorization code, once, for an access token and an ID Token."""
    token_request = read_token_request(parameters)

    now, code_hash = provider.now(), token_hash(token_request.code)
    stored = await provider.store.find_code(code_hash)
    code = check_issued_to(stored.code if stored else None, client)
    if stored is None or stored.is_redeemed:
        raise await _replayed(provider, code.grant.grant_id, client)
    check_redemption(code, token_request, now=now)
    if "openid" in code.grant.scope:
        await check_can_encrypt(provider, client, id_token_encryption(client))
    access_token = provider.new_token()
    spent_for = new_access_token(provider, access_token)
    if not await provider.store.spend_code(code_hash, stored, spent_for):
        raise await _replayed(provider, code.grant.grant_id, client)

    emit(Event.TOKENS_ISSUED, logging.DEBUG, client_id=client.client_id)
    id_token = None
    if "openid" in code.grant.scope:
        # Core §3.1.3.3; the nonce of a front channel's ID Token is repeated in this one (§3.3.3.6)
        binding = Binding(nonce=code.nonce, access_token=access_token)
        id_token = await sign_id_token(provider, client, code.grant, stored.session, binding)
    return token_response(
        access_token,
        lifetime=provider.lifetimes.access_token,
        scope=code.grant.scope,
        id_token=id_token,
    )


async def _replayed(provider: Provider, grant_id: str, client: Client) -> InvalidGrant:
    """RFC 6749 §4.1.2: revoke what the code gave. It may have been stolen, from either side."""
    await provider.store.revoke_grant(grant_id, now=provider.now())
    emit(Event.CODE_REPLAYED, logging.WARNING, client_id=client.client_id)
    return InvalidGrant("code is already redeemed")
