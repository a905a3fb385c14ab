"""Who is in which group, as a command tells it: from the store, and from the settings."""

from collections.abc import Mapping, Sequence

from bridge.cli.person import retired_in
from bridge.config import Settings
from bridge.oidc.groups import in_order
from bridge.store import KnownAccount, Store

DeclaredAccounts = Mapping[str, Sequence[KnownAccount]]
"""Whom each id in the settings names here; nobody where nobody has signed in by it."""


async def declared_accounts(settings: Settings, store: Store) -> DeclaredAccounts:
    """Look up everybody whom the settings name."""
    retired_as = await retired_in(settings, store)
    ids = {id_ for members in settings.groups.values() for id_ in members}
    return {id_: await store.find_accounts(id_, retired_as=retired_as(id_)) for id_ in sorted(ids)}


def all_groups(settings: Settings, declared: DeclaredAccounts, known: KnownAccount) -> list[str]:
    """Return the groups of an account, in order."""
    account_id = known.account.account_id
    own = {
        id_
        for id_, accounts in declared.items()
        if any(account.account.account_id == account_id for account in accounts)
    }
    in_settings = (name for name, ids in settings.groups.items() if not own.isdisjoint(ids))
    return in_order(known.account.groups, in_settings)
