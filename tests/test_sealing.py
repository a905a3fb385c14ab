"""Sealed artifacts: RFC 7516, and what may come in their place."""

import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from bridge.sealing import HEADER, BrokenSeal, ClientSecrets, ExpiredSeal, Sealer

OLD, NEW = b"o" * 32, b"n" * 32

SEALER = Sealer("apple", [NEW])

SEALED = SEALER.seal({"text": "x"}, expires_at=1)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def segment(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@given(st.dictionaries(st.text(), JSON))
def test_what_is_sealed_can_be_opened(artifact: dict[str, Any]) -> None:
    assert SEALER.open(SEALER.seal(artifact, expires_at=1), now=0) == artifact


def test_half_a_character_can_be_sealed() -> None:
    """JSON can name it, as an operator's secret may hold it; UTF-8 cannot."""
    artifact = {"宙": ["\ud83d", "斯"]}
    assert SEALER.open(SEALER.seal(artifact), now=0) == artifact


@given(st.dictionaries(st.text(), JSON))
def test_a_sealed_text_fits_a_cookie(artifact: dict[str, Any]) -> None:
    """RFC 6265 §4.1.1: without quotes, commas, semicolons, backslashes or spaces."""
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert set(SEALER.seal(artifact)) <= allowed


# The text is RFC 7516's, whoever writes it


def library_key(secret: bytes, kind: str) -> OctKey:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=kind.encode())
    return OctKey.import_key(hkdf.derive(secret))


@given(st.dictionaries(st.text(), JSON))
def test_a_library_opens_what_is_sealed(artifact: dict[str, Any]) -> None:
    opened = jwe.decrypt_compact(
        SEALER.seal(artifact, expires_at=7),
        library_key(NEW, "apple"),
        algorithms=list(HEADER.values()),
    )
    assert opened.headers() == HEADER
    assert json.loads(opened.plaintext or b"") == {"artifact": artifact, "exp": 7}


@given(st.dictionaries(st.text(), JSON))
def test_what_a_library_has_sealed_is_opened(artifact: dict[str, Any]) -> None:
    text = json.dumps({"artifact": artifact, "exp": 7})
    sealed = jwe.encrypt_compact(HEADER, text, library_key(NEW, "apple"))
    assert SEALER.open(sealed, now=6) == artifact


def test_it_cannot_be_read_and_is_never_twice_the_same() -> None:
    artifact = {"text": "sentence"}
    assert "sentence" not in SEALER.seal(artifact)
    assert SEALER.seal(artifact) != SEALER.seal(artifact)


def test_it_expires_on_the_second() -> None:
    sealed = SEALER.seal({}, expires_at=1_000)
    assert SEALER.open(sealed, now=999) == {}
    with pytest.raises(ExpiredSeal):
        SEALER.open(sealed, now=1_000)


def test_it_may_last_for_ever() -> None:
    assert SEALER.open(SEALER.seal({"a": 1}), now=2**40) == {"a": 1}


def test_one_kind_does_not_open_as_another() -> None:
    with pytest.raises(BrokenSeal):
        Sealer("pear", [NEW]).open(SEALED, now=0)


def test_an_old_secret_still_opens_but_no_longer_seals() -> None:
    sealed = Sealer("apple", [OLD]).seal({"text": "x"}, expires_at=1)
    rotated = Sealer("apple", [NEW, OLD])
    assert rotated.open(sealed, now=0) == {"text": "x"}
    resealed = rotated.seal({"text": "x"}, expires_at=1)
    assert SEALER.open(resealed, now=0) == {"text": "x"}
    with pytest.raises(BrokenSeal):
        Sealer("apple", [OLD]).open(resealed, now=0)


def test_a_secret_that_was_withdrawn_opens_nothing() -> None:
    with pytest.raises(BrokenSeal):
        Sealer("apple", [OLD]).open(SEALED, now=2)


def test_what_expired_under_an_old_secret_is_expired_and_not_broken() -> None:
    sealed = Sealer("apple", [OLD]).seal({}, expires_at=1)
    with pytest.raises(ExpiredSeal):
        Sealer("apple", [NEW, OLD]).open(sealed, now=1)


def test_a_long_state_is_compressed() -> None:
    """Relying parties send states of 4 KB that repeat themselves."""
    state = "eyJyZXR1cm5fdG8iOiJodHRwczovL2FwcC5leGFtcGxlLmNvbS9kYXNoYm9hcmQi" * 64
    assert len(state) == 4_096
    sealed = SEALER.seal({"state": state})
    assert len(sealed) < 500
    assert SEALER.open(sealed, now=0) == {"state": state}


