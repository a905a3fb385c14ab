"""The messages that the simulated WeChat pushes, as its documents have them, and their envelope.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html and
https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/authorization_change.html
(as of 2026-11). Nothing here is shared with the program that receives them.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha1

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

Members = Mapping[str, str | int]

KEY_BITS = 256


class PushFormat(StrEnum):
    """数据格式 in the console."""

    XML = "xml"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return "text/xml" if self is PushFormat.XML else "application/json"


def written(members: Members, format_: PushFormat) -> bytes:
    """Write a message; texts in XML stand in CDATA, and numbers do not."""
    if format_ is PushFormat.JSON:
        return json.dumps(members, ensure_ascii=False).encode()
    elements = "".join(
        f"<{name}>{value if isinstance(value, int) else _cdata(value)}</{name}>"
        for name, value in members.items()
    )
    return f"<xml>{elements}</xml>".encode()


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def signed(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def sealed(message: bytes, *, encoding_aes_key: str, appid: str, random: bytes) -> str:
    """Return what stands in ``Encrypt``; ``random`` is 16 bytes."""
    key = b64decode(encoding_aes_key + "=")
    padder = PKCS7(KEY_BITS).padder()
    content = b"".join((random, len(message).to_bytes(4, "big"), message, appid.encode()))
    padded = padder.update(content) + padder.finalize()
    encryptor = Cipher(AES256(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(padded) + encryptor.finalize()).decode()
