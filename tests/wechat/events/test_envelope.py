"""WeChat's manual of pushes, §2.2: the secure mode."""

import secrets
import struct
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat.events.envelope import open_envelope, read_aes_key
from bridge.wechat.events.errors import PushRefused
from tests.wechat.events import official
from tests.wechat.events.sealing import APPID, KEY, pad, seal, seal_padded

OTHER = "b" * 42 + "9"
KEYS = (read_aes_key(KEY),)


def test_the_example_of_the_manual_is_opened() -> None:
    key = read_aes_key(official.ENCODING_AES_KEY)
    assert open_envelope(official.ENCRYPT, (key,), official.APPID) == official.MESSAGE
    assert open_envelope(official.ANSWER_ENCRYPT, (key,), official.APPID) == official.ANSWER


def test_our_own_sender_seals_as_the_manual_does() -> None:
    sealed = seal(
        official.ANSWER,
        appid=official.APPID,
        key=official.ENCODING_AES_KEY,
        random=official.ANSWER_RANDOM,
    )
    assert sealed == official.ANSWER_ENCRYPT


@given(st.binary(max_size=300))
def test_what_is_sealed_for_us_opens(message: bytes) -> None:
    """Of every length: the padding is up to 32 bytes, not up to 16."""
    assert open_envelope(seal(message), KEYS, APPID) == message


def test_a_padding_is_longer_than_a_block_of_aes() -> None:
    """A library that knows PKCS #7 by heart takes 17 to 32 for a fault."""
    paddings: set[int] = set()
    for length in range(32):
        content = b"r" * 16 + struct.pack(">I", length) + b"m" * length + APPID.encode()
        padded = pad(content)
        paddings.add(padded[-1])
        assert open_envelope(seal_padded(padded), KEYS, APPID) == b"m" * length
    assert paddings == set(range(1, 33))


def test_what_is_sealed_for_another_application_does_not_open() -> None:
    """Of the same operator perhaps, with the same key."""
    with pytest.raises(PushRefused, match="for this AppID"):
        open_envelope(seal(b"{}", appid="wxfedcba9876543210"), KEYS, APPID)


@pytest.mark.parametrize("appid", ["", APPID[:-1], f"{APPID}0", APPID.upper()])
def test_an_appid_that_only_begins_alike_is_another(appid: str) -> None:
    with pytest.raises(PushRefused, match="for this AppID"):
        open_envelope(seal(b"{}", appid=appid), KEYS, APPID)


def test_while_a_key_is_replaced_the_former_one_opens() -> None:
    keys = (read_aes_key(OTHER), read_aes_key(KEY))
    assert open_envelope(seal(b"new", key=OTHER), keys, APPID) == b"new"
    assert open_envelope(seal(b"old"), keys, APPID) == b"old"
    with pytest.raises(PushRefused, match="no events_aes_key"):
        open_envelope(seal(b"old"), keys[:1], APPID)


def test_without_a_key_nothing_opens() -> None:
    with pytest.raises(PushRefused, match="no events_aes_key"):
        open_envelope(seal(b"{}"), (), APPID)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda some: b64encode(some).decode()))
def test_nothing_else_opens(encrypt: str) -> None:
    with pytest.raises(PushRefused):
        open_envelope(encrypt, KEYS, APPID)


@given(st.binary(min_size=1, max_size=6).map(lambda some: some * 32))
def test_what_is_sealed_and_has_no_shape_does_not_open(padded: bytes) -> None:
    with pytest.raises(PushRefused):
        open_envelope(seal_padded(padded), KEYS, APPID)


@pytest.mark.parametrize("length", [len(b"{}") + 1, len(APPID) + 3, 2**31, 2**32 - 1])
def test_a_length_that_lies_is_refused(length: int) -> None:
    content = b"r" * 16 + struct.pack(">I", length) + b"{}" + APPID.encode()
    with pytest.raises(PushRefused):
        open_envelope(seal_padded(pad(content)), KEYS, APPID)


@pytest.mark.parametrize("last", [b"\0", b"\x21", b"\xff"])
def test_a_padding_that_no_sender_makes_is_refused(last: bytes) -> None:
    with pytest.raises(PushRefused):
        open_envelope(seal_padded(b"x" * 63 + last), KEYS, APPID)


def test_a_padding_of_unlike_bytes_is_refused() -> None:
    content = b"r" * 16 + struct.pack(">I", 2) + b"{}" + APPID.encode()
    padded = bytearray(pad(content))
    padded[-2] ^= 1
    with pytest.raises(PushRefused):
        open_envelope(seal_padded(bytes(padded)), KEYS, APPID)


def test_half_an_envelope_is_refused() -> None:
    sealed = b64decode(seal(b"m" * 100))
    for length in range(len(sealed)):
        with pytest.raises(PushRefused):
            open_envelope(b64encode(sealed[:length]).decode(), KEYS, APPID)


def test_an_encoding_aes_key_is_43_letters_and_digits() -> None:
    """The last one holds two bits too many, which WeChat makes at random as the others."""
    assert read_aes_key("A" * 43) == bytes(32)
    assert read_aes_key("A" * 42 + "D") == bytes(32)
    assert len({read_aes_key(secrets.token_hex(21) + "b") for _ in range(9)}) == 9


@pytest.mark.parametrize(
    "wrong", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "é", "é" * 43]
)
def test_anything_else_is_none(wrong: str) -> None:
    with pytest.raises(ValueError, match="43"):
        read_aes_key(wrong)
