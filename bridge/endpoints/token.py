"""The Token Endpoint: RFC 6749 §3.2."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from bridge.endpoints.auditing import visitor_of
from bridge.endpoints.authenticating import authenticated_client
from bridge.endpoints.grants import GRANTS
from bridge.endpoints.grants.presented import Present, Redeem
from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.limiting import (
    check_wechat,
    count_public,
    count_wechat_failure,
    failed,
)
from bridge.endpoints.reading import form_parameters
from bridge.endpoints.routing import Router
from bridge.limiting import Limit
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidGrant, OAuthError, ServerError
from bridge.oidc.parameters import Parameters
from bridge.oidc.signing import check_id_token_alg
from bridge.oidc.token_exchange import RejectedCode
from bridge.oidc.token_request import TOKEN_EXCHANGE, GrantType, read_grant_type
from bridge.provider import Provider
from bridge.telemetry import count_token_request

router = Router()


@router.route("/token", "POST")
async def token(request: Request, provider: Provider) -> JSONAnswer:
    """Give tokens for what the client hands in: first who asks, then by what right."""
    parameters = await form_parameters(request)
    asked = parameters.values.get("grant_type", "")
    # In words that are known here
    grant = asked if asked in GRANTS else "other"
    try:
        answer = await _granted(request, provider, parameters, GRANTS.get(asked))
    except Exception as failure:
        error = failure.error if isinstance(failure, OAuthError) else ServerError.error
        count_token_request(grant, error)
        raise
    count_token_request(grant)
    return JSONAnswer(answer, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


async def _granted(
    request: Request, provider: Provider, parameters: Parameters, present: Present | None
) -> Mapping[str, Any]:
    # A signed proof is not waited for with what was found: to fetch the keys for it takes a while.
    is_slow = "client_assertion" in parameters.values
    presented = None if present is None or is_slow else await present(provider, parameters)
    known = presented.client if presented else None
    client = provider.offered(await authenticated_client(request, provider, parameters, known))
    ring = await provider.keys.ring(provider.now())
    check_id_token_alg(client, ring.algorithms)
    grant_type = read_grant_type(parameters, exchanges=provider.exchanges_codes)
    presented = presented or await GRANTS[grant_type](provider, parameters)
    if client.is_public:
        return await _limited(request, provider, client, grant_type, presented.redeem)
    return await presented.redeem(client, visitor_of(request, provider))


async def _limited(
    request: Request,
    provider: Provider,
    client: Client,
    grant_type: GrantType,
    redeem: Redeem,
) -> Mapping[str, Any]:
    """Anybody can say that they are a public client, so what they hand in may be guessed.

    Whether a code of WeChat's is good only WeChat can tell, and it counts how often it is asked.
    """
    await count_public(request, provider, client)
    if grant_type == TOKEN_EXCHANGE:
        check_wechat(request, provider, client)
    try:
        return await redeem(client, visitor_of(request, provider))
    except RejectedCode:
        await count_wechat_failure(request, provider, client)
        raise
    except InvalidGrant as error:
        raise await failed(request, provider, error, Limit.TOKEN_FAILURES) from None
