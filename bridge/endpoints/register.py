"""The Client Registration and Configuration Endpoints: RFC 7591 §3, RFC 7592 §2."""

from dataclasses import replace

from fastapi import Request, Response

from bridge.endpoints.auditing import entry_of, entry_of_the_hour, visitor_of
from bridge.endpoints.discovery import metadata_of
from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.limiting import count, failed
from bridge.endpoints.reading import client_metadata
from bridge.endpoints.registering import NewCredentials, check_sector_of
from bridge.endpoints.routing import Router
from bridge.limiting import Limit
from bridge.oidc.client import Client
from bridge.oidc.client_capabilities import Registrable
from bridge.oidc.client_information import Credentials, client_information
from bridge.oidc.client_registration import check_update, registered, unregistered
from bridge.oidc.errors import InvalidToken
from bridge.oidc.registration_access import (
    check_may_register,
    read_registration_token,
    verify_registration_token,
    wrong_registration_token,
)
from bridge.provider import Provider
from bridge.store import AuditEvent
from bridge.telemetry import Event, emit

router = Router()

HEADERS = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@router.route("/register", "POST")
async def register(request: Request, provider: Provider) -> JSONAnswer:
    """Register a client as it describes itself, and tell it what became of that."""
    await _check_may_register(request, provider)
    sent = await client_metadata(request)
    nobody = unregistered(provider.new_client_id(), provider.registration)
    client = registered(nobody, sent, await _registrable(provider))
    if provider.registration.mode == "open":
        await count(request, provider, Limit.REGISTRATIONS)
    await check_sector_of(provider, client)
    new, now = NewCredentials(provider), provider.now()
    client = new.given_to(client)
    visitor, event = visitor_of(request, provider), AuditEvent.CLIENT_REGISTERED
    entry = entry_of(provider, event, visitor, client_id=client.client_id)
    await provider.store.add_client(client, now=now, entry=entry)
    emit(Event.CLIENT_REGISTERED, client_id=client.client_id, client_name=client.client_name)
    return _told(provider, client, replace(new.told_to(client), issued_at=now), status=201)


async def _check_may_register(request: Request, provider: Provider) -> None:
    try:
        check_may_register(provider.registration, request.headers.get("authorization"))
    except InvalidToken as error:
        raise await failed(request, provider, error, Limit.TOKEN_FAILURES) from None


@router.route("/register/{client_id}", "GET")
async def read(request: Request, provider: Provider) -> JSONAnswer:
    """Tell a client how it is registered; the token is the one that it sent."""
    client, token = await _verified(request, provider)
    return _told(provider, client, Credentials(registration_access_token=token))


@router.route("/register/{client_id}", "PUT")
async def update(request: Request, provider: Provider) -> JSONAnswer:
    """Register a client anew under its client_id; its registration access token is replaced."""
    client, token = await _verified(request, provider)
    sent, registrable = await client_metadata(request), await _registrable(provider)

    def is_own_secret(client_secret: str) -> bool:
        return provider.client_secrets.fits(client, client_secret, now=provider.now())

    check_update(client, sent, is_own_secret=is_own_secret)
    await check_sector_of(provider, registered(client, sent, registrable))
    new = NewCredentials(provider)

    def change(known: Client) -> Client:
        # Another update may have been first, and then this token is good no longer.
        verify_registration_token(known, token)
        return new.given_to(registered(known, sent, registrable))

    client_id = client.client_id
    # A client can do this all day long, and nobody has to answer for each time.
    entry = entry_of_the_hour(
        *(provider, AuditEvent.CLIENT_CHANGED_ITSELF, visitor_of(request, provider), client_id),
        client_id=client_id,
    )
    changed = await provider.store.change_registration(client_id, change, entry=entry)
    if changed is None:
        raise wrong_registration_token()
    emit(Event.CLIENT_CHANGED, client_id=client_id, client_name=changed.client_name)
    return _told(provider, changed, new.told_to(changed))


@router.route("/register/{client_id}", "DELETE")
async def remove(request: Request, provider: Provider) -> Response:
    """Forget a client; its codes, grants and tokens end at once (RFC 7592 §2.3)."""
    client, token = await _verified(request, provider)

    def check(known: Client) -> None:
        verify_registration_token(known, token)

    visitor, event = visitor_of(request, provider), AuditEvent.CLIENT_REMOVED_ITSELF
    entry = entry_of(provider, event, visitor, client_id=client.client_id)
    if not await provider.store.remove_client(client.client_id, check=check, entry=entry):
        raise wrong_registration_token()
    emit(Event.CLIENT_REMOVED, client_id=client.client_id)
    return Response(status_code=204, headers=HEADERS)


async def _verified(request: Request, provider: Provider) -> tuple[Client, str]:
    """Return the client, with the token that proves that it is the one who asks."""
    token = read_registration_token(request.headers.get("authorization"))
    client_id: str = request.path_params["client_id"]
    found = await provider.store.client(client_id) if client_id.isprintable() else None
    try:
        return verify_registration_token(found, token), token
    except InvalidToken as error:
        raise await failed(request, provider, error, Limit.TOKEN_FAILURES) from None


async def _registrable(provider: Provider) -> Registrable:
    return Registrable(await metadata_of(provider), provider.registration.scopes)


def _told(
    provider: Provider, client: Client, credentials: Credentials, status: int = 200
) -> JSONAnswer:
    told = client_information(client, credentials, issuer=provider.issuer)
    return JSONAnswer(told, status, headers=HEADERS)
