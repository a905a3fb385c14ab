"""Whom a code of WeChat's stands for, and whether they may enter: without a browser or a page.

The rules are those of a browser's sign-in; they are told to a program.
"""

from dataclasses import dataclass, field

from bridge.endpoints.admitting import Entrant, entrant_of, is_admitted, note_refusal
from bridge.endpoints.arriving import (
    arrival,
    entrant_from_wechat,
    log,
    note_virtual_account,
)
from bridge.endpoints.outcomes import log_failure, outcome_of
from bridge.endpoints.redelivery import ask_who_came
from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.errors import AccessDenied, OAuthError, ServerError, TemporarilyUnavailable
from bridge.oidc.token_exchange import REPEATABLE_FOR, ExchangeDenied, rejected
from bridge.provider import Provider
from bridge.store import SignedIn, Visitor
from bridge.telemetry import Event, came_by, emit
from bridge.wechat import (
    Delivery,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatIdentity,
    WeChatLimited,
    WeChatSnapshotUser,
    WeChatUnionidMissing,
)

# Of the profile only the region would be translated, which WeChat no longer tells (as of 2026-11).
LANG = "zh_CN"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A code, who handed it in, and the client of the application that it is to be exchanged by."""

    client_id: str
    wechat: WeChatClient
    wechat_code: str = field(repr=False)

    @property
    def delivery(self) -> Delivery:
        """No browser's sign-in is answered by it: what stands for ``wechat_state`` is its own.

        From another client, or by another application, it is another delivery.
        """
        appid = self.wechat.application.appid
        named = token_hash(f"{self.client_id}\0{appid}\0{self.wechat_code}")
        return Delivery(f"exchange.{named}", self.wechat_code)


async def who_came(
    provider: Provider, handed_in: HandedIn, visitor: Visitor
) -> WeChatIdentity | Session:
    """Ask WeChat, or find whom the same client signed in by this code a moment ago.

    Raises an OAuthError where WeChat does not say.
    """
    came_by(handed_in.wechat.application.kind)
    session = await provider.store.find_delivery(handed_in.delivery.hash)
    if session is not None:
        return session
    told = await ask_who_came(provider, handed_in.wechat, handed_in.delivery, lang=LANG)
    if not isinstance(told, WeChatError):
        return told
    if isinstance(told, WeChatSnapshotUser):
        await note_virtual_account(provider, handed_in.client_id, handed_in.delivery, visitor)
    appid = handed_in.wechat.application.appid
    log_failure(told, client_id=handed_in.client_id, appid=appid)
    raise _in_protocol_terms(told)


async def enter(
    provider: Provider,
    client: Client,
    handed_in: HandedIn,
    came: WeChatIdentity | Session,
    visitor: Visitor,
) -> Session:
    """Return the sign-in that the code stands for: made now, or by an answer that was lost.

    Raises ExchangeDenied where the person may not enter.
    """
    if isinstance(came, Session):
        if came.auth_time + REPEATABLE_FOR <= provider.now():
            raise rejected()
        await _check_admitted(provider, client, entrant_of(provider, came), visitor)
        emit(Event.SESSION_USED, client_id=client.client_id, account_id=came.account.account_id)
        return came
    entrant = await _entrant(provider, client, came, handed_in.delivery)
    await _check_admitted(provider, client, entrant, visitor)
    arrived = arrival(
        *(provider, handed_in.wechat.application, came, entrant.subject),
        *(handed_in.delivery, client.client_id),
        visitor=visitor,
    )
    signed_in = await provider.store.sign_in(arrived, None)
    log(provider, arrived, signed_in)
    if signed_in == SignedIn(None):  # what an earlier delivery had begun has ended
        raise rejected()
    if signed_in.is_disabled:
        raise ExchangeDenied("the person may not enter")
    if signed_in.session is None:
        raise ExchangeDenied("WeChat's ids do not say who of two people this is")
    return signed_in.session


async def _entrant(
    provider: Provider, client: Client, identity: WeChatIdentity, delivery: Delivery
) -> Entrant:
    try:
        return await entrant_from_wechat(provider, client, identity, delivery)
    except WeChatUnionidMissing:
        raise ServerError("WeChat tells no unionid, which is required here") from None


async def _check_admitted(
    provider: Provider, client: Client, entrant: Entrant, visitor: Visitor
) -> None:
    if not is_admitted(client, entrant):
        await note_refusal(provider, client, entrant, visitor)
        raise ExchangeDenied("the person may not use this client")


def _in_protocol_terms(failure: WeChatError) -> OAuthError:
    """Where a page would send the person to WeChat again, the app is told to get another code."""
    if isinstance(failure, WeChatCodeRejected):
        return rejected()
    if isinstance(failure, WeChatSnapshotUser):
        return ExchangeDenied("a virtual account of WeChat's, which many people share")
    if isinstance(failure, WeChatLimited):
        return TemporarilyUnavailable("WeChat is busy", retry_after=failure.retry_after)
    error = outcome_of(failure).error
    if issubclass(error, AccessDenied):
        return ExchangeDenied("WeChat does not let this person in")
    if issubclass(error, TemporarilyUnavailable):
        return TemporarilyUnavailable("WeChat is busy, or cannot be reached")
    return ServerError("the connection to WeChat is not set up correctly")
