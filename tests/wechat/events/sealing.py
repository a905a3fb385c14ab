"""A sender of pushes of the tests' own: written after WeChat's manual, without a look at ours.

Only AES itself is the same.
"""

import struct
from base64 import b64decode, b64encode
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
TOKEN = "pamtest"
APPID = "wx0123456789abcdef"
NOW = 1_714_112_445


def sign(*parts: str) -> str:
    digest = sha1(usedforsecurity=False)
    for part in sorted(parts):
        digest.update(part.encode())
    return digest.hexdigest()


def pad(content: bytes) -> bytes:
    missing = 32 - len(content) % 32
    return content + bytes([missing] * missing)


def seal(
    message: bytes, *, appid: str = APPID, key: str = KEY, random: bytes = b"0123456789abcdef"
) -> str:
    """Return ``Encrypt`` as the manual makes it."""
    return seal_padded(
        pad(random + struct.pack(">I", len(message)) + message + appid.encode()), key
    )


def seal_padded(padded: bytes, key: str = KEY) -> str:
    raw = b64decode(f"{key}=")
    sender = Cipher(algorithms.AES256(raw), modes.CBC(raw[:16])).encryptor()
    return b64encode(sender.update(padded) + sender.finalize()).decode()
