"""One setting's value, each kind a type that checks itself.

Errors are the end of a sentence that begins with the setting's name, and never repeat the value:
it may be a secret in the wrong place. Relative paths are relative to ``directory`` in the
validation's context, and stay relative without one.
"""

import re
import ssl
from pathlib import Path
from typing import Annotated, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    SecretStr,
    Strict,
    ValidationInfo,
)

from bridge.config.origins import check_domain, check_origin
from bridge.wechat.events import read_aes_key

MAKE_A_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_LONGEST_NAME = 200
_MOST_AT_ONCE = 1_000


def _is_an_origin(text: str) -> str:
    check_origin(text)
    return text


def _with_https(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def _is_a_domain(text: str) -> str:
    check_domain(text)
    return text


def _is_an_appid(text: str) -> str:
    if re.fullmatch(r"wx[0-9a-f]{16}", text) is None:
        raise ValueError("must be an AppID: wx and 16 digits or letters from a to f, in lower case")
    return text


def _is_an_app_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be the AppSecret as WeChat shows it, without spaces")
    return secret


def _is_an_events_token(secret: SecretStr) -> SecretStr:
    if re.fullmatch(r"[A-Za-z0-9]{3,32}", secret.get_secret_value()) is None:
        raise ValueError("must be the Token of WeChat's console: 3 to 32 letters and digits")
    return secret


def _is_an_encoding_aes_key(secret: SecretStr) -> SecretStr:
    try:
        read_aes_key(secret.get_secret_value())
    except ValueError:
        raise ValueError(
            "must be the EncodingAESKey of WeChat's console: 43 letters and digits"
        ) from None
    return secret


def _is_a_name(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError("must be a name: not blank, one line, no spaces around it")
    if text.lower() == "null":
        raise ValueError("must be a name: consumers take the text null for none")
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"must have at most {_LONGEST_NAME} characters")
    return text


def _is_a_path(value: object) -> object:
    if isinstance(value, str) and not (value.strip() and value.isprintable()):
        raise ValueError("must be a path, and not blank")
    return value


def in_directory(path: Path, info: ValidationInfo) -> Path:
    """Relative paths are relative to the working directory, which the reader passes as context."""
    context = cast("dict[str, Path]", info.context or {})
    return context.get("directory", Path()) / path


def _is_a_pem(path: Path) -> Path:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        fault = "holds no certificate in PEM form"
    except OSError as error:
        fault = f"cannot be read: {error.strerror}"
    else:
        return path
    raise ValueError(f"must name a file of certificates, and this one {fault}")


def seconds_from_to(least: int, most: int) -> AfterValidator:
    def check(seconds: int) -> int:
        if not least <= seconds <= most:
            raise ValueError(f"must be from {least} to {most} seconds")
        return seconds

    return AfterValidator(check)


def _is_a_crowd(number: int) -> int:
    if not 1 <= number <= _MOST_AT_ONCE:
        raise ValueError(f"must be from 1 to {_MOST_AT_ONCE}")
    return number


Origin = Annotated[str, AfterValidator(_is_an_origin)]
Host = Annotated[str, AfterValidator(_with_https), AfterValidator(_is_an_origin)]
Domain = Annotated[str, AfterValidator(_is_a_domain)]
Name = Annotated[str, AfterValidator(_is_a_name)]
AppID = Annotated[str, AfterValidator(_is_an_appid)]
AppSecret = Annotated[SecretStr, AfterValidator(_is_an_app_secret)]
EventsToken = Annotated[SecretStr, AfterValidator(_is_an_events_token)]
EncodingAESKey = Annotated[SecretStr, AfterValidator(_is_an_encoding_aes_key)]
Place = Annotated[Path, BeforeValidator(_is_a_path), AfterValidator(in_directory)]
Certificates = Annotated[Place, AfterValidator(_is_a_pem)]
TokenLifetime = Annotated[int, Strict(), seconds_from_to(300, 86_400)]
RequestLifetime = Annotated[int, Strict(), seconds_from_to(5, 600)]
RefreshLifetime = Annotated[int, Strict(), seconds_from_to(300, 365 * 86_400)]
Grace = Annotated[int, Strict(), seconds_from_to(0, 600)]
SessionLifetime = Annotated[int, Strict(), seconds_from_to(0, 30 * 86_400)]
IdleLifetime = Annotated[int, Strict(), seconds_from_to(1, 30 * 86_400)]
KeyTime = Annotated[int, Strict(), seconds_from_to(1, 10 * 365 * 86_400)]
Timeout = Annotated[int, Strict(), seconds_from_to(1, 60)]
AtOnce = Annotated[int, Strict(), AfterValidator(_is_a_crowd)]
