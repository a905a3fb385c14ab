"""The files by which WeChat's console sees that a domain is the operator's: ``MP_verify_….txt``.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md (as of 2026-11)
"""

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse

from bridge.endpoints.routing import Router
from bridge.provider import Provider

router = Router()

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@router.route("/MP_verify_{name}.txt", "GET", "HEAD")
async def domain_proof(request: Request, provider: Provider) -> Response:
    """Exactly what is in the file that the operator was given, without a line's end."""
    content = provider.domain_proofs.get(request.path_params["name"])
    if content is None:
        return PlainTextResponse("not found\n", 404, headers=HEADERS)
    return PlainTextResponse(content, headers=HEADERS)
