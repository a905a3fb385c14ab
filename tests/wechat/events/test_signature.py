"""WeChat's manual of pushes, §1.2 and §2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat.events.signature import is_signed, push_signature
from tests.wechat.events import official
from tests.wechat.events.sealing import sign

PRINTED = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40)


@pytest.mark.parametrize("example", [official.URL_CHECK, official.PLAIN, official.SECURE])
def test_the_signature_is_over_token_timestamp_and_nonce(example: dict[str, str]) -> None:
    signed = (example["timestamp"], example["nonce"])
    assert push_signature(official.TOKEN, *signed) == example["signature"]
    assert is_signed(example["signature"], (official.TOKEN,), *signed)


def test_the_signature_of_a_message_is_over_the_ciphertext_as_well() -> None:
    example = official.SECURE
    signed = (example["timestamp"], example["nonce"], official.ENCRYPT)
    assert push_signature(official.TOKEN, *signed) == example["msg_signature"]
    assert not is_signed(example["signature"], (official.TOKEN,), *signed)


@given(st.lists(PRINTED, min_size=1, max_size=5))
def test_the_parts_are_sorted_and_joined(parts: list[str]) -> None:
    assert push_signature(*parts) == sign(*parts) == push_signature(*reversed(parts))


def test_while_a_token_is_replaced_both_are_good() -> None:
    assert is_signed(sign("new", "1", "2"), ("new", "old"), "1", "2")
    assert is_signed(sign("old", "1", "2"), ("new", "old"), "1", "2")
    assert not is_signed(sign("older", "1", "2"), ("new", "old"), "1", "2")


@given(PRINTED.filter(bool), st.text(max_size=50))
def test_nothing_else_is_a_signature(token: str, other: str) -> None:
    """Whatever it is made of, half of a character among it, the answer is no."""
    assert not is_signed(other, (token,), "1", "2") or other == sign(token, "1", "2")


@pytest.mark.parametrize("spoilt", ["", "\ud800", "é"])
def test_a_signature_that_could_not_be_sent_is_wrong(spoilt: str) -> None:
    assert not is_signed(spoilt, ("token",), "1", "2")


@pytest.mark.parametrize("tokens", [("",), ("token", "")])
def test_an_empty_token_signs_nothing(tokens: tuple[str, ...]) -> None:
    """Whoever reads the manual could sign with it."""
    with pytest.raises(ValueError, match="empty"):
        is_signed(sign("", "1", "2"), tokens, "1", "2")


def test_without_a_token_nothing_is_signed() -> None:
    assert not is_signed(sign("1", "2"), (), "1", "2")
