"""Every known consumer signs somebody in, as it would: its address, its scope, its way of proving.

One bridge, one simulated WeChat and one browser for all. The person signs in once; the others are
answered for who is signed in.
"""

import base64
import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from bridge.cli.wechat_registration import described
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.presets import filled, preset, preset_names
from tests.browsing import Page, page_of
from tests.presets.table import TABLE
from tests.world import Clock, World, claims_of, header_of, pkce_pair, world

pytestmark = pytest.mark.anyio

SECRET = "kept-by-the-consumer-" + "x" * 22

# Amazon Cognito's is of this length.
STATE = base64.b64encode(secrets.token_bytes(540)).decode()

CONFIDENTIAL = [name for name in preset_names() if not preset(name).is_public]


@dataclass
class Signing:
    """A world in which somebody has signed in, and which knows all consumers."""

    world: World
    clients: Mapping[str, Client]
    handle: str

    async def asked(self, name: str, **changed: str) -> httpx.Response:
        """Send the browser to /authorize as the consumer does."""
        client = self.clients[name]
        asked = {
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uris[0],
            "response_type": "code",
            "scope": " ".join(client.scope),
            "state": STATE,
        }
        url = f"{self.world.bridge_url}/authorize?{urlencode(asked | changed)}"
        return await self.world.browser.http.get(url)

    async def code(self, name: str, **changed: str) -> str:
        """Return the code with which the browser comes back to where it was to."""
        response = await self.asked(name, **changed)
        redirect_uri = changed.get("redirect_uri", self.clients[name].redirect_uris[0])
        location = response.headers["location"]
        assert location.startswith(redirect_uri + ("&" if "?" in redirect_uri else "?"))
        answer = parse_qs(urlsplit(location).query, strict_parsing=True)
        assert answer["state"] == [STATE]
        assert answer["iss"] == [self.world.bridge_url]
        (code,) = answer["code"]
        return code

    async def redeemed(self, form: Mapping[str, str], **headers: str) -> httpx.Response:
        return await self.world.browser.http.post(
            f"{self.world.bridge_url}/token", data=dict(form), headers=headers
        )

    async def signed_in(self, name: str) -> dict[str, Any]:
        """Go all the way as the consumer does; return the token response."""
        known, client = preset(name), self.clients[name]
        verifier, challenge = pkce_pair()
        pkce = {"code_challenge": challenge, "code_challenge_method": "S256"}
        code = await self.code(name, **(pkce if known.pkce else {}))
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uris[0],
        }
        if known.pkce:
            form["code_verifier"] = verifier
        response = await self.proving(name, form)
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told

    async def proving(self, name: str, form: dict[str, str]) -> httpx.Response:
        client_id = self.clients[name].client_id
        if preset(name).authentication == "none":
            return await self.redeemed(form | {"client_id": client_id})
        if preset(name).authentication == "client_secret_post":
            return await self.redeemed(form | {"client_id": client_id, "client_secret": SECRET})
        return await self.redeemed(form, Authorization=basic(client_id, SECRET))

    async def userinfo(self, told: Mapping[str, Any]) -> dict[str, Any]:
        claims: dict[str, Any] = (await self.world.userinfo(told["access_token"])).json()
        return claims


