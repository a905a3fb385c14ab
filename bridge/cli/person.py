"""A person, as commands find and describe them."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from bridge.app import Chance, open_subject_key
from bridge.cli.moments import timestamp
from bridge.config import Settings
from bridge.oidc.subject import retired_subject
from bridge.store import AccountState, Dossier, KnownAccount, Store

account_argument = click.argument("account_", metavar="ACCOUNT")

TIMES = ("created_at", "auth_time", "seen_at", "ended_at", "expires_at", "revoked_at", "at")


async def retired_in(settings: Settings, store: Store) -> Callable[[str], str]:
    """Return what says what is kept here of a subject once its person is erased."""
    key = await open_subject_key(settings, store, Chance())
    return lambda subject: retired_subject(subject, key)


async def find_one(settings: Settings, store: Store, id_: str) -> KnownAccount:
    """Return whom this names; end with one line where it is nobody, or several."""
    retired_as = await retired_in(settings, store)
    found = await store.find_accounts(id_, retired_as=retired_as(id_))
    if not found:
        raise unknown(id_)
    return only_one(found, id_)


def only_one(found: Sequence[KnownAccount], id_: str) -> KnownAccount:
    """Return the one of them; end with one line where there are several."""
    if len(found) > 1:
        ids = ", ".join(known.account.account_id for known in found)
        raise click.ClickException(f"{id_} names several accounts: say which by account_id: {ids}")
    return found[0]


async def find_dossier(settings: Settings, store: Store, id_: str) -> Dossier:
    """Return all that is known of whom this names; end as ``find_one`` does."""
    known, retired_as = await find_one(settings, store, id_), await retired_in(settings, store)
    dossier = await store.dossier(
        known.account.account_id, retired_as=kept_subject(known, retired_as)
    )
    if dossier is None:
        raise unknown(id_)
    return dossier


def kept_subject(known: KnownAccount, retired_as: Callable[[str], str]) -> str:
    """Return what is kept of their subject once they are erased, or is kept already."""
    subject = known.account.subject
    return subject if known.state is AccountState.ERASED else retired_as(subject)


def unknown(id_: str) -> click.ClickException:
    return click.ClickException(f"nobody is known here by {id_}")


def summary(known: KnownAccount, groups: Sequence[str]) -> dict[str, Any]:
    """An account as JSON. ``subject`` is null once the person is erased."""
    account = known.account
    is_erased = known.state == "erased"
    return {
        "account_id": account.account_id,
        "subject": None if is_erased else account.subject,
        "preferred_username": None if is_erased else account.handle,
        "nickname": account.nickname,
        "picture": account.picture,
        "claims": dict(account.claims),
        "groups": list(groups),
        "state": known.state.value,
        "state_at": timestamp(known.state_at),
        "merged_into": known.merged_into,
        "created_at": timestamp(known.created_at),
        "updated_at": timestamp(account.updated_at),
        "signed_in_at": timestamp(known.signed_in_at),
    }


def everything(dossier: Dossier, groups: Sequence[str]) -> dict[str, Any]:
    """All that is known of a person as JSON, by the names of the database's columns."""
    return {
        **summary(dossier.known, groups),
        "merged": [summary(known, known.account.groups) for known in dossier.merged],
        "identities": list(map(_row, dossier.identities)),
        "sessions": list(map(_row, dossier.sessions)),
        "grants": list(map(_row, dossier.grants)),
        "consents": list(map(_row, dossier.consents)),
        "audit": list(map(_row, dossier.audit)),
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: timestamp(value) if name in TIMES else value for name, value in row.items()}
