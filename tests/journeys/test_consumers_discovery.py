"""What consumers in the field do to find the bridge. The names are of those where it was seen."""

from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.world import Clock, Plan, World, claims_of, world

pytestmark = pytest.mark.anyio

DISCOVERY = "/.well-known/openid-configuration"

# What somebody reads: Entra, AppAuth, Auth.js and Synapse refuse a provider without theirs, and
# others do without what they could have.
READ = {
    *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"),
    *("end_session_endpoint", "revocation_endpoint", "introspection_endpoint"),
    *("response_types_supported", "response_modes_supported", "grant_types_supported"),
    *("subject_types_supported", "id_token_signing_alg_values_supported", "scopes_supported"),
    *("token_endpoint_auth_methods_supported", "code_challenge_methods_supported"),
    *("claims_supported", "claims_parameter_supported"),
    *("backchannel_logout_supported", "backchannel_logout_session_supported"),
    "authorization_response_iss_parameter_supported",
}

# Many take the first of what they know, and some the first of all.
FIRST = {
    "response_types_supported": "code",
    "response_modes_supported": "query",
    "grant_types_supported": "authorization_code",
    "subject_types_supported": "public",
    "id_token_signing_alg_values_supported": "RS256",
    "token_endpoint_auth_methods_supported": "client_secret_basic",
    "token_endpoint_auth_signing_alg_values_supported": "RS256",
    "scopes_supported": "openid",
}

# What is not done here, or not in this world
ABSENT = {
    *("check_session_iframe", "registration_endpoint", "device_authorization_endpoint"),
    *("dpop_signing_alg_values_supported", "tls_client_certificate_bound_access_tokens"),
}


async def test_the_metadata_hold_what_consumers_read(over_https: World) -> None:
    """OpenID Connect Discovery 1.0 §3, RFC 8414 §2: with what is preferred first."""
    issuer, http = over_https.bridge_url, over_https.browser.http
    metadata = (await http.get(f"{issuer}{DISCOVERY}")).json()
    assert metadata.keys() >= READ
    assert {name: metadata[name][0] for name in FIRST} == FIRST
    assert not ABSENT & metadata.keys()


async def test_every_address_in_the_metadata_is_below_the_issuer_and_served(
    over_https: World,
) -> None:
    """go-oidc and Spring compare the issuer as text; Cognito wants no slash at its end."""
    issuer, http = over_https.bridge_url, over_https.browser.http
    metadata = (await http.get(f"{issuer}{DISCOVERY}")).json()
    assert metadata["issuer"] == issuer
    assert urlsplit(issuer).path == ""
    addresses = [metadata[name] for name in metadata if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 8
    for address in addresses:
        assert address.startswith(f"{issuer}/")
        assert (await http.get(address)).status_code != 404


async def test_whatever_is_listed_is_given_to_a_client_that_may_have_it(a_world: World) -> None:
    """MinIO and Jenkins ask for every scope value, Auth0 and Azure AD B2C for more than codes."""
    http = a_world.browser.http
    listed = (await http.get(f"{a_world.bridge_url}{DISCOVERY}")).json()
    scopes, types = listed["scopes_supported"], listed["response_types_supported"]
    await a_world.register(scope=tuple(scopes), response_types=tuple(types))
    tokens = (await a_world.redeem((await a_world.answer(scope=" ".join(scopes)))["code"])).json()
    assert tokens["scope"].split() == scopes
    assert "refresh_token" in tokens
    claims = claims_of(tokens["id_token"])
    assert claims.keys() <= set(listed["claims_supported"])
    assert claims["acr"] in listed["acr_values_supported"]
    for response_type, mode in product(types, listed["response_modes_supported"]):
        url = a_world.authorization_url(response_type=response_type, response_mode=mode)
        answer = await http.get(url)
        told = answer.headers.get("location", answer.text)
        is_refused = "error=" in told or 'name="error"' in told
        # Multiple Response Types §3.0: no token travels in a query
        assert is_refused is (mode == "query" and response_type != "code")
    for language in listed["ui_locales_supported"]:
        url = a_world.authorization_url(prompt="login", ui_locales=language)
        assert (await http.get(url)).headers["content-language"] == language


async def test_the_metadata_are_the_same_however_they_are_asked_for(over_https: World) -> None:
    """Azure AD B2C appends a policy, WordPress leaves the port out of Host."""
    issuer, http = over_https.bridge_url, over_https.browser.http
    plain = (await http.get(f"{issuer}{DISCOVERY}")).content
    assert (await http.get(f"{issuer}{DISCOVERY}?p=B2C_1_wechat")).content == plain
    for host in ("localhost", "another.example"):
        told = await http.get(f"{issuer}{DISCOVERY}", headers={"Host": host})
        assert told.content == plain


@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/foo",
        "/foo/.well-known/openid-configuration",
        "/.well-known/openid-configuration/foo",
        "/.well-known/openid-configuration/",
        "/.well-known/oauth-protected-resource",
        "/.well-known/openid-federation",
    ],
)
async def test_what_is_looked_for_elsewhere_is_not_found(a_world: World, path: str) -> None:
    """Spring tries one form after the other: a 4xx moves it on, a 5xx ends it."""
    for method in ("GET", "HEAD"):
        response = await a_world.browser.http.request(method, f"{a_world.bridge_url}{path}")
        assert response.status_code == 404
        assert "location" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        DISCOVERY,
        "/.well-known/oauth-authorization-server",
        "/jwks",
        "/.well-known/webfinger?resource=acct:somebody@localhost",
        "/static/style.css",
        "/avatar/default.png",
    ],
)
async def test_what_anybody_may_read_is_answered_to_head(a_world: World, path: str) -> None:
    """RFC 9110 §9.3.2: monitors and link checkers ask so."""
    http, url = a_world.browser.http, f"{a_world.bridge_url}{path}"
    told, head = await http.get(url), await http.head(url)
    assert (told.status_code, head.status_code, head.content) == (200, 200, b"")
    for name in ("content-type", "content-length", "cache-control"):
        assert head.headers[name] == told.headers[name]


async def test_the_domain_of_an_address_that_we_made_up_leads_to_the_issuer(
    tmp_path: Path, clock: Clock
) -> None:
    """Tailscale asks the domain of a person's address who their provider is: RFC 7033 §4."""
    plan = Plan(settings={"BRIDGE_EMAIL_DOMAIN": "people.example"})
    async with world(tmp_path, clock, plan) as opened:
        email = (await opened.sign_in())["email"]
        assert email.endswith("@people.example")
        answer = await opened.browser.http.get(
            f"{opened.bridge_url}/.well-known/webfinger",
            params={
                "resource": f"acct:{email}",
                "rel": "http://openid.net/specs/connect/1.0/issuer",
            },
            headers={"Host": "people.example"},
        )
        assert [link["href"] for link in answer.json()["links"]] == [opened.bridge_url]
