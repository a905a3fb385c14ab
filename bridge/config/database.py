"""Settings about the database: which it is, and how it is spoken to."""

from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr, Strict, ValidationInfo

from bridge.config.values import Timeout, in_directory

_POSTGRESQL = ("postgresql://", "postgres://")
_FORM = "must be postgresql://user:password@host/name"
# What asyncpg reads of what libpq knows; anything else it would pass on to the server.
_OPTIONS = frozenset(
    {
        *("host", "port", "passfile", "target_session_attrs"),
        *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation"),
    }
)
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_MOST_CONNECTIONS = 1_000
_MOST_STATEMENTS = 10_000


def is_postgresql(database: SecretStr) -> bool:
    return database.get_secret_value().startswith(_POSTGRESQL)


def _is_a_database(secret: SecretStr, info: ValidationInfo) -> SecretStr:
    text = secret.get_secret_value()
    if text.startswith("postgres"):
        _check_postgresql(text)
        return secret
    return SecretStr(_sqlite(text, info))


def _check_postgresql(text: str) -> None:
    if not text.startswith(_POSTGRESQL):
        raise ValueError(_FORM)
    try:
        url = urlsplit(text)
        options = dict(parse_qsl(url.query, strict_parsing=True, keep_blank_values=True))
    except ValueError:
        raise ValueError(_FORM) from None
    if not text.isprintable() or " " in text or url.fragment:
        raise ValueError(f"{_FORM}; write a sign such as # / @ or a space as %23 %2F %40 %20")
    if not url.path.removeprefix("/"):
        raise ValueError(f"{_FORM}, and the name of the database is missing")
    if "/" in url.path.removeprefix("/"):
        raise ValueError(f"{_FORM}; write a sign such as / or @ in the password as %2F or %40")
    _check_host(url, options)
    _check_options(options)


def _check_host(url: SplitResult, options: dict[str, str]) -> None:
    if not (url.netloc.rpartition("@")[2] or options.get("host")):
        raise ValueError(f"{_FORM}, and the host is missing")


def _check_options(options: dict[str, str]) -> None:
    if not _OPTIONS.issuperset(options):
        raise ValueError(f"may have after ? only {', '.join(sorted(_OPTIONS))}")
    if options.get("sslmode", "prefer") not in _SSL_MODES:
        raise ValueError(f"must have as sslmode one of {', '.join(_SSL_MODES)}")


def _sqlite(text: str, info: ValidationInfo) -> str:
    """Three slashes and an absolute path, or no slash and a relative one."""
    scheme, _, rest = text.partition(":")
    absolute = rest.startswith("///") and not rest.startswith("////")
    relative = not rest.startswith("/")
    path = rest.removeprefix("//")
    if scheme != "sqlite" or not (absolute or relative) or not _names_a_file(path):
        raise ValueError(
            "must be sqlite:///absolute/path or sqlite:relative/path, and a file;"
            " or postgresql://user:password@host/name"
        )
    # ":memory:" is refused too: what is pinned at a first sign-in must outlive the process.
    file = in_directory(Path(path), info)
    return f"sqlite://{file}" if file.is_absolute() else f"sqlite:{file}"


def _names_a_file(path: str) -> bool:
    # "?" and "#" are kept out, so that nobody believes that options after them are read.
    if not path.isprintable() or path.startswith(":") or {"?", "#"} & set(path):
        return False
    return not path.endswith("/") and Path(path).name not in {"", ".."}


def _is_a_pool(number: int) -> int:
    if not 1 <= number <= _MOST_CONNECTIONS:
        raise ValueError(f"must be from 1 to {_MOST_CONNECTIONS} connections")
    return number


def _is_a_cache(number: int) -> int:
    if not 0 <= number <= _MOST_STATEMENTS:
        raise ValueError(f"must be from 0 to {_MOST_STATEMENTS} statements")
    return number


Database = Annotated[SecretStr, AfterValidator(_is_a_database)]


class DatabaseSettings(BaseModel):
    """``database`` may hold a password; ``database_shown`` never does."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database: Database = SecretStr("sqlite:///var/lib/wechat-oidc/bridge.db")
    database_pool: Annotated[int, Strict(), AfterValidator(_is_a_pool)] = 10
    database_timeout: Timeout = 5
    statement_cache_size: Annotated[int, Strict(), AfterValidator(_is_a_cache)] = 100

    @property
    def is_postgresql(self) -> bool:
        return is_postgresql(self.database)

    @property
    def sqlite_path(self) -> Path:
        """The database file, where the database is one."""
        return Path(self.database.get_secret_value().removeprefix("sqlite:").removeprefix("//"))

    @property
    def database_shown(self) -> str:
        """The database as it may be told: without an address, user or password."""
        return "PostgreSQL" if self.is_postgresql else self.database.get_secret_value()
