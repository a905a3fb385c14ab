"""Whose account it is that somebody comes for, and which subject they are given if it is none."""

from itertools import count

from bridge.oidc.account import Account
from bridge.provider import Provider
from bridge.wechat import WeChatIdentity, WeChatUnionidMissing, subject_for


async def known_or_new(provider: Provider, identity: WeChatIdentity) -> tuple[Account | None, str]:
    """Return their account, or None, and their subject; raise WeChatUnionidMissing.

    Whoever was erased and comes back is somebody else to every app (Core §2: a subject is never
    reassigned). The database is asked once in all other cases.
    """
    for erasures in count():
        subject = _new_subject(provider, identity, erasures)
        retired_as = None if subject is None else provider.retired(subject)
        account, is_retired = await provider.store.find_account(identity, retired_as)
        if account is not None:
            return account, account.subject
        if subject is None:
            break
        if not is_retired:
            return None, subject
    raise WeChatUnionidMissing


def _new_subject(provider: Provider, identity: WeChatIdentity, erasures: int) -> str | None:
    """Return None where no new account can be made: who has one needs no other subject."""
    try:
        return subject_for(
            identity,
            setting=provider.subject_setting,
            subject_key=provider.subject_key,
            erasures=erasures,
        )
    except WeChatUnionidMissing:
        return None
