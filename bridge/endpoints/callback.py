"""Where WeChat sends the person back: the upstream's redirection endpoint.

All upstream work happens here and only here. WeChat and browsers may deliver one code more than
once (two tabs, reload, back, the in-app browser); each delivery finds the session of the first
and is answered with an authorization code of its own.
"""

import re

from fastapi import Request, Response

from bridge.endpoints.asking import Asking, as_it_is_now, refuse, resume, start_again
from bridge.endpoints.entering import enter, enter_again
from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.reading import query_parameters
from bridge.endpoints.redelivery import delivered
from bridge.endpoints.routing import Router
from bridge.endpoints.upstream import who_came
from bridge.endpoints.window import check_window
from bridge.oidc.account import Session
from bridge.oidc.errors import AccessDenied, InvalidRequest, LoginRequired, OAuthError
from bridge.provider import Provider
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
    asking = await resume(request, provider, parameters.required("state"))
    wechat = application_sent_to(provider, asking)
    if wechat is None:
        return await _show_the_way(request, provider, asking)
    came_by(wechat.application.kind)
    wechat_code = parameters.get("code")
    if wechat_code is not None and not WECHAT_CODE.fullmatch(wechat_code):
        raise InvalidRequest("code is malformed")
    if wechat_code is None or wechat_code == DENIED:
        emit(Event.SIGN_IN_CANCELLED, client_id=asking.client.client_id)
        return await refuse(
            request, provider, asking, AccessDenied("the person declined at WeChat")
        )

    delivery = Delivery(asking.pending.wechat_state, wechat_code)
    return await _answer(request, provider, asking, wechat, delivery)


async def _answer(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    delivery: Delivery,
) -> Response:
    """Answer by the session of another delivery of the code, or find out who came."""
    came: Session | WeChatIdentity | None
    came, is_answered = await delivered(provider, delivery)
    if came is None and is_answered and await _has_ended(provider, delivery):
        return start_again(request, provider, asking)
    if came is None:
        came = await who_came(request, provider, asking, wechat, delivery)
        # What was asked may have been withdrawn while WeChat took its time.
        asking = await as_it_is_now(request, provider, asking)
    try:
        if isinstance(came, Session):
            return await enter_again(request, provider, asking, came)
        return await enter(request, provider, asking, wechat.application, came, delivery)
    except OAuthError as error:
        return await refuse(request, provider, asking, error)


async def _has_ended(provider: Provider, delivery: Delivery) -> bool:
    """Whether no code is of use any more; else it may be one more of the same person's."""
    return await provider.store.find_sign_in(delivery.wechat_state) is None
