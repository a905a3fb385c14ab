"""What relying parties fetch before they ask: metadata and keys."""

import json
from collections.abc import Callable

from fastapi import Request, Response

from bridge.endpoints.limiting import limit_pages
from bridge.endpoints.reading import query_parameters
from bridge.endpoints.routing import Router
from bridge.oidc.provider_metadata import Metadata, Offered, provider_metadata
from bridge.oidc.webfinger import resource_descriptor
from bridge.pages import LANGUAGES
from bridge.provider import Document, Provider
from bridge.wechat import acr_values_of
from keys import KeyRing

router = Router()


# What is told to everybody alike: prepared once, for as long as it is true
Make = Callable[[KeyRing, int], object]


@router.route("/.well-known/openid-configuration", "GET", "HEAD")
@router.route("/.well-known/oauth-authorization-server", "GET", "HEAD")
async def openid_configuration(_request: Request, provider: Provider) -> Response:
    """OpenID Connect Discovery 1.0 §4, and the same document where RFC 8414 §3 looks for it."""
    return await _document(provider, "metadata", lambda ring, _: _metadata(provider, ring))


@router.route("/jwks", "GET", "HEAD")
async def jwks(_request: Request, provider: Provider) -> Response:
    """The JWK Set: RFC 7517 §5."""
    return await _document(provider, "keys", lambda ring, now: ring.jwk_set(now=now))


@router.route("/.well-known/webfinger", "GET", "HEAD")
async def webfinger(request: Request, provider: Provider) -> Response:
    """Whose OpenID Provider the holder of an address has: RFC 7033 §4."""
    await limit_pages(request, provider)
    descriptor = resource_descriptor(
        query_parameters(request),
        issuer=provider.issuer,
        email_domain=provider.claim_source.email_domain,
    )
    return _public(provider, descriptor, media_type="application/jrd+json")


async def metadata_of(provider: Provider) -> Metadata:
    """Return the metadata as they are at this moment."""
    return _metadata(provider, await provider.keys.ring(provider.now()))


def _metadata(provider: Provider, ring: KeyRing) -> Metadata:
    offered = Offered(
        signing_algorithms=ring.algorithms,
        ui_locales=LANGUAGES,
        scopes=provider.scopes,
        acr_values=acr_values_of(wechat.application for wechat in provider.wechat),
        registration=provider.registration.mode != "closed",
        token_exchange=provider.exchanges_codes,
    )
    return provider_metadata(provider.issuer, offered)


async def _document(provider: Provider, name: str, make: Make) -> Response:
    """Return the answer that was prepared, or prepare it where the keys have changed."""
    now = provider.now()
    ring = await provider.keys.ring(now)
    known = provider.documents.get(name)
    if known is None or not known.is_true(ring, now):
        response, until = _public(provider, make(ring, now)), ring.next_change(now=now)
        known = provider.documents[name] = Document(response, ring, now, until)
    return known.response


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
