"""The life of signing keys: made, announced, used, retired, forgotten.

::

      made       first signature       last signature        forgotten
       |  upcoming  |        active        |      retired        |   gone
       +------------+----------------------+---------------------+- - - - -
       | propagation|       rotation       |       overlap       |
                    :                      :
                    :                      | the successor's first signature
                    | the predecessor's last signature

A key is published in the JWK Set in all three states, so that a relying party that caches the set
(OpenID Connect Core 1.0 §10.1.1) has the key before its first signature and after its last. Exactly
one key of each algorithm is active. It stays active until its successor takes over, however long
no process was running. Only the first key of an algorithm signs without having been announced.

Which algorithms get keys, the owner of a ``KeyDirectory`` says. One that is added later gets its
first key then. One that is taken away signs nothing more, and its last key stays published, so
that what it signed can be verified.

=============  ===================================================================
`algorithms`   how a key is made
`lifecycle`    which key is in which state: a function of the time
`ring`         keys that sign, and the JWK Set that they publish
`changes`      what a change of them has left
`revoking`     a key that somebody else knows is taken away
`document`     keys as text
`directory`    the text on disk, shared by processes, advanced when something is due
=============  ===================================================================

This package knows nothing of OpenID Connect and imports nothing from ``bridge``. Every moment is
an ``int``, seconds since 1970-01-01, and is an argument.
"""

from keys.algorithms import ALGORITHMS, DEFAULT_ALGORITHMS, Jwk, generate_key
from keys.changes import Changed, KeyChange
from keys.directory import KEYS_FILE, KeyDirectory, UnusableKeys
from keys.document import read_signing_keys, write_signing_keys
from keys.lifecycle import (
    KeyPolicy,
    KeyState,
    SigningKey,
    advance,
    due_at,
    next_change,
    published,
    rotate,
    signing_key,
    state,
)
from keys.revoking import UnknownKey, revoke
from keys.ring import KeyRing

__all__ = [
    "ALGORITHMS",
    "DEFAULT_ALGORITHMS",
    "KEYS_FILE",
    "Changed",
    "Jwk",
    "KeyChange",
    "KeyDirectory",
    "KeyPolicy",
    "KeyRing",
    "KeyState",
    "SigningKey",
    "UnknownKey",
    "UnusableKeys",
    "advance",
    "due_at",
    "generate_key",
    "next_change",
    "published",
    "read_signing_keys",
    "revoke",
    "rotate",
    "signing_key",
    "state",
    "write_signing_keys",
]
