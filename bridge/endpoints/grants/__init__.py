"""What may be handed in for tokens: a module for each grant type, and the table of them.

The Token Endpoint has judged the parameters and the client before; a grant does the rest, and
returns the members of its answer (RFC 6749 §5.1).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bridge.endpoints.grants.authorization_code import redeem
from bridge.endpoints.grants.refresh_token import refresh
from bridge.endpoints.grants.token_exchange import exchange
from bridge.oidc.client import Client
from bridge.oidc.parameters import Parameters
from bridge.oidc.token_request import GrantType
from bridge.provider import Provider
from bridge.store import Visitor

GRANTS: Mapping[
    GrantType, Callable[[Provider, Client, Parameters, Visitor], Awaitable[Mapping[str, Any]]]
] = {
    "authorization_code": redeem,
    "refresh_token": refresh,
    "urn:ietf:params:oauth:grant-type:token-exchange": exchange,
}
