"""What a registration needs besides the rules: a look at the client's sector, and credentials."""

import json
from dataclasses import replace
from urllib.parse import urlsplit

from bridge.fetching import FetchFailed
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.client_information import Credentials
from bridge.oidc.client_registration import needs_secret
from bridge.oidc.errors import InvalidClientMetadata
from bridge.oidc.subject import check_sector_document
from bridge.provider import Provider


async def check_sector_of(provider: Provider, client: Client) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §5: whoever owns the sector wants the client.

    Raises InvalidClientMetadata. Why a fetch failed is for the log alone: it would tell a stranger
    about the network that we are in.
    """
    uri = client.sector_identifier_uri
    if uri is None:
        return
    try:
        # Who asks is not known yet, so it is for each host that there are two at a time. A client
        # may be called like a host, and its turns are not a stranger's to take.
        host = f"sector {urlsplit(uri).hostname}"
        body = await provider.fetcher.get(uri, client_id=host, fresh=True)
        check_sector_document(json.loads(body), client.redirect_uris)
    except FetchFailed as failed:
        raise InvalidClientMetadata(
            "sector_identifier_uri cannot be fetched", detail=str(failed)
        ) from None
    except UnfitClient as error:
        raise InvalidClientMetadata(str(error)) from None
    except (ValueError, RecursionError):
        raise InvalidClientMetadata("what is at sector_identifier_uri is no JSON") from None


class NewCredentials:
    """A registration access token, and a secret in case that one is needed. Told once."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._token = provider.new_token()
        self._secret = provider.new_token()

    def given_to(self, client: Client) -> Client:
        """Return the client with them; a secret that it has and still needs stays."""
        new_secret = self._secret if needs_secret(client) else None
        return replace(
            self._provider.client_secrets.give(client, new_secret),
            registration_token_hash=token_hash(self._token),
        )

    def told_to(self, client: Client) -> Credentials:
        secrets, now = self._provider.client_secrets, self._provider.now()
        is_new = secrets.fits(client, self._secret, now=now)
        return Credentials(
            registration_access_token=self._token,
            client_secret=self._secret if is_new else None,
        )
