"""The files by which WeChat's console sees that a domain is the operator's: ``MP_verify_….txt``.

https://developers.weixin.qq.com/doc/oplatform/developers/dev/auth/h5.md (as of 2026-11)
"""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from bridge.provider import ProviderDep

router = APIRouter()

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


@router.api_route("/MP_verify_{name}.txt", methods=["GET", "HEAD"])
async def domain_proof(provider: ProviderDep, name: str) -> Response:
    """Exactly what is in the file that the operator was given, without a line's end."""
    content = provider.domain_proofs.get(name)
    if content is None:
        return PlainTextResponse("not found\n", 404, headers=HEADERS)
    return PlainTextResponse(content, headers=HEADERS)
