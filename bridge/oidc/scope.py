"""Scope: RFC 6749 §3.3 and OpenID Connect Core 1.0 §5.4.

It is narrowed, and refused only where nothing is left: some consumers ask for all of
``scopes_supported``, others for scope values that only their usual provider knows.
"""

from bridge.oidc.errors import InvalidScope

# OpenID Connect Core 1.0 §11: a refresh token is asked for
OFFLINE_ACCESS = "offline_access"

SCOPES_SUPPORTED = (
    *("openid", "profile", "email", "address", "phone", "groups", "wechat"),
    OFFLINE_ACCESS,
)

# WeChat tells neither; they are offered where the operator says so.
ON_REQUEST = frozenset({"address", "phone"})

SCOPES_BY_DEFAULT = tuple(value for value in SCOPES_SUPPORTED if value not in ON_REQUEST)

# RFC 6749 §3.3: the pre-defined default for a request that omits scope
DEFAULT_SCOPE = ("openid", "profile", "email")


def narrow_scope(requested: str | None, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is asked for and allowed, in the order of ``SCOPES_SUPPORTED``.

    Raises InvalidScope where nothing is left: a code that permits nothing helps nobody.
    """
    wanted = DEFAULT_SCOPE if requested is None else requested.split(" ")
    scope = tuple(value for value in SCOPES_SUPPORTED if value in wanted and value in allowed)
    if not scope:
        raise InvalidScope("scope holds nothing that this client may ask for")
    return scope


def offered_scope(registered: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, ...]:
    """What a client may ask for of all that it was registered with: the operator may offer less."""
    return tuple(value for value in registered if value in offered)
