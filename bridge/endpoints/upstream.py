"""WeChat is asked who came back, and what it refuses is told to whom it concerns."""

from fastapi import Request, Response

from bridge.endpoints.arriving import note_virtual_account
from bridge.endpoints.asking import Asking, as_it_is_now, problem, refuse, start_again
from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.failures import Answered
from bridge.endpoints.limiting import check_wechat, count_wechat_failure
from bridge.endpoints.outcomes import log_failure, outcome_of
from bridge.endpoints.reading import language_of
from bridge.endpoints.redelivery import ask_who_came
from bridge.oidc.account import Session
from bridge.provider import Provider
from bridge.wechat import (
    Delivery,
    WeChatClient,
    WeChatCodeRejected,
    WeChatError,
    WeChatIdentity,
    WeChatLimited,
    WeChatSnapshotUser,
)

# WeChat's names of the languages of our pages: it has these three and no others, as of 2026-11
# (https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo.html).
LANG = {"zh-CN": "zh_CN", "zh-TW": "zh_TW", "en": "en", "ja": "en", "ko": "en"}


async def who_came(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    delivery: Delivery,
) -> WeChatIdentity | Session:
    """Ask WeChat who came back, or find whom another delivery of the same code signed in.

    Raises Answered where WeChat does not say, and TooManyRequests where it said no too often.
    """
    check_wechat(request, provider, asking.client)
    lang = LANG[language_of(request, asking.pending.parameters.get("ui_locales"))]
    told = await ask_who_came(provider, wechat, delivery, lang=lang)
    if not isinstance(told, WeChatError):
        return told
    if isinstance(told, WeChatCodeRejected):
        await count_wechat_failure(request, provider, asking.client)
    if isinstance(told, WeChatSnapshotUser):
        visitor = visitor_of(request, provider)
        await note_virtual_account(provider, asking.client.client_id, delivery, visitor)
    raise Answered(await _tell(request, provider, asking, wechat, told))


async def _tell(
    request: Request,
    provider: Provider,
    asking: Asking,
    wechat: WeChatClient,
    failure: WeChatError,
) -> Response:
    outcome = outcome_of(failure)
    log_failure(failure, client_id=asking.client.client_id, appid=asking.pending.appid)
    if outcome.remedy == "restart":
        return start_again(request, provider, asking, notice=outcome.text)
    if outcome.remedy == "tell":
        # Where it is told may have been withdrawn while WeChat took its time.
        asking = await as_it_is_now(request, provider, asking)
        return await refuse(request, provider, asking, outcome.error(outcome.text))
    page = problem(
        request,
        provider,
        asking,
        outcome.text,
        error=outcome.error.error,
        status=503 if outcome.remedy == "wait" else 403,
        retry_url=_retry_url(provider, asking, wechat, failure),
    )
    if isinstance(failure, WeChatLimited):
        page.headers["Retry-After"] = str(failure.retry_after)
    return page


def _retry_url(
    provider: Provider, asking: Asking, wechat: WeChatClient, failure: WeChatError
) -> str | None:
    if isinstance(failure, WeChatSnapshotUser):
        return wechat.authorization_url(
            callback_uri=provider.callback_uri, wechat_state=asking.pending.wechat_state
        )
    # The page's own address: the code is as good as before.
    return "" if isinstance(failure, WeChatLimited) else None
