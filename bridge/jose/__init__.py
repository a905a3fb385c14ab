"""What clients sign, what they alone may read, and the keys that they have registered for it.

=================  ============================================================
`compact`          a JWS as it arrives: read with bounds, believed in nothing
`jwk_set`          a client's keys: which of them fit, read with bounds
`client_keys`      where a client's keys are, and when to look again
`client_secret`    what is signed with a secret that client and provider share
`encryption`       a JWE for a client, as it is sent
=================  ============================================================

The header of a token names algorithm and key, and no more: which algorithms are right the caller
says, and where keys are the registration says. ``jwk``, ``jku`` and ``x5u`` are never read.
"""

from bridge.jose.client_keys import ClientKeys
from bridge.jose.client_secret import verify_with_secret
from bridge.jose.compact import VerifiedJWT
from bridge.jose.encryption import UnfitKey, encrypt
from bridge.jose.jwk_set import PublicKey

__all__ = ["ClientKeys", "PublicKey", "UnfitKey", "VerifiedJWT", "encrypt", "verify_with_secret"]