def test_what_was_sealed_by_an_earlier_version_opens() -> None:
    """The subject key of an installation is sealed once. This text is from version 0.1."""
    sealed = (
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..ym5N1aZmG9a2iHvv.XmQpfU"
        "z5aVH7dKflr5C9TfTj23PDIw5DSp_LtyW94h0G9ac32qoR.IRhlDf4f4IHAHtcpFxIwWg"
    )
    assert Sealer("subject key", [b"s" * 43]).open(sealed, now=0) == {"key": "00" * 32}


# What was not sealed by us


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_else_opens(text: str) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(text, now=0)


@given(st.integers(0, len(SEALED) - 1))
def test_a_sealed_text_that_was_cut_is_broken(length: int) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(SEALED[:length], now=0)


@given(st.integers(0, len(SEALED) - 1), st.characters(exclude_categories=()), st.integers(0, 1))
def test_a_sealed_text_that_was_changed_is_broken(
    position: int, character: str, removed: int
) -> None:
    changed = SEALED[:position] + character + SEALED[position + removed :]
    if changed != SEALED:
        with pytest.raises(BrokenSeal):
            SEALER.open(changed, now=0)


@given(st.lists(st.binary(max_size=40), min_size=4, max_size=4))
def test_other_segments_under_our_header_are_broken(segments: list[bytes]) -> None:
    with pytest.raises(BrokenSeal):
        SEALER.open(".".join([segment(HEADER), *map(segment, segments)]), now=0)


