"""What may be handed in for tokens: a module for each grant type, and the table of them.

The Token Endpoint judges the parameters and the client before anything is redeemed; a grant does
the rest, and returns the members of its answer (RFC 6749 §5.1).
"""

from collections.abc import Mapping

from bridge.endpoints.grants.authorization_code import present_code
from bridge.endpoints.grants.presented import Present
from bridge.endpoints.grants.refresh_token import present_refresh_token
from bridge.endpoints.grants.token_exchange import present_wechat_code

# By ``grant_type``
GRANTS: Mapping[str, Present] = {
    "authorization_code": present_code,
    "refresh_token": present_refresh_token,
    "urn:ietf:params:oauth:grant-type:token-exchange": present_wechat_code,
}
