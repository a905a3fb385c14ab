"""What a client has signed, and by which of its keys: OpenID Connect Core 1.0 §10."""

import hmac
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import Key

from bridge.jose import ClientKeys, VerifiedJWT, verify_with_secret
from bridge.jose.compact import LONGEST_TOKEN, read_jwt
from tests.jose.examples import (
    CLAIMS,
    SECRET,
    Shelf,
    ec_key,
    encoded,
    jwk_set,
    mac_of,
    okp_key,
    public,
    registered,
    rsa_key,
    signed,
)

pytestmark = pytest.mark.anyio

EVERY = ("RS256", "PS256", "ES256", "EdDSA")
JWKS_URI = "https://rp.example.com/jwks"

KEYS: list[tuple[str, Key]] = [
    ("RS256", rsa_key()),
    ("PS256", rsa_key()),
    ("ES256", ec_key()),
    ("EdDSA", okp_key()),
]


async def verified(
    token: str, *keys: dict[str, Any], algorithms: tuple[str, ...] = EVERY
) -> VerifiedJWT | None:
    """What is verified by keys that are registered themselves."""
    nowhere = Shelf(None)
    found = await ClientKeys(nowhere).verify(
        registered(jwks=jwk_set(*keys)), token, algorithms=algorithms
    )
    assert nowhere.asked == []
    return found


@pytest.mark.parametrize(("alg", "key"), KEYS)
async def test_a_jwt_of_one_of_the_clients_keys_is_verified(alg: str, key: Key) -> None:
    header = {"kid": "one", "typ": "JWT", "x-unknown": "is ignored"}
    others = [public(each, kid="one") for _, each in KEYS]
    found = await verified(signed(key, alg, header), *others)
    assert found == VerifiedJWT({"alg": alg, **header}, CLAIMS)


@pytest.mark.parametrize(("alg", "key"), KEYS)
async def test_an_algorithm_is_taken_only_where_the_caller_allows_it(alg: str, key: Key) -> None:
    others = tuple(each for each in EVERY if each != alg)
    assert await verified(signed(key, alg), public(key), algorithms=others) is None


async def test_none_is_no_algorithm() -> None:
    token = f"{encoded({'alg': 'none'})}.{encoded(CLAIMS)}."
    for algorithms in (EVERY, ("none",)):
        assert await verified(token, public(rsa_key()), algorithms=algorithms) is None


async def test_a_mac_under_the_public_key_is_no_signature() -> None:
    """RFC 8725 §2.1: HS256 with the RSA public key as its secret."""
    key = rsa_key()
    start = f"{encoded({'alg': 'HS256'})}.{encoded(CLAIMS)}"
    for secret in (key.as_pem(private=False), str(public(key)).encode()):
        token = f"{start}.{encoded(hmac.digest(secret, start.encode(), sha256))}"
        for algorithms in (EVERY, (*EVERY, "HS256")):
            assert await verified(token, public(key), algorithms=algorithms) is None


async def test_a_symmetric_key_in_a_set_is_never_used() -> None:
    oct_key = {"kty": "oct", "k": encoded(SECRET.encode())}
    assert await verified(mac_of(SECRET), oct_key, algorithms=("HS256",)) is None


async def test_the_key_of_another_is_not_the_clients() -> None:
    assert await verified(signed(rsa_key(1), "RS256"), public(rsa_key())) is None
    assert (
        await verified(signed(ec_key(1), "ES256", {"kid": "k"}), public(ec_key(), kid="k")) is None
    )


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256"])
async def test_a_key_that_the_token_brings_is_not_looked_at(name: str) -> None:
    """RFC 8725 §3.10."""
    brought: dict[str, object] = {
        "jwk": public(rsa_key(1)),
        "x5c": ["MIIC"],
        "jku": "https://evil.example.com/jwks",
        "x5u": "https://evil.example.com/x5u",
    }
    header = {name: brought.get(name, "AAAA")}
    assert await verified(signed(rsa_key(1), "RS256", header), public(rsa_key())) is None
    # It is no reason to refuse what one of the registered keys has signed.
    assert await verified(signed(rsa_key(), "RS256", header), public(rsa_key())) is not None


async def test_a_key_of_another_type_verifies_nothing() -> None:
    for key, alg in ((ec_key(), "ES256"), (rsa_key(), "RS256"), (okp_key(), "EdDSA")):
        unverified = read_jwt(signed(key, alg), EVERY)
        assert unverified is not None
        for other in (ec_key(0, "P-521"), rsa_key(1), okp_key("X25519"), ec_key(1)):
            assert unverified.verified(other) is None


