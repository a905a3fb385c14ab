"""Where WeChat pushes what has changed between a person and an application of the operator's."""

import logging

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from bridge.endpoints.back_channel import tell_by_back_channel
from bridge.endpoints.limiting import count
from bridge.endpoints.reading import bounded_body, query_parameters
from bridge.endpoints.routing import Router
from bridge.limiting import Limit
from bridge.oidc.errors import BodyTooLarge, InvalidRequest
from bridge.provider import Provider
from bridge.store import Push
from bridge.telemetry import Event, emit
from bridge.wechat.events import (
    AuthorizationChange,
    Delivery,
    PushRefused,
    PushSettings,
    PushUnusable,
    answer_to_url_check,
    read_change,
    receive,
)

router = Router()

# Seconds for which a message is known again. WeChat repeats within a minute what was not answered.
REMEMBERED = 86_400

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@router.route("/wechat/events/{client_id}", "GET")
async def check_url(request: Request, provider: Provider) -> Response:
    """Prove to WeChat's console that this is where pushes are wanted."""
    client_id: str = request.path_params["client_id"]
    settings = provider.pushes.get(client_id)
    if settings is None:
        return _said("not found\n", 404)
    try:
        echostr = answer_to_url_check(query_parameters(request), settings, now=provider.now())
    except (PushRefused, InvalidRequest) as refused:
        return await _refuse(request, provider, client_id, refused)
    emit(Event.PUSH_URL_CHECKED, appid=client_id)
    return _said(echostr)


@router.route("/wechat/events/{client_id}", "POST")
async def take_push(request: Request, provider: Provider) -> Response:
    """Take what WeChat pushes, once; it repeats what is not answered ``success``."""
    client_id: str = request.path_params["client_id"]
    settings = provider.pushes.get(client_id)
    if settings is None:
        return _said("not found\n", 404)
    try:
        parameters, body = query_parameters(request), await bounded_body(request)
        delivery = receive(parameters, body, client_id, settings, now=provider.now())
        change = read_change(delivery.fields, client_id, settings.kind)
    except (PushRefused, InvalidRequest) as refused:
        return await _refuse(request, provider, client_id, refused)
    if change is None:
        emit(Event.PUSH_RECEIVED, appid=client_id, outcome="ignored")
    else:
        await _take(provider, client_id, settings, delivery, change)
    return _said("success")


async def _take(
    provider: Provider,
    appid: str,
    settings: PushSettings,
    delivery: Delivery,
    change: AuthorizationChange,
) -> None:
    now, is_proven = provider.now(), delivery.is_sealed or settings.acts_on_plain
    taken = await provider.store.take_push(
        Push(
            appid=appid,
            openid=change.openid,
            change=change.change,
            is_proven=is_proven,
            request_hash=delivery.request_hash,
            request_until=delivery.good_until,
            message_hash=change.message_hash,
            message_until=now + REMEMBERED,
            audit_id=provider.new_id(),
            now=now,
        )
    )
    outcome, level, account_id = "repeated", logging.INFO, None
    if taken is not None:
        tell_by_back_channel(provider, taken.logged_in)
        account_id = taken.account_id
        outcome = "nobody" if account_id is None else "done" if is_proven else "noted"
        level = logging.WARNING if outcome == "noted" else logging.INFO
    emit(
        Event.PUSH_RECEIVED,
        level,
        appid=appid,
        change=change.change,
        outcome=outcome,
        account_id=account_id,
    )


async def _refuse(request: Request, provider: Provider, appid: str, refused: Exception) -> Response:
    """Whoever is refused is told nothing; who knows the Token has the operator's attention.

    Strangers have it for so long as they are few. What is signed is never counted.
    """
    is_signed = isinstance(refused, PushUnusable)
    if not is_signed:
        await count(request, provider, Limit.PUSH_FAILURES)
    level = logging.WARNING if is_signed else logging.INFO
    emit(Event.PUSH_REFUSED, level, appid=appid, cause=str(refused))
    return _said("refused\n", refused.status if isinstance(refused, BodyTooLarge) else 403)


def _said(text: str, status: int = 200) -> Response:
    return PlainTextResponse(text, status, headers=HEADERS)
