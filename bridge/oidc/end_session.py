"""What a relying party asks for when a person signs out: OpenID Connect RP-Initiated Logout 1.0."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bridge.oidc.account import Session
from bridge.oidc.client import Client
from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import Parameters
from bridge.oidc.redirect_uri import with_query
from bridge.oidc.subject import subject_for_client

# §2: what is read; everything else is ignored
PARAMETERS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """Who asks, as far as it is known, whom it is about, and where to go afterwards.

    ``subject`` and ``sid`` are the hint's. ``redirect_uri`` is registered by this client, so that
    the browser may be sent there.
    """

    client_id: str | None
    redirect_uri: str | None
    subject: str | None = None
    sid: str | None = None


def asking_client_id(parameters: Parameters, hint: Mapping[str, Any] | None) -> str | None:
    """Return who asks; ``hint`` are the claims of the hint, None unless we signed it.

    Raises InvalidRequest where the hint is none of ours, or is another client's (§2).
    """
    parameters.check_none_repeated()
    client_id = parameters.get("client_id")
    if parameters.get("id_token_hint") is None:
        return client_id
    audience = hint.get("aud") if hint else None
    # What we sign for others than one client (RFC 9068 §2.2, say) is no ID Token.
    if not hint or not isinstance(audience, str) or not {"sub", "sid"} <= hint.keys():
        raise InvalidRequest("id_token_hint is no ID Token of ours")
    if client_id not in (None, audience):
        raise InvalidRequest("id_token_hint was issued to another client")
    return audience


def read_logout_request(
    parameters: Parameters, client: Client | None, hint: Mapping[str, Any] | None
) -> LogoutRequest:
    """Raise InvalidRequest unless the browser may be sent where the request wants (§3).

    Without a client nobody is sent anywhere: see ``way_back``.
    """
    redirect_uri = parameters.get("post_logout_redirect_uri")
    if client is None:
        if parameters.get("client_id") is not None:
            raise InvalidRequest("client_id is unknown")
        redirect_uri = None
    elif redirect_uri is not None and redirect_uri not in client.post_logout_redirect_uris:
        raise InvalidRequest("post_logout_redirect_uri is not registered for this client")
    return LogoutRequest(
        client_id=client.client_id if client else None,
        redirect_uri=redirect_uri and with_state(redirect_uri, parameters.get("state")),
        subject=hint["sub"] if hint else None,
        sid=hint["sid"] if hint else None,
    )


def with_state(redirect_uri: str, state: str | None) -> str:
    """§3: ``state`` comes back as it was sent, and nothing else is added."""
    return redirect_uri if state is None else with_query(redirect_uri, {"state": state})


def is_confirmed(
    request: LogoutRequest,
    client: Client | None,
    session: Session,
    pairwise_key: bytes,
    *,
    is_same_browser: bool,
) -> bool:
    """§2: the hint shows that the person uses the client here, so nobody has to be asked.

    ``is_same_browser``: the hint's ``sid`` is of this browser. §2 calls any other suspect: whoever
    got hold of an ID Token from elsewhere could sign the person out here.
    """
    if client is None or not is_same_browser:
        return False
    return request.subject == subject_for_client(session.account, client, pairwise_key)


def way_back(redirect_uri: str | None, clients: list[Client]) -> str | None:
    """Where a link may lead when nobody said who asks: one client alone registered it."""
    owners = [client for client in clients if redirect_uri in client.post_logout_redirect_uris]
    return redirect_uri if len(owners) == 1 else None