@pytest.mark.parametrize("crit", [["b64"], ["exp"], [], "exp", None])
async def test_what_is_critical_is_not_understood(crit: object) -> None:
    """RFC 7515 §4.1.11."""
    token = signed(rsa_key(), "RS256", {"b64": True})
    header = {"alg": "RS256", "b64": True, "crit": crit}
    assert await verified(token, public(rsa_key())) is not None
    forged = f"{encoded(header)}.{token.partition('.')[2]}"
    assert read_jwt(forged, EVERY) is None


@pytest.mark.parametrize(
    ("members", "fits"),
    [
        ({}, True),
        ({"use": "sig", "alg": "RS256", "key_ops": ["verify"]}, True),
        ({"key_ops": ["sign", "verify"]}, True),
        ({"unknown": {"nested": []}}, True),
        ({"use": "enc"}, False),
        ({"use": ["sig"]}, False),
        ({"alg": "PS256"}, False),
        ({"alg": None}, False),
        ({"key_ops": ["encrypt"]}, False),
        ({"key_ops": []}, False),
        ({"key_ops": "verify"}, False),
        ({"key_ops": [["verify"]]}, False),
        ({"kty": "EC"}, False),
        ({"kty": ["RSA"]}, False),
        ({"kty": None}, False),
        ({"crv": "P-256"}, False),
        ({"crv": 7}, False),
        ({"n": ""}, False),
        ({"n": 5}, False),
        ({"n": None}, False),
        ({"n": "\ud800"}, False),
        ({"e": "!"}, False),
        ({"e": "AQ"}, False),
        ({"e": "A" * 40}, False),
        ({"e": "AQAAAAE"}, False),
    ],
)
async def test_what_a_key_says_that_it_is_for_is_respected(
    members: dict[str, Any],
    fits: bool,  # noqa: FBT001
) -> None:
    """RFC 7517 §4.2, §4.3, §4.4; what is no key is as if it were not there."""
    token = signed(rsa_key(), "RS256")
    assert (await verified(token, public(rsa_key()) | members) is not None) is fits
    # Beside a good one it does no harm.
    assert await verified(token, public(rsa_key()) | members, public(rsa_key())) is not None


@pytest.mark.parametrize(
    "broken",
    [
        {"crv": "P-256", "y": "AAAA"},
        {"crv": "P-256", "x": 1},
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"crv": "unknown"},
    ],
)
async def test_a_point_that_is_none_is_no_key(broken: dict[str, Any]) -> None:
    token = signed(ec_key(), "ES256")
    assert await verified(token, public(ec_key()) | broken) is None


async def test_a_short_or_endless_rsa_key_is_refused() -> None:
    """RFC 7518 §3.3: 2048 bits or larger."""
    short = rsa_key(size=1_024)
    assert await verified(signed(short, "RS256"), public(short)) is None
    endless = public(rsa_key()) | {"n": "f" * 3_000}
    assert await verified(signed(rsa_key(), "RS256"), endless) is None


async def test_a_key_is_found_by_its_name() -> None:
    """RFC 7515 §4.1.4."""
    keys = [public(rsa_key(), kid="a"), public(rsa_key(1), kid="b")]
    assert await verified(signed(rsa_key(), "RS256", {"kid": "a"}), *keys) is not None
    assert await verified(signed(rsa_key(), "RS256", {"kid": "b"}), *keys) is None
    assert await verified(signed(rsa_key(1), "RS256"), *keys) is not None
    # A key without a name goes by any.
    assert await verified(signed(rsa_key(), "RS256", {"kid": "x"}), public(rsa_key())) is not None


@pytest.mark.parametrize(
    "kid",
    ["../../etc/passwd", "' OR 1=1 --", "a" * 10_000, "\0", "\ud800", "https://evil.example/k"],
)
async def test_a_name_is_compared_and_nothing_else_is_done_with_it(kid: str) -> None:
    token = signed(rsa_key(), "RS256", {"kid": kid})
    assert await verified(token, public(rsa_key(), kid="a")) is None
    assert await verified(token, public(rsa_key(), kid=kid)) is not None


@pytest.mark.parametrize("kid", [1, ["a"], {"a": "b"}, True])
async def test_a_name_that_is_no_text_is_refused(kid: object) -> None:
    token = signed(rsa_key(), "RS256")
    forged = f"{encoded({'alg': 'RS256', 'kid': kid})}.{token.partition('.')[2]}"
    assert read_jwt(forged, EVERY) is None


async def test_a_bounded_number_of_keys_is_tried() -> None:
    wrong = [public(ec_key(1))] * 20
    token = signed(ec_key(), "ES256")
    assert await verified(token, *wrong[1:], public(ec_key())) is not None
    assert await verified(token, *wrong, public(ec_key())) is None
    strangers = [public(ec_key(1), kid="x")] * 100
    named = signed(ec_key(), "ES256", {"kid": "k"})
    assert await verified(named, *strangers[1:], public(ec_key(), kid="k")) is not None
    assert await verified(named, *strangers, public(ec_key(), kid="k")) is None


