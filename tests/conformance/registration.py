"""Modules about what a client says of itself: the Dynamic and 3rd-Party-Initiated plans."""

import httpx
from joserfc.jwk import RSAKey

from keys import rotate
from tests.conformance.browser import allowed, furniture, origin
from tests.conformance.checks import check_jwk_set, verified
from tests.conformance.suite import Suite, client_key, json_bytes, public_jwks
from tests.world import header_of


async def idtoken_rs256(suite: Suite) -> None:
    """RS256, where that is registered by name."""
    client = await suite.new_client(id_token_signed_response_alg="RS256")
    tokens = await suite.authenticate(client)
    assert tokens.id_token is not None
    assert header_of(tokens.id_token)["alg"] == "RS256"
    await suite.end(client)


async def userinfo_rs256(suite: Suite) -> None:
    """UserInfo as a signed JWT, with iss and aud and without nonce."""
    client = await suite.new_client(userinfo_signed_response_alg="RS256")
    tokens = await suite.authenticate(client)
    assert tokens.access_token is not None
    response = await suite.userinfo_by("GET", tokens.access_token)
    assert response.headers["content-type"].startswith("application/jwt")
    claims = verified(response.text, await suite.keys(), ["RS256"])
    assert (claims["iss"], claims["aud"]) == (suite.metadata["issuer"], client.client_id)
    assert claims["sub"] == tokens.claims["sub"]
    assert "nonce" not in claims
    await suite.end(client)


async def ensure_redirect_uri_in_authorization_request(suite: Suite) -> None:
    """Of two registered addresses none is chosen for the client."""
    client = await suite.new_client(redirect_uris=[suite.redirect_uri, f"{suite.redirect_uri}/2"])
    landing = await suite.visit(suite.request(client, redirect_uri=None))
    assert landing.error == "invalid_request"
    await suite.end(client)


async def redirect_uri_query_ok(suite: Suite) -> None:
    """A registered query comes back."""
    client = await suite.new_client(redirect_uris=[f"{suite.redirect_uri}?foo=bar"])
    await suite.authenticate(client)
    await suite.end(client)


async def redirect_uri_query_mismatch(suite: Suite) -> None:
    """Another query than the registered one is not gone to."""
    await _query(suite, "?foo=bar", "?bar=foo")


async def redirect_uri_query_added(suite: Suite) -> None:
    """A query where none is registered is not gone to."""
    await _query(suite, "", "?foo=bar")


async def _query(suite: Suite, registered: str, asked: str) -> None:
    client = await suite.new_client(redirect_uris=[f"{suite.redirect_uri}{registered}"])
    landing = await suite.visit(suite.request(client, redirect_uri=f"{suite.redirect_uri}{asked}"))
    assert landing.error == "invalid_request"
    await suite.end(client)


async def redirect_uri_regfrag(suite: Suite) -> None:
    """An address with a fragment cannot be registered."""
    response = await suite.post_registration(redirect_uris=[f"{suite.redirect_uri}#foobar"])
    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_redirect_uri", "invalid_client_metadata"}


async def registration_logo_uri(suite: Suite) -> None:
    """The sign-in page shows the logo."""
    uri = f"{suite.site.url}/logo.png"
    response = await _sign_in_page(suite, logo_uri=uri)
    assert uri in furniture(response).images
    assert origin(uri) in allowed(response, "img-src")


async def registration_policy_uri(suite: Suite) -> None:
    """The sign-in page links to the policy."""
    uri = f"{suite.site.url}/policy"
    assert uri in furniture(await _sign_in_page(suite, policy_uri=uri)).links


async def registration_tos_uri(suite: Suite) -> None:
    """The sign-in page links to the terms of service."""
    uri = f"{suite.site.url}/terms"
    assert uri in furniture(await _sign_in_page(suite, tos_uri=uri)).links


