"""Ids and tokens that are made here."""

import re
from hashlib import shake_256

import pytest

from bridge.ids import dated_id, random_client_id, random_handle, random_token

NOW = 1_800_000_000


def some_bytes(number: int) -> bytes:
    return shake_256(b"chance").digest(number)


def other_bytes(number: int) -> bytes:
    return shake_256(b"other chance").digest(number)


def test_an_id_is_26_digits() -> None:
    assert re.fullmatch("[0-9a-v]{26}", dated_id(NOW, some_bytes))


@pytest.mark.parametrize("later", [1, 31, 32, 1_024, 10**6, 10**9])
def test_ids_sort_by_age(later: int) -> None:
    """Whatever chance has given them."""
    for former, latter in ((some_bytes, other_bytes), (other_bytes, some_bytes)):
        assert dated_id(NOW, former) < dated_id(NOW + later, latter)


def test_ids_of_one_second_differ_by_chance() -> None:
    """19 digits of five random bits each."""
    one, another = dated_id(NOW, some_bytes), dated_id(NOW, other_bytes)
    assert one[:7] == another[:7]
    assert one[7:] != another[7:]
    assert len(one[7:]) == 19


def test_each_random_byte_decides() -> None:
    """None is thrown away, and each value of five bits is as likely as another."""
    last = [dated_id(NOW, bytes([byte]).__mul__)[-1] for byte in range(256)]
    assert all(last.count(digit) == 8 for digit in "0123456789abcdefghijklmnopqrstuv")


def test_a_client_id_is_26_letters_and_digits_as_in_base32() -> None:
    assert re.fullmatch("[a-z2-7]{26}", random_client_id(some_bytes))


def test_a_handle_is_a_user_name() -> None:
    assert re.fullmatch("wx[a-z2-7]{12}", random_handle(some_bytes))


def test_a_token_has_256_random_bits() -> None:
    assert re.fullmatch("[A-Za-z0-9_-]{43}", random_token(some_bytes))
    assert random_token(some_bytes) != random_token(other_bytes)
