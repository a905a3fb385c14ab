"""What is printed once a relying party is registered: all that has to be entered there."""

import click

from bridge.config import Settings
from bridge.oidc.client import Client
from bridge.oidc.redirect_uri import is_insecure


def print_what_to_enter(
    settings: Settings, added: Client, secret: str | None, in_its_own_words: str | None = None
) -> None:
    """Print it under the names that every app has for it, and then in the words of this one."""
    click.echo(f"client_id      {added.client_id}")
    if added.is_public:
        pkce = ", PKCE is required" if added.redirect_uris else ""
        secret = f"none: a public client{pkce}"
    click.echo(f"client_secret  {secret or 'none: it signs with a key of its own'}")
    click.echo(f"issuer         {settings.issuer}")
    click.echo(f"discovery      {settings.issuer}/.well-known/openid-configuration")
    click.echo(f"scope          {' '.join(added.scope)}")
    if not added.access:
        who = "anyone who has WeChat; to change it" if added.access is None else "nobody yet; then"
        update = f"wechat-oidc client update {added.client_id} --access SUBJECT"
        click.echo(f"access         {who}: {update}")
    if in_its_own_words is not None:
        click.echo(f"\n{in_its_own_words}")


def warn_of_http(client: Client) -> None:
    for redirect_uri in filter(is_insecure, client.redirect_uris):
        click.echo(f"warning: codes travel in the clear to {redirect_uri}", err=True)
