"""What may go wrong between us and PostgreSQL: what it means, and how it is told.

The server's own words are told only where they can hold nothing but names of ours: an address, a
user, a password or a person's data is in none of these lines.
"""

import os
import socket
import ssl

import asyncpg

# asyncpg says so of a connection on which the server has taken its leave, until it is closed.
_UNUSABLE = asyncpg.InternalClientError

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, _UNUSABLE, OSError, EOFError)
"""All that a connection raises; TimeoutError is an OSError."""

# Serialization failure, deadlock: the transaction left nothing behind, and is to be tried again.
CONFLICTS = frozenset({"40001", "40P01"})
# … and what two who create the same table at once may see
ALREADY_THERE = frozenset({"42P07", "42P06", "42710", "42701"})

# The server is going, has gone, or is not yet there; or it is a standby since a moment.
GOING = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25006"})

_PLAIN = {
    "28000": "it refuses the user or the password",
    "28P01": "it refuses the user or the password",
    "3D000": "there is no database of this name",
    "53100": "its disk is full",
    "53200": "it is out of memory",
    "53300": "it has no connection left: see database_pool",
    "57014": "a statement took longer than database_timeout",
    "57P01": "it is being stopped",
    "57P02": "it is being stopped",
    "57P03": "it is starting or stopping",
    "25006": "it is read-only, as a standby is",
}


class UnknownOutcome(Exception):
    """The connection was lost while it was committing: done or not, nobody here knows."""


class Crowded(Exception):
    """All connections were in use for longer than a request may wait."""


class Away(Exception):
    """It cannot be reached, or could not a moment ago; the text says why, as ``plain`` does."""


def state_of(error: BaseException) -> str:
    """The five characters of SQLSTATE; empty for what the server did not say."""
    return str(getattr(error, "sqlstate", None) or "")


def is_conflict(error: BaseException) -> bool:
    """Whether the same again, from the start, may succeed."""
    return is_outdated(error) or state_of(error) in CONFLICTS | ALREADY_THERE


def is_outdated(error: BaseException) -> bool:
    """Whether the schema is not any more what it was when the statement was prepared."""
    return isinstance(error, asyncpg.InvalidCachedStatementError)


def is_violation(error: BaseException) -> bool:
    """Whether a constraint refuses: for good, or because somebody else was faster just now."""
    return isinstance(error, asyncpg.IntegrityConstraintViolationError)


def is_loss(error: BaseException) -> bool:
    """Whether the connection, or the server behind it, is of no use any more."""
    if isinstance(error, (OSError, EOFError, _UNUSABLE, UnknownOutcome)):
        return True
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # asyncpg.DataError, a fault of ours
    return state_of(error).startswith("08") or state_of(error) in GOING


def is_ours(error: BaseException) -> bool:
    """Whether it speaks of what a statement of ours did, and not of the server."""
    return is_violation(error) or isinstance(error, (asyncpg.DataError, ValueError))


def plain(error: BaseException) -> str:
    """Say it in a few words for the operator."""
    state = state_of(error)
    if known := _PLAIN.get(state):
        return known
    if state.startswith("42"):
        # Rights, and tables that are not there: the words name what is ours.
        return str(error.args[0] if error.args else state).splitlines()[0]
    if state:
        return f"it refuses with SQLSTATE {state}"
    return _plain_loss(error)


def _plain_loss(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not trusted: see sslrootcert"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as the setting demands"
    if isinstance(error, socket.gaierror):
        return "its host name is not known"
    if isinstance(error, OSError):
        fault = os.strerror(error.errno) if error.errno else "the connection failed"
        return f"it cannot be reached ({fault})"
    return "the connection was lost"
