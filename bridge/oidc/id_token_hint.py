"""``id_token_hint``: an ID Token of ours that comes back.

OpenID Connect Core 1.0 §3.1.2.1, OpenID Connect RP-Initiated Logout 1.0 §2.
"""

from collections.abc import Mapping
from typing import Any

from bridge.oidc.errors import InvalidRequest

# RFC 7516 §3.1: header, encrypted key, initialization vector, ciphertext, authentication tag
JWE_DOTS = 4


def check_not_encrypted(hint: str) -> None:
    """Raise InvalidRequest for the ID Token as an encrypting client received it.

    Only the client has the key; the ID Token that was in it is what we signed (Core §3.1.2.1).
    """
    if hint.count(".") == JWE_DOTS:
        raise InvalidRequest("id_token_hint is encrypted: send the signed ID Token that was in it")


def id_token_of(claims: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what we signed if it is an ID Token, which says when somebody signed in (Core §2).

    A signed UserInfo Response is ours and for this client, too, and says nothing of the kind.
    """
    return claims if claims is not None and "auth_time" in claims else None
