"""What must outlive a request.

One verb, one transaction; an atomic act's result is its proof. The verbs are written once, as
statements that every engine understands; an ``Engine`` runs them.
"""

from bridge.store.accounts import TakenEmail
from bridge.store.audit_entry import NOT_SEEN, AuditEntry, Visitor, audit_id_of, newcomer_id
from bridge.store.audit_events import AuditEvent, AuditResult
from bridge.store.auditing import AuditQuery
from bridge.store.declaring import Declared
from bridge.store.engine import Engine, UnusableDatabase
from bridge.store.forgetting import REMEMBERED
from bridge.store.groups import Assignment, Member, Membership, Unassignable
from bridge.store.people import Dossier, KnownAccount
from bridge.store.pushes import Push, PushTaken
from bridge.store.values import (
    AccountState,
    AlreadyAnswered,
    ClientChanged,
    Delivered,
    Ended,
    LoggedIn,
    NewAccessToken,
    NewAccount,
    NewIssue,
    NewRefreshToken,
    PushedRequest,
    Rotation,
    SessionLimits,
    SignedIn,
    SignIn,
    StoredCode,
    Unmergeable,
    Visit,
    WeChatMark,
)
from bridge.store.verbs.accounts import AccountVerbs
from bridge.store.verbs.audit import AuditVerbs
from bridge.store.verbs.clients import ClientVerbs
from bridge.store.verbs.groups import GroupVerbs
from bridge.store.verbs.housekeeping import HousekeepingVerbs
from bridge.store.verbs.installation import InstallationVerbs
from bridge.store.verbs.sign_ins import SignInVerbs
from bridge.store.verbs.tokens import TokenVerbs

__all__ = [
    "NOT_SEEN",
    "REMEMBERED",
    "AccountState",
    "AlreadyAnswered",
    "Assignment",
    "AuditEntry",
    "AuditEvent",
    "AuditQuery",
    "AuditResult",
    "ClientChanged",
    "Declared",
    "Delivered",
    "Dossier",
    "Ended",
    "Engine",
    "KnownAccount",
    "LoggedIn",
    "Member",
    "Membership",
    "NewAccessToken",
    "NewAccount",
    "NewIssue",
    "NewRefreshToken",
    "Push",
    "PushTaken",
    "PushedRequest",
    "Rotation",
    "SessionLimits",
    "SignIn",
    "SignedIn",
    "Store",
    "StoredCode",
    "TakenEmail",
    "Unassignable",
    "Unmergeable",
    "UnusableDatabase",
    "Visit",
    "Visitor",
    "WeChatMark",
    "audit_id_of",
    "newcomer_id",
]


class Store(
    InstallationVerbs,
    ClientVerbs,
    AccountVerbs,
    GroupVerbs,
    SignInVerbs,
    TokenVerbs,
    AuditVerbs,
    HousekeepingVerbs,
):
    """All that the bridge remembers, over one engine."""
