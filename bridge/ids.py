"""Ids and tokens that are made here, from randomness and time that are given."""

from base64 import b32hexencode, urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache

# Five bits of each byte choose one of 32: by RFC 4648 itself it is slow in Python (§6, §7).
_LETTERS = b"abcdefghijklmnopqrstuvwxyz234567" * 8
_DIGITS = b"0123456789abcdefghijklmnopqrstuv" * 8

RandomBytes = Callable[[int], bytes]


def random_token(random_bytes: RandomBytes) -> str:
    """256 random bits as 43 characters: a code, an access token, a client secret."""
    return urlsafe_b64encode(random_bytes(32)).rstrip(b"=").decode()


def random_client_id(random_bytes: RandomBytes) -> str:
    """130 random bits as 26 lower-case letters and digits: what people copy by hand, too."""
    return random_bytes(26).translate(_LETTERS).decode()


def random_handle(random_bytes: RandomBytes) -> str:
    """60 random bits: fit to be a user name wherever one is wanted, and never a real one."""
    return "wx" + random_bytes(12).translate(_LETTERS).decode()


def dated_id(now: int, random_bytes: RandomBytes, *, digits: int = 19) -> str:
    """An id that opens nothing: 7 digits of the time, and so many with five random bits each.

    ``now`` is in seconds; digits are 0-9 and a-v. Ids sort by age: what is made at the same time
    stands side by side in a database's indexes, and is written, found and removed together. Random
    ones would each change a page of their own.
    """
    return (_time(now) + random_bytes(digits).translate(_DIGITS)).decode()


@lru_cache(maxsize=2)
def _time(now: int) -> bytes:
    # base32hex sorts as what it stands for does (RFC 4648 §7).
    return b32hexencode(now.to_bytes(5, "big"))[1:].lower()
