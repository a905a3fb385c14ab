"""What the audit trail keeps, by name."""

from enum import StrEnum


class AuditEvent(StrEnum):
    """Names under which the audit trail keeps what an operator may have to act on."""

    # openid and unionid belong to different accounts; the openid's account signed in
    IDENTITY_CONFLICT = "identity.conflict"
    # the unionid's account has another openid of this appid; nobody was signed in
    IDENTITY_SHARED = "identity.shared"
    # a person is new, and the subject they would be given is pinned to the account that is noted
    # (its platform account has been renamed, say); nobody was signed in
    SUBJECT_TAKEN = "identity.subject_taken"
    # a refresh token was used though it had been rotated; all that its grant gave was revoked
    REFRESH_TOKEN_REUSED = "refresh_token.reused"
    # what the operator did about an account, each with all that it ended
    ACCOUNT_DISABLED = "account.disabled"
    ACCOUNT_ENABLED = "account.enabled"
    ACCOUNT_MERGED = "account.merged"
    ACCOUNT_ERASED = "account.erased"
    # WeChat pushed that the person withdrew their authorization, closed their account there, or
    # had their profile cleaned; what follows from it was done
    AUTHORIZATION_WITHDRAWN = "authorization.withdrawn"
    WECHAT_ACCOUNT_CLOSED = "wechat_account.closed"
    PROFILE_CLEANED = "profile.cleaned"
    # … or somebody said so in WeChat's name, and nothing was done
    UNPROVEN_WITHDRAWAL = "authorization.withdrawn.unproven"
    UNPROVEN_CLOSING = "wechat_account.closed.unproven"
    UNPROVEN_CLEANING = "profile.cleaned.unproven"
