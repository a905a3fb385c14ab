"""Verbs about groups: who is in which.

The table is what the operator said; of accounts, ``group_names`` repeats it, so that whoever reads
an account has its groups. Somebody who has not signed in yet is named by an id of theirs, and is
found by it when they come.
"""

import json
from dataclasses import dataclass

from bridge.store.audit_entry import AuditEntry
from bridge.store.audit_events import AuditEvent
from bridge.store.auditing import note
from bridge.store.endings import find_row
from bridge.store.engine import Steps, TableLock
from bridge.store.people import KnownAccount, find_accounts, known_account_of
from bridge.store.values import AccountState

ADD_MEMBER = """
    INSERT INTO group_members (group_name, person_id, account_id, added_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (group_name, person_id) DO NOTHING RETURNING group_name
"""
IS_MEMBER = "SELECT person_id FROM group_members WHERE group_name = $1 AND account_id = $2"
REMOVE_ACCOUNT = """
    DELETE FROM group_members WHERE group_name = $1 AND account_id = $2 RETURNING person_id
"""
REMOVE_PERSON = """
    DELETE FROM group_members WHERE group_name = $1 AND person_id = $2 AND account_id IS NULL
    RETURNING person_id
"""
AWAITED = """
    SELECT group_name FROM group_members WHERE person_id IN ($1, $2, $3) AND account_id IS NULL
"""
WELCOME = """
    UPDATE group_members SET account_id = $4
    WHERE person_id IN ($1, $2, $3) AND account_id IS NULL
    RETURNING group_name
"""
MOVE = "UPDATE group_members SET account_id = $2 WHERE account_id = $1 RETURNING group_name"
GROUPS_OF_ACCOUNT = "SELECT group_name FROM group_members WHERE account_id = $1"
TELL_ACCOUNT = "UPDATE accounts SET group_names = $2 WHERE account_id = $1"
LIST_GROUPS = """
    SELECT group_name, COUNT(DISTINCT COALESCE(account_id, person_id)) AS members
    FROM group_members GROUP BY group_name ORDER BY group_name
"""
MEMBERS = """
    SELECT person_id, added_at, account_id FROM group_members WHERE group_name = $1
    ORDER BY person_id
"""

# Whoever comes for the first time looks whether they are awaited; whoever puts somebody into a
# group, whether they have come. Each would miss the other who does so at the same moment.
WHILE_SOMEBODY_COMES = TableLock("group_members", is_alone=False)
WHILE_SOMEBODY_IS_PUT = TableLock("group_members", is_alone=True)


class Unassignable(Exception):
    """Somebody who cannot be in a group; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What became of it. ``known`` is None for somebody who has not signed in yet."""

    known: KnownAccount | None
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group; ``person_id`` is what they are awaited by while nobody is ``known``."""

    person_id: str
    known: KnownAccount | None
    added_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Who is put into a group, or taken out of it. ``retired_as`` is of ``person_id``."""

    group: str
    person_id: str
    retired_as: str
    audit_id: str
    now: int


def join(asked: Assignment) -> Steps[Membership]:
    known = yield from _named(asked)
    account_id = known.account.account_id if known is not None else None
    if account_id is not None and (yield IS_MEMBER, (asked.group, account_id)):
        return Membership(known, is_changed=False)
    added = yield ADD_MEMBER, (asked.group, account_id or asked.person_id, account_id, asked.now)
    if account_id is not None:
        yield from _tell(account_id)
    if added:
        yield from _note(asked, AuditEvent.GROUP_JOINED, account_id)
    return Membership(known, is_changed=bool(added))


def leave(asked: Assignment) -> Steps[Membership]:
    known = yield from _named(asked)
    account_id = known.account.account_id if known is not None else None
    removed = yield REMOVE_PERSON, (asked.group, asked.person_id)
    if account_id is not None:
        removed = [*removed, *(yield REMOVE_ACCOUNT, (asked.group, account_id))]
        yield from _tell(account_id)
    if removed:
        yield from _note(asked, AuditEvent.GROUP_LEFT, account_id)
    return Membership(known, is_changed=bool(removed))


def _named(asked: Assignment) -> Steps[KnownAccount | None]:
    """Return whom the id names, None where nobody has signed in by it; raise Unassignable."""
    found = yield from find_accounts(asked.person_id, asked.retired_as)
    if not found:
        return None
    if len(found) > 1:
        ids = ", ".join(known.account.account_id for known in found)
        raise Unassignable(
            f"{asked.person_id} names several accounts: say which by account_id: {ids}"
        )
    [known] = found
    if known.state is AccountState.MERGED:
        raise Unassignable(f"{asked.person_id} is merged into {known.merged_into}: name that one")
    if known.state is AccountState.ERASED:
        raise Unassignable(f"{asked.person_id} is erased")
    return known


def _note(asked: Assignment, event: AuditEvent, account_id: str | None) -> Steps[None]:
    """WeChat's ids are kept out of the audit trail: of who is awaited it has no name."""
    yield from note(
        AuditEntry(
            audit_id=asked.audit_id,
            at=asked.now,
            event=event,
            account_id=account_id,
            detail={"group": asked.group},
        )
    )


def awaited_groups(ids: tuple[str | None, ...]) -> Steps[tuple[str, ...]]:
    rows = yield AWAITED, ids
    return tuple(row["group_name"] for row in rows)


def welcome(account_id: str, ids: tuple[str | None, ...]) -> Steps[tuple[str, ...] | None]:
    """Return the groups of somebody who was awaited by an id and has an account now, or None."""
    return (yield from _tell(account_id)) if (yield WELCOME, (*ids, account_id)) else None


def move(from_id: str, into_id: str) -> Steps[None]:
    """All of the one's groups are the other's."""
    if (yield MOVE, (from_id, into_id)):
        yield from _tell(from_id)
        yield from _tell(into_id)


def _tell(account_id: str) -> Steps[tuple[str, ...]]:
    rows = yield GROUPS_OF_ACCOUNT, (account_id,)
    names = sorted({row["group_name"] for row in rows})
    yield TELL_ACCOUNT, (account_id, json.dumps(names) if names else None)
    return tuple(names)


def list_groups() -> Steps[dict[str, int]]:
    rows = yield LIST_GROUPS, ()
    return {row["group_name"]: row["members"] for row in rows}


def members(group: str) -> Steps[list[Member]]:
    """Each person once, though they may have been awaited by several ids."""
    rows = yield MEMBERS, (group,)
    found: dict[str, Member] = {}
    for row in rows:
        account = (yield from find_row(row["account_id"])) if row["account_id"] else None
        known = known_account_of(account) if account is not None else None
        member = Member(row["person_id"], known, row["added_at"])
        found.setdefault(row["account_id"] or row["person_id"], member)
    return list(found.values())
