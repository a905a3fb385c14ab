"""``wechat-oidc account``: people."""

import json
from pathlib import Path

import click

from bridge.app import Chance
from bridge.cli.account_endings import disable, enable, erase, merge
from bridge.cli.account_showing import export, list_, show
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.person import account_argument, find_one
from bridge.config import Settings
from bridge.oidc.account import Account
from bridge.oidc.standard_claims import READERS, Claims, ClaimValue, UnfitClaim, read_standard_claim
from bridge.store import Store, TakenEmail


@click.group()
def account() -> None:
    """People who have signed in."""


@account.command("set")
@config_option
@account_argument
@click.argument("assignments", metavar="CLAIM=VALUE...", nargs=-1, required=True)
def set_(config: Path | None, account_: str, assignments: tuple[str, ...]) -> None:
    """Write down of a person what WeChat does not tell: an address, a phone number, a name.

    ACCOUNT is the same as for show. CLAIM= takes away what is written down. An address is one text,
    or JSON with street_address, locality, region, postal_code and country. Prints what is written
    down now.
    """
    settings = operator_settings(config)
    written = {
        name: _value(name, text, settings) for name, text in map(_parted, assignments) if text
    }
    taken_away = {name for name, text in map(_parted, assignments) if not text}

    def change(claims: Claims) -> Claims:
        merged = claims | written
        return {name: value for name, value in merged.items() if name not in taken_away}

    chance = Chance()

    async def write_down(store: Store) -> Account | None:
        known = await find_one(settings, store, account_)
        return await store.change_claims(
            known.account.subject, change, now=chance.now(), audit_id=chance.new_id()
        )

    try:
        changed = on_store(settings, write_down)
    except TakenEmail:
        raise click.ClickException("somebody else has this e-mail address") from None
    if changed is None:
        raise click.ClickException(f"{account_} is nobody's any more")
    for name, value in sorted(changed.claims.items()):
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        click.echo(f"{name:<22} {shown}")


for _command in (list_, show, export, disable, enable, merge, erase):
    account.add_command(_command)


def _parted(assignment: str) -> tuple[str, str]:
    name, equals, text = assignment.partition("=")
    if not equals:
        raise click.UsageError(f"{assignment}: write CLAIM=VALUE")
    if name not in READERS:
        raise click.UsageError(f"{name} is none of {', '.join(READERS)}")
    return name, text


def _value(name: str, text: str, settings: Settings) -> ClaimValue:
    try:
        value = read_standard_claim(name, text)
    except UnfitClaim as unfit:
        raise click.UsageError(f"{name}: {unfit}") from None
    if name == "email" and text.lower().endswith(f"@{settings.email_host}"):
        raise click.UsageError(f"email: addresses at {settings.email_host} are made up for people")
    return value
