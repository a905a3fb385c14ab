"""What the keys sign, and what they publish, as a stranger sees it."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from keys import ALGORITHMS, KeyPolicy, KeyRing, SigningKey, advance, generate_key
from keys.algorithms import meant

POLICY = KeyPolicy(propagation=10, rotation=100, overlap=50)
CLAIMS = {"iss": "https://id.example", "sub": "张三", "exp": 700, "groups": ["a", "b"]}
RING = KeyRing(
    tuple(
        SigningKey(generate_key(alg), alg, active_from)
        for alg in ("ES256", "RS256")
        for active_from in (0, 100, 200)
    ),
    POLICY,
)
# Each algorithm that there is, the others with one key that serves for a long time
EVERY = KeyRing(
    (*RING.keys, *(SigningKey(generate_key(alg), alg, 0) for alg in ("PS256", "EdDSA"))), POLICY
)


def decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def number(segment: str) -> int:
    return int.from_bytes(decoded(segment), "big")


def jwk_of(jwk_set: dict[str, Any], kid: str) -> dict[str, Any]:
    return next(jwk for jwk in jwk_set["keys"] if jwk["kid"] == kid)


def jwt_header(signed: str) -> dict[str, str]:
    header: dict[str, str] = json.loads(decoded(signed.partition(".")[0]))
    return header


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("now", [0, 99, 100, 250])
def test_a_signature_is_verified_with_the_published_key_that_its_kid_names(
    alg: str, now: int
) -> None:
    """OpenID Connect Core 1.0 §10.1."""
    published = KeySet.import_key_set(EVERY.jwk_set(now=now))  # type: ignore[arg-type]
    with meant(alg):
        token = jwt.decode(EVERY.sign(CLAIMS, now=now, alg=alg), published, algorithms=[alg])
    assert token.claims == CLAIMS


def test_rs256_is_rsassa_pkcs1_v1_5_with_sha_256() -> None:
    """RFC 7518 §3.3, judged by cryptography alone."""
    signed, _, signature = RING.sign(CLAIMS, now=0, alg="RS256").rpartition(".")
    jwk = jwk_of(RING.jwk_set(now=0), jwt_header(signed)["kid"])
    public = RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key()
    public.verify(decoded(signature), signed.encode(), PKCS1v15(), SHA256())


def test_es256_is_ecdsa_on_p_256_with_the_signature_as_two_numbers_of_32_bytes() -> None:
    """RFC 7518 §3.4, judged by cryptography alone."""
    signed, _, signature = RING.sign(CLAIMS, now=0, alg="ES256").rpartition(".")
    jwk = jwk_of(RING.jwk_set(now=0), jwt_header(signed)["kid"])
    public = EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), SECP256R1())
    raw = decoded(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public.public_key().verify(encode_dss_signature(r, s), signed.encode(), ECDSA(SHA256()))
    assert len(raw) == 64


def test_ps256_is_rsassa_pss_with_sha_256_and_a_key_of_its_own() -> None:
    """RFC 7518 §3.5, judged by cryptography alone; RFC 7517 §4.4: a JWK has one alg."""
    signed, _, signature = EVERY.sign(CLAIMS, now=0, alg="PS256").rpartition(".")
    jwk = jwk_of(EVERY.jwk_set(now=0), jwt_header(signed)["kid"])
    public = RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key()
    public.verify(decoded(signature), signed.encode(), PSS(MGF1(SHA256()), 32), SHA256())
    assert jwk["alg"] == "PS256"
    assert jwk["n"] not in [other.get("n") for other in RING.jwk_set(now=0)["keys"]]


def test_eddsa_is_ed25519_under_the_name_that_relying_parties_know() -> None:
    """RFC 8037 §3.1, judged by cryptography alone; RFC 9864 §2.2 has another name for it."""
    signed, _, signature = EVERY.sign(CLAIMS, now=0, alg="EdDSA").rpartition(".")
    jwk = jwk_of(EVERY.jwk_set(now=0), jwt_header(signed)["kid"])
    Ed25519PublicKey.from_public_bytes(decoded(jwk["x"])).verify(
        decoded(signature), signed.encode()
    )
    assert (jwk["crv"], jwk["alg"]) == ("Ed25519", "EdDSA")


def test_the_header_has_alg_kid_and_typ() -> None:
    """RFC 9068 §2.1 asks for another typ than an ID Token has."""
    active = RING.keys[4]
    assert jwt_header(RING.sign({}, now=150)) == {"alg": "RS256", "kid": active.kid, "typ": "JWT"}
    assert jwt_header(RING.sign({}, now=150, alg="ES256", typ="at+jwt")) == {
        "alg": "ES256",
        "kid": RING.keys[1].kid,
        "typ": "at+jwt",
    }


def test_another_key_does_not_verify() -> None:
    with pytest.raises(BadSignatureError):
        jwt.decode(RING.sign(CLAIMS, now=0), RING.keys[4].jwk)


def test_signing_leaves_the_claims_as_they_were() -> None:
    claims: dict[str, Any] = {"exp": datetime(2030, 1, 1, tzinfo=UTC)}
    RING.sign(claims, now=0)
    assert claims == {"exp": datetime(2030, 1, 1, tzinfo=UTC)}


def test_the_jwk_set_has_public_halves_only() -> None:
    """RFC 7518 §6.2.1 and §6.3.1 name the public members."""
    members = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}, "OKP": {"crv", "x"}}
    for jwk in EVERY.jwk_set(now=0)["keys"]:
        own = members[jwk["kty"]]
        assert jwk.keys() == own | {"kty", "kid", "alg", "use"}
        assert jwk["use"] == "sig"


def test_the_jwk_set_has_rs256_first_and_of_each_algorithm_the_active_key_first() -> None:
    es, rs = ([key.kid for key in RING.keys if key.alg == alg] for alg in ("ES256", "RS256"))

    def kids(now: int) -> list[str]:
        return [jwk["kid"] for jwk in RING.jwk_set(now=now)["keys"]]

    assert kids(99) == rs + es
    assert kids(100) == [rs[1], rs[2], rs[0], es[1], es[2], es[0]]
    assert kids(150) == [rs[1], rs[2], es[1], es[2]]
    assert kids(250) == [rs[2], es[2]]


def test_the_jwk_set_stays_the_same_until_the_next_change() -> None:
    now, changes = 0, list[int]()
    while (change := RING.next_change(now=now)) is not None:
        assert RING.jwk_set(now=change - 1) == RING.jwk_set(now=now)
        assert RING.jwk_set(now=change) != RING.jwk_set(now=now)
        changes.append(now := change)
    assert changes == [100, 150, 200, 250]


def test_the_algorithms_are_those_that_have_a_key() -> None:
    assert RING.algorithms == ("RS256", "ES256")
    only = KeyRing(advance([], 0, POLICY, ["ES256"], generate_key), POLICY)
    assert only.algorithms == ("ES256",)
    assert EVERY.algorithms == ALGORITHMS
    with pytest.raises(LookupError, match="there is no key for RS256"):
        only.sign(CLAIMS, now=0)


def test_an_algorithm_that_is_no_longer_named_signs_nothing_and_stays_published() -> None:
    """What it signed is read and verified; nothing new is."""
    narrowed = KeyRing(EVERY.keys, POLICY, ("RS256",))
    assert narrowed.algorithms == ("RS256",)
    with pytest.raises(LookupError, match="there is no key for EdDSA"):
        narrowed.sign(CLAIMS, now=0, alg="EdDSA")
    assert narrowed.jwk_set(now=0) == EVERY.jwk_set(now=0)
    assert narrowed.read(EVERY.sign(CLAIMS, now=0, alg="EdDSA")) == CLAIMS


def test_two_keys_of_one_algorithm_that_begin_together_are_refused() -> None:
    with pytest.raises(ValueError, match="at the same moment"):
        KeyRing((RING.keys[0], RING.keys[0]), POLICY)


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_what_a_key_has_signed_is_read_however_old(alg: str) -> None:
    """OpenID Connect RP-Initiated Logout 1.0 §2: an expired ID Token is still a hint."""
    for now in (50, 150):
        assert EVERY.read(EVERY.sign(CLAIMS, now=now, alg=alg)) == CLAIMS


def test_no_key_verifies_what_another_algorithm_made_with_it() -> None:
    """RFC 8725 §3.1: the algorithm is the key's, whatever the header says."""
    rsa = EVERY.keys[-2].jwk
    forged = jwt.encode({"alg": "RS256", "kid": EVERY.keys[-2].kid}, CLAIMS, rsa)
    assert EVERY.read(forged) is None
    okp = EVERY.keys[-1]
    renamed = jwt.encode({"alg": "Ed25519", "kid": okp.kid}, CLAIMS, okp.jwk, ["Ed25519"])
    assert EVERY.read(renamed) is None


