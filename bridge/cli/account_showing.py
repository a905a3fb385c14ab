"""``wechat-oidc account list``, ``show`` and ``export``: who is known here."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bridge.app import Chance
from bridge.cli.groups_of_people import DeclaredAccounts, all_groups, declared_accounts
from bridge.cli.moments import date
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.person import account_argument, everything, find_dossier, summary, unknown
from bridge.config import Settings
from bridge.store import AccountState, AuditEvent, Dossier, KnownAccount, Store

ALL = "all"

# Entries of the audit trail that are shown; ``export`` has all of them
SHOWN = 20

# What everybody does; ``wechat-oidc audit`` shows it
ROUTINE = frozenset(
    {AuditEvent.SIGN_IN_COMPLETED, AuditEvent.SESSION_USED, AuditEvent.SESSION_ENDED}
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("list")
@config_option
@click.option("--search", default="", help="Part of a nickname, user name or e-mail address.")
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in AccountState), ALL]),
    default=AccountState.ACTIVE.value,
    show_default=True,
    help="Which accounts.",
)
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many."
)
@click.option("--after", metavar="ACCOUNT", help="Those that follow this account_id or subject.")
@json_option
def list_(config: Path | None, *, as_json: bool, state: str, limit: int, **options: Any) -> None:
    """List people, the newest first: subject, user name, state, last sign-in, nickname, groups."""
    wanted = None if state == ALL else AccountState(state)
    settings = operator_settings(config)

    async def look(store: Store) -> tuple[list[KnownAccount] | None, DeclaredAccounts]:
        found = await store.list_accounts(state=wanted, limit=limit + 1, **options)
        return found, await declared_accounts(settings, store)

    found, declared = on_store(settings, look)
    if found is None:
        raise unknown(options["after"])
    page, is_more = found[:limit], len(found) > limit
    grouped = [(known, all_groups(settings, declared, known)) for known in page]
    if as_json:
        click.echo(_json([summary(*each) for each in grouped]))
    else:
        for each in grouped:
            click.echo(_line(*each))
    if is_more:
        after = page[-1].account.account_id
        click.echo(f"there are more: --after {after}", err=True)


def _line(known: KnownAccount, groups: Sequence[str]) -> str:
    account = known.account
    signed_in = "-" if known.signed_in_at is None else date(known.signed_in_at)
    is_erased = known.state is AccountState.ERASED
    ids = ("-", "-") if is_erased else (account.subject, account.handle)
    words = [*ids, known.state, signed_in, account.nickname or "-"]
    return "\t".join((*words, " ".join(groups)) if groups else words)


@click.command()
@config_option
@account_argument
@json_option
def show(config: Path | None, account_: str, *, as_json: bool) -> None:
    """Show a person: ids, state, what apps were given, and what the audit trail says.

    ACCOUNT is the subject (the claim sub), the user name, a unionid or openid of WeChat's, or the
    account_id that stands in the log.
    """
    settings, now = operator_settings(config), Chance().now()
    dossier, groups = on_store(settings, lambda store: _look_up(settings, store, account_))
    if as_json:
        click.echo(_json(everything(dossier, groups)))
        return
    for name, value in _lines(dossier, groups, now):
        click.echo(f"{name:<15} {value}")


@click.command()
@config_option
@account_argument
def export(config: Path | None, account_: str) -> None:
    """Print all that is kept about a person, as JSON: for them to read, or to take along.

    ACCOUNT is the same as for show. Nothing in it opens anything.
    """
    settings = operator_settings(config)
    click.echo(_json(everything(*on_store(settings, lambda s: _look_up(settings, s, account_)))))


async def _look_up(settings: Settings, store: Store, account_: str) -> tuple[Dossier, list[str]]:
    """Return all that is known of a person, and their groups."""
    dossier = await find_dossier(settings, store, account_)
    declared = await declared_accounts(settings, store)
    return dossier, all_groups(settings, declared, dossier.known)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _lines(dossier: Dossier, groups: Sequence[str], now: int) -> list[tuple[str, str]]:
    known, account = dossier.known, dossier.known.account
    told = [row for row in dossier.audit if row["event"] not in ROUTINE]
    noted = [("noted", _noted(row, account.account_id)) for row in told[-SHOWN:]]
    lines = [("account_id", account.account_id)]
    seen = [("state", _state(known)), ("first seen", date(known.created_at))]
    if known.state is AccountState.ERASED:
        return lines + seen + noted
    lines += [("subject", account.subject), ("user name", account.handle), *seen]
    if account.nickname:
        lines.append(("nickname", account.nickname))
    if known.signed_in_at is not None:
        lines.append(("last sign-in", date(known.signed_in_at)))
    lines += [(row["kind"], _identity(row, dossier)) for row in dossier.identities]
    for name, value in sorted(account.claims.items()):
        lines.append((name, value if isinstance(value, str) else json.dumps(value)))
    lines += [("groups", " ".join(groups))] if groups else []
    lines += [("merged", f"{one.account.subject} ({_state(one)})") for one in dossier.merged]
    return lines + _used(dossier, now) + noted


def _state(known: KnownAccount) -> str:
    words = [known.state.value]
    words += [f"into {known.merged_into}"] if known.merged_into else []
    words += [f"since {date(known.state_at)}"] if known.state_at is not None else []
    return " ".join(words)


def _identity(row: dict[str, Any], dossier: Dossier) -> str:
    of = {"openid": "application", "unionid": "platform account"}[row["kind"]]
    text = f"{row['value']} of {of} {row['realm']}, since {date(row['created_at'])}"
    subjects = {one.account.account_id: one.account.subject for one in dossier.merged}
    former = row["merged_from"]
    return text if former is None else f"{text}, from {subjects.get(former, former)}"


def _used(dossier: Dossier, now: int) -> list[tuple[str, str]]:
    live = [row for row in dossier.sessions if row["ended_at"] is None and row["expires_at"] > now]
    granted = sorted({row["client_id"] for row in dossier.grants if row["revoked_at"] is None})
    lines = [("sign-ins", f"{len(live)} not ended")] if live else []
    return lines + ([("known to", " ".join(granted))] if granted else [])


def _noted(row: dict[str, Any], account_id: str) -> str:
    text = f"{date(row['at'])} {row['event']}"
    other = row["other_account_id"] if row["account_id"] == account_id else row["account_id"]
    text += f" with {other}" if row["other_account_id"] else ""
    text += f", client {row['client_id']}" if row["client_id"] else ""
    text += f", reason {row['reason']}" if row["reason"] else ""
    detail: dict[str, str] = row["detail"] or {}
    text += "".join(f", {name} {value}" for name, value in detail.items())
    if row["event"] == AuditEvent.IDENTITY_CONFLICT and row["account_id"] == account_id:
        text += f"; if it is one person: wechat-oidc account merge {other} {account_id}"
    return text
