"""Modules about requests that are signed, or fetched."""

from typing import Any

from joserfc import jwt

from tests.conformance.suite import Suite, client_key
from tests.world import without_signature


def _object(suite: Suite, asked: dict[str, str]) -> dict[str, Any]:
    client_id = asked["client_id"]
    return {"iss": client_id, "aud": suite.metadata["issuer"], **asked}


def _outside(asked: dict[str, str]) -> dict[str, str]:
    """What OpenID Connect wants outside of the object as well (Core §6.1)."""
    needed = ("client_id", "response_type", "scope", "redirect_uri", "response_mode")
    return {name: asked[name] for name in needed if name in asked}


async def _is_processed(suite: Suite, asked: dict[str, str], sent: dict[str, str]) -> None:
    """The state and the nonce inside are those that come back."""
    landing = await suite.visit(sent)
    answer = suite.callback(asked, landing)
    assert "error" not in answer, answer
    await suite.tokens(suite.client, asked, answer, landing)


async def unsigned_request_object(suite: Suite) -> None:
    """A request object without signature is processed, where discovery lists ``none``."""
    assert suite.metadata["request_parameter_supported"] is True
    assert "none" in suite.metadata["request_object_signing_alg_values_supported"]
    asked = suite.request()
    sent = _outside(asked) | {"request": without_signature(_object(suite, asked))}
    await _is_processed(suite, asked, sent)


async def ensure_request_object_with_redirect_uri(suite: Suite) -> None:
    """The redirect_uri inside the object wins over the one outside."""
    asked = suite.request()
    sent = _outside(asked) | {"request": without_signature(_object(suite, asked))}
    sent["redirect_uri"] = f"{suite.redirect_uri}/outside"
    await _is_processed(suite, asked, sent)


async def request_uri_unsigned(suite: Suite) -> None:
    """A request object without signature, fetched from a registered address."""
    await _by_reference(suite, is_signed=False)


async def request_uri_signed_rs256(suite: Suite) -> None:
    """A signed request object, fetched from a registered address with a fragment."""
    await _by_reference(suite, is_signed=True)


async def _by_reference(suite: Suite, *, is_signed: bool) -> None:
    assert suite.metadata["request_uri_parameter_supported"] is not False
    path = f"/test/{suite.alias}/requesturi"
    address = f"{suite.site.url}{path}#{'h' * 43 if is_signed else ''}".removesuffix("#")
    alg = "RS256" if is_signed else "none"
    await suite.end(suite.client)
    suite.client = await suite.register(request_uris=[address], request_object_signing_alg=alg)
    asked = suite.request()
    key, claims = client_key(), _object(suite, asked)
    text = (
        jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
        if is_signed
        else without_signature(claims)
    )
    suite.site.publish(path, text.encode(), "application/oauth-authz-req+jwt")
    await _is_processed(suite, asked, _outside(asked) | {"request_uri": address})
    assert path in suite.site.fetched