def test_what_was_signed_as_something_else_is_not_read() -> None:
    """RFC 8725 §3.11: each kind of JWT has its own ``typ``."""
    token = RING.sign(CLAIMS, now=50, typ="logout+jwt")
    assert RING.read(token) is None
    assert RING.read(token, typ="logout+jwt") == CLAIMS


def test_what_no_key_has_signed_is_not_read() -> None:
    """Unsigned, signed by others, by the public key as if it were a secret, or not a JWT."""
    key = RING.keys[-1]
    public = key.jwk.as_pem(private=False)
    stranger = generate_key("RS256")
    header, claims, signature = RING.sign(CLAIMS, now=50).split(".")
    other_claims = urlsafe_b64encode(json.dumps(CLAIMS | {"sub": "other"}).encode()).decode()
    none = urlsafe_b64encode(json.dumps({"alg": "none", "kid": key.kid}).encode()).decode()
    embedded = {"alg": "RS256", "kid": key.kid, "jwk": stranger.as_dict(private=False)}
    mac = hmac.digest(public, f"{hs256(key.kid)}.{claims}".encode(), "sha256")
    for forged in (
        "",
        "a.b.c",
        "e30.e30.e30",
        f"{header}.{claims}.",
        f"{header}.{other_claims.rstrip('=')}.{signature}",
        f"{none.rstrip('=')}.{claims}.",
        f"{hs256(key.kid)}.{claims}.{urlsafe_b64encode(mac).decode().rstrip('=')}",
        jwt.encode(embedded, CLAIMS, stranger),
        jwt.encode({"alg": "RS256", "kid": "../../dev/null"}, CLAIMS, stranger),
        jwt.encode({"alg": key.alg, "kid": "another"}, CLAIMS, key.jwk),
        "\u5f20." * 3,
        "a" * 20_000,
    ):
        assert EVERY.read(forged) is None, forged


def hs256(kid: str) -> str:
    header = json.dumps({"alg": "HS256", "kid": kid}).encode()
    return urlsafe_b64encode(header).decode().rstrip("=")


@given(st.text())
def test_whatever_is_sent_is_read_or_not(token: str) -> None:
    assert EVERY.read(token) is None
    assert EVERY.read(f"{token}.{token}.{token}") is None
