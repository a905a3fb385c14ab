"""How WeChat signs a push.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html, §1.2
and §2.2 (as of 2026-11): the SHA-1 of the parts, sorted and joined. ``signature`` is over Token,
timestamp and nonce, and so covers no body; ``msg_signature`` is over these and the ciphertext.
"""

import hmac
from collections.abc import Sequence
from hashlib import sha1


def push_signature(*parts: str) -> str:
    """Return the signature over these parts, 40 hexadecimal digits."""
    return sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's choice


def is_signed(signature: str, tokens: Sequence[str], *parts: str) -> bool:
    """Whether one of the Tokens signed the parts, in a time that tells nothing of the Tokens.

    Raises ValueError for an empty Token: with it, whoever reads the manual could sign.
    """
    if not all(tokens):
        raise ValueError("a Token is empty")
    given = signature.encode("utf-8", "surrogatepass")
    agree = [hmac.compare_digest(push_signature(t, *parts).encode(), given) for t in tokens]
    return any(agree)
