"""How WeChat seals a push in the secure mode (安全模式).

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html, §2.2
(as of 2026-11). It is opened only after its ``msg_signature`` was verified: what is wrong with the
padding is then nothing that a stranger could learn from.
"""

import hmac
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from bridge.wechat.events.errors import PushRefused

ENCODED_LENGTH = 43

IV_LENGTH = 16

# PKCS #7, but to the length of the key and not to AES's own 16
PADDED_TO = 32

RANDOM_LENGTH, NUMBER_LENGTH = 16, 4


def read_aes_key(encoding_aes_key: str) -> bytes:
    """Return the 32 bytes that an EncodingAESKey of 43 characters stands for.

    Raises ValueError. The last character holds two bits more than there are bytes; WeChat makes
    it at random as well, so they are ignored.
    """
    is_plain = encoding_aes_key.isascii() and encoding_aes_key.isalnum()
    if len(encoding_aes_key) != ENCODED_LENGTH or not is_plain:
        raise ValueError("an EncodingAESKey has 43 letters and digits")
    return b64decode(f"{encoding_aes_key}=".encode(), validate=True)


def open_envelope(encrypt: str, keys: Sequence[bytes], appid: str) -> bytes:
    """Return the message in ``Encrypt``, opened with one of the keys.

    Raises PushRefused where none opens it, or where it was sealed for another application.
    """
    try:
        sealed = b64decode(encrypt.encode(), validate=True)
    except (NotBase64, UnicodeEncodeError):
        raise PushRefused("Encrypt is not base64") from None
    if not sealed or len(sealed) % PADDED_TO:
        raise PushRefused("Encrypt has no whole number of blocks")
    for key in keys:
        opened = _opened(_decrypted(sealed, key))
        if opened is None:
            continue
        message, recipient = opened
        # A wrong key may by chance leave something that has a shape, but not the AppID
        if hmac.compare_digest(recipient, appid.encode()):
            return message
    raise PushRefused("no events_aes_key opens it for this AppID")


def _decrypted(sealed: bytes, key: bytes) -> bytes:
    decryptor = Cipher(AES(key), CBC(key[:IV_LENGTH])).decryptor()
    return decryptor.update(sealed) + decryptor.finalize()


def _opened(padded: bytes) -> tuple[bytes, bytes] | None:
    """Return message and AppID out of random, length, message, AppID and padding."""
    count = padded[-1]
    if not 1 <= count <= PADDED_TO or padded[-count:] != bytes([count]) * count:
        return None
    content = padded[RANDOM_LENGTH:-count]
    length = int.from_bytes(content[:NUMBER_LENGTH], "big")
    rest = content[NUMBER_LENGTH:]
    # A length that is too large leaves no AppID
    return rest[:length], rest[length:]
