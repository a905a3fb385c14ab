"""What people are shown of a client: OpenID Connect Dynamic Client Registration 1.0 §2, §9.2.

Only what is good for a link or a picture under our pages' policy is shown, whoever registered it
and however it came to be stored.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from bridge.oidc.client import Client
from bridge.oidc.https_uri import URI_CHARACTERS

# Content Security Policy §2.3.1 (host-source): what else a host could hold would end the directive.
#   https://host[:port][/path][?query][#fragment]
SHOWN = re.compile(r"(https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)(?:[/?#].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A client as our pages present it. All addresses are https."""

    name: str
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    # Where the person will be sent, if nobody vouches for the client
    unverified_at: str | None = None

    @property
    def logo_origin(self) -> str | None:
        """From where our page has to let the browser fetch the logo."""
        shown = SHOWN.fullmatch(self.logo_uri or "")
        return shown[1] if shown else None


def presentation(client: Client, redirect_uri: str) -> Presentation:
    """Return what is shown of the client that will be answered at ``redirect_uri``."""
    return Presentation(
        name=client.client_name,
        client_uri=_shown(client.client_uri),
        logo_uri=_shown(client.logo_uri),
        policy_uri=_shown(client.policy_uri),
        tos_uri=_shown(client.tos_uri),
        unverified_at=_destination(redirect_uri) if client.is_self_registered else None,
    )


def start_uri(client: Client, issuer: str) -> str | None:
    """Return where a person begins a sign-in at the relying party; None where it told us nothing.

    That is its Login Initiation Endpoint (OpenID Connect Core 1.0 §4), asked to sign in with us,
    or its home page.
    """
    initiation = _shown(client.initiate_login_uri)
    if initiation is None:
        return _shown(client.client_uri)
    address, hash_sign, fragment = initiation.partition("#")
    separator = "&" if "?" in address else "?"
    return f"{address}{separator}{urlencode({'iss': issuer})}{hash_sign}{fragment}"


def _shown(uri: str | None) -> str | None:
    if uri is None or not URI_CHARACTERS.fullmatch(uri) or not SHOWN.fullmatch(uri):
        return None
    return uri


def _destination(redirect_uri: str) -> str:
    """The host and its port; of an app's own scheme (RFC 8252 §7.1) the scheme."""
    uri = urlsplit(redirect_uri)
    return uri.netloc or f"{uri.scheme}:"
