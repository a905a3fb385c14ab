"""Sealed artifacts: RFC 7516, and what may come in their place."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from bridge.sealing import HEADER, BrokenSeal, ExpiredSeal, Sealer

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
