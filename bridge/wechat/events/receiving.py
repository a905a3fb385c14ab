"""Whether a request comes from WeChat, and what is in it.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html (as of
2026-11). A request is good for five minutes on either side of its timestamp, so that who has seen
one cannot use it later; within them, whoever calls keeps its ``request_hash`` and takes it once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.wechat.application import Kind
from bridge.wechat.events.envelope import open_envelope
from bridge.wechat.events.errors import PushRefused, PushUnusable
from bridge.wechat.events.fields import read_fields
from bridge.wechat.events.signature import is_signed

# Seconds, before and after
WINDOW = 300

TIMESTAMP = re.compile(r"[0-9]{1,11}")

# Parts are joined without anything between them: a nonce that could hold base64 could take over
# the beginning of the ciphertext.
NONCE = re.compile(r"[A-Za-z0-9]{1,32}")

# Digits, as far as known. The signature does not cover it, so it must not be able to say much.
ECHOSTR = re.compile(r"[A-Za-z0-9_+/=.-]{1,256}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    """What WeChat's console and we have agreed upon; the first of each is the present one."""

    kind: Kind = "website"
    tokens: tuple[str, ...] = field(repr=False)
    aes_keys: tuple[bytes, ...] = field(default=(), repr=False)
    # Whether a message whose body is not signed is acted on as well
    acts_on_plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A push as it arrived. ``is_sealed``: its content is WeChat's, and not only the request."""

    fields: Mapping[str, str] = field(repr=False)
    is_sealed: bool
    # SHA-256 of what makes the request this one, and the second from which it is too late anyway
    request_hash: str
    good_until: int


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Whatever the query says of itself."""

    timestamp: str
    nonce: str

    @property
    def good_until(self) -> int:
        return int(self.timestamp) + WINDOW + 1


def answer_to_url_check(parameters: Parameters, settings: PushSettings, *, now: int) -> str:
    """Return the ``echostr`` that proves to the console that we know the Token (§1.2).

    Raises PushRefused.
    """
    claimed = _claimed(parameters, now)
    _check_signed(parameters, "signature", settings, claimed)
    echostr = _required(parameters, "echostr")
    if not ECHOSTR.fullmatch(echostr):
        raise PushRefused("echostr is not of WeChat's making")
    return echostr


def receive(
    parameters: Parameters, body: bytes, appid: str, settings: PushSettings, *, now: int
) -> Delivery:
    """Return what was pushed. Raises PushRefused, or PushUnusable where it is signed.

    Where there is something sealed, that alone counts: in the compatible mode (兼容模式) the rest
    of the body is the same in plain, which no signature covers.
    """
    claimed = _claimed(parameters, now)
    fields = read_fields(body)
    encrypt = fields.get("Encrypt")
    if encrypt is not None:
        signature = _check_signed(parameters, "msg_signature", settings, claimed, encrypt)
        fields = _opened(encrypt, appid, settings)
    elif (_get(parameters, "encrypt_type") or "raw") != "raw":
        raise PushRefused("Encrypt is missing")
    else:
        signature = _check_signed(parameters, "signature", settings, claimed)
    return Delivery(
        fields=fields,
        is_sealed=encrypt is not None,
        # The signature stands for timestamp and nonce, wherever the one ends and the other begins
        request_hash=sha256(f"{appid} {signature}".encode()).hexdigest(),
        good_until=claimed.good_until,
    )


def _opened(encrypt: str, appid: str, settings: PushSettings) -> Mapping[str, str]:
    try:
        return read_fields(open_envelope(encrypt, settings.aes_keys, appid))
    except PushRefused as refused:
        raise PushUnusable(str(refused)) from None


def _claimed(parameters: Parameters, now: int) -> _Claimed:
    timestamp = _required(parameters, "timestamp")
    if not TIMESTAMP.fullmatch(timestamp):
        raise PushRefused("timestamp is no time")
    if abs(int(timestamp) - now) > WINDOW:
        raise PushRefused("timestamp is more than five minutes away")
    nonce = _required(parameters, "nonce")
    if not NONCE.fullmatch(nonce):
        raise PushRefused("nonce is not of WeChat's making")
    return _Claimed(timestamp, nonce)


def _check_signed(
    parameters: Parameters, name: str, settings: PushSettings, claimed: _Claimed, *more: str
) -> str:
    signature = _required(parameters, name)
    if not is_signed(signature, settings.tokens, claimed.timestamp, claimed.nonce, *more):
        raise PushRefused(f"{name} is wrong")
    return signature


def _required(parameters: Parameters, name: str) -> str:
    value = _get(parameters, name)
    if value is None:
        raise PushRefused(f"{name} is missing")
    return value


def _get(parameters: Parameters, name: str) -> str | None:
    try:
        return parameters.get(name)
    except InvalidRequest:
        raise PushRefused(f"{name} is repeated, or no text") from None