def basic(client_id: str, secret: str) -> str:
    """The header as most write it: nothing is encoded before it is joined."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def as_registered(name: str, client_id: str) -> Client:
    """What ``client add --preset`` makes of the examples."""
    known = preset(name)
    values = {variable.name: variable.example for variable in known.variables.values()}
    members = filled(known, url=known.url, values=values).members
    members.setdefault("redirect_uris", ("https://other.example.com/callback",))
    nobody = Client(
        client_id=client_id,
        client_name=client_id,
        redirect_uris=(),
        client_secret_hash=None if known.is_public else token_hash(SECRET),
    )
    return described(nobody, members)


@pytest.fixture(scope="module")
async def signing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Signing]:
    async with world(tmp_path_factory.mktemp("world"), Clock()) as opened:
        claims = await opened.sign_in()
        clients: dict[str, Client] = {}
        for name in preset_names():
            client = as_registered(name, name)
            gate = client.access == ()
            clients[name] = described(client, {"access": (claims["sub"],)} if gate else {})
            assert await opened.provider.store.add_client(clients[name], now=opened.clock.now)
        yield Signing(opened, clients, claims["preferred_username"])


@pytest.mark.parametrize("name", preset_names())
async def test_somebody_signs_in_as_the_consumer_does_it(signing: Signing, name: str) -> None:
    told = await signing.signed_in(name)
    client = signing.clients[name]
    assert told["token_type"].lower() == "bearer"
    assert isinstance(told["expires_in"], int)
    assert told["scope"].split() == list(client.scope)
    assert ("refresh_token" in told) is ("offline_access" in client.scope)
    header, claims = header_of(told["id_token"]), claims_of(told["id_token"])
    assert (header["alg"], bool(header["kid"])) == ("RS256", True)
    assert claims["aud"] == client.client_id
    assert claims.keys().isdisjoint({"azp", "nonce"})
    at_userinfo = await signing.userinfo(told)
    assert at_userinfo.items() <= claims.items()
    check_claims(name, at_userinfo, client, signing.handle)


def check_claims(name: str, claims: dict[str, Any], client: Client, handle: str) -> None:
    """What it takes for a user name is one, and the address is as verified as it wants."""
    expected = {"omit": None, "auto": False, "false": False, "true": True}
    verified = expected[TABLE[name].get("email_verified", "auto")]
    assert claims["nickname"] == claims["preferred_username"] == handle
    assert claims["email"].startswith(f"{handle}@")
    assert claims.get("email_verified") is verified
    for member in ("name", "given_name", "family_name", "picture"):
        assert isinstance(claims[member], str)
        assert claims[member]
    if "groups" in client.scope:
        assert isinstance(claims["groups"], list)
    assert None not in claims.values()


@pytest.mark.parametrize("name", preset_names())
async def test_every_address_that_it_may_name_is_answered_at(signing: Signing, name: str) -> None:
    _, challenge = pkce_pair()
    for redirect_uri in signing.clients[name].redirect_uris:
        await signing.code(
            name,
            redirect_uri=redirect_uri,
            code_challenge=challenge,
            code_challenge_method="S256",
        )


@pytest.mark.every_variant
@pytest.mark.parametrize("name", CONFIDENTIAL)
async def test_the_secret_is_taken_in_the_header_and_in_the_form(
    signing: Signing, name: str
) -> None:
    """Whatever its version does: which of the two it is has changed in many of them."""
    client = signing.clients[name]
    in_form = {"client_id": client.client_id, "client_secret": SECRET}
    in_header = {"Authorization": basic(client.client_id, SECRET)}
    no_form: dict[str, str] = {}
    no_header: dict[str, str] = {}
    for added, headers in ((no_form, in_header), (in_form, no_header)):
        form = {"grant_type": "authorization_code", "redirect_uri": client.redirect_uris[0]}
        form |= {"code": await signing.code(name)} | added
        assert (await signing.redeemed(form, **headers)).status_code == 200


async def test_a_failed_probe_costs_the_code_nothing(signing: Signing) -> None:
    """golang.org/x/oauth2 (Dex, Harbor, Gitea) tries one way, and then the other."""
    form = {"grant_type": "authorization_code", "code": await signing.code("gitea")}
    form["redirect_uri"] = signing.clients["gitea"].redirect_uris[0]
    probe = await signing.redeemed(form, Authorization=basic("gitea", "not the secret"))
    assert probe.status_code == 401
    assert (await signing.proving("gitea", form)).status_code == 200


@pytest.mark.parametrize("name", [name for name in preset_names() if preset(name).is_public])
async def test_who_keeps_no_secret_has_to_use_pkce(signing: Signing, name: str) -> None:
    response = await signing.asked(name)
    answer = parse_qs(urlsplit(response.headers["location"]).query)
    assert answer["error"] == ["invalid_request"]


async def test_mattermost_is_told_what_gitlab_would_say(signing: Signing) -> None:
    claims = await signing.userinfo(await signing.signed_in("mattermost"))
    assert isinstance(claims["id"], int)
    assert claims["id"] > 0
    assert claims["username"] == signing.handle


async def test_minio_finds_its_policy_in_the_id_token(signing: Signing) -> None:
    told = await signing.signed_in("minio")
    assert claims_of(told["id_token"])["policy"] == "readonly"


async def test_azure_b2c_is_answered_by_a_form(signing: Signing) -> None:
    page = page_of(await signing.asked("azure-b2c", response_mode="form_post"))
    form = form_of(page)
    assert form.keys() == {"code", "state", "iss"}
    assert form["state"] == STATE


async def test_auth0s_front_channel_is_answered_with_an_id_token(signing: Signing) -> None:
    known = preset("auth0")
    values = {"domain": "tenant.eu.auth0.com", "channel": "front"}
    nobody = Client(client_id="auth0-front", client_name="Auth0", redirect_uris=())
    front = described(nobody, filled(known, values=values).members)
    store = signing.world.provider.store
    assert await store.add_client(front, now=signing.world.clock.now)
    asked = {
        "client_id": "auth0-front",
        "redirect_uri": "https://tenant.eu.auth0.com/login/callback",
        "response_type": "id_token",
        "response_mode": "form_post",
        "scope": "openid profile email",
        "nonce": "n",
        "state": STATE,
    }
    http = signing.world.browser.http
    url = f"{signing.world.bridge_url}/authorize?{urlencode(asked)}"
    form = form_of(page_of(await http.get(url)))
    claims = claims_of(form["id_token"])
    assert (claims["nonce"], claims["preferred_username"]) == ("n", signing.handle)


def form_of(page: Page) -> dict[str, str]:
    (form,) = {id(found.form): found.form for found in page.by_id.values() if found.form}.values()
    return form.fields


async def test_an_apps_own_scripts_may_redeem_and_others_may_not(signing: Signing) -> None:
    verifier, challenge = pkce_pair()
    code = await signing.code("spa", code_challenge=challenge, code_challenge_method="S256")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": signing.clients["spa"].redirect_uris[0],
        "client_id": "spa",
        "code_verifier": verifier,
    }
    response = await signing.redeemed(form, Origin="https://app.example.com")
    assert response.headers["access-control-allow-origin"] == "https://app.example.com"
    told = response.json()
    for origin in ("https://app.example.com", "https://evil.example.com"):
        answer = await signing.world.browser.http.get(
            f"{signing.world.bridge_url}/userinfo",
            headers={"Authorization": f"Bearer {told['access_token']}", "Origin": origin},
        )
        allowed = answer.headers.get("access-control-allow-origin")
        assert (allowed == origin) is (origin == "https://app.example.com")


async def test_a_native_app_is_answered_at_any_port(signing: Signing) -> None:
    _, challenge = pkce_pair()
    await signing.code(
        "native",
        redirect_uri="http://127.0.0.1:51004/callback",
        code_challenge=challenge,
        code_challenge_method="S256",
    )


@pytest.mark.parametrize(
    "name", [name for name in preset_names() if preset(name).members.get("access") == ()]
)
async def test_a_gate_keeps_everybody_out_until_it_is_told_whom_to_let_in(
    signing: Signing, name: str
) -> None:
    closed = as_registered(name, f"{name}-closed")
    store = signing.world.provider.store
    assert await store.add_client(closed, now=signing.world.clock.now)
    response = await signing.asked(name, client_id=closed.client_id)
    page = page_of(response)
    assert page.text("error") == "access_denied"


@pytest.mark.parametrize(
    "name",
    [name for name in preset_names() if preset(name).members.get("post_logout_redirect_uris")],
)
async def test_after_signing_out_people_are_sent_back(signing: Signing, name: str) -> None:
    """Here by a browser in which nobody is signed in, so that nobody has to be asked."""
    client, a_world = signing.clients[name], signing.world
    async with a_world.another_browser() as browser:
        for address in client.post_logout_redirect_uris:
            asked = {"client_id": client.client_id, "post_logout_redirect_uri": address}
            url = f"{a_world.bridge_url}/end_session?{urlencode(asked)}"
            assert (await browser.http.get(url)).headers["location"] == address
