"""Addresses in client metadata: OpenID Connect Dynamic Client Registration 1.0 §2.

Where answers go, where people are sent, and where a client is told that somebody signed out.
"""

from collections.abc import Callable
from typing import Any, cast

from bridge.oidc.client import ApplicationType
from bridge.oidc.client_metadata import ClientMetadata, unfit
from bridge.oidc.logout_uri import (
    UnfitLogoutURI,
    check_backchannel_logout_uri,
    check_frontchannel_logout_uri,
    check_shares_origin,
)
from bridge.oidc.redirect_uri import (
    LOOPBACK,
    UnfitRedirectURI,
    check_redirect_uri,
    is_insecure,
)

WEB_PAGES = ("client_uri", "logo_uri", "policy_uri", "tos_uri", "initiate_login_uri")


def read_addresses(sent: ClientMetadata) -> dict[str, Any]:
    """Return the members of a client that are addresses of its own.

    Raises InvalidRedirectUri, InvalidClientMetadata.
    """
    redirect_uris = sent.texts("redirect_uris")
    if not redirect_uris:
        raise unfit("redirect_uris", "is missing: where do answers go?")
    afterwards = sent.texts("post_logout_redirect_uris")
    application_type = _application_type(sent, redirect_uris)
    for name, uris in (("redirect_uris", redirect_uris), ("post_logout_redirect_uris", afterwards)):
        for uri in uris:
            _check_redirect_uri(name, uri)
            if application_type == "web":
                _check_of_web(name, uri)
    return {
        "application_type": application_type,
        "redirect_uris": redirect_uris,
        "post_logout_redirect_uris": afterwards,
        **{name: sent.https_uri(name) for name in WEB_PAGES},
    }


def _application_type(sent: ClientMetadata, redirect_uris: tuple[str, ...]) -> ApplicationType:
    """Web, by default; but on loopback, where no web client may be, it is clear what is meant.

    Clients of RFC 7591 alone know no types, and most of them are programs on a desktop.
    """
    told = sent.choice("application_type", ("web", "native"))
    if told is not None:
        return cast("ApplicationType", told)
    return "web" if all(uri.startswith("https:") for uri in redirect_uris) else "native"


def _check_redirect_uri(name: str, uri: str) -> None:
    try:
        check_redirect_uri(uri)
    except UnfitRedirectURI as error:
        raise unfit(name, f"cannot be registered: {error}") from None
    if is_insecure(uri):
        raise unfit(name, "must be https: http is for loopback alone")


def _check_of_web(name: str, uri: str) -> None:
    if LOOPBACK.fullmatch(uri) or not uri.startswith("https:"):
        raise unfit(name, "must be https where application_type is web")


def read_logout_addresses(
    sent: ClientMetadata, redirect_uris: tuple[str, ...], channels: tuple[str, ...]
) -> dict[str, Any]:
    """Return the members of the logout specifications, for the channels that there are."""

    def check_frontchannel(uri: str) -> None:
        check_frontchannel_logout_uri(uri)
        check_shares_origin(uri, redirect_uris)

    checks = {"frontchannel": check_frontchannel, "backchannel": check_backchannel_logout_uri}
    members: dict[str, Any] = {}
    for channel in channels:
        uri, required = f"{channel}_logout_uri", f"{channel}_logout_session_required"
        members |= {uri: _logout_uri(uri, sent, checks[channel]), required: sent.flag(required)}
    return members


def _logout_uri(name: str, sent: ClientMetadata, check: Callable[[str], None]) -> str | None:
    uri = sent.text(name)
    if uri is not None:
        try:
            check(uri)
        except UnfitLogoutURI as error:
            raise unfit(name, f"cannot be registered: {error}") from None
    return uri
