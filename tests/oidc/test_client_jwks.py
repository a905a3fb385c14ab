"""The public keys of a client: RFC 7517 §5, RFC 7518 §6, RFC 8037 §2."""

from base64 import urlsafe_b64encode
from typing import Any, cast

import pytest
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from bridge.oidc.client_jwks import UnfitJWKSet, read_jwks

RSA: dict[str, Any] = dict(
    RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}).as_dict(private=False)
)
EC: dict[str, Any] = dict(ECKey.generate_key("P-256", {"alg": "ES256"}).as_dict(private=False))
OKP: dict[str, Any] = dict(OKPKey.generate_key("Ed25519").as_dict(private=False))


def base64url(number: int, octets: int) -> str:
    return urlsafe_b64encode(number.to_bytes(octets)).rstrip(b"=").decode()


def refusal(*keys: object) -> str:
    with pytest.raises(UnfitJWKSet) as refused:
        read_jwks({"keys": list(keys)})
    assert str(refused.value).isascii()
    return str(refused.value)


def test_public_keys_are_kept_as_they_are() -> None:
    kept = read_jwks({"keys": [RSA, EC, OKP]})
    assert kept == {"keys": [RSA, EC, OKP]}
    assert len(KeySet.import_key_set(cast("Any", kept)).keys) == 3


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_curves_have_coordinates_of_their_length(curve: str) -> None:
    """RFC 7518 §6.2.1.2."""
    key = dict(ECKey.generate_key(curve).as_dict(private=False))
    assert read_jwks({"keys": [key]}) == {"keys": [key]}
    assert "coordinate of another length" in refusal(key | {"x": key["x"][:-4]})


def test_what_describes_no_key_is_not_kept() -> None:
    key = RSA | {"x5c": ["…"], "x5u": "https://evil.example", "\ud800": 1, "ext": True}
    assert read_jwks({"keys": [key], "more": 1}) == {"keys": [RSA]}


def test_what_a_key_is_for_is_kept() -> None:
    """RFC 7517 §4.3."""
    for operations in ([], ["verify"], ["wrapKey", "encrypt"]):
        key = RSA | {"key_ops": operations}
        assert read_jwks({"keys": [key]}) == {"keys": [key]}
    for wrong in ("verify", [1], ["\n"], [["verify"]], {"verify": 1}, 0):
        assert refusal(RSA | {"key_ops": wrong}) == "has a key whose key_ops is no list of texts"


def test_a_key_of_a_kind_that_nobody_knows_is_passed_over() -> None:
    """RFC 7517 §5."""
    unknown: list[dict[str, Any]] = [
        {"kty": "XYZ"},
        {},
        {"kty": "EC", "crv": "secp256k1", "x": "", "y": ""},
        {"kty": "EC", "crv": 1},
        {"kty": 1, "crv": "P-256"},
        {"kty": "OKP", "crv": "Ed448"},
    ]
    assert read_jwks({"keys": [*unknown, RSA]}) == {"keys": [RSA]}
    assert refusal(*unknown) == "has no key of the type RSA, EC or OKP, on a curve that is known"


@pytest.mark.parametrize(
    "secret",
    [
        dict(RSAKey.generate_key(2048).as_dict(private=True)),
        dict(ECKey.generate_key("P-256").as_dict(private=True)),
        dict(OctKey.generate_key(256).as_dict(private=True)),
        {"kty": "oct"},
        RSA | {"d": None},
    ],
)
def test_a_secret_key_is_refused(secret: dict[str, Any]) -> None:
    """It is known to whoever reads the registration, and was sent by mistake."""
    assert refusal(RSA, secret) == ("has a secret key: register public keys, and change this one")


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"keys": {}}, {"keys": None}])
def test_a_set_has_keys(document: dict[str, Any]) -> None:
    with pytest.raises(UnfitJWKSet, match="must have a list of keys"):
        read_jwks(document)


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("a key", "has a key that is no JSON object"),
        (RSA | {"n": 1}, "has a key whose n is no text"),
        (RSA | {"n": "%%%%"}, "has a key that is not written in base64url"),
        (RSA | {"n": "AAAAA"}, "has a key that is not written in base64url"),
        (RSA | {"n": ""}, "has a key that is not written in base64url"),
        (RSA | {"n": base64url(2**1023, 256)}, "has an RSA key whose n has not from 2048 to 8192 "),
        (RSA | {"n": base64url(2**8192, 1025)}, "has an RSA key whose n has not from 2048 to 8192"),
        (RSA | {"e": base64url(65536, 3)}, "has an RSA key whose e is no public exponent"),
        (RSA | {"e": base64url(1, 1)}, "has an RSA key whose e is no public exponent"),
        (RSA | {"e": base64url(2**32 + 1, 5)}, "has an RSA key whose e is no public exponent"),
        (RSA | {"kid": 1}, "has a key whose kid is no text"),
        (RSA | {"kid": "\ud800"}, "has a key whose kid is no text"),
        (EC | {"y": None}, "has a key whose y is no text"),
    ],
)
def test_a_key_that_cannot_be_one_is_refused(key: object, fault: str) -> None:
    assert refusal(RSA, key).startswith(fault)


def test_a_set_has_not_too_many_keys() -> None:
    assert len(read_jwks({"keys": [RSA] * 20})["keys"]) == 20
    assert refusal(*[RSA] * 21) == "has more than 20 keys"
