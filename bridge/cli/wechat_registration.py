"""The options about WeChat: by which applications people come, and whether the app brings codes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click

from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.oidc.token_exchange import SUBJECT_TOKEN_TYPES
from bridge.oidc.token_request import TOKEN_EXCHANGE

# All applications, also those that are added later
ANY = "any"


def _check_appids(
    _context: click.Context, _option: click.Parameter, appids: tuple[str, ...]
) -> tuple[str, ...]:
    if ANY in appids and len(appids) > 1:
        raise click.BadParameter("either any, or AppIDs")
    return tuple(dict.fromkeys(appids))


WECHAT_OPTIONS = (
    click.option(
        "--wechat-application",
        "wechat_applications",
        multiple=True,
        callback=_check_appids,
        metavar="APPID|any",
        help="By which of your applications at WeChat people may come; repeat.  [default: any]",
    ),
    click.option(
        "--token-exchange/--no-token-exchange",
        "token_exchange",
        default=None,
        help="Whether it may hand in WeChat's codes: a native app, a mini program.  [default: no]",
    ),
)


def described(known: Client, members: Mapping[str, Any]) -> Client:
    """Return the client with ``members``, of which ``token_exchange`` is one of its grant types."""
    members = dict(members)
    exchanges = members.pop("token_exchange", None)
    if exchanges is not None:
        others = tuple(name for name in known.grant_types if name != TOKEN_EXCHANGE)
        members["grant_types"] = (*others, TOKEN_EXCHANGE) if exchanges else others
    if members.get("wechat_applications") == (ANY,):
        members["wechat_applications"] = None
    return replace(known, **members)


def is_without_browser(members: Mapping[str, Any]) -> bool:
    """Whether the app that is added may never send a browser here: then it has no redirect URI."""
    return bool(members.get("token_exchange"))


def check_applications(settings: Settings, client: Client) -> None:
    """Refuse a client by whose applications nobody could come, or no code be handed in."""
    kinds = {application.client_id: application.kind for application in settings.wechat}
    for appid in client.wechat_applications or ():
        if appid not in kinds:
            raise click.UsageError(f"the settings name no application {appid!r} at WeChat")
    if TOKEN_EXCHANGE not in client.grant_types:
        return
    native = set(SUBJECT_TOKEN_TYPES.values())
    if not native.intersection(kinds[appid] for appid in client.wechat_applications or ()):
        raise click.UsageError(
            "--token-exchange needs a --wechat-application of the kind mobile or mini_program"
        )
