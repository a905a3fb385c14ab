"""Signing keys as text: what is written is read, and what is broken is refused."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey

from keys import KeyRing, SigningKey, generate_key
from keys.document import read_signing_keys, write_signing_keys
from keys.lifecycle import KeyPolicy

REASON = (
    r"key 1 (is no private key for its \"alg\"|is not the key that its \"kid\" says"
    r"|has no \"kty\" that is RSA, EC or OKP|has an \"active_from\" that is no number of seconds"
    r"|misses [a-z_, ]+)"
)
KEYS = (
    SigningKey(generate_key("RS256"), "RS256", 0),
    SigningKey(generate_key("ES256"), "ES256", 7),
    SigningKey(generate_key("EdDSA"), "EdDSA", 9),
)


def entries() -> list[dict[str, Any]]:
    document: dict[str, list[dict[str, Any]]] = json.loads(write_signing_keys(KEYS))
    return document["keys"]


def document(*keys: Any) -> bytes:
    return json.dumps({"keys": keys}).encode()


def reason_against(text: bytes) -> str | None:
    try:
        read_signing_keys(text)
    except ValueError as refused:
        return str(refused)
    return None


def test_what_is_written_is_read() -> None:
    assert read_signing_keys(write_signing_keys(KEYS)) == KEYS


def test_the_text_is_a_jwk_set_of_private_keys_that_others_can_read() -> None:
    """RFC 7517 §5; unknown members are ignored (§4)."""
    rsa, ec, okp = entries()
    assert RSAKey.import_key(rsa).thumbprint() == KEYS[0].kid == rsa["kid"]
    assert ECKey.import_key(ec).thumbprint() == KEYS[1].kid == ec["kid"]
    assert OKPKey.import_key(okp).thumbprint() == KEYS[2].kid == okp["kid"]
    assert ec.keys() == {"kty", "crv", "x", "y", "d", "kid", "alg", "use", "active_from"}


def test_a_member_that_the_type_does_not_define_is_not_published() -> None:
    _, ec, _ = entries()
    ring = KeyRing(read_signing_keys(document(ec | {"note": "private"})), KeyPolicy())
    assert "note" not in ring.jwk_set(now=7)["keys"][0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "it is not JSON"),
        (write_signing_keys(KEYS)[:-9], "it is not JSON"),
        (b'{"keys": "\xff"}', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"null", 'it has no member "keys" with at least one key'),
        (b"[]", 'it has no member "keys" with at least one key'),
        (b"{}", 'it has no member "keys" with at least one key'),
        (b'{"keys": {"a": 1}}', 'it has no member "keys" with at least one key'),
        (b'{"keys": []}', 'it has no member "keys" with at least one key'),
        (b'{"keys": [7]}', 'key 1 has no "kty" that is RSA, EC or OKP'),
        (document(entries()[0], {}), 'key 2 has no "kty" that is RSA, EC or OKP'),
        (document({"kty": "oct", "k": "c2VjcmV0"}), 'key 1 has no "kty" that is RSA, EC or OKP'),
        (document({"kty": ["RSA"]}), 'key 1 has no "kty" that is RSA, EC or OKP'),
        (document({"kty": "EC", "alg": "ES256"}), "key 1 misses active_from, crv, d, kid, x, y"),
        (
            document({"kty": "RSA", "kid": ""}),
            "key 1 misses active_from, alg, d, dp, dq, e, n, p, q, qi",
        ),
    ],
)
def test_a_broken_text_is_refused_with_a_reason(text: bytes, reason: str) -> None:
    assert reason_against(text) == reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"active_from": "7"}, 'key 1 has an "active_from" that is no number of seconds'),
        ({"active_from": True}, 'key 1 has an "active_from" that is no number of seconds'),
        ({"active_from": -1}, 'key 1 has an "active_from" that is no number of seconds'),
        ({"kid": "another"}, 'key 1 is not the key that its "kid" says'),
        ({"alg": "RS256"}, 'key 1 is no private key for its "alg"'),
        ({"alg": ["ES256"]}, 'key 1 is no private key for its "alg"'),
        ({"crv": "P-384"}, 'key 1 is no private key for its "alg"'),
        ({"crv": "P-257"}, 'key 1 is no private key for its "alg"'),
        ({"d": ""}, 'key 1 is no private key for its "alg"'),
        ({"d": 7}, 'key 1 is no private key for its "alg"'),
        ({"d": entries()[1]["x"]}, 'key 1 is no private key for its "alg"'),
        ({"y": entries()[1]["x"]}, 'key 1 is no private key for its "alg"'),
    ],
)
def test_a_changed_key_is_refused_with_a_reason(change: dict[str, Any], reason: str) -> None:
    _, ec, _ = entries()
    assert reason_against(document(ec | change)) == reason


@pytest.mark.parametrize(
    "change",
    [
        {"crv": "X25519"},
        {"crv": "Ed448"},
        {"crv": "Ed25520"},
        {"alg": "ES256"},
        {"d": entries()[1]["d"]},
        {"d": ""},
    ],
)
def test_an_okp_key_whose_halves_do_not_belong_together_is_refused(change: dict[str, Any]) -> None:
    """RFC 8037 §2: otherwise nobody could verify what it signs."""
    okp = entries()[2]
    assert reason_against(document(okp | change)) == 'key 1 is no private key for its "alg"'


@pytest.mark.parametrize("member", ["n", "e", "d", "p", "dp", "qi"])
def test_an_rsa_key_that_misses_or_changed_a_number_is_refused(member: str) -> None:
    rsa, _, _ = entries()
    for broken in (
        {name: value for name, value in rsa.items() if name != member},
        rsa | {member: "AAEC"},
    ):
        assert reason_against(document(broken)) in {
            f"key 1 misses {member}",
            'key 1 is no private key for its "alg"',
        }


@given(
    st.dictionaries(
        st.sampled_from(sorted(entries()[1])),
        st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2),
        min_size=1,
    )
)
def test_whatever_stands_in_a_key_the_answer_is_that_key_or_a_reason_that_quotes_nothing(
    change: dict[str, Any],
) -> None:
    _, ec, _ = entries()
    reason = reason_against(document(ec | change))
    assert reason is None or re.fullmatch(REASON, reason)
