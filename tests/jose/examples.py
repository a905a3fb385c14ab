"""Keys and what is signed with them, by joserfc or by hand."""

import json
import warnings
from base64 import urlsafe_b64encode
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from bridge.oidc.client import Client

CLAIMS = {"iss": "rp", "iat": 1_700_000_000}
SECRET = "0123456789abcdef0123456789abcdef0123456789a"


@cache
def rsa_key(_number: int = 0, size: int = 2_048) -> RSAKey:
    """The same key for the same arguments: to make one takes a while."""
    made = rsa.generate_private_key(public_exponent=65_537, key_size=size)
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return RSAKey.import_key(made)


@cache
def ec_key(_number: int = 0, curve: Any = "P-256") -> ECKey:
    return ECKey.generate_key(curve)


@cache
def okp_key(curve: Any = "Ed25519") -> OKPKey:
    return OKPKey.generate_key(curve)


def public(key: Key, **members: Any) -> dict[str, Any]:
    """The JWK of the public half."""
    return {**key.as_dict(private=False), **members}


def jwk_set(*keys: dict[str, Any]) -> dict[str, Any]:
    return {"keys": list(keys)}


def signed(key: Key, alg: str, header: dict[str, Any] | None = None, claims: Any = CLAIMS) -> str:
    """A compact JWS."""
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    registry.max_header_length = 100_000
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    with warnings.catch_warnings(action="ignore", category=SecurityWarning):
        return jws.serialize_compact(
            {"alg": alg, **(header or {})}, payload, key, registry=registry
        )


def encoded(part: bytes | dict[str, Any]) -> str:
    """A part of a compact JWS, whatever it is."""
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(text).rstrip(b"=").decode()


def mac_of(text: str, alg: str = "HS256", header: dict[str, Any] | None = None) -> str:
    return signed(OctKey.import_key(text.encode()), alg, header)


def registered(**members: Any) -> Client:
    return Client(
        client_id="rp",
        client_name="RP",
        redirect_uris=("https://rp.example.com/callback",),
        token_endpoint_auth_method="private_key_jwt",
        **members,
    )


class Shelf:
    """What is at a client's jwks_uri. ``asked`` says for each fetch whether it had to be fresh.

    It keeps what it has told until somebody wants it fresh, as the fetcher does.
    """

    def __init__(self, text: bytes | dict[str, Any] | None) -> None:
        self.text = text
        self.asked: list[bool] = []
        self._told: bytes | None = None

    async def __call__(self, url: str, *, client_id: str, fresh: bool = False) -> bytes | None:
        assert (url, client_id) == ("https://rp.example.com/jwks", "rp")
        if fresh or not self.asked:
            text = self.text
            self._told = json.dumps(text).encode() if isinstance(text, dict) else text
        self.asked.append(fresh)
        return self._told
