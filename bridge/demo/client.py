"""The relying party's side of a sign-in, by Authlib (OpenID Connect Core 1.0 §3.1).

Authlib keeps state, nonce and code verifier in the session, redeems the code, and verifies the
signature, times, nonce and at_hash. What it leaves to its caller is done here: that the provider
is the one expected (OpenID Connect Discovery 1.0 §4.3), that the answer comes from it
(RFC 9207 §2.4), that an error answer too belongs to a request of this browser, that the ID Token
is for us, and that UserInfo is about the same person (OpenID Connect Core 1.0 §5.3.2).
"""

import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol, cast

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import StarletteIntegration, StarletteOAuth2App
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

SCOPE: Final = "openid profile email"
# By the provider's own key pair: never "none", never a key that is also our secret.
ALGORITHMS: Final = ("RS256", "PS256", "ES256")
# Connecting and each answer of the provider, in seconds.
TIMEOUT: Final = 10


class SignInFailed(Exception):
    """The sign-in ended without a person: `error` is the code, `description` the detail."""

    def __init__(self, error: str, description: str | None = None, *, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


class _AuthlibApp(Protocol):
    """What is used of Authlib's client, which itself has no types."""

    framework: StarletteIntegration
    server_metadata: dict[str, Any]

    async def load_server_metadata(self) -> dict[str, Any]: ...
    async def authorize_redirect(
        self, request: Request, redirect_uri: str, **parameters: str
    ) -> Response: ...
    async def authorize_access_token(self, request: Request, **checks: Any) -> dict[str, Any]: ...
    async def userinfo(self, *, token: Mapping[str, Any]) -> dict[str, Any]: ...


def _trust(issuer: str, ca_file: str | None) -> ssl.SSLContext:
    """Made once, since Authlib opens a client for each request; without https it may be empty."""
    if issuer.startswith("http:"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context(cafile=ca_file)


class OpenIDClient:
    """A client of one issuer, which is discovered when it is first needed."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, ca_file: str | None = None
    ) -> None:
        self._issuer = issuer
        self._expected = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
        }
        app = StarletteOAuth2App(
            StarletteIntegration("bridge"),
            name="bridge",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": SCOPE,
                "code_challenge_method": "S256",
                "timeout": TIMEOUT,
                # Without a proxy: the provider is on this machine, or beside it.
                "trust_env": False,
                "verify": _trust(issuer, ca_file),
            },
        )
        self._app = cast("_AuthlibApp", app)

    async def authorization_redirect(
        self, request: Request, redirect_uri: str, prompt: str | None = None
    ) -> Response:
        """Return the redirect to the provider; remember state, nonce and verifier."""
        with _failures_named():
            await self._discover()
            asked = {"prompt": prompt} if prompt else {}
            return await self._app.authorize_redirect(request, redirect_uri, **asked)

    async def redeem(self, request: Request) -> dict[str, Any]:
        """Return ``claims`` (of the verified ID Token), ``name`` and ``picture``.

        The state of the request is used up, whatever comes of it. Raises `SignInFailed`.
        """
        state = request.query_params.get("state", "")
        with _failures_named():
            metadata = await self._discover()
            if not await self._app.framework.get_state_data(request.session, state):
                raise SignInFailed("mismatching_state", "no request of this browser has this state")
            try:
                self._check_answer(request.query_params, metadata)
                token = await self._app.authorize_access_token(
                    request, claims_options=self._expected
                )
            finally:
                await self._app.framework.clear_state_data(request.session, state)
            claims: dict[str, Any] | None = token.get("userinfo")
            if claims is None:
                raise SignInFailed("missing_id_token", "the token response has no id_token")
            userinfo = await self._app.userinfo(token=token)
        if userinfo.get("sub") != claims["sub"]:
            raise SignInFailed("mismatching_subject", "UserInfo is about somebody else")
        return {
            "claims": dict(claims),
            "name": _text(userinfo.get("name") or claims.get("name") or claims["sub"]),
            "picture": _text(userinfo.get("picture") or claims.get("picture") or ""),
        }

    async def _discover(self) -> dict[str, Any]:
        metadata = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._issuer:
            self._app.server_metadata.clear()
            raise SignInFailed(
                "mismatching_issuer", "the discovery document names another issuer", status=502
            )
        offered = metadata.get("id_token_signing_alg_values_supported", ALGORITHMS)
        metadata["id_token_signing_alg_values_supported"] = [
            algorithm for algorithm in ALGORITHMS if algorithm in offered
        ]
        return metadata

    def _check_answer(self, answer: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
        promised = metadata.get("authorization_response_iss_parameter_supported", False)
        if answer.get("iss") != self._issuer and (promised or "iss" in answer):
            raise SignInFailed("mismatching_issuer", "the answer is not from the issuer asked")
        if "error" in answer:
            raise SignInFailed(answer["error"], answer.get("error_description"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


@contextmanager
def _failures_named() -> Generator[None, None, None]:
    """Turn what goes wrong between us and the provider into `SignInFailed`."""
    try:
        yield
    except AuthlibBaseError as error:
        raise SignInFailed(error.error or "oauth_error", error.description) from error
    except JoseError as error:
        raise SignInFailed(error.error, error.description) from error
    except httpx2.HTTPError as error:
        raise SignInFailed(
            "temporarily_unavailable", "the provider does not answer as it should", status=502
        ) from error
    except (httpx2.InvalidURL, KeyError, RuntimeError, TypeError, ValueError) as error:
        # Authlib takes the provider's documents apart without looking first.
        raise SignInFailed(
            "invalid_response", "the provider sent what the specification does not know", status=502
        ) from error
