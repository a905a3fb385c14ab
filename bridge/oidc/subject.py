"""Which ``sub`` a client is told of a person: OpenID Connect Core 1.0 §8 and §8.1.

Everything that tells a client a ``sub``, or compares one that a client sent, asks here. The
person's own subject, which is pinned, is told to ``public`` clients and to the operator alone.
"""

import hmac
from base64 import b32encode
from functools import lru_cache
from urllib.parse import urlsplit

from bridge.oidc.account import Account
from bridge.oidc.client import Client, UnfitClient

# The key also makes the opaque subjects of ``bridge.wechat.identity``, whose labels are others.
LABEL = "pairwise"

RETIRED_LABEL = "retired"

PAIRWISE_LENGTH = 26

SUBJECT_TYPES_SUPPORTED = ("public", "pairwise")


def subject_for_client(account: Account, client: Client, pairwise_key: bytes) -> str:
    """Return the ``sub`` that this client is told of this person, the same for ever."""
    return told_subject(account.subject, client, pairwise_key)


def told_subject(subject: str, client: Client, pairwise_key: bytes) -> str:
    """Return it for a person whose account may still have to be made, by the pinned subject.

    A pairwise one is 26 lower-case base32 characters: the first 130 bits of HMAC-SHA-256.
    """
    if client.subject_type == "public":
        return subject
    named = "\0".join((LABEL, sector_identifier(client), subject))
    digest = hmac.digest(pairwise_key, named.encode(), "sha256")
    return b32encode(digest)[:PAIRWISE_LENGTH].decode().lower()


@lru_cache(maxsize=256)  # three times of everybody who comes for the first time
def retired_subject(subject: str, key: bytes) -> str:
    """Return what is kept of the subject of a person who was erased (Core §2: never reassigned).

    It can be recognised and not read: the subject may be one of WeChat's ids.
    """
    named = f"{RETIRED_LABEL}\0{subject}"
    return f"erased:{hmac.digest(key, named.encode(), 'sha256').hex()}"


def is_told_alike(before: Client, after: Client) -> bool:
    """Whether a client that is changed is still told the same ``sub`` of everybody.

    A refreshed ID Token, and UserInfo, must not name another than the first ID Token did (Core
    §12.2, §5.3.2).
    """
    return _naming(before) == _naming(after)


def _naming(client: Client) -> str | None:
    return None if client.subject_type == "public" else sector_identifier(client)


def sector_identifier(client: Client) -> str:
    """§8.1: clients with the same one are told the same ``sub``. Raises UnfitClient."""
    if client.sector_identifier_uri is not None:
        return _host(client.sector_identifier_uri)
    hosts = {_host(redirect_uri) for redirect_uri in client.redirect_uris}
    if len(hosts) != 1:
        raise UnfitClient(
            "the redirect URIs of a pairwise client share one host,"
            " or it has a sector_identifier_uri"
        )
    return hosts.pop()


def check_sector(client: Client) -> None:
    """Raise UnfitClient unless a sector can be told, now or when the type is changed (§8.1).

    What the document at ``sector_identifier_uri`` says is for whoever can fetch it.
    """
    uri = client.sector_identifier_uri
    if uri is not None:
        _check_sector_identifier_uri(uri)
    if client.subject_type == "pairwise":
        sector_identifier(client)


def _check_sector_identifier_uri(uri: str) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §5: by https."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        raise UnfitClient("sector_identifier_uri is malformed") from None
    if parts.scheme != "https" or not parts.hostname:
        raise UnfitClient("sector_identifier_uri is https, with a host")
    if "@" in parts.netloc:
        raise UnfitClient("sector_identifier_uri holds no user name")


def check_sector_document(document: object, redirect_uris: tuple[str, ...]) -> None:
    """§5: it is a list of redirect URIs, and holds all that are registered. Raises UnfitClient."""
    if not isinstance(document, list):
        raise UnfitClient("what is at sector_identifier_uri is no JSON array")
    if not all(redirect_uri in document for redirect_uri in redirect_uris):
        raise UnfitClient("what is at sector_identifier_uri lacks one of redirect_uris")


def _host(uri: str) -> str:
    host = urlsplit(uri).hostname
    if host is None:
        raise UnfitClient("an address of an app has no host: a sector_identifier_uri is needed")
    return host
