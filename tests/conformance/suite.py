"""The suite's own client: it registers, asks, is answered, and checks what every module checks."""

import json
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from tests.conformance.browser import Landing, SuiteBrowser
from tests.conformance.checks import (
    check_id_token,
    check_is_hard_to_guess,
    check_jwk_set,
    left_half,
    verified,
)
from tests.conformance.site import Site
from tests.world import World

SCOPES = ("openid", "profile", "email", "address", "phone", "offline_access")

# What form-encoding changes, and RFC 6749 appendix A.2 permits in a secret
ODD = ":%+/ ="

Answer = dict[str, str]


@dataclass(frozen=True)
class Variant:
    """In which form a module runs; ``response_mode`` None is the default of the response type."""

    response_type: str = "code"
    response_mode: str | None = None
    is_dynamic: bool = False
    client_auth_type: str = "client_secret_basic"

    def __str__(self) -> str:
        parts = (
            self.response_type.replace(" ", "+"),
            self.response_mode or "",
            "dynamic" if self.is_dynamic else "static",
        )
        return "-".join(filter(None, parts))

    @property
    def values(self) -> frozenset[str]:
        return frozenset(self.response_type.split(" "))

    @property
    def has_code(self) -> bool:
        return "code" in self.values

    @property
    def has_access_token(self) -> bool:
        """Whether UserInfo can be asked."""
        return bool(self.values & {"code", "token"})

    @property
    def needs_nonce(self) -> bool:
        return "id_token" in self.values


@dataclass
class Credentials:
    """A client as the suite knows it. ``registered`` is what the provider answered."""

    client_id: str
    client_secret: str | None
    redirect_uri: str
    auth_type: str
    registered: dict[str, Any] = field(default_factory=dict[str, Any])
    key: RSAKey | None = None


@dataclass
class Tokens:
    """What one authentication gave, checked."""

    id_token: str | None = None
    claims: dict[str, Any] = field(default_factory=dict[str, Any])
    access_token: str | None = None
    refresh_token: str | None = None
    landing: Landing | None = None


@cache
def client_key(number: int = 0) -> RSAKey:
    """A key of the suite's client; to make one takes a while."""
    return RSAKey.generate_key(2048, parameters={"kid": f"suite-{number}", "alg": "RS256"})


def public_jwks(*keys: RSAKey) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), "use": "sig"} for key in keys]}


