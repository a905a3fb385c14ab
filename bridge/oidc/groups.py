"""Groups: who belongs together here, in the words of the operator.

The claim ``groups`` is no standard's (RFC 9068 §2.2.3.1 borrows it from SCIM, RFC 7643 §4.1.2), and
the same everywhere: a list of names, which is there also where it is empty.
"""

import re
from collections.abc import Iterable, Mapping

from bridge.oidc.account import Session

# Settings of ours, and what consumers write into theirs
GROUP_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# What names a person: a subject, a user name, or one of WeChat's ids
PERSON_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")

DeclaredGroups = Mapping[str, frozenset[str]]
"""Groups that the settings name, with the ids of who is in them."""


class UnfitGroup(ValueError):
    """It cannot be a group, or somebody in one; the message says why, in one line."""


def check_group_name(name: str) -> None:
    """Raise UnfitGroup."""
    if not GROUP_NAME.fullmatch(name):
        raise UnfitGroup(
            "the name of a group holds letters, digits and . _ - only, 1 to 64 of them, and begins"
            " with a letter or digit"
        )


def check_person_id(id_: str) -> None:
    """Raise UnfitGroup unless it looks like what names a person."""
    if not PERSON_ID.fullmatch(id_):
        raise UnfitGroup("somebody is named by a subject, user name, unionid or openid")


def declared_groups(declared: DeclaredGroups, *ids: str | None) -> frozenset[str]:
    """Return the groups in which the settings name one of these ids."""
    known = {id_ for id_ in ids if id_ is not None}
    return frozenset(name for name, members in declared.items() if not members.isdisjoint(known))


def groups_of(session: Session, declared: DeclaredGroups) -> list[str]:
    """Return the groups of who has signed in, in order: from the store, and from the settings."""
    account = session.account
    ids = (account.subject, account.handle, session.openid, session.unionid)
    return in_order(account.groups, declared_groups(declared, *ids))


def in_order(*sources: Iterable[str]) -> list[str]:
    """Return the names that any of these has, each once."""
    return sorted({name for source in sources for name in source})