# What is no JWT

GOOD = signed(ec_key(), "ES256")
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        f"{HEADER}.{PAYLOAD}",
        f"{GOOD}.",
        f"{GOOD}.{PAYLOAD}.x",
        f" {GOOD}",
        f"{GOOD}\n",
        f"{GOOD}=",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-2]}",
        f"{HEADER}.{PAYLOAD}.",
        f"{HEADER}.{PAYLOAD}.A",
        f"{HEADER}.{PAYLOAD}A.{SIGNATURE}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE}\u00e9",
        f"A.{PAYLOAD}.{SIGNATURE}",
        f"{encoded(b'[]')}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded(b'[' * 20_000)}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded(b'x')}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded(bytes([255]))}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded({})}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded({'alg': None})}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded({'alg': ['ES256']})}.{PAYLOAD}.{SIGNATURE}",
        f"{encoded({'alg': 'es256'})}.{PAYLOAD}.{SIGNATURE}",
        signed(ec_key(), "ES256", claims=b"no JSON"),
        signed(ec_key(), "ES256", claims=b"[]"),
        signed(ec_key(), "ES256", claims=b'"text"'),
        signed(ec_key(), "ES256", claims=b'{"exp": NaN}'),
        signed(ec_key(), "ES256", claims=b'{"exp": Infinity}'),
        signed(ec_key(), "ES256", claims=b'{"exp": ' + b"9" * 5_000 + b"}"),
        signed(ec_key(), "ES256", claims=b'{"a": ' + b"[" * 20_000),
        signed(ec_key(), "ES256", claims=b"\xff{}"),
        signed(ec_key(), "ES256", claims=b"{}" + b" " * LONGEST_TOKEN),
    ],
)
async def test_what_is_no_jwt_is_none(token: str) -> None:
    assert await verified(token, public(ec_key())) is None


@given(st.text() | st.text(alphabet=GOOD + ".").map(lambda text: text + GOOD))
def test_whatever_it_is_it_is_read_or_it_is_none(token: str) -> None:
    read = read_jwt(token, EVERY)
    assert read is None or read.alg in EVERY


