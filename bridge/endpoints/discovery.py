"""What relying parties fetch before they ask: metadata and keys."""

import json

from fastapi import APIRouter, Depends, Request, Response

from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.reading import query_parameters
from bridge.oidc.provider_metadata import Metadata, Offered, provider_metadata
from bridge.oidc.webfinger import resource_descriptor
from bridge.pages import LANGUAGES
from bridge.provider import Provider, ProviderDep
from bridge.wechat import acr_values_of

router = APIRouter()


@router.api_route("/.well-known/openid-configuration", methods=["GET", "HEAD"])
@router.api_route("/.well-known/oauth-authorization-server", methods=["GET", "HEAD"])
async def openid_configuration(provider: ProviderDep) -> Response:
    """OpenID Connect Discovery 1.0 §4, and the same document where RFC 8414 §3 looks for it."""
    return _public(provider, await metadata_of(provider))


@router.api_route("/jwks", methods=["GET", "HEAD"])
async def jwks(provider: ProviderDep) -> Response:
    """The JWK Set: RFC 7517 §5."""
    now = provider.now()
    ring = await provider.keys.ring(now)
    return _public(provider, ring.jwk_set(now=now))


@router.api_route(
    "/.well-known/webfinger", methods=["GET", "HEAD"], dependencies=[Depends(limit_pages)]
)
async def webfinger(request: Request, provider: ProviderDep) -> Response:
    """Whose OpenID Provider the holder of an address has: RFC 7033 §4."""
    descriptor = resource_descriptor(
        query_parameters(request),
        issuer=provider.issuer,
        email_domain=provider.claim_source.email_domain,
    )
    return _public(provider, descriptor, media_type="application/jrd+json")


async def metadata_of(provider: Provider) -> Metadata:
    """Return the metadata as they are at this moment."""
    ring = await provider.keys.ring(provider.now())
    offered = Offered(
        signing_algorithms=ring.algorithms,
        ui_locales=LANGUAGES,
        scopes=provider.scopes,
        acr_values=acr_values_of(wechat.application for wechat in provider.wechat),
        registration=provider.registration.mode != "closed",
        token_exchange=provider.exchanges_codes,
    )
    return provider_metadata(provider.issuer, offered)


def _public(provider: Provider, document: object, media_type: str = "application/json") -> Response:
    """Any script may read it, and any cache may keep it for the time in the settings."""
    return Response(
        json.dumps(document),
        media_type=media_type,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": f"public, max-age={provider.lifetimes.jwks_max_age}",
            "X-Content-Type-Options": "nosniff",
        },
    )
