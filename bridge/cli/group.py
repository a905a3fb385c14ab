"""``wechat-oidc group``: who belongs together, for the claim ``groups`` and for ``--access``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from bridge.app import Chance
from bridge.cli.groups_of_people import declared_accounts
from bridge.cli.moments import timestamp
from bridge.cli.operating import config_option, on_store, operator_settings
from bridge.cli.person import retired_in
from bridge.config import Settings
from bridge.oidc.claims import display_name
from bridge.oidc.groups import UnfitGroup, check_group_name, check_person_id
from bridge.store import Assignment, KnownAccount, Membership, Store, Unassignable


def _check_name(_context: click.Context, _argument: click.Parameter, name: str) -> str:
    try:
        check_group_name(name)
    except UnfitGroup as error:
        raise click.BadParameter(str(error)) from None
    return name


def _check_ids(
    _context: click.Context, _argument: click.Parameter, ids: tuple[str, ...]
) -> tuple[str, ...]:
    for id_ in ids:
        try:
            check_person_id(id_)
        except UnfitGroup as error:
            raise click.BadParameter(f"{id_!r}: {error}") from None
    return ids


_name_argument = click.argument("name", metavar="NAME", callback=_check_name)
_ids_argument = click.argument("ids", metavar="ID...", nargs=-1, callback=_check_ids)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def group() -> None:
    """Groups of people: the claim groups, and who may enter a relying party."""


@group.command()
@config_option
@_name_argument
@_ids_argument
def add(config: Path | None, name: str, ids: tuple[str, ...]) -> None:
    """Put people into a group; it is there as long as somebody is in it.

    ID is a subject, user name, account_id, unionid or openid. Who has not signed in yet is in the
    group as soon as they do: by a unionid or openid of theirs, or by the id from the page that
    refused them. Apps are told at the next token or UserInfo.
    """
    if not ids:
        raise click.UsageError("say who: a subject, user name, unionid or openid")
    settings = operator_settings(config)

    async def act(store: Store) -> None:
        for id_ in ids:
            joined = await _assign(settings, store, name, id_, joins=True)
            if not joined.is_changed:
                click.echo(f"{id_} was in {name} before")
            elif joined.known is None:
                click.echo(f"{id_} is known to nobody here yet, and in {name} once they sign in")
            else:
                click.echo(f"{id_} is in {name}: {_person(joined.known)}")

    on_store(settings, act)


@group.command()
@config_option
@_name_argument
@_ids_argument
@click.option("--all", "everybody", is_flag=True, help="Everybody; the group is gone then.")
def remove(config: Path | None, name: str, ids: tuple[str, ...], *, everybody: bool) -> None:
    """Take people out of a group.

    They lose it at the next token. Who was let in because of it is let in no more: at their next
    sign-in, from a session, or when the app refreshes its tokens.
    """
    if everybody == bool(ids):
        raise click.UsageError("say who, or --all")
    settings = operator_settings(config)

    async def act(store: Store) -> None:
        leaving = list(ids)
        if everybody:
            members = await store.group_members(name)
            leaving = [_id(member.person_id, member.known) for member in members]
        for id_ in leaving:
            left = await _assign(settings, store, name, id_, joins=False)
            if id_ in settings.groups.get(name, ()):
                raise click.ClickException(f"{id_} is in {name} by the settings: change them there")
            click.echo(f"{id_} is {'no longer' if left.is_changed else 'not'} in {name}")

    on_store(settings, act)


@group.command("list")
@config_option
@_json_option
def list_(config: Path | None, *, as_json: bool) -> None:
    """List the groups: name, how many people are in it, and whether the settings name it."""
    settings = operator_settings(config)
    stored = on_store(settings, lambda store: store.groups())
    for name in sorted({*stored, *settings.groups}):
        counted = {"group": name, "members": stored.get(name, 0)}
        declared = len(settings.groups.get(name, ()))
        if as_json:
            click.echo(json.dumps({**counted, "in_settings": declared}))
        else:
            in_settings = f"\t{declared} in the settings" if declared else ""
            click.echo(f"{name}\t{counted['members']}{in_settings}")


@group.command()
@config_option
@_name_argument
@_json_option
def show(config: Path | None, name: str, *, as_json: bool) -> None:
    """Show who is in a group: id, user name, nickname.

    Who has not signed in yet is awaited by the id that was given.
    """
    settings = operator_settings(config)

    async def look(store: Store) -> list[dict[str, Any]]:
        members = await store.group_members(name)
        found = [
            _described(member.person_id, member.known, added_at=timestamp(member.added_at))
            for member in members
        ]
        declared = await declared_accounts(settings, store)
        for id_ in settings.groups.get(name, ()):
            named: Sequence[KnownAccount | None] = declared[id_] or (None,)
            found += [_described(id_, known, added_at=None) for known in named]
        return found

    found = on_store(settings, look)
    if not found:
        raise click.ClickException(f"nobody is in {name}")
    for member in found:
        click.echo(json.dumps(member, ensure_ascii=False) if as_json else _line(member))


async def _assign(
    settings: Settings, store: Store, name: str, id_: str, *, joins: bool
) -> Membership:
    chance, retired_as = Chance(), await retired_in(settings, store)
    asked = Assignment(
        group=name,
        person_id=id_,
        retired_as=retired_as(id_),
        audit_id=chance.new_id(),
        now=chance.now(),
    )
    try:
        return await (store.join_group(asked) if joins else store.leave_group(asked))
    except Unassignable as fault:
        raise click.ClickException(str(fault)) from None


def _id(person_id: str, known: KnownAccount | None) -> str:
    return person_id if known is None else known.account.account_id


def _person(known: KnownAccount) -> str:
    account = known.account
    return f"{display_name(account.nickname, account.handle)} ({account.subject})"


def _described(
    person_id: str, known: KnownAccount | None, *, added_at: str | None
) -> dict[str, Any]:
    account = known.account if known is not None else None
    return {
        "id": account.subject if account is not None else person_id,
        "account_id": account.account_id if account is not None else None,
        "preferred_username": account.handle if account is not None else None,
        "nickname": account.nickname if account is not None else None,
        "state": known.state.value if known is not None else "awaited",
        "in_settings": added_at is None,
        "added_at": added_at,
    }


def _line(member: dict[str, Any]) -> str:
    words = [member["id"], member["preferred_username"] or "-", member["nickname"] or "-"]
    words += [member["state"]] if member["state"] != "active" else []
    words += ["in the settings"] if member["in_settings"] else []
    return "\t".join(words)
