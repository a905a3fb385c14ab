"""A JWE for a client in its compact form: RFC 7516 §5.1, RFC 7519 §5.2."""

from joserfc import jwe
from joserfc.errors import JoseError

from bridge.jose.jwk_set import PublicKey


class UnfitKey(ValueError):
    """The key fits by what it says of itself, and nothing can be encrypted with it."""


def encrypt(content: str, key: PublicKey, *, alg: str, enc: str, nested: bool) -> str:
    """Encrypt ``content`` so that only the owner of ``key`` can read it; raise UnfitKey.

    ``nested`` says that it is a JWT by itself (``cty``). It is not compressed: what a client can
    choose of a token would tell by its length what it cannot choose (RFC 8725 §3.6).
    """
    header = {"alg": alg, "enc": enc}
    if key.kid is not None:
        header["kid"] = key.kid
    if nested:
        header["cty"] = "JWT"
    try:
        return jwe.encrypt_compact(header, content, key, algorithms=[alg, enc])
    # ValueError is what is left of a point of small order (X25519), or of a modulus that is none.
    except (JoseError, ValueError):
        raise UnfitKey from None
