"""``wechat-oidc audit``: who entered, who did not, and what operators did."""

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

import click

from bridge.cli.moments import MomentOption, date, timestamp
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.person import kept_subject, only_one, retired_in
from bridge.config import Settings
from bridge.store import AuditEvent, AuditQuery, Store, newcomer_id

WIDTH, INDENT = 80, "    "

# All that there is, whatever clocks have done
FOR_EVER = 2**62


def _check_event(
    _context: click.Context, _option: click.Parameter, event: str | None
) -> str | None:
    if event is None or any(
        known == event or known.startswith(f"{event}.") for known in AuditEvent
    ):
        return event
    raise click.BadParameter(f"{event} is none of {', '.join(AuditEvent)}")


@click.command()
@config_option
@click.option(
    "--account", "account_", metavar="ID", help="Of one person, named as for account show."
)
@click.option("--client", "client_id", metavar="ID", help="Of one relying party.")
@click.option(
    "--event",
    metavar="NAME",
    callback=_check_event,
    help="Of one name, such as sign_in.refused, or of all that begin so: sign_in.",
)
@click.option(
    "--since",
    type=MomentOption(),
    default=0,
    metavar="WHEN",
    help="Not before: a date, 2026-11-01T08:30 (UTC), or 7d, 12h, 45m ago.",
)
@click.option(
    "--until",
    type=MomentOption(),
    default=FOR_EVER,
    metavar="WHEN",
    help="Not after, written the same way.",
)
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many."
)
@click.option(
    "--after", metavar="AUDIT_ID", help="Those that follow this one, which was last before."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def audit(
    config: Path | None, *, account_: str | None, limit: int, as_json: bool, **asked: Any
) -> None:
    """Show the audit trail, the newest first.

    Who entered which relying party, when and from where; who was not let in, and why; what
    operators did, and what relying parties did that registered themselves.
    """
    settings = operator_settings(config)

    async def look(store: Store) -> list[dict[str, Any]] | None:
        ids = None if account_ is None else await _ids_of(settings, store, account_)
        return await store.audit_trail(AuditQuery(account_ids=ids, limit=limit + 1, **asked))

    found = on_store(settings, look)
    if found is None:
        raise click.ClickException(f"{asked['after']} is no entry of the audit trail")
    for row in found[:limit]:
        click.echo(_json(row) if as_json else "\n".join(_lines(row)))
    if len(found) > limit:
        click.echo(f"there are more: --after {found[limit - 1]['audit_id']}", err=True)


async def _ids_of(settings: Settings, store: Store, id_: str) -> tuple[str, str]:
    """What the trail knows a person by: their account, and what stood for them before.

    Who was refused at their first sign-in has no account, and is known by the subject that the page
    told them.
    """
    retired_as = await retired_in(settings, store)
    found = await store.find_accounts(id_, retired_as=retired_as(id_))
    if not found:
        newcomer = newcomer_id(retired_as(id_))
        return newcomer, newcomer
    known = only_one(found, id_)
    return known.account.account_id, newcomer_id(kept_subject(known, retired_as))


def _json(row: dict[str, Any]) -> str:
    known = {**row, "at": timestamp(row["at"]), "result": _result(row)}
    return json.dumps(known, ensure_ascii=False)


def _lines(row: dict[str, Any]) -> Iterator[str]:
    yield f"{date(row['at'])}  {row['event']}"
    told = ", ".join(_told(row))
    yield from wrap(
        told, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False
    )


def _told(row: dict[str, Any]) -> Iterator[str]:
    """What there is to tell, by its name where it does not say itself what it is."""
    yield _result(row)
    for name, column in (("reason", "reason"), ("client", "client_id"), ("account", "account_id")):
        if row[column]:
            yield f"{name} {row[column]}"
    if row["other_account_id"]:
        yield f"other account {row['other_account_id']}"
    detail: dict[str, str] = row["detail"] or {}
    yield from (f"{name} {value}" for name, value in detail.items())
    yield from (row[column] for column in ("address", "browser") if row[column])


def _result(row: dict[str, Any]) -> str:
    """Of an event that another version knows, nobody here can say it."""
    event = row["event"]
    return AuditEvent(event).result if event in set(AuditEvent) else "done"