async def _sign_in_page(suite: Suite, **members: str) -> httpx.Response:
    client = await suite.new_client(**members)
    landing = await suite.visit(suite.request(client), until="wechat-login")
    assert landing.page is not None
    assert landing.page.has("wechat-login")
    await suite.end(client)
    return landing.page.response


async def registration_jwks_uri(suite: Suite) -> None:
    """A client whose keys are at an address authenticates by them."""
    client = await suite.new_client(jwks=None, jwks_uri=_publish_keys(suite, client_key()))
    await suite.authenticate(client)
    assert f"/test/{suite.alias}/jwks" in suite.site.fetched
    await suite.end(client)


def _publish_keys(suite: Suite, *keys: RSAKey) -> str:
    return suite.site.publish(f"/test/{suite.alias}/jwks", json_bytes(public_jwks(*keys)))


async def registration_sector_uri(suite: Suite) -> None:
    """A sector document that lists the address: the client is registered, pairwise."""
    uri = suite.site.publish(f"/test/{suite.alias}/sector", json_bytes([suite.redirect_uri]))
    client = await suite.new_client(subject_type="pairwise", sector_identifier_uri=uri)
    pairwise = await suite.authenticate(client)
    public = await suite.authenticate()
    assert pairwise.claims["sub"] != public.claims["sub"]
    if suite.variant.has_access_token:
        told = await suite.userinfo(pairwise.access_token)
        assert told["sub"] == pairwise.claims["sub"]
    await suite.end(client)


async def registration_sector_bad(suite: Suite) -> None:
    """A sector document that does not list it: refused."""
    uri = suite.site.publish(f"/test/{suite.alias}/sector", json_bytes(["https://other.example/"]))
    response = await suite.post_registration(subject_type="pairwise", sector_identifier_uri=uri)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"


async def server_rotate_keys(suite: Suite) -> None:
    """After a rotation the new key is published beside the old one."""
    provider, clock = suite.world.provider, suite.world.clock
    ring = await provider.keys.ring(clock.now)
    clock.wind(ring.policy.propagation)  # of a rotation before this one
    before = {key.kid for key in (await suite.keys()).keys}
    assert (await provider.keys.change(rotate, clock.now)).made
    document = (await suite.http.get(suite.metadata["jwks_uri"])).json()
    after = {key.kid for key in check_jwk_set(document).keys}
    assert before < after
    assert {key["kty"] for key in document["keys"]} <= {"RSA", "EC"}


async def refresh_token_rp_key_rotation(suite: Suite) -> None:
    """A client that rotates its keys authenticates by the new one at once."""
    client = await suite.new_client(
        jwks=None,
        jwks_uri=_publish_keys(suite, client_key()),
        grant_types=["authorization_code", "implicit", "refresh_token"],
        scope="openid offline_access",
    )
    tokens = await suite.authenticate(client, scope="openid offline_access", prompt="consent")
    assert tokens.refresh_token is not None
    client.key = client_key(1)
    _publish_keys(suite, client_key(1))
    suite.world.clock.wind(60)
    form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    response = await suite.token_request(client, form)
    assert response.status_code == 200, response.text
    await suite.end(client)


async def third_party_init_login(suite: Suite) -> None:
    """initiate_login_uri is registered, and told when the registration is read."""
    uri = f"{suite.site.url}/test/{suite.alias}/login"
    client = await suite.new_client(initiate_login_uri=uri)
    assert client.registered["initiate_login_uri"] == uri
    bearer = {"Authorization": f"Bearer {client.registered['registration_access_token']}"}
    response = await suite.http.get(client.registered["registration_client_uri"], headers=bearer)
    assert response.status_code == 200
    assert response.json()["initiate_login_uri"] == uri
    await suite.end(client)


async def third_party_init_login_nohttps(suite: Suite) -> None:
    """initiate_login_uri must be https."""
    uri = f"{suite.site.url}/login".replace("https:", "http:")
    response = await suite.post_registration(initiate_login_uri=uri)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_client_metadata"
