"""The refresh token: RFC 6749 §6, OpenID Connect Core 1.0 §12."""

import logging
from dataclasses import replace
from functools import partial
from typing import cast

from bridge.endpoints.admitting import entrant_of, is_admitted
from bridge.endpoints.encrypting import check_can_encrypt
from bridge.endpoints.grants.access_token import make_access_token
from bridge.endpoints.grants.presented import Presented, present
from bridge.endpoints.grants.token_answer import token_answer
from bridge.endpoints.issuing import new_refresh_token
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.oidc.encryption import id_token_encryption
from bridge.oidc.errors import InvalidGrant
from bridge.oidc.parameters import Parameters
from bridge.oidc.refresh_token import (
    RefreshToken,
    ReusedRefreshToken,
    Rotated,
    Use,
    check_refreshable,
    idle_limit,
    judge_use,
    refreshed_scope,
)
from bridge.oidc.resource import token_resources
from bridge.oidc.token_request import read_refresh_request
from bridge.provider import Provider
from bridge.sealing import Sealer
from bridge.store import NewAccessToken, Rotation, Visitor
from bridge.telemetry import Event, emit


async def present_refresh_token(provider: Provider, parameters: Parameters) -> Presented:
    text, find = parameters.values.get("refresh_token"), provider.store.find_refresh_token
    return await present(text, find, partial(_refresh, provider, parameters))


async def _refresh(
    provider: Provider,
    parameters: Parameters,
    found: RefreshToken | None,
    client: Client,
    visitor: Visitor,
) -> dict[str, str | int]:
    """Give a new access token, and where it is due a new refresh token."""
    asked = read_refresh_request(parameters)
    presented = asked.refresh_token
    token, use = await _judged(provider, client, found, visitor)
    session = token.session
    grant = replace(
        token.grant,
        scope=refreshed_scope(asked.scope, token.grant.scope, client),
        resources=token_resources(asked.resources, token.grant.resources, client),
    )
    if not is_admitted(client, entrant_of(provider, session)):
        raise InvalidGrant("the person may no longer use this client")
    if "openid" in grant.scope:
        await check_can_encrypt(provider, client, id_token_encryption(client))

    access_token, new = await make_access_token(provider, client, grant, session)
    # It ends: a token is rotated once, and a grant that has ended is not found again.
    while (answered := await ACTS[use](provider, presented, token, new)) is None:
        found = await provider.store.find_refresh_token(token_hash(presented))
        token, use = await _judged(provider, client, found, visitor)
    return await token_answer(
        provider,
        client,
        grant,
        session,
        access_token=access_token,
        refresh_token=answered,
        nonce=None,  # Core §12.2: it answers no request of a browser
    )


async def _judged(
    provider: Provider, client: Client, found: RefreshToken | None, visitor: Visitor
) -> tuple[RefreshToken, Use]:
    """Judge what was found; revoke all that its grant gave where it was used before."""
    token = check_refreshable(found, client)
    now = provider.now()
    try:
        return token, judge_use(token, client, provider.lifetimes.refresh_token, now=now)
    except ReusedRefreshToken:
        audit_id = provider.new_id()
        if await provider.store.revoke_reused(token, audit_id=audit_id, now=now, visitor=visitor):
            account_id = token.session.account.account_id
            emit(
                Event.REFRESH_TOKEN_REUSED,
                logging.WARNING,
                client_id=client.client_id,
                account_id=account_id,
            )
        raise


# Each returns the refresh token to answer with, or None where the token is no longer as it was.


async def _keep(
    provider: Provider, presented: str, token: RefreshToken, new: NewAccessToken
) -> str | None:
    expires_at = idle_limit(provider.lifetimes.refresh_token, token.ends_at, now=new.now)
    is_used = await provider.store.use_refresh_token(
        token_hash(presented), token, expires_at=expires_at, access_token=new
    )
    return presented if is_used else None


async def _rotate(
    provider: Provider, presented: str, token: RefreshToken, new: NewAccessToken
) -> str | None:
    successor = provider.new_token()
    rotation = Rotation(
        new_refresh_token(provider, successor, ends_at=token.ends_at),
        _sealer(presented).seal({"refresh_token": successor}),
    )
    is_rotated = await provider.store.rotate_refresh_token(token_hash(presented), rotation, new)
    return successor if is_rotated else None


async def _repeat(
    provider: Provider, presented: str, token: RefreshToken, new: NewAccessToken
) -> str | None:
    is_used = await provider.store.use_refresh_token(
        token_hash(presented), token, expires_at=token.expires_at, access_token=new
    )
    rotated = cast("Rotated", token.rotated)  # or there were nothing to repeat
    successor: str = _sealer(presented).open(rotated.successor, now=new.now)["refresh_token"]
    return successor if is_used else None


ACTS = {Use.KEEP: _keep, Use.ROTATE: _rotate, Use.REPEAT: _repeat}


def _sealer(presented: str) -> Sealer:
    """Only the bearer of a token learns its successor: the store has no more than its hash."""
    return Sealer("refresh token", [presented.encode()])
