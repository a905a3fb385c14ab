"""The Token Endpoint: OpenID Connect Core 1.0 §3.1.3."""

import logging
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bridge.endpoints.reading import form_parameters
from bridge.oidc.access_token import token_hash, token_response
from bridge.oidc.authorization_code import check_issued_to, check_redemption
from bridge.oidc.client import Client
from bridge.oidc.client_authentication import authenticate_client, read_client_credentials
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.id_token import Validity, id_token_claims
from bridge.oidc.token_request import read_token_request
from bridge.provider import Provider, ProviderDep
from bridge.store import NewAccessToken, StoredCode
from bridge.telemetry import Event, emit

router = APIRouter()


@router.post("/token")
async def token(request: Request, provider: ProviderDep) -> JSONResponse:
    """Redeem an authorization code, once, for an access token and an ID Token."""
    parameters = await form_parameters(request)
    parameters.check_none_repeated()
    credentials = read_client_credentials(parameters, request.headers.get("authorization"))
    client = authenticate_client(await provider.store.client(credentials.client_id), credentials)
    token_request = read_token_request(parameters)

    now, code_hash = provider.now(), token_hash(token_request.code)
    stored = await provider.store.find_code(code_hash)
    code = check_issued_to(stored.code if stored else None, client)
    if stored is None or stored.is_redeemed:
        raise await _replayed(provider, code.grant_id, client)
    check_redemption(code, token_request, now=now)
    access_token = provider.new_token()
    lifetime = provider.lifetimes.access_token
    spent_for = NewAccessToken(
        token_hash=token_hash(access_token), now=now, expires_at=now + lifetime
    )
    if not await provider.store.spend_code(code_hash, stored, spent_for):
        raise await _replayed(provider, code.grant_id, client)

    emit(Event.TOKENS_ISSUED, logging.DEBUG, client_id=client.client_id)
    id_token = _id_token(provider, client, stored, access_token=access_token, now=now)
    answer: dict[str, Any] = token_response(
        access_token, lifetime=lifetime, scope=code.scope, id_token=id_token
    )
    return JSONResponse(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


def _id_token(
    provider: Provider, client: Client, stored: StoredCode, *, access_token: str, now: int
) -> str | None:
    """OpenID Connect Core 1.0 §3.1.3.3: an ID Token wherever openid was granted."""
    if "openid" not in stored.code.scope:
        return None
    claims = id_token_claims(
        stored.code,
        stored.session,
        client,
        provider.claim_source,
        access_token=access_token,
        validity=Validity(provider.issuer, now, provider.lifetimes.id_token),
    )
    return provider.keys.ring(now).sign(claims, now=now, alg=client.id_token_signed_response_alg)


async def _replayed(provider: Provider, grant_id: str, client: Client) -> InvalidGrant:
    """RFC 6749 §4.1.2: revoke what the code gave. It may have been stolen, from either side."""
    await provider.store.revoke_grant(grant_id, now=provider.now())
    emit(Event.CODE_REPLAYED, logging.WARNING, client_id=client.client_id)
    return InvalidGrant("code is already redeemed")
