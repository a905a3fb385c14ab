"""Who asks too often is told to wait: what is limited where.

A secret, a token or a code is looked at before anything is counted, so that what is right passes
from wherever it comes; the answer to what is wrong says so until that was too often, and then how
long to wait. What costs much before it is known to be good is counted before it is begun.
"""

from fastapi import Request

from bridge.limiting import Limit, Refused, address_block
from bridge.oidc.client import Client
from bridge.oidc.errors import OAuthError, TooManyRequests
from bridge.provider import Provider


async def limit_pages(request: Request, provider: Provider) -> None:
    """Count what anybody's browser may ask for; raise TooManyRequests."""
    await count(request, provider, Limit.PAGES)


async def count(request: Request, provider: Provider, limit: Limit) -> None:
    """Count one more from this address; raise TooManyRequests."""
    address = _address(request)
    refused = await provider.limiter.count(limit, address)
    if refused is not None:
        raise _too_many(request, provider, refused, address)


async def count_public(request: Request, provider: Provider, client: Client) -> None:
    """Count what a client asks for that does not prove who it is; raise TooManyRequests."""
    if client.is_public:
        await count(request, provider, Limit.PUBLIC_REQUESTS)


async def failed(
    request: Request,
    provider: Provider,
    error: OAuthError,
    limit: Limit,
    client: Client | None = None,
) -> OAuthError:
    """Count what was wrong, and return what to raise: the error, or that it was once too often.

    With a ``client``, what was wrong in its name is counted for it, too, from this address alone.
    """
    address = _address(request)
    counted: list[tuple[Limit, tuple[str | None, ...]]] = [(limit, (address,))]
    if client is not None:
        counted.append((Limit.FAILURES_OF_A_CLIENT, (client.client_id, address)))
    refused = await provider.limiter.count_each(*counted)
    if refused is None:
        return error
    return _too_many(request, provider, refused, address, client)


def check_wechat(request: Request, provider: Provider, client: Client) -> None:
    """Raise TooManyRequests where WeChat refused too many codes: from here, or of this client."""
    address = _address(request)
    limiter = provider.limiter
    refused = limiter.standing(Limit.WECHAT_FAILURES, address) or limiter.standing(
        Limit.WECHAT_FAILURES_OF_A_CLIENT, client.client_id
    )
    if refused is not None:
        raise _too_many(request, provider, refused, address, client)


async def count_wechat_failure(request: Request, provider: Provider, client: Client) -> None:
    """Count a code that WeChat refused; whoever is once too often will learn it the next time."""
    await provider.limiter.count_each(
        (Limit.WECHAT_FAILURES, (_address(request),)),
        (Limit.WECHAT_FAILURES_OF_A_CLIENT, (client.client_id,)),
    )


def _address(request: Request) -> str | None:
    return address_block(request.client.host if request.client else None)


def _too_many(
    request: Request,
    provider: Provider,
    refused: Refused,
    address: str | None,
    client: Client | None = None,
) -> TooManyRequests:
    provider.limiter.note(
        refused.limit,
        # As it is written in the program: what stands in the address is a stranger's text
        endpoint=request.scope["route"].path,
        address=address,
        client_id=client.client_id if client else None,
    )
    return TooManyRequests(
        "too many requests; see Retry-After", detail=refused.limit, retry_after=refused.seconds
    )
