"""Telling relying parties, server to server, that somebody signed out.

OpenID Connect Back-Channel Logout 1.0 §2.5. It happens after the person has been answered: a
relying party that is slow, or away, is nothing that they should wait for.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.fetching import FetchFailed
from bridge.oidc.id_token import Validity
from bridge.oidc.logout_token import (
    LIFETIME,
    TYPE,
    is_told,
    is_worth_another_try,
    logout_token_alg,
    logout_token_claims,
)
from bridge.oidc.subject import subject_for_client
from bridge.provider import Provider
from bridge.store import LoggedIn
from bridge.telemetry import Event, emit, span

# Seconds before the second and the third try
PAUSES = (2, 10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended; without a ``cause`` the relying party knows."""

    cause: str | None
    is_final: bool = True


def tell_by_back_channel(provider: Provider, logged_in: Iterable[LoggedIn]) -> None:
    """Begin to tell each of them, all at once."""
    for one in logged_in:
        if one.client.backchannel_logout_uri is not None:
            provider.background.start(_tell(provider, one, one.client.backchannel_logout_uri))


async def tell_and_wait(
    provider: Provider, logged_in: Iterable[LoggedIn]
) -> dict[str, list[str | None]]:
    """Tell each of them that can be told, and return how it went for each sign-in of a client.

    None where the relying party knows now, otherwise the cause why it does not.
    """
    told = [
        (one, uri) for one in logged_in if (uri := one.client.backchannel_logout_uri) is not None
    ]
    causes = await asyncio.gather(*(_tell(provider, one, uri) for one, uri in told))
    by_client: dict[str, list[str | None]] = {}
    for (one, _), cause in zip(told, causes, strict=True):
        by_client.setdefault(one.client.client_id, []).append(cause)
    return by_client


async def _tell(provider: Provider, logged_in: LoggedIn, uri: str) -> str | None:
    outcome = Outcome("the bridge stopped")
    try:
        outcome = await _post(provider, logged_in, uri)
        for pause in PAUSES:
            if outcome.is_final:
                break
            await provider.sleep(pause)
            outcome = await _post(provider, logged_in, uri)
    except Exception:
        outcome = Outcome("a fault of the bridge")
        raise
    finally:  # also where the process ends before
        event, level = Event.LOGOUT_DELIVERED, logging.INFO
        if outcome.cause is not None:
            event, level = Event.LOGOUT_FAILED, logging.WARNING
        emit(event, level, client_id=logged_in.client.client_id, cause=outcome.cause)
    return outcome.cause


async def _post(provider: Provider, logged_in: LoggedIn, uri: str) -> Outcome:
    """Try once, with a token of its own: the one before may have been taken, and its jti spent."""
    client = logged_in.client
    ring = await provider.keys.ring(provider.now())
    if logout_token_alg(client) not in ring.algorithms:
        return Outcome("its algorithm is not offered")  # any more: the operator gave it up
    try:
        async with provider.background.turn:
            form = {"logout_token": await _logout_token(provider, logged_in)}
            status = await provider.fetcher.post_form(uri, form, client_id=client.client_id)
    except FetchFailed as failed:
        return Outcome(str(failed), is_final=False)
    if is_told(status):
        return Outcome(None)
    return Outcome(f"status {status}", is_final=not is_worth_another_try(status))


async def _logout_token(provider: Provider, logged_in: LoggedIn) -> str:
    client, session, now = logged_in.client, logged_in.session, provider.now()
    claims = logout_token_claims(
        client,
        subject=subject_for_client(session.account, client, provider.claim_source.pairwise_key),
        sid=session.sid,
        jti=provider.new_id(),
        validity=Validity(provider.issuer, now, LIFETIME),
    )
    ring = await provider.keys.ring(now)
    with span("sign", alg=logout_token_alg(client)):
        return ring.sign(claims, now=now, alg=logout_token_alg(client), typ=TYPE)