HEADERS: list[object] = [
    "algenc",
    ["alg", "enc"],
    5,
    None,
    {},
    {"alg": [], "enc": {}},
    {"alg": "dir", "enc": ["A256GCM"], "zip": "DEF"},
    {"alg": "none", "enc": "A256GCM", "zip": "DEF"},
    {"alg": "dir", "enc": "dir"},
    {"alg": "RSA1_5", "enc": "A256GCM"},
    {"alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2s": "AAAA", "p2c": 2**31},
    HEADER | {"zip": []},
    HEADER | {"crit": 5},
    HEADER | {"crit": ["exp"]},
    HEADER | {"kid": {}},
    b"{",
    b"\xff\xfe",
    b"[" * 700,
    b'{"a":' * 150,
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_that_is_not_ours_is_broken_however_it_reads(header: object) -> None:
    """It comes from outside, and a library that reads it may stumble in ways of its own."""
    with pytest.raises(BrokenSeal):
        SEALER.open(segment(header) + SEALED[SEALED.index(".") :], now=0)


def test_it_is_broken_deep_in_a_stack_too() -> None:
    def at(depth: int) -> dict[str, Any]:
        return at(depth - 1) if depth else SEALER.open(segment(b"[" * 760) + "....", now=0)

    with pytest.raises(BrokenSeal):
        at(300)


def test_nobody_else_can_have_us_decompress() -> None:
    """What is not authentic is never decompressed, so that a bomb needs one of our secrets.

    The text is well-formed, and its plaintext would be ten megabytes; the key is another's.
    """
    bomb = jwe.encrypt_compact(HEADER, b"0" * 10_000_000, OctKey.import_key(b"k" * 32))
    assert len(bomb) < 15_000
    with pytest.raises(BrokenSeal):
        SEALER.open(bomb, now=0)


# The secrets of clients

SENDS = Client(client_id="rp", client_name="RP", redirect_uris=("https://rp.example/cb",))
SIGNS = replace(SENDS, token_endpoint_auth_method="client_secret_jwt")


def test_a_secret_that_is_sent_is_kept_as_a_hash() -> None:
    for method in (None, "client_secret_basic", "client_secret_post"):
        sender = replace(SENDS, token_endpoint_auth_method=method, client_secret_sealed="former")
        kept = ClientSecrets([NEW]).keep(sender, "secret")
        assert (kept.client_secret_hash, kept.client_secret_sealed) == (token_hash("secret"), None)
        assert ClientSecrets([NEW]).open(kept, now=0) is None


def test_a_secret_that_signs_is_kept_sealed() -> None:
    """OpenID Connect Core 1.0 §10.1: its octets are the key of the MAC."""
    kept = ClientSecrets([NEW]).keep(replace(SIGNS, client_secret_hash="former"), "secret")
    assert kept.client_secret_hash is None
    assert ClientSecrets([NEW]).open(kept, now=0) == "secret"
    assert ClientSecrets([OLD]).open(kept, now=0) is None
    assert ClientSecrets([NEW]).open(replace(kept, client_id="other"), now=0) is None
    with pytest.raises(BrokenSeal):
        Sealer("pending", [NEW]).open(kept.client_secret_sealed or "", now=0)


def test_a_client_without_a_secret_has_none() -> None:
    for client in (SENDS, SIGNS):
        kept = ClientSecrets([NEW]).keep(replace(client, client_secret_hash="former"), None)
        assert (kept.client_secret_hash, kept.client_secret_sealed) == (None, None)


def test_a_secret_is_sealed_anew_by_the_first_of_ours() -> None:
    former = ClientSecrets([OLD]).keep(SIGNS, "secret")
    both = ClientSecrets([NEW, OLD])
    renewed = both.renew(former, now=0)
    assert ClientSecrets([NEW]).open(renewed, now=0) == "secret"
    assert both.renew(renewed, now=0) is renewed
    assert both.renew(SENDS, now=0) is SENDS
    assert ClientSecrets([NEW]).renew(former, now=0) is former


def test_a_secret_that_serves_the_method_stays() -> None:
    """A hash signs nothing, and the sealed text is sent by nobody."""
    secrets = ClientSecrets([NEW])
    sends, signs = secrets.keep(SENDS, "former"), secrets.keep(SIGNS, "former")
    assert secrets.give(sends, "new") == sends
    assert secrets.give(signs, "new") == signs
    changed = replace(sends, token_endpoint_auth_method="client_secret_jwt")
    assert secrets.open(secrets.give(changed, "new"), now=0) == "new"
    changed = replace(signs, token_endpoint_auth_method=None)
    assert secrets.give(changed, "new") == secrets.keep(SENDS, "new")
    for client in (sends, signs):
        nothing = secrets.give(client, None)
        assert (nothing.client_secret_hash, nothing.client_secret_sealed) == (None, None)


def test_a_secret_is_compared_however_it_is_kept() -> None:
    secrets = ClientSecrets([NEW])
    for client in (SENDS, SIGNS):
        kept = secrets.keep(client, "secret")
        assert secrets.fits(kept, "secret", now=0)
        for other in ("", "Secret", token_hash("secret"), "\ud800"):
            assert not secrets.fits(kept, other, now=0)
        assert not secrets.fits(secrets.keep(client, None), "secret", now=0)


@pytest.mark.parametrize("client", [SENDS, SIGNS])
def test_a_rotated_secret_leaves_the_former_one_good_for_a_while(client: Client) -> None:
    secrets = ClientSecrets([NEW])
    first = secrets.keep(client, "first")
    second = secrets.rotate(first, "second", now=1_000, grace=60)
    assert second.former_client_secret_expires_at == 1_060
    assert second.former_client_secret_hash == first.client_secret_hash
    assert second.former_client_secret_sealed == first.client_secret_sealed
    assert secrets.fits(second, "second", now=1_000)
    assert not secrets.fits(second, "first", now=1_000)
    third = secrets.rotate(second, "third", now=1_001, grace=60)
    assert third.former_client_secret_hash == second.client_secret_hash
    assert third.former_client_secret_sealed == second.client_secret_sealed
    assert secrets.rotate(second, "third", now=1_001, grace=0).has_former_secret(0) is False


def test_both_secrets_that_sign_are_opened_while_both_are_good() -> None:
    secrets = ClientSecrets([NEW])
    rotated = secrets.rotate(secrets.keep(SIGNS, "first"), "second", now=1_000, grace=60)
    assert secrets.every(rotated, now=1_059) == ("second", "first")
    assert secrets.every(rotated, now=1_060) == ("second",)
    assert secrets.every(SIGNS, now=0) == ()


def test_the_former_secret_is_sealed_anew_as_well() -> None:
    old = ClientSecrets([OLD])
    rotated = old.rotate(old.keep(SIGNS, "first"), "second", now=0, grace=60)
    renewed = ClientSecrets([NEW, OLD]).renew(rotated, now=0)
    assert ClientSecrets([NEW]).every(renewed, now=0) == ("second", "first")
    assert renewed.former_client_secret_expires_at == 60
    assert ClientSecrets([NEW]).renew(rotated, now=0) is rotated


def test_who_loses_their_secret_loses_the_former_one() -> None:
    secrets = ClientSecrets([NEW])
    rotated = secrets.rotate(secrets.keep(SENDS, "first"), "second", now=0, grace=60)
    assert secrets.give(rotated, None).former_client_secret_hash is None
    assert not secrets.give(rotated, None).has_former_secret(0)


def test_what_is_declared_again_is_not_sealed_again() -> None:
    secrets = ClientSecrets([NEW])
    known = secrets.keep(SIGNS, "secret")
    for wanted in (secrets.keep(SIGNS, "secret"), replace(known)):
        assert secrets.declared(known, wanted, now=0) == known
    renamed = replace(secrets.keep(SIGNS, "secret"), client_name="Other")
    assert secrets.declared(known, renamed, now=0) == replace(known, client_name="Other")
    for other in (secrets.keep(SIGNS, "another"), secrets.keep(SENDS, "secret")):
        assert secrets.declared(known, other, now=0) == other
    rotated = secrets.rotate(known, "secret", now=0, grace=60)
    assert secrets.declared(known, rotated, now=0) == rotated
