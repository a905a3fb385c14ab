"""A client, a person and what they ask, from which the tests make their own."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from bridge.oidc.access_token import token_hash
from bridge.oidc.account import Account, Session
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.claims import ClaimSource
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.oidc.parameters import Parameters, read_parameters

ISSUER = "https://id.example.com"
REDIRECT_URI = "https://rp.example.org/callback"
SECRET = "gX1fBat3bV"

# RFC 7636 appendix B
CODE_VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CODE_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

SOURCE = ClaimSource(
    email_domain="people.example.com",
    family_name="WeChat",
    default_picture=f"{ISSUER}/avatar/default.png",
    pairwise_key=b"k" * 32,
)

# What one who does not know the specification may send: anything but NUL
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


CLIENT = Client(
    client_id="s6BhdRkqt3",
    client_name="Relying Party",
    client_secret_hash=token_hash(SECRET),
    redirect_uris=(REDIRECT_URI,),
)
ACCOUNT = Account(
    account_id="a1",
    subject="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    handle="wxk3n7q2hd5apt",
    nickname="张伟 🐼",
    picture="https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132",
    updated_at=1_700_000_000,
)
SESSION = Session(
    sid="7kz3m5n2q6r4s8t1u9v0w2x4y6",
    account=ACCOUNT,
    auth_time=1_700_000_100,
    amr=("wechat", "qr"),
    appid="wx0123456789abcdef",
    openid="oGZUI0egBJY1zhBYw2KhdUfwVJJE",
    unionid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    acr="urn:wechat-oidc:acr:wechat",
)
GRANT = Grant(
    grant_id="g1",
    client_id=CLIENT.client_id,
    sid=SESSION.sid,
    scope=("openid", "profile", "email", "wechat"),
)
CODE = AuthorizationCode(
    grant=GRANT,
    redirect_uri=REDIRECT_URI,
    nonce="n-0S6_WzA2Mj",
    code_challenge=None,
    expires_at=1_700_000_160,
)


def client(**members: Any) -> Client:
    """A confidential web client; ``client_secret_hash=None`` makes it public."""
    return replace(CLIENT, **members)


def session(**members: Any) -> Session:
    """A sign-in of a person of whom everything is known; members of ``Account`` are theirs."""
    person = {
        field.name: members.pop(field.name) for field in fields(Account) if field.name in members
    }
    return replace(SESSION, account=replace(ACCOUNT, **person), **members)


def grant(**members: Any) -> Grant:
    return replace(GRANT, **members)


def code(**members: Any) -> AuthorizationCode:
    return replace(CODE, **members)


def sent(asked: Mapping[str, str | None]) -> Parameters:
    """Send parameters as a form; those that are None are left out."""
    return sent_in_order([(name, value) for name, value in asked.items() if value is not None])


def sent_in_order(pairs: list[tuple[str, str]]) -> Parameters:
    return read_parameters(urlencode(pairs).encode())


def basic(credentials: str) -> str:
    return f"Basic {b64encode(credentials.encode()).decode()}"


def assertion(**claims: Any) -> str:
    """A JWT, as far as its text goes: its signature is nobody's."""
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.AAAA"
