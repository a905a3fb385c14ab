"""What has expired is removed, a batch at a time, each in a transaction of its own.

Whoever refers to another goes first: tokens, codes, grants, sessions. What is kept although it has
expired is passed over, so that no batch looks at more than its share.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from bridge.store.engine import Steps

# Redeemed codes are remembered as long as a token that they gave could live (the longest access
# token that the settings allow, or the grant's refresh tokens), so that a replay is known for what
# it is.
REMEMBERED = 86_400

# Pushed requests are remembered as long as a sign-in that began with one may take.
UNDER_WAY = 3_600

# Rows of a transaction. A session, which has ten indexes, takes the longest.
BATCH = 100

# Earlier than every moment
BEGINNING = -1


class Sweep(NamedTuple):
    """How a table is swept: of what expired after $1 and until $2, $3 rows.

    ``ends`` says, where some of that is kept, up to which moment so many rows were looked at.
    """

    deletes: str
    ends: str | None = None


AUDIT = Sweep("""
    DELETE FROM audit WHERE audit_id IN (
        SELECT audit_id FROM audit WHERE at > $1 AND at <= $2 ORDER BY at LIMIT $3
    ) RETURNING at
""")
TOKENS = Sweep("""
    DELETE FROM tokens WHERE token_hash IN (
        SELECT token_hash FROM tokens WHERE expires_at > $1 AND expires_at <= $2
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
""")
# A code is remembered while a refresh token that it gave is, so that a replay revokes that.
CODES = Sweep(
    """
    DELETE FROM codes WHERE code_hash IN (
        SELECT code_hash FROM codes WHERE expires_at > $1 AND expires_at <= $2
            AND NOT EXISTS (
                SELECT 1 FROM tokens WHERE tokens.grant_id = codes.grant_id AND kind = 'refresh'
            )
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
    """,
    """
    SELECT expires_at AS moment FROM codes WHERE expires_at > $1 AND expires_at <= $2
    ORDER BY expires_at LIMIT 1 OFFSET $3
    """,
)
GRANTS = Sweep(
    """
    DELETE FROM grants WHERE grant_id IN (
        SELECT grant_id FROM grants WHERE created_at > $1 AND created_at <= $2
            AND NOT EXISTS (SELECT 1 FROM tokens WHERE tokens.grant_id = grants.grant_id)
            AND NOT EXISTS (SELECT 1 FROM codes WHERE codes.grant_id = grants.grant_id)
        ORDER BY created_at LIMIT $3
    ) RETURNING created_at
    """,
    """
    SELECT created_at AS moment FROM grants WHERE created_at > $1 AND created_at <= $2
    ORDER BY created_at LIMIT 1 OFFSET $3
    """,
)
# … and, as these refer to them, the clients that were told of them
SESSIONS = Sweep(
    """
    DELETE FROM sessions WHERE sid IN (
        SELECT sid FROM sessions WHERE expires_at > $1 AND expires_at <= $2
            AND NOT EXISTS (SELECT 1 FROM grants WHERE grants.sid = sessions.sid)
            AND NOT EXISTS (SELECT 1 FROM codes WHERE codes.sid = sessions.sid)
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
    """,
    """
    SELECT expires_at AS moment FROM sessions WHERE expires_at > $1 AND expires_at <= $2
    ORDER BY expires_at LIMIT 1 OFFSET $3
    """,
)
PUSHED_REQUESTS = Sweep("""
    DELETE FROM pushed_requests WHERE reference_hash IN (
        SELECT reference_hash FROM pushed_requests WHERE expires_at > $1 AND expires_at <= $2
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
""")
USED_JTIS = Sweep("""
    DELETE FROM used_jtis WHERE (client_id, jti_hash) IN (
        SELECT client_id, jti_hash FROM used_jtis WHERE expires_at > $1 AND expires_at <= $2
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
""")
RECEIVED_PUSHES = Sweep("""
    DELETE FROM received_pushes WHERE push_hash IN (
        SELECT push_hash FROM received_pushes WHERE expires_at > $1 AND expires_at <= $2
        ORDER BY expires_at LIMIT $3
    ) RETURNING expires_at
""")


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows went, and after which moment to go on; None where all is done."""

    rows: int
    after: int | None


def due(now: int, audit_before: int | None) -> Iterator[tuple[Sweep, int]]:
    """Return what is to be swept, in order, and until which moment. Seconds."""
    if audit_before is not None:
        yield AUDIT, audit_before
    for sweep in (TOKENS, CODES, GRANTS, SESSIONS):
        yield sweep, now - REMEMBERED
    yield PUSHED_REQUESTS, now - UNDER_WAY
    yield USED_JTIS, now
    yield RECEIVED_PUSHES, now


def forget_batch(sweep: Sweep, after: int, until: int) -> Steps[Swept]:
    """Remove a batch of what expired after the one moment and until the other."""
    end = until
    if sweep.ends is not None:
        rows = yield sweep.ends, (after, until, BATCH - 1)
        end = rows[0]["moment"] if rows else until
    gone = yield sweep.deletes, (after, end, BATCH)
    if len(gone) == BATCH:
        return Swept(BATCH, after)
    return Swept(len(gone), end if end < until else None)
