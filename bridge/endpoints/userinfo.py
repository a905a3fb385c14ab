"""The UserInfo Endpoint: OpenID Connect Core 1.0 §5.3."""

import json
from typing import Any

from fastapi import Request, Response

from bridge.endpoints.bearing import find_access_grant
from bridge.endpoints.cross_origin import readable_by
from bridge.endpoints.encrypting import encrypted
from bridge.endpoints.json_answer import JSONAnswer
from bridge.endpoints.limiting import failed
from bridge.endpoints.reading import form_parameters, is_form
from bridge.endpoints.routing import Router
from bridge.limiting import Limit
from bridge.oidc.encryption import userinfo_encryption
from bridge.oidc.errors import InvalidToken
from bridge.oidc.parameters import Parameters
from bridge.oidc.signing import userinfo_alg
from bridge.oidc.userinfo import read_access_token, userinfo_claims, userinfo_jwt_claims
from bridge.provider import Provider
from bridge.telemetry import span

router = Router()


@router.route("/userinfo", "GET", "POST")
async def userinfo(request: Request, provider: Provider) -> Response:
    """Tell the bearer of an access token about the person who signed in."""
    parameters = Parameters({})
    if request.method == "POST" and is_form(request):
        parameters = await form_parameters(request)
    access_token = read_access_token(parameters, request.headers.get("authorization"))
    found = await find_access_grant(provider, access_token)
    client = found.client if found is not None else None
    if found is None or client is None:
        error = InvalidToken("access token is unknown, expired or revoked")
        raise await failed(request, provider, error, Limit.TOKEN_FAILURES)
    readable_by(request, client)
    claims: dict[str, Any] = userinfo_claims(
        found.grant, found.session, provider.offered(client), provider.claim_source
    )
    now = provider.now()
    ring = await provider.keys.ring(now)
    alg = userinfo_alg(client, ring.algorithms)
    encryption, headers = userinfo_encryption(client), {"Cache-Control": "no-store"}
    if alg is None and encryption is None:
        return JSONAnswer(claims, headers=headers)
    claims = userinfo_jwt_claims(claims, client, issuer=provider.issuer)
    if alg is None:
        jwt = json.dumps(claims)
    else:
        with span("sign", alg=alg):
            jwt = ring.sign(claims, now=now, alg=alg)
    jwt = await encrypted(provider, client, encryption, jwt, nested=alg is not None)
    return Response(jwt, media_type="application/jwt", headers=headers)
