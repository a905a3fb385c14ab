"""The smallest OpenID Provider that the demo accepts, which lies where a test tells it to."""

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "demo"
CLIENT_SECRET = "a secret: with colon"
LONG_AGO = 1_000_000_000
IN_2100 = 4_102_444_800


def base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


@dataclass
class SmallProvider:
    """What it says is the truth, overridden by its lies; None leaves a member out."""

    issuer: str
    published: RSAKey
    signs_with: RSAKey | OctKey | None
    algorithm: str = "RS256"
    metadata_lies: dict[str, Any] = field(default_factory=dict[str, Any])
    answer_lies: dict[str, Any] = field(default_factory=dict[str, Any])
    token_lies: dict[str, Any] = field(default_factory=dict[str, Any])
    claim_lies: dict[str, Any] = field(default_factory=dict[str, Any])
    userinfo_lies: dict[str, Any] = field(default_factory=dict[str, Any])
    answers_nonsense_at: str = ""
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    _codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    _numbers: "count[int]" = field(default_factory=count)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.userinfo),
            ]
        )

    def _answer(self, path: str, truth: dict[str, Any], lies: dict[str, Any]) -> Response:
        if self.answers_nonsense_at == path:
            return Response("<html>", media_type="application/json")
        return JSONResponse(_with_lies(truth, lies))

    async def discovery(self, _: Request) -> Response:
        truth = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        return self._answer("discovery", truth, self.metadata_lies)

    async def jwks(self, _: Request) -> Response:
        return self._answer("jwks", {"keys": [self.published.as_dict(private=False)]}, {})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        code = f"code-{next(self._numbers)}"
        self._codes[code] = asked
        truth = {"code": code, "state": asked["state"], "iss": self.issuer}
        answer = _with_lies(truth, self.answer_lies)
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=303)

    async def token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or b64decode(credentials).decode() != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or not _proves(asked, form):
            return JSONResponse({"error": "invalid_grant"}, 400)
        truth = {
            "access_token": "access-token",
            "token_type": "Bearer",
            "expires_in": 3600,
            "id_token": self._id_token(asked["nonce"]),
        }
        return self._answer("token", truth, self.token_lies)

    async def userinfo(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer access-token":
            return JSONResponse({"error": "invalid_token"}, 401)
        return self._answer("userinfo", {"sub": "o-1", "name": "韩梅梅"}, self.userinfo_lies)

    def _id_token(self, nonce: str) -> str:
        truth = {
            "iss": self.issuer,
            "sub": "o-1",
            "aud": CLIENT_ID,
            "iat": LONG_AGO,
            "exp": IN_2100,
            "nonce": nonce,
            "at_hash": base64url(sha256(b"access-token").digest()[:16]),
            "name": "韩梅梅",
        }
        claims = _with_lies(truth, self.claim_lies)
        if self.signs_with is None:
            parts = [{"alg": "none"}, claims]
            return ".".join(base64url(json.dumps(part).encode()) for part in parts) + "."
        header = {"alg": self.algorithm, "kid": self.signs_with.kid or ""}
        return jwt.encode(header, claims, self.signs_with)


def _with_lies(truth: dict[str, Any], lies: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (truth | lies).items() if value is not None}


def _proves(asked: dict[str, str], form: dict[str, str]) -> bool:
    """RFC 6749 §4.1.3 and RFC 7636 §4.6."""
    verifier = form.get("code_verifier", "")
    return (
        form.get("grant_type") == "authorization_code"
        and form.get("redirect_uri") == asked["redirect_uri"]
        and base64url(sha256(verifier.encode()).digest()) == asked["code_challenge"]
    )
