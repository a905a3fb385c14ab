"""Where WeChat sends the person back: the upstream's redirection endpoint.

All upstream work happens here and only here. WeChat and browsers may deliver one code more than
once (two tabs, reload, back, the in-app browser); each delivery finds the session of the first
and is answered with an authorization code of its own.
"""

import re

from fastapi import Request, Response

from bridge.endpoints.asking import (
    Asking,
    as_it_is_now,
    find_pending,
    refuse,
    start_again,
    taken_up,
)
from bridge.endpoints.entering import enter, enter_again
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.reading import query_parameters
from bridge.endpoints.routing import Router
from bridge.endpoints.upstream import who_came
from bridge.endpoints.window import check_window
from bridge.oidc.account import Session
from bridge.oidc.errors import AccessDenied, InvalidRequest, LoginRequired, OAuthError
from bridge.provider import Provider
from bridge.store import ClientChanged
from bridge.telemetry import Event, came_by, emit
from bridge.wechat import Delivery, WeChatClient, WeChatIdentity

router = Router(first=limit_pages)

# Seen: 32 letters and digits. Nothing else is worth a call.
WECHAT_CODE = re.compile(r"[A-Za-z0-9_-]{1,128}")

# What WeChat has been seen to send instead of a code when the person declines.
DENIED = "authdeny"


def application_sent_to(provider: Provider, asking: Asking) -> WeChatClient | None:
    """Return the application that the person was sent to, if the client may still use it."""
    appid = asking.pending.appid
    if appid is None or not asking.client.may_use(appid):
        return None
    return provider.wechat.get(appid)


async def _show_the_way(request: Request, provider: Provider, asking: Asking) -> Response:
    """Answer who comes back from where they cannot have been sent."""
    try:
        if "none" in asking.request.prompt:
            raise LoginRequired("the person was never sent to WeChat")
        return start_again(request, provider, asking)
    except OAuthError as error:
        return await refuse(request, provider, asking, error)


@router.route("/callback/wechat", "GET")
async def callback(request: Request, provider: Provider) -> Response:
    """Learn from WeChat who came back, and answer the relying party that asked."""
    check_window(request, provider)
    parameters = query_parameters(request)
    parameters.check_none_repeated()
    pending = find_pending(request, provider, parameters.required("state"))
    wechat_code = parameters.get("code")
    delivery = Delivery(pending.wechat_state, wechat_code or DENIED)
    found = await provider.store.delivered(delivery.wechat_state, delivery.hash, pending.client_id)
    asking = await taken_up(request, provider, pending, found.client)
    wechat = application_sent_to(provider, asking)
    if wechat is None:
        return await _show_the_way(request, provider, asking)
    came_by(wechat.application.kind)
    if not WECHAT_CODE.fullmatch(delivery.wechat_code):
        raise InvalidRequest("code is malformed")
    if delivery.wechat_code == DENIED:
        emit(Event.SIGN_IN_CANCELLED, client_id=asking.client.client_id)
        return await refuse(
            request, provider, asking, AccessDenied("the person declined at WeChat")
        )
    came: Session | WeChatIdentity | None = found.session
    if came is None:
        if found.is_answered and await _has_ended(provider, delivery):
            return start_again(request, provider, asking)
        came = await who_came(request, provider, asking, wechat, delivery)
        if isinstance(came, Session):
            asking = await as_it_is_now(request, provider, asking)
    return await _answer(request, provider, asking, wechat, delivery, came)


async def _answer(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    delivery: Delivery,
    came: Session | WeChatIdentity,
) -> Response:
    """Answer who came, by what the client may then.

    What was asked may have been withdrawn while WeChat took its time: nobody is signed in, and
    nothing told to the client, by what was judged before.
    """
    try:
        if isinstance(came, Session):
            return await enter_again(request, provider, asking, came)
        return await enter(request, provider, asking, wechat.application, came, delivery)
    except ClientChanged:
        asking = await as_it_is_now(request, provider, asking)
        return await _answer(request, provider, asking, wechat, delivery, came)
    except OAuthError as error:
        asking = await as_it_is_now(request, provider, asking)
        return await refuse(request, provider, asking, error)


async def _has_ended(provider: Provider, delivery: Delivery) -> bool:
    """Whether no code is of use any more; else it may be one more of the same person's."""
    return await provider.store.find_sign_in(delivery.wechat_state) is None
