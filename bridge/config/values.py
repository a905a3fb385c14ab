"""One setting's value, each kind a type that checks itself.

Errors are the end of a sentence that begins with the setting's name, and never repeat the value:
it may be a secret in the wrong place. Relative paths are relative to ``directory`` in the
validation's context, and stay relative without one.
"""

import re
import ssl
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    SecretBytes,
    SecretStr,
    Strict,
    ValidationInfo,
)

from bridge.config.origins import check_domain, check_origin
from bridge.oidc.access import read_access
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.oidc.signing import SIGNING_ALGORITHMS
from bridge.oidc.userinfo import B64TOKEN

MAKE_A_SECRET = 'python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
_SHORTEST_SECRET = 32
_LONGEST_NAME = 200


def _is_an_origin(text: str) -> str:
    check_origin(text)
    return text


def _with_https(text: str) -> str:
    return text if "://" in text else f"https://{text}"


def _is_a_domain(text: str) -> str:
    check_domain(text)
    return text


def _may_be_fetched(entries: tuple[str, ...]) -> tuple[str, ...]:
    for number, entry in enumerate(entries, 1):
        if not (_is_a_network(entry) or _is_a_host(entry)):
            raise ValueError(
                f"number {number} must be a host name in lower case, or a network such as"
                " 10.1.0.0/16"
            )
    return entries


def _is_a_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_a_host(text: str) -> bool:
    try:
        check_domain(text)
    except ValueError:
        return False
    return True


def _is_an_appid(text: str) -> str:
    if re.fullmatch(r"wx[0-9a-f]{16}", text) is None:
        raise ValueError("must be an AppID: wx and 16 digits or letters from a to f, in lower case")
    return text


def _is_an_app_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("must be the AppSecret as WeChat shows it, without spaces")
    return secret


