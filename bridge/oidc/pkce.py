"""Proof Key for Code Exchange (RFC 7636), method S256 only (RFC 9700 §2.1.1)."""

import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import compare_digest

from bridge.oidc.errors import InvalidGrant, InvalidRequest
from bridge.oidc.parameters import Parameters

# RFC 7636 §4.1:
#   code-verifier = 43*128unreserved
#   unreserved    = ALPHA / DIGIT / "-" / "." / "_" / "~"
CODE_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")

# RFC 7636 §4.2: BASE64URL(SHA256(…)) is always 43 characters
S256_CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


def s256(code_verifier: str) -> str:
    """BASE64URL-ENCODE(SHA256(ASCII(code_verifier))), RFC 7636 §4.2."""
    return urlsafe_b64encode(sha256(code_verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def read_code_challenge(parameters: Parameters, *, required: bool) -> str | None:
    """Return the code_challenge, or None where none was sent and none is required.

    RFC 7636 §4.4.1; an absent method would mean ``plain``, which is refused.
    """
    code_challenge = parameters.get("code_challenge")
    method = parameters.get("code_challenge_method")
    if code_challenge is None:
        if required:
            raise InvalidRequest("code_challenge is missing: PKCE is required of this client")
        if method is not None:
            raise InvalidRequest("code_challenge_method without code_challenge")
        return None
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    if not S256_CODE_CHALLENGE.fullmatch(code_challenge):
        raise InvalidRequest("code_challenge is malformed")
    return code_challenge


def verify_code_verifier(code_verifier: str | None, code_challenge: str | None) -> None:
    """RFC 7636 §4.6; raises InvalidGrant."""
    if code_challenge is None:
        # RFC 9700 §2.1.1: else an attacker strips the challenge and nobody notices
        if code_verifier is not None:
            raise InvalidGrant("code_verifier without a code_challenge in the request")
        return
    if code_verifier is None:
        raise InvalidGrant("code_verifier is missing")
    if not CODE_VERIFIER.fullmatch(code_verifier):
        raise InvalidGrant("code_verifier is malformed")
    if not compare_digest(s256(code_verifier), code_challenge):
        raise InvalidGrant("code_verifier does not match code_challenge")