@dataclass
class Suite:
    """One run of one module. Its client exists from the beginning, as the variant has it."""

    world: World
    site: Site
    browser: SuiteBrowser
    variant: Variant
    alias: str = field(default_factory=lambda: secrets.token_hex(6))
    metadata: dict[str, Any] = field(default_factory=dict[str, Any])
    client: Credentials = field(init=False)

    @property
    def http(self) -> httpx.AsyncClient:
        """Without the browser's cookies."""
        return self.world.browser.http

    @property
    def redirect_uri(self) -> str:
        return f"{self.site.url}/test/{self.alias}/callback"

    # What every module does first and last

    async def begin(self) -> None:
        """Discovery and keys are fetched and judged, and the browser knows nobody."""
        self.browser.forget()
        document = await self.http.get(f"{self.world.bridge_url}/.well-known/openid-configuration")
        assert document.status_code == 200
        self.metadata = document.json()
        assert self.metadata["issuer"] == self.world.bridge_url
        listed = self.metadata["token_endpoint_auth_methods_supported"]
        assert self.variant.client_auth_type in listed
        await self.keys()

    async def keys(self) -> Any:
        return check_jwk_set((await self.http.get(self.metadata["jwks_uri"])).json())

    async def end(self, client: Credentials) -> None:
        """A registration is taken back: 204."""
        if uri := client.registered.get("registration_client_uri"):
            token = client.registered["registration_access_token"]
            bearer = {"Authorization": f"Bearer {token}"}
            assert (await self.http.delete(uri, headers=bearer)).status_code == 204

    # Clients

    async def new_client(self, **members: Any) -> Credentials:
        """A client as the variant has it: written into the configuration, or self-registered."""
        if self.variant.is_dynamic:
            return await self.register(**members)
        return await self.static_client(**members)

    async def static_client(self, **members: Any) -> Credentials:
        """As an operator would register it for the suite: the ID Token holds what was asked."""
        client_id, secret = f"suite~{secrets.token_hex(6)}", secrets.token_urlsafe(32) + ODD
        redirect_uris = members.pop("redirect_uris", (self.redirect_uri,))
        client = Client(
            client_id=client_id,
            client_name="The suite",
            client_secret_hash=token_hash(secret),
            redirect_uris=tuple(redirect_uris),
            response_types=(self.variant.response_type,),
            scope=SCOPES,
            claims_in_id_token="none",
            jwks=public_jwks(client_key()),
            **members,
        )
        assert await self.world.provider.store.add_client(client, now=self.world.clock.now)
        return Credentials(
            client_id, secret, redirect_uris[0], self.variant.client_auth_type, key=client_key()
        )

    async def register(self, **members: Any) -> Credentials:
        """RFC 7591, with the metadata that the suite sends; the answer is judged."""
        response = await self.post_registration(**members)
        assert response.status_code == 201, response.text
        told = response.json()
        assert "error" not in told
        assert ("registration_client_uri" in told) == ("registration_access_token" in told)
        assert told.get("registration_client_uri", "https:").startswith("https:")
        if "client_secret" in told:
            assert "client_secret_expires_at" in told
        return Credentials(
            told["client_id"],
            told.get("client_secret"),
            told["redirect_uris"][0],
            told["token_endpoint_auth_method"],
            told,
            client_key(),
        )

    async def post_registration(self, **members: Any) -> httpx.Response:
        values = self.variant.values
        grant_types = ["authorization_code"] if "code" in values else []
        if values & {"token", "id_token"}:
            grant_types.append("implicit")
        asked: dict[str, Any] = {
            "client_name": f"The suite {self.alias}",
            "grant_types": grant_types,
            "jwks": public_jwks(client_key()),
            "token_endpoint_auth_method": self.variant.client_auth_type,
            "response_types": [self.variant.response_type],
            "redirect_uris": [self.redirect_uri],
            "contacts": ["certification@example.com"],
        }
        sent = {name: value for name, value in (asked | members).items() if value is not None}
        return await self.http.post(self.metadata["registration_endpoint"], json=sent)

    # Asking

    def request(self, client: Credentials | None = None, **changed: str | None) -> dict[str, str]:
        """The parameters of an Authentication Request; None leaves one out."""
        client = client or self.client
        asked: dict[str, str | None] = {
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "response_type": self.variant.response_type,
            "scope": "openid",
            "state": secrets.token_urlsafe(8)[:10],
            "nonce": secrets.token_urlsafe(8)[:10],
            "response_mode": self.variant.response_mode,
        }
        return {name: value for name, value in (asked | changed).items() if value is not None}

    def url(self, asked: dict[str, str]) -> str:
        return f"{self.metadata['authorization_endpoint']}?{urlencode(asked, quote_via=quote)}"

    async def visit(self, asked: dict[str, str], *, until: str | None = None) -> Landing:
        return await self.browser.travel(self.url(asked), until=until)

    async def authorize(
        self, asked: dict[str, str], *, until: str | None = None
    ) -> tuple[Answer, Landing]:
        """Go to the provider and come back; return what the redirection endpoint was sent."""
        landing = await self.visit(asked, until=until)
        return self.callback(asked, landing), landing

    def callback(self, asked: dict[str, str], landing: Landing) -> Answer:
        """What is checked of every Authorization Response, success and error alike."""
        assert landing.is_at_relying_party, (landing.url, landing.page and landing.page.by_id)
        address, _, registered = asked["redirect_uri"].partition("?")
        assert landing.url.split("?")[0].split("#")[0] == address
        for pair in registered.split("&") if registered else ():
            name, _, value = pair.partition("=")
            assert (name, value) in landing.query
        if self.variant.response_mode == "form_post":
            assert landing.method == "POST"
            told = landing.form
        elif self.variant.response_type == "code":
            told = landing.query
        else:
            assert not {"code", "error", "id_token"} & {name for name, _ in landing.query}
            told = landing.fragment
        answer = dict(told)
        assert len(answer) == len(told), "a parameter was sent twice"
        assert answer["iss"] == self.metadata["issuer"]
        assert answer.get("state") == asked.get("state")
        return answer

    async def authenticate(
        self, client: Credentials | None = None, **changed: str | None
    ) -> Tokens:
        """The whole of a successful authentication, with the checks of every module."""
        client = client or self.client
        asked = self.request(client, **changed)
        answer, landing = await self.authorize(asked)
        assert "error" not in answer, answer
        return await self.tokens(client, asked, answer, landing)

    async def tokens(
        self, client: Credentials, asked: dict[str, str], answer: Answer, landing: Landing
    ) -> Tokens:
        tokens = Tokens(landing=landing)
        if "id_token" in answer:
            tokens.claims = await self.judge(client, answer["id_token"], asked.get("nonce"))
            tokens.id_token = answer["id_token"]
            if "access_token" in answer:
                assert tokens.claims["at_hash"] == left_half(answer["access_token"])
            if "code" in answer:
                assert tokens.claims["c_hash"] == left_half(answer["code"])
        if "access_token" in answer:
            tokens.access_token = answer["access_token"]
            assert answer["token_type"].lower() == "bearer"
            assert int(answer["expires_in"]) > 0
        if "code" in answer:
            check_is_hard_to_guess(answer["code"])
            await self._redeemed(client, asked, answer["code"], tokens)
        return tokens

    async def _redeemed(
        self, client: Credentials, asked: dict[str, str], code: str, tokens: Tokens
    ) -> None:
        response = await self.redeem(client, code, asked["redirect_uri"])
        assert response.status_code == 200, response.text
        told = response.json()
        assert told["token_type"].lower() == "bearer"
        assert isinstance(told["expires_in"], int)
        claims = await self.judge(client, told["id_token"], asked.get("nonce"))
        if tokens.claims:
            assert (claims["iss"], claims["sub"]) == (tokens.claims["iss"], tokens.claims["sub"])
        if "at_hash" in claims:
            assert claims["at_hash"] == left_half(told["access_token"])
        tokens.id_token, tokens.claims = told["id_token"], claims
        tokens.access_token = told["access_token"]
        tokens.refresh_token = told.get("refresh_token")

    async def judge(self, client: Credentials, token: str, nonce: str | None) -> dict[str, Any]:
        """The ID Token: its signature, and the claims that every one has."""
        claims = verified(token, await self.keys(), ["RS256"])
        check_id_token(
            claims,
            issuer=self.metadata["issuer"],
            client_id=client.client_id,
            nonce=nonce,
            now=self.world.clock.now,
        )
        return claims

    # The token endpoint and UserInfo

    async def redeem(
        self, client: Credentials, code: str, redirect_uri: str, **more: str
    ) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self.token_request(client, form | more)

    async def token_request(self, client: Credentials, form: dict[str, str]) -> httpx.Response:
        url, headers = self.metadata["token_endpoint"], dict[str, str]()
        if client.auth_type == "private_key_jwt":
            form = form | self.assertion(client, url)
        elif client.auth_type == "client_secret_post":
            form = form | {
                "client_id": client.client_id,
                "client_secret": client.client_secret or "",
            }
        else:
            headers["Authorization"] = _basic(client)
        return await self.http.post(url, data=form, headers=headers)

    def assertion(
        self, client: Credentials, audience: str, key: RSAKey | None = None
    ) -> dict[str, str]:
        """RFC 7523 §2.2."""
        now, key = self.world.clock.now, key or client.key or client_key()
        claims = {
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": audience,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
        }
        return {
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key),
        }

    async def userinfo(self, access_token: str | None) -> dict[str, Any]:
        assert access_token is not None
        response = await self.userinfo_by("GET", access_token)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("application/json")
        told: dict[str, Any] = response.json()
        return told

    async def userinfo_by(self, method: str, access_token: str) -> httpx.Response:
        url = self.metadata["userinfo_endpoint"]
        if method == "POST body":
            return await self.http.post(url, data={"access_token": access_token})
        return await self.http.request(
            method, url, headers={"Authorization": f"Bearer {access_token}"}
        )


def _basic(client: Credentials) -> str:
    """RFC 6749 §2.3.1: both form-encoded, as AddBasicAuthClientSecretToRequest does."""
    encoded = httpx.BasicAuth(_encoded(client.client_id), _encoded(client.client_secret or ""))
    request = next(encoded.auth_flow(httpx.Request("GET", "https://x")))
    return request.headers["authorization"]


def _encoded(text: str) -> str:
    """As Java's URLEncoder does it, which the suite uses: not even a tilde stays."""
    return quote_plus(text).replace("~", "%7E")


def json_bytes(document: object) -> bytes:
    return json.dumps(document).encode()
