"""The options that describe a relying party, shared by ``client add`` and ``client update``."""

import re
from collections.abc import Callable
from typing import Any

import click

from bridge.cli.logout_registration import LOGOUT_OPTIONS, NOWHERE
from bridge.oidc.redirect_uri import UnfitRedirectURI, check_redirect_uri
from bridge.oidc.response_type import RESPONSE_TYPES_SUPPORTED
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.oidc.signing import SIGNING_ALGORITHMS, UNSIGNED
from bridge.oidc.subject import SUBJECT_TYPES_SUPPORTED

ANYONE, NOBODY = "anyone", "nobody"

# UserInfo that nobody signs
PLAIN = "json"

# Form-encoded or raw, in Basic credentials they read the same (RFC 3986 §2.3, unreserved).
CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,100}")


def check_client_id(
    _context: click.Context, _option: click.Parameter, client_id: str | None
) -> str | None:
    """Refuse what no relying party can be called."""
    if client_id is not None and not CLIENT_ID.fullmatch(client_id):
        raise click.BadParameter("it holds letters, digits and . _ ~ - only, 1 to 100 of them")
    return client_id


def _check_name(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    if name is not None and not (name.strip() and name.isprintable()):
        raise click.BadParameter("a name is one line, and not blank")
    return name


def _check_redirect_uris(
    _context: click.Context, _option: click.Parameter, redirect_uris: tuple[str, ...]
) -> tuple[str, ...]:
    for redirect_uri in redirect_uris:
        try:
            check_redirect_uri(redirect_uri)
        except UnfitRedirectURI as error:
            raise click.BadParameter(f"{redirect_uri!r}: {error}") from None
    return redirect_uris


def _check_access(
    _context: click.Context, _option: click.Parameter, access: tuple[str, ...]
) -> tuple[str, ...]:
    words = {ANYONE, NOBODY}
    if any(listed.lower() in words and listed not in words for listed in access):
        raise click.BadParameter("anyone and nobody are written in lower case")
    if words.intersection(access) and len(access) > 1:
        raise click.BadParameter("either anyone, or nobody, or subjects and unionids")
    if not all(listed.isprintable() and listed and " " not in listed for listed in access):
        raise click.BadParameter("a subject or unionid is one word; repeat --access for another")
    return access


OPTIONS = (
    click.option(
        "--name", "client_name", callback=_check_name, help="The name that people are shown."
    ),
    click.option(
        "--redirect-uri",
        "redirect_uris",
        multiple=True,
        callback=_check_redirect_uris,
        help="Where answers may go, exactly as the app sends it; repeat for more than one.",
    ),
    click.option(
        "--post-logout-redirect-uri",
        "post_logout_redirect_uris",
        multiple=True,
        callback=_check_redirect_uris,
        help="Where people may be sent once they are signed out; repeat.",
    ),
    *LOGOUT_OPTIONS,
    click.option(
        "--access",
        multiple=True,
        callback=_check_access,
        metavar="anyone|nobody|ID",
        help="Who may enter; ID is a subject or unionid, repeat for more than one.",
    ),
    click.option(
        "--scope",
        multiple=True,
        type=click.Choice(SCOPES_SUPPORTED),
        help="What it may ask for; repeat.  [default: openid profile email]",
    ),
    click.option(
        "--response-type",
        "response_types",
        multiple=True,
        type=click.Choice(RESPONSE_TYPES_SUPPORTED),
        help="What it may ask to be answered with; repeat.  [default: code]",
    ),
    click.option(
        "--require-par/--no-require-par",
        "require_pushed_authorization_requests",
        default=None,
        help="Whether it has to push its requests.  [default: no]",
    ),
    click.option(
        "--default-max-age",
        type=click.IntRange(0, 999_999_999),
        metavar="SECONDS",
        help="How old a sign-in may be where the request does not say.",
    ),
    click.option(
        "--auth-method",
        "token_endpoint_auth_method",
        type=click.Choice(["client_secret_basic", "client_secret_post"]),
        help="Accept the secret in this way only.  [default: both]",
    ),
    click.option(
        "--application-type",
        type=click.Choice(["web", "native"]),
        help="native: any port of a loopback redirect URI.  [default: web]",
    ),
    click.option(
        "--subject-type",
        type=click.Choice(SUBJECT_TYPES_SUPPORTED),
        help="pairwise: a sub that apps of other hosts are not told.  [default: public]",
    ),
    click.option(
        "--sector-identifier-uri",
        metavar="URL",
        help="pairwise: apps with the same host here are told the same sub.",
    ),
    click.option(
        "--id-token-alg",
        "id_token_signed_response_alg",
        type=click.Choice([*SIGNING_ALGORITHMS, UNSIGNED]),
        help="How its ID Tokens are signed; none: by nobody.  [default: RS256]",
    ),
    click.option(
        "--userinfo-alg",
        "userinfo_signed_response_alg",
        type=click.Choice([PLAIN, *SIGNING_ALGORITHMS]),
        help="How UserInfo is signed; json: it is not.  [default: json]",
    ),
    click.option(
        "--claims-in-id-token",
        type=click.Choice(["scope", "none"]),
        help="none: the scope's claims are in UserInfo only.  [default: scope]",
    ),
    click.option(
        "--email-verified",
        type=click.Choice(["auto", "true", "false", "omit"]),
        help="The claim email_verified; auto is false.  [default: auto]",
    ),
    click.option(
        "--nickname",
        type=click.Choice(["username", "display", "omit"]),
        help="The claim nickname: the user name, or WeChat's name.  [default: username]",
    ),
)


def registration_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that describe a relying party."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def given(options: dict[str, Any]) -> dict[str, Any]:
    """Return the members of ``Client`` that were given; what was not given stays as it is."""
    members = {name: value for name, value in options.items() if value not in (None, ())}
    if members.get("access") == (ANYONE,):
        members["access"] = None
    if members.get("access") == (NOBODY,):
        members["access"] = ()
    if members.get("userinfo_signed_response_alg") == PLAIN:
        members["userinfo_signed_response_alg"] = None
    for name in ("backchannel_logout_uri", "frontchannel_logout_uri"):
        if members.get(name) == NOWHERE:
            members[name] = None
    return members
