"""``wechat-oidc account disable``, ``enable``, ``merge`` and ``erase``."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from bridge.app import open_provider
from bridge.cli.operating import config_option, operator_settings, plain_failures
from bridge.cli.person import account_argument, find_one
from bridge.config import Settings
from bridge.endpoints.back_channel import tell_and_wait
from bridge.provider import Provider
from bridge.store import AccountState, Ended, KnownAccount, Unmergeable

T = TypeVar("T")


@click.command()
@config_option
@account_argument
def disable(config: Path | None, account_: str) -> None:
    """Keep a person out. Their sign-ins end at once, and so does what apps were given by them."""
    settings = operator_settings(config)

    async def act(provider: Provider) -> None:
        known = await find_one(settings, provider.store, account_)
        ended = await provider.store.disable_account(
            known.account.account_id, audit_id=provider.new_id(), now=provider.now()
        )
        if ended is None:
            raise click.ClickException(f"{known.account.subject} is {known.state}")
        click.echo(f"{known.account.subject} is disabled")
        await _tell(provider, ended)

    _with_provider(settings, act)


@click.command()
@config_option
@account_argument
def enable(config: Path | None, account_: str) -> None:
    """Let a person in again who was disabled. They have to sign in anew."""
    settings = operator_settings(config)

    async def act(provider: Provider) -> None:
        known = await find_one(settings, provider.store, account_)
        account = known.account
        if not await provider.store.enable_account(
            account.account_id, audit_id=provider.new_id(), now=provider.now()
        ):
            raise click.ClickException(f"{account.subject} is {known.state}, not disabled")
        click.echo(f"{account.subject} may sign in")

    _with_provider(settings, act)


@click.command()
@config_option
@click.argument("from_", metavar="FROM")
@click.argument("into", metavar="INTO")
@click.option("--yes", is_flag=True, help="Do not ask.")
def merge(config: Path | None, from_: str, into: str, *, yes: bool) -> None:
    """Make one account of two that are one person's; INTO is the one that stays.

    Whoever comes by a WeChat id of FROM is INTO from now on. The subject of FROM is never given
    again; apps that know the person by it meet somebody else. FROM and INTO are written as ACCOUNT
    is for show.
    """
    settings = operator_settings(config)

    async def act(provider: Provider) -> None:
        former = await find_one(settings, provider.store, from_)
        survivor = await find_one(settings, provider.store, into)
        if not yes:
            _confirm(f"Make {former.account.subject} one with {survivor.account.subject}?")
        try:
            ended = await provider.store.merge_accounts(
                former.account.account_id,
                survivor.account.account_id,
                audit_id=provider.new_id(),
                now=provider.now(),
            )
        except Unmergeable as fault:
            raise click.ClickException(str(fault)) from None
        click.echo(f"{former.account.subject} is {survivor.account.subject} from now on")
        await _warn_of_lists(provider, former)
        await _tell(provider, ended)

    _with_provider(settings, act)


@click.command()
@config_option
@account_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(config: Path | None, account_: str, *, yes: bool) -> None:
    """Forget a person, with all that is kept about them. There is no way back.

    If they sign in again, they are somebody new, also to apps. Whoever is to be kept out has to be
    disabled instead. What apps have stored is theirs to erase.
    """
    settings = operator_settings(config)

    async def act(provider: Provider) -> None:
        known = await find_one(settings, provider.store, account_)
        if known.state in (AccountState.MERGED, AccountState.ERASED):
            where = f" into {known.merged_into}" if known.merged_into else " already"
            raise click.ClickException(f"{account_} is {known.state}{where}")
        if not yes:
            _confirm(f"Forget {known.account.subject} for ever?")
        ended = await provider.store.erase_account(
            known.account.account_id,
            retired_as=provider.retired,
            audit_id=provider.new_id(),
            now=provider.now(),
        )
        click.echo(f"{known.account.account_id} is erased")
        await _warn_of_lists(provider, known)
        if ended is not None:
            await _tell(provider, ended)

    _with_provider(settings, act)


def _confirm(question: str) -> None:
    click.confirm(question, abort=True, err=True)


def _with_provider(settings: Settings, act: Callable[[Provider], Awaitable[T]]) -> T:
    """Open all that a running bridge has: apps are told under its name, with its keys."""

    async def opened() -> T:
        async with open_provider(settings) as provider:
            return await act(provider)

    with plain_failures():
        return asyncio.run(opened())


async def _warn_of_lists(provider: Provider, gone: KnownAccount) -> None:
    for client in await provider.store.clients():
        if gone.account.subject in (client.access or ()):
            click.echo(f"{client.client_id}: its list of who may enter still has this subject")
    for name, ids in provider.claim_source.groups.items():
        if gone.account.subject in ids:
            click.echo(f"group {name}: the settings still name this subject")


async def _tell(provider: Provider, ended: Ended) -> None:
    """Tell the apps, wait for their answers, and say how it went."""
    click.echo(f"ended: sign-ins {ended.sessions}, grants {ended.grants}")
    clients = {one.client.client_id: one.client for one in ended.logged_in}
    causes = await tell_and_wait(provider, ended.logged_in)
    for client_id, client in sorted(clients.items()):
        click.echo(f"{client_id}: {_told(causes.get(client_id))}")
        if client.access_token_format == "jwt":
            lifetime = provider.lifetimes.access_token
            click.echo(f"{client_id}: APIs may take its access tokens for up to {lifetime} s more")


def _told(causes: list[str | None] | None) -> str:
    if causes is None:
        return "is not told, and knows once it asks here again"
    failed = [cause for cause in causes if cause is not None]
    return f"could not be told: {failed[0]}" if failed else "was told"
