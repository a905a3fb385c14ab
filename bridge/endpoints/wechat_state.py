"""``state`` on the way to WeChat: the name of a sign-in that is under way."""

from base64 import b32hexencode

from bridge.provider import Provider

# Five bits of each byte choose one of its 32 digits.
_DIGITS = b"0123456789abcdefghijklmnopqrstuv" * 8


def new_wechat_state(provider: Provider) -> str:
    """33 of 0-9 and a-v: 7 digits of the time, so that they sort by age, and 130 random bits.

    WeChat takes letters and digits only, 128 at most.
    """
    # base32hex sorts as what it stands for does (RFC 4648 §7).
    time = b32hexencode(provider.now().to_bytes(5, "big"))[1:].decode().lower()
    return time + provider.random_bytes(26).translate(_DIGITS).decode()
