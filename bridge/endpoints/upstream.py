"""What WeChat's answer means for the person, for the client and for the log."""

import logging

from fastapi import Request, Response

from bridge.endpoints.asking import Asking, problem, refuse, start_again
from bridge.endpoints.failures import Answered
from bridge.endpoints.reading import language_of
from bridge.oidc.errors import AccessDenied, OAuthError, ServerError, TemporarilyUnavailable
from bridge.provider import Provider
from bridge.telemetry import Event, emit
from bridge.wechat import (
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatIdentity,
    WeChatMisconfigured,
    WeChatPersonRefused,
    WeChatSnapshotUser,
)

# WeChat's names of the languages of our pages: it has these three and no others, as of 2026-11
# (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo.html).
LANG = {"zh-CN": "zh_CN", "zh-TW": "zh_TW", "en": "en", "ja": "en", "ko": "en"}


async def identify(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    wechat_code: str,
) -> WeChatIdentity:
    """Ask WeChat who came back; raise Answered where it does not say."""
    language = language_of(request, asking.pending.parameters.get("ui_locales"))
    try:
        return await wechat.identify(wechat_code, lang=LANG[language])
    except WeChatError as error:
        failure = error
    raise Answered(await _tell(request, provider, asking, wechat, failure))


async def _tell(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    failure: WeChatError,
) -> Response:
    _note(asking, failure)
    if isinstance(failure, WeChatCodeRejected):
        return start_again(request, provider, asking)
    if isinstance(failure, WeChatSnapshotUser):
        return problem(
            request,
            provider,
            asking,
            "snapshot",
            error="access_denied",
            status=403,
            retry_url=wechat.authorization_url(
                callback_uri=provider.callback_uri, wechat_state=asking.pending.wechat_state
            ),
        )
    return await refuse(request, provider, asking, _in_protocol_terms(failure))


def _in_protocol_terms(failure: WeChatError) -> OAuthError:
    if isinstance(failure, WeChatPersonRefused):
        return AccessDenied("WeChat does not let this person in")
    if isinstance(failure, WeChatMisconfigured):
        return ServerError("the connection to WeChat is not set up correctly")
    return TemporarilyUnavailable("WeChat cannot be reached; try again later")


def _note(asking: Asking, failure: WeChatError) -> None:
    event, level = Event.WECHAT_FAILED, logging.WARNING
    if isinstance(failure, WeChatMisconfigured):
        event, level = Event.WECHAT_MISCONFIGURED, logging.ERROR
    elif isinstance(failure, WeChatSnapshotUser):
        event, level = Event.SNAPSHOT_USER_REFUSED, logging.INFO
    emit(
        event,
        level,
        client_id=asking.client.client_id,
        failure=type(failure).__name__,
        cause=str(failure) or None,
    )
