"""What relying parties fetch before they ask: metadata and keys."""

import json

from fastapi import APIRouter, Response

from bridge.oidc.provider_metadata import provider_metadata
from bridge.pages import LANGUAGES
from bridge.provider import Provider, ProviderDep

router = APIRouter()


@router.api_route("/.well-known/openid-configuration", methods=["GET", "HEAD"])
@router.api_route("/.well-known/oauth-authorization-server", methods=["GET", "HEAD"])
async def openid_configuration(provider: ProviderDep) -> Response:
    """OpenID Connect Discovery 1.0 §4, and the same document where RFC 8414 §3 looks for it."""
    algorithms = provider.keys.ring(provider.now()).algorithms
    return _public(
        provider,
        provider_metadata(provider.issuer, signing_algorithms=algorithms, ui_locales=LANGUAGES),
    )


@router.api_route("/jwks", methods=["GET", "HEAD"])
async def jwks(provider: ProviderDep) -> Response:
    """The JWK Set: RFC 7517 §5."""
    now = provider.now()
    return _public(provider, provider.keys.ring(now).jwk_set(now=now))


def _public(provider: Provider, document: object) -> Response:
    """Any script may read it, and any cache may keep it for the time in the settings."""
    return Response(
        json.dumps(document),
        media_type="application/json",
        headers={
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": f"public, max-age={provider.lifetimes.jwks_max_age}",
            "X-Content-Type-Options": "nosniff",
        },
    )
