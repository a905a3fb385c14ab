"""What the audit trail keeps, by name."""

from enum import StrEnum
from typing import Literal

AuditResult = Literal["done", "refused", "ignored"]


class AuditEvent(StrEnum):
    """Names under which the audit trail keeps what somebody may have to answer for."""

    # A person signed in at WeChat, in a browser or by an app's code
    SIGN_IN_COMPLETED = "sign_in.completed"
    # … or entered a client from the session of a browser that had signed in before
    SESSION_USED = "session.used"
    SESSION_ENDED = "session.ended"
    # WeChat said who came, and they may not enter; ``reason`` is access or disabled
    SIGN_IN_REFUSED = "sign_in.refused"
    # WeChat said that it was a virtual account, which many people share
    SNAPSHOT_USER_REFUSED = "sign_in.snapshot_user"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DENIED = "consent.denied"
    # openid and unionid belong to different accounts; the openid's account signed in
    IDENTITY_CONFLICT = "identity.conflict"
    # the unionid's account has another openid of this appid; nobody was signed in
    IDENTITY_SHARED = "identity.shared"
    # a person is new, and the subject they would be given is pinned to the account that is noted
    # (its platform account has been renamed, say); nobody was signed in
    SUBJECT_TAKEN = "identity.subject_taken"
    # a code, or a refresh token that had been rotated, was used again; all that its grant gave was
    # revoked
    CODE_REPLAYED = "code.replayed"
    REFRESH_TOKEN_REUSED = "refresh_token.reused"
    # what the operator did about an account, each with all that it ended
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_MERGED = "account.merged"
    ACCOUNT_ERASED = "account.erased"
    # … about who is in a group
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    # … about a relying party
    CLIENT_ADDED = "client.added"
    CLIENT_CHANGED = "client.changed"
    CLIENT_SECRET_ROTATED = "client.secret_rotated"
    CLIENT_REMOVED = "client.removed"
    # … and about signing keys
    KEYS_ROTATED = "keys.rotated"
    KEY_REVOKED = "key.revoked"
    # what a relying party did about itself
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED_ITSELF = "client.changed_itself"
    CLIENT_REMOVED_ITSELF = "client.removed_itself"
    # WeChat pushed that the person withdrew their authorization, closed their account there, or
    # had their profile cleaned; what follows from it was done
    AUTHORIZATION_WITHDRAWN = "authorization.withdrawn"
    WECHAT_ACCOUNT_CLOSED = "wechat_account.closed"
    PROFILE_CLEANED = "profile.cleaned"
    # … or somebody said so in WeChat's name, and nothing was done
    UNPROVEN_WITHDRAWAL = "authorization.withdrawn.unproven"
    UNPROVEN_CLOSING = "wechat_account.closed.unproven"
    UNPROVEN_CLEANING = "profile.cleaned.unproven"

    @property
    def result(self) -> AuditResult:
        """What became of it."""
        if self in _REFUSED:
            return "refused"
        return "ignored" if self.endswith(".unproven") else "done"


_REFUSED = frozenset(
    {
        AuditEvent.SIGN_IN_REFUSED,
        AuditEvent.SNAPSHOT_USER_REFUSED,
        AuditEvent.CONSENT_DENIED,
        AuditEvent.IDENTITY_SHARED,
        AuditEvent.SUBJECT_TAKEN,
        AuditEvent.CODE_REPLAYED,
        AuditEvent.REFRESH_TOKEN_REUSED,
    }
)