NAMES = st.sampled_from(["keys", "kty", "n", "e", "kid", "crv", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(NAMES, x, max_size=3),
    max_leaves=8,
)


@settings(max_examples=25, deadline=None)
@given(JSON)
async def test_whatever_is_registered_nothing_is_raised(document: object) -> None:
    client = registered(jwks={"keys": document})
    keys = ClientKeys(Shelf(None))
    assert await keys.verify(client, GOOD, algorithms=EVERY) is None
    with pytest.raises(LookupError):
        await keys.encryption_key(client, alg="ECDH-ES")


# Keys at an address


async def test_keys_are_fetched_and_a_known_name_asks_once() -> None:
    shelf = Shelf(jwk_set(public(rsa_key(), kid="a")))
    keys, client = ClientKeys(shelf), registered(jwks_uri=JWKS_URI)
    token = signed(rsa_key(), "RS256", {"kid": "a"})
    assert await keys.verify(client, token, algorithms=EVERY) is not None
    forged = signed(rsa_key(1), "RS256", {"kid": "a"})
    assert await keys.verify(client, forged, algorithms=EVERY) is None
    assert shelf.asked == [False, False]


async def test_a_name_that_is_not_known_is_looked_for_again() -> None:
    """OpenID Connect Core 1.0 §10.1.1: rotation of asymmetric signing keys."""
    shelf = Shelf(jwk_set(public(rsa_key(), kid="a")))
    keys, client = ClientKeys(shelf), registered(jwks_uri=JWKS_URI)
    assert await keys.verify(client, signed(rsa_key(), "RS256"), algorithms=EVERY) is not None
    shelf.text = jwk_set(public(rsa_key(1), kid="b"))
    token = signed(rsa_key(1), "RS256", {"kid": "b"})
    assert await keys.verify(client, token, algorithms=EVERY) is not None
    assert shelf.asked == [False, False, True]


async def test_without_a_name_a_key_is_looked_for_again_too() -> None:
    shelf = Shelf(jwk_set(public(rsa_key())))
    keys, client = ClientKeys(shelf), registered(jwks_uri=JWKS_URI)
    assert await keys.verify(client, signed(rsa_key(), "RS256"), algorithms=EVERY) is not None
    shelf.text = jwk_set(public(rsa_key(1)))
    assert await keys.verify(client, signed(rsa_key(1), "RS256"), algorithms=EVERY) is not None


@pytest.mark.parametrize("text", [None, b"", b"[]", b"{}", b"\xff", b"[" * 60_000, b"null", b"1"])
async def test_what_is_no_set_at_the_address_is_an_empty_one(text: bytes | None) -> None:
    keys, client = ClientKeys(Shelf(text)), registered(jwks_uri=JWKS_URI)
    assert await keys.verify(client, GOOD, algorithms=EVERY) is None
    with pytest.raises(LookupError, match="rp has no key for ECDH-ES"):
        await keys.encryption_key(client, alg="ECDH-ES")


async def test_what_is_no_jwt_makes_nobody_ask() -> None:
    shelf = Shelf(jwk_set())
    assert await ClientKeys(shelf).verify(
        registered(jwks_uri=JWKS_URI), "a.b.c", algorithms=EVERY
    ) is None  # fmt: skip
    assert shelf.asked == []


async def test_a_client_without_keys_has_none() -> None:
    shelf = Shelf(None)
    assert await ClientKeys(shelf).verify(registered(), GOOD, algorithms=EVERY) is None
    assert shelf.asked == []


# Keys to encrypt for


@pytest.mark.parametrize(
    ("alg", "key", "members"),
    [
        ("RSA-OAEP-256", rsa_key(), {}),
        ("RSA-OAEP-256", rsa_key(), {"use": "enc", "alg": "RSA-OAEP-256"}),
        ("RSA-OAEP-256", rsa_key(), {"key_ops": ["wrapKey"]}),
        ("ECDH-ES", ec_key(), {"use": "enc", "kid": "e"}),
        ("ECDH-ES", ec_key(0, "P-521"), {"key_ops": ["deriveKey"]}),
        ("ECDH-ES", okp_key("X25519"), {}),
        ("ECDH-ES+A128KW", ec_key(), {}),
    ],
)
async def test_a_key_that_fits_is_encrypted_for(
    alg: str, key: Key, members: dict[str, Any]
) -> None:
    unfit = [
        public(rsa_key(1), use="sig"),
        public(ec_key(1), use="sig"),
        public(okp_key()),
        public(rsa_key(size=1_024)),
    ]
    client = registered(jwks=jwk_set(*unfit, public(key, **members)))
    found = await ClientKeys(Shelf(None)).encryption_key(client, alg=alg)
    assert found.thumbprint() == key.thumbprint()
    assert found.kid == members.get("kid")
    assert not found.is_private


async def test_a_key_to_encrypt_for_is_looked_for_again() -> None:
    shelf = Shelf(jwk_set())
    keys, client = ClientKeys(shelf), registered(jwks_uri=JWKS_URI)
    await keys.verify(client, GOOD, algorithms=EVERY)
    shelf.text = jwk_set(public(ec_key()))
    assert (await keys.encryption_key(client, alg="ECDH-ES")).kid is None


@pytest.mark.parametrize("alg", ["", "dir", "RSA1_5", "A256GCMKW", "RS256", "none"])
async def test_there_is_no_key_for_another_algorithm(alg: str) -> None:
    every = jwk_set(*(public(key, use="enc") for _, key in KEYS))
    with pytest.raises(LookupError):
        await ClientKeys(Shelf(None)).encryption_key(registered(jwks=every), alg=alg)


# A secret that client and provider share


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_mac_under_the_secret_is_verified(alg: str) -> None:
    token = mac_of(SECRET, alg, {"kid": "is ignored"})
    found = verify_with_secret(token, SECRET, algorithms=(alg,))
    assert found is not None
    assert found.claims == CLAIMS
    others = {"HS256", "HS384", "HS512"} - {alg}
    assert verify_with_secret(token, SECRET, algorithms=tuple(others)) is None
    assert verify_with_secret(token, SECRET[:-1] + "x", algorithms=(alg,)) is None


def test_a_secret_verifies_nothing_but_macs() -> None:
    none = f"{encoded({'alg': 'none'})}.{encoded(CLAIMS)}."
    for token, alg in ((none, "none"), (GOOD, "ES256"), ("", "HS256")):
        assert verify_with_secret(token, SECRET, algorithms=(alg,)) is None


@pytest.mark.parametrize("alg", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("members", [{}, {"alg": "EdDSA"}, {"alg": "Ed25519"}])
async def test_ed25519_is_another_name_of_eddsa(alg: str, members: dict[str, str]) -> None:
    """RFC 9864 §2.2: openid-client 6 uses it."""
    token = signed(okp_key(), alg, {"kid": "one"})
    key = public(okp_key(), kid="one", **members)
    found = await verified(token, key, algorithms=("EdDSA",))
    assert found == VerifiedJWT({"alg": alg, "kid": "one"}, CLAIMS)
    assert await verified(token, key, algorithms=("ES256",)) is None


@pytest.mark.parametrize("alg", ["Ed448", "ed25519", ["EdDSA"], {"EdDSA": 1}])
async def test_nothing_else_is(alg: object) -> None:
    token = signed(okp_key(), "EdDSA", {"kid": "one"})
    assert await verified(token, public(okp_key(), kid="one", alg=alg)) is None
