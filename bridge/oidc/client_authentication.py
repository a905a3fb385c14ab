"""Client Authentication: OpenID Connect Core 1.0 §9, RFC 6749 §2.3.1.

What a client signs instead of sending a secret is judged in ``client_assertion``.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from urllib.parse import unquote_plus

from bridge.oidc.client import Client
from bridge.oidc.client_assertion import (
    ASSERTION_METHODS,
    MACS,
    claimed_client_id,
    read_client_assertion,
)
from bridge.oidc.errors import InvalidClient, InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.oidc.signing import CLIENT_SIGNATURES

SECRET_METHODS = ("client_secret_basic", "client_secret_post")
CONFIDENTIAL_METHODS = (*SECRET_METHODS, *ASSERTION_METHODS)
METHODS = (*CONFIDENTIAL_METHODS, "none")
ASSERTION_ALGORITHMS = (*CLIENT_SIGNATURES, *MACS)

NO_SECRET = "0" * 64


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """Who the client says it is, and how it proves it.

    There is more than one ``client_secrets`` where the wire can be read in more than one way.
    Which method an assertion stands for, its client's registration says.
    """

    client_id: str
    method: str
    client_secrets: tuple[str, ...] = ()
    client_assertion: str | None = None


def read_client_credentials(parameters: Parameters, authorization: str | None) -> ClientCredentials:
    """One method for each request (RFC 6749 §2.3); raises InvalidClient, InvalidRequest."""
    client_id, client_secret = parameters.get("client_id"), parameters.get("client_secret")
    assertion = read_client_assertion(parameters)
    if sum(proof is not None for proof in (authorization, client_secret, assertion)) > 1:
        raise InvalidRequest("client authenticates in more than one way")
    if authorization is not None:
        credentials = _read_basic(authorization)
        if client_id not in (None, credentials.client_id):
            raise InvalidClient("client_id differs from the Authorization header")
        return credentials
    if assertion is not None:
        return _read_assertion(assertion, client_id)
    if client_id is None:
        raise InvalidClient("client_id is missing")
    if client_secret is None:
        return ClientCredentials(client_id, "none")
    return ClientCredentials(client_id, "client_secret_post", (client_secret,))


def _read_assertion(assertion: str, client_id: str | None) -> ClientCredentials:
    """RFC 7521 §4.2: ``client_id`` is not necessary, and if it is there it is the same."""
    claimed = claimed_client_id(assertion)
    if client_id not in (None, claimed):
        raise InvalidClient("client_id differs from the sub of client_assertion")
    return ClientCredentials(claimed, "client_assertion", client_assertion=assertion)


def _read_basic(authorization: str) -> ClientCredentials:
    """Both spellings: form-encoded as RFC 6749 §2.3.1 has it, and raw as many clients send it."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient("Authorization scheme must be Basic")
    try:
        client_id, colon, client_secret = (
            b64decode(token.strip(), validate=True).decode().partition(":")
        )
    except (Base64Error, ValueError):
        raise InvalidClient("Authorization header is malformed") from None
    client_id = unquote_plus(client_id)
    # NUL is refused here as it is in parameters: no database stores it.
    if not colon or not client_id or "\0" in client_id:
        raise InvalidClient("Authorization header is malformed")
    if not client_secret:  # RFC 6749 §2.3.1: an empty secret may as well be omitted
        return ClientCredentials(client_id, "none")
    return ClientCredentials(
        client_id, "client_secret_basic", (unquote_plus(client_secret), client_secret)
    )


def authenticate_client(
    client: Client | None, credentials: ClientCredentials, *, now: int
) -> Client:
    """Return the client once its credentials are proven; raise InvalidClient otherwise.

    The answer is the same, and takes the same time, whether or not the client exists.
    """
    expected = _secret_hashes(client, now)
    proven = False
    for client_secret in credentials.client_secrets:
        presented = sha256(client_secret.encode("utf-8", "surrogatepass")).hexdigest()
        for known in expected:
            proven |= compare_digest(presented, known)
    if client is None:
        raise InvalidClient("client authentication failed")
    if client.is_public:
        proven = credentials.method == "none"
    if not proven or client.token_endpoint_auth_method not in (None, credentials.method):
        raise InvalidClient("client authentication failed")
    return client


def _secret_hashes(client: Client | None, now: int) -> tuple[str, str]:
    """Return what secrets are compared with: the present one, and the former while it is good."""
    if client is None:
        return NO_SECRET, NO_SECRET
    former = client.former_client_secret_hash if client.has_former_secret(now) else None
    return client.client_secret_hash or NO_SECRET, former or NO_SECRET