def _are_secrets(secrets: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    if not secrets:
        raise ValueError(f"must hold at least one; make one with {MAKE_A_SECRET}")
    return _are_hard_to_guess(secrets)


def _are_hard_to_guess(secrets: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    for number, secret in enumerate(secrets, 1):
        value = secret.get_secret_value()
        if len(value) < _SHORTEST_SECRET:
            fault = f"is shorter than {_SHORTEST_SECRET} bytes"
        elif b"example" in value.lower():
            fault = "is the example from the documentation"
        else:
            continue
        raise ValueError(f"number {number} {fault}; make one with {MAKE_A_SECRET}")
    return secrets


def _are_algorithms(names: tuple[str, ...]) -> tuple[str, ...]:
    """In our own order: RS256 first, as some consumers take the first that metadata list."""
    for name in names:
        if name not in SIGNING_ALGORITHMS:
            raise ValueError(f"must hold only {', '.join(SIGNING_ALGORITHMS)}")
    if "RS256" not in names:
        # OpenID Connect Core 1.0 §15.1
        raise ValueError("must hold RS256, which every relying party may expect")
    return tuple(name for name in SIGNING_ALGORITHMS if name in names)


def _are_bearer_tokens(tokens: tuple[SecretBytes, ...]) -> tuple[SecretBytes, ...]:
    for number, token in enumerate(tokens, 1):
        if not B64TOKEN.fullmatch(token.get_secret_value().decode()):
            raise ValueError(
                f"number {number} holds what no header can carry; make one with {MAKE_A_SECRET}"
            )
    return tokens


def _in_a_list(value: object) -> object:
    """One word stands for a list of it."""
    return [value] if isinstance(value, str) else value


def _is_access(words: tuple[str, ...]) -> tuple[str, ...]:
    read_access(words)
    return words


def _is_a_name(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError("must be a name: not blank, one line, no spaces around it")
    if text.lower() == "null":
        raise ValueError("must be a name: consumers take the text null for none")
    if len(text) > _LONGEST_NAME:
        raise ValueError(f"must have at most {_LONGEST_NAME} characters")
    return text


def _are_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Return them in our order, each once."""
    unknown = [value for value in scopes if value not in SCOPES_SUPPORTED]
    if unknown:
        raise ValueError(f"must hold only {', '.join(SCOPES_SUPPORTED)}")
    if "openid" not in scopes:
        raise ValueError("must hold openid: without it there is no OpenID Connect")
    return tuple(value for value in SCOPES_SUPPORTED if value in scopes)


def _is_a_path(value: object) -> object:
    if isinstance(value, str) and not (value.strip() and value.isprintable()):
        raise ValueError("must be a path, and not blank")
    return value


def _in_directory(path: Path, info: ValidationInfo) -> Path:
    """Relative paths are relative to the working directory, which the reader passes as context."""
    context = cast("dict[str, Path]", info.context or {})
    return context.get("directory", Path()) / path


def _is_a_database(text: str, info: ValidationInfo) -> str:
    """Three slashes and an absolute path, or no slash and a relative one."""
    if text.startswith("postgres"):
        raise ValueError("PostgreSQL is not supported yet; use sqlite:///absolute/path")
    scheme, _, rest = text.partition(":")
    absolute = rest.startswith("///") and not rest.startswith("////")
    relative = not rest.startswith("/")
    path = rest.removeprefix("//")
    if scheme != "sqlite" or not (absolute or relative) or not _names_a_file(path):
        raise ValueError("must be sqlite:///absolute/path or sqlite:relative/path, and a file")
    # ":memory:" is refused too: what is pinned at a first sign-in must outlive the process.
    file = _in_directory(Path(path), info)
    return f"sqlite://{file}" if file.is_absolute() else f"sqlite:{file}"


def _names_a_file(path: str) -> bool:
    # "?" and "#" are kept out, so that nobody believes that options after them are read.
    if not path.isprintable() or path.startswith(":") or {"?", "#"} & set(path):
        return False
    return not path.endswith("/") and Path(path).name not in {"", ".."}


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


def _from_to(least: int, most: int) -> AfterValidator:
    def check(seconds: int) -> int:
        if not least <= seconds <= most:
            raise ValueError(f"must be from {least} to {most} seconds")
        return seconds

    return AfterValidator(check)


Algorithms = Annotated[tuple[str, ...], AfterValidator(_are_algorithms)]
Origin = Annotated[str, AfterValidator(_is_an_origin)]
Host = Annotated[str, AfterValidator(_with_https), AfterValidator(_is_an_origin)]
Domain = Annotated[str, AfterValidator(_is_a_domain)]
FetchAllowed = Annotated[tuple[str, ...], AfterValidator(_may_be_fetched)]
Name = Annotated[str, AfterValidator(_is_a_name)]
AppID = Annotated[str, AfterValidator(_is_an_appid)]
AppSecret = Annotated[SecretStr, AfterValidator(_is_an_app_secret)]
Secrets = Annotated[tuple[SecretBytes, ...], AfterValidator(_are_secrets)]
BearerTokens = Annotated[
    tuple[SecretBytes, ...],
    AfterValidator(_are_hard_to_guess),
    AfterValidator(_are_bearer_tokens),
]
Access = Annotated[tuple[str, ...], BeforeValidator(_in_a_list), AfterValidator(_is_access)]
Database = Annotated[str, AfterValidator(_is_a_database)]
Scopes = Annotated[tuple[str, ...], AfterValidator(_are_scopes)]
Place = Annotated[Path, BeforeValidator(_is_a_path), AfterValidator(_in_directory)]
Certificates = Annotated[Place, AfterValidator(_is_a_pem)]
TokenLifetime = Annotated[int, Strict(), _from_to(300, 86_400)]
RequestLifetime = Annotated[int, Strict(), _from_to(5, 600)]
RefreshLifetime = Annotated[int, Strict(), _from_to(300, 365 * 86_400)]
Grace = Annotated[int, Strict(), _from_to(0, 600)]
SessionLifetime = Annotated[int, Strict(), _from_to(0, 30 * 86_400)]
IdleLifetime = Annotated[int, Strict(), _from_to(1, 30 * 86_400)]
KeyTime = Annotated[int, Strict(), _from_to(1, 10 * 365 * 86_400)]
Timeout = Annotated[int, Strict(), _from_to(1, 60)]
