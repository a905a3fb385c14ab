"""RFC 7516 §5.1: what is encrypted, the owner of the key reads, and nobody else."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from bridge.jose import PublicKey
from bridge.jose.encryption import UnfitKey, encrypt
from bridge.jose.jwk_set import read_key
from tests.jose.examples import ec_key, okp_key, public, rsa_key

CONTENT = "eyJ.the.jws"

OWNERS = [
    ("RSA-OAEP-256", rsa_key()),
    ("ECDH-ES", ec_key()),
    ("ECDH-ES", ec_key(0, "P-384")),
    ("ECDH-ES", ec_key(0, "P-521")),
    ("ECDH-ES", okp_key("X25519")),
]


def read(**jwk: Any) -> PublicKey:
    key = read_key(jwk)
    assert key is not None
    return key


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header_of(token: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(decoded(token.partition(".")[0]))
    return header


@pytest.mark.parametrize("enc", ["A256GCM", "A128CBC-HS256"])
@pytest.mark.parametrize(("alg", "owner"), OWNERS)
def test_the_owner_of_the_key_reads_it(alg: str, owner: RSAKey | ECKey | OKPKey, enc: str) -> None:
    token = encrypt(CONTENT, read(**public(owner)), alg=alg, enc=enc, nested=True)
    assert jwe.decrypt_compact(token, owner, algorithms=[alg, enc]).plaintext == CONTENT.encode()
    assert CONTENT not in token


def test_another_key_does_not() -> None:
    key = read(**public(ec_key()))
    token = encrypt(CONTENT, key, alg="ECDH-ES", enc="A256GCM", nested=True)
    with pytest.raises(JoseError):
        jwe.decrypt_compact(token, ec_key(1), algorithms=["ECDH-ES", "A256GCM"])


def test_rsa_oaep_256_and_a256gcm_are_what_they_are_called() -> None:
    """RFC 7518 §4.3, §5.3, judged by cryptography alone."""
    key = read(**public(rsa_key()))
    token = encrypt(CONTENT, key, alg="RSA-OAEP-256", enc="A256GCM", nested=True)
    header, *parts = token.split(".")
    encrypted_key, iv, ciphertext, tag = map(decoded, parts)
    private = rsa_key().private_key
    assert private is not None
    padding = OAEP(MGF1(SHA256()), SHA256(), None)
    content = AESGCM(private.decrypt(encrypted_key, padding)).decrypt(
        iv, ciphertext + tag, header.encode()
    )
    assert content == CONTENT.encode()


def test_the_header_names_the_key_and_says_that_a_jwt_is_in_it() -> None:
    """RFC 7519 §5.2; not compressed (RFC 8725 §3.6)."""
    key = read(**public(rsa_key(), kid="one"))
    nested = encrypt(CONTENT, key, alg="RSA-OAEP-256", enc="A256GCM", nested=True)
    assert header_of(nested) == {
        "alg": "RSA-OAEP-256",
        "enc": "A256GCM",
        "kid": "one",
        "cty": "JWT",
    }
    alone = encrypt(
        "{}", read(**public(rsa_key())), alg="RSA-OAEP-256", enc="A256GCM", nested=False
    )
    assert header_of(alone) == {"alg": "RSA-OAEP-256", "enc": "A256GCM"}


@pytest.mark.parametrize(
    ("jwk", "alg"),
    [
        ({"kty": "OKP", "crv": "X25519", "x": "A" * 43}, "ECDH-ES"),
        (public(rsa_key()), "ECDH-ES"),
        (public(ec_key()), "RSA-OAEP-256"),
        (public(okp_key()), "ECDH-ES"),
    ],
)
def test_a_key_that_is_none_for_it_is_told_as_such(jwk: dict[str, Any], alg: str) -> None:
    """RFC 7748 §6.1: with a point of small order everybody would know the key."""
    with pytest.raises(UnfitKey):
        encrypt(CONTENT, read(**jwk), alg=alg, enc="A256GCM", nested=True)
