"""Telling relying parties, by the browser, that the person signed out.

OpenID Connect Front-Channel Logout 1.0 §3.
"""

from collections.abc import Iterable

from bridge.oidc.logout_uri import frontchannel_logout_url
from bridge.provider import Provider
from bridge.store import LoggedIn


def frontchannel_logout_urls(provider: Provider, logged_in: Iterable[LoggedIn]) -> list[str]:
    """Return what the browser is to load, one for each relying party and ``sid``."""
    return [
        frontchannel_logout_url(uri, issuer=provider.issuer, sid=one.session.sid)
        for one in logged_in
        if (uri := one.client.frontchannel_logout_uri) is not None
    ]
