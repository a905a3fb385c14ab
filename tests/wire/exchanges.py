"""What a relying party asks, and what it receives: every exchange that is frozen.

The bridge is whole, but speaks to nobody: the person is already back from WeChat. Time stands
still, and each exchange draws its own fixed random bytes. Keys are new at each run, so what
depends on them is replaced by an ellipsis.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import httpx

from bridge.app import Chance, create_app, open_provider
from bridge.config import read_settings
from bridge.oidc.access_token import token_hash
from bridge.oidc.authentication import ACR
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.provider import Provider
from bridge.store import NewAccount, NewIssue, SignIn
from bridge.wechat import WeChatIdentity

ISSUER = "https://id.example.com"
REDIRECT_URI = "https://rp.example.org/callback?kept=1"
SECRET = "gX1fBat3bV"
NOW = 1_800_000_000
EVERYTHING = ("openid", "profile", "email", "wechat")

# What relying parties act on; the others belong to pages and browsers.
HEADERS = (
    *("content-type", "cache-control", "pragma", "location", "www-authenticate"),
    *("access-control-allow-origin", "x-content-type-options"),
)

Document = dict[str, Any]


@dataclass
class Dice:
    """Random bytes that are the same whenever the same exchange draws them."""

    exchange: str = ""
    drawn: int = 0

    def begin(self, exchange: str) -> None:
        self.exchange, self.drawn = exchange, 0

    def __call__(self, count: int) -> bytes:
        text = self.exchange + self.drawn * "."
        self.drawn += 1
        return sha256(text.encode()).digest()[:count]


class RelyingParty:
    """Asks the bridge, and keeps each answer under a name."""

    def __init__(self, http: httpx.AsyncClient, dice: Dice) -> None:
        self._http, self._dice = http, dice

    async def ask(self, name: str, method: str, path: str, **sent: Any) -> Document:
        self._dice.begin(name)
        answer = await self._http.request(method, f"{ISSUER}{path}", **sent)
        kept = {header: answer.headers[header] for header in HEADERS if header in answer.headers}
        document: Document = {"status": answer.status_code, "headers": kept}
        if answer.content:
            document["body"] = answer.json()
        return document

    async def token(self, name: str, auth: tuple[str, str] | None, **form: str) -> Document:
        return await self.ask(name, "POST", "/token", data=form, auth=auth)


async def received() -> dict[str, Document]:
    """Return what stands in each file, by the file's name."""
    async with _relying_party() as relying_party:
        return {
            "discovery": await relying_party.ask(
                "discovery", "GET", "/.well-known/openid-configuration"
            ),
            **await _sign_in(relying_party),
            "refresh": await _refresh(relying_party),
            "authorization_errors": await _authorization_errors(relying_party),
            "token_errors": await _token_errors(relying_party),
            "userinfo_errors": await _userinfo_errors(relying_party),
            "registration": await _registration(),
        }


async def _sign_in(relying_party: RelyingParty) -> dict[str, Document]:
    """The happy path, from the code on."""
    token = await _redeem(relying_party, "everything")
    bearer = {"Authorization": f"Bearer {token['body']['access_token']}"}
    userinfo = await relying_party.ask("userinfo", "GET", "/userinfo", headers=bearer)
    header, claims, _ = token["body"]["id_token"].split(".")
    id_token = {"header": _decoded(header) | {"kid": "…"}, "claims": _decoded(claims)}
    token["body"]["id_token"] = "…"
    return {"token": token, "id_token": id_token, "userinfo": userinfo}


async def _refresh(relying_party: RelyingParty) -> Document:
    """A code that gives a refresh token, and what that gives (RFC 6749 §6)."""
    first = await _redeem(relying_party, "offline")
    form = {"grant_type": "refresh_token", "refresh_token": first["body"]["refresh_token"]}
    second = await relying_party.token("refresh", ("rp", SECRET), **form)
    claims = _decoded(second["body"]["id_token"].split(".")[1])
    for answer in (first, second):
        answer["body"]["id_token"] = "…"
    return {"first": first, "second": second, "claims of the second ID Token": claims}


async def _authorization_errors(relying_party: RelyingParty) -> dict[str, Document]:
    """Errors that are sent to the redirection endpoint (RFC 6749 §4.1.2.1)."""
    asked = {
        "client_id": "rp",
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "state": "a state & more",
    }
    changes: dict[str, dict[str, str]] = {
        "invalid_request": {"response_type": ""},
        "invalid_scope": {"scope": "groups"},
        "login_required": {"prompt": "none"},
        "registration_not_supported": {"registration": "{}"},
        "unsupported_response_type": {"response_type": "token"},
        "without a state": {"state": "", "prompt": "none"},
    }
    return {
        name: await relying_party.ask(name, "GET", f"/authorize?{urlencode(asked | change)}")
        for name, change in changes.items()
    }


async def _token_errors(relying_party: RelyingParty) -> dict[str, Document]:
    """RFC 6749 §5.2."""
    right, wrong = ("rp", SECRET), ("rp", "wrong")
    form = {"grant_type": "authorization_code", "code": "unknown", "redirect_uri": REDIRECT_URI}
    in_body = {"client_id": "rp", "client_secret": "wrong"}
    return {
        "invalid_client, by header": await relying_party.token("1", wrong, **form),
        "invalid_client, by body": await relying_party.token("2", None, **form, **in_body),
        "invalid_client, nobody": await relying_party.token("3", None, **form),
        "invalid_grant, unknown": await relying_party.token("4", right, **form),
        "invalid_grant, replayed": await _redeem(relying_party, "everything"),
        "invalid_grant, refresh token": await relying_party.token(
            "10", right, grant_type="refresh_token", refresh_token="unknown"
        ),
        "invalid_request, missing": await relying_party.token("5", right, code="unknown"),
        "invalid_request, no form": await relying_party.ask(
            "6", "POST", "/token", json=form, auth=right
        ),
        "invalid_request, repeated": await relying_party.ask(
            "7", "POST", "/token", data={**form, "code": ["one", "two"]}, auth=right
        ),
        "invalid_request, two methods": await relying_party.token("8", right, **form, **in_body),
        "unsupported_grant_type": await relying_party.token("9", right, grant_type="password"),
    }


async def _userinfo_errors(relying_party: RelyingParty) -> dict[str, Document]:
    """RFC 6750 §3.1."""

    async def userinfo(name: str, authorization: str | None, **form: str) -> Document:
        headers = {"Authorization": authorization} if authorization else {}
        method = "POST" if form else "GET"
        return await relying_party.ask(name, method, "/userinfo", headers=headers, data=form)

    narrow = await _redeem(relying_party, "email alone")
    return {
        "insufficient_scope": await userinfo("1", f"Bearer {narrow['body']['access_token']}"),
        "invalid_request, two ways": await userinfo("2", "Bearer one", access_token="two"),
        "invalid_token, malformed": await userinfo("3", "Bearer one two"),
        "invalid_token, unknown": await userinfo("4", "Bearer unknown"),
        "no token": await userinfo("5", None),
    }


async def _registration() -> dict[str, Document]:
    """RFC 7591 §3.2, RFC 7592 §2, where anybody may register."""
    async with _relying_party({"BRIDGE_REGISTRATION_MODE": "open"}) as relying_party:
        metadata = {"redirect_uris": [REDIRECT_URI], "client_name": "照片", "client_uri": None}
        told = await relying_party.ask("new", "POST", "/register", json=metadata)
        bearer = {"Authorization": f"Bearer {told['body']['registration_access_token']}"}
        path = told["body"]["registration_client_uri"].removeprefix(ISSUER)
        metadata |= {"client_id": told["body"]["client_id"], "grant_types": ["authorization_code"]}

        async def ask(name: str, method: str, **sent: Any) -> Document:
            return await relying_party.ask(name, method, path, **{"headers": bearer} | sent)

        read = await ask("1", "GET")
        changed = await ask("changed", "PUT", json=metadata)
        bearer["Authorization"] = f"Bearer {changed['body']['registration_access_token']}"
        return {
            "registered": told,
            "read": read,
            "changed": changed,
            "invalid_client_metadata": await ask("2", "PUT", json=metadata | {"jwks": {}}),
            "invalid_redirect_uri": await ask("3", "PUT", json=metadata | {"redirect_uris": []}),
            "invalid_request": await ask("4", "PUT", data=metadata),
            "invalid_token": await ask("5", "GET", headers={"Authorization": "Bearer unknown"}),
            "no token": await ask("6", "GET", headers={}),
            "removed": await ask("7", "DELETE"),
        }


async def _redeem(relying_party: RelyingParty, code: str) -> Document:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    return await relying_party.token(f"redeem {code}", ("rp", SECRET), **form)


def _decoded(segment: str) -> Document:
    document: Document = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return document


@asynccontextmanager
async def _relying_party(
    environ: Mapping[str, str] | None = None,
) -> AsyncGenerator[RelyingParty]:
    dice = Dice()
    with TemporaryDirectory() as folder:
        settings = read_settings(
            None,
            {
                "BRIDGE_ISSUER": ISSUER,
                "BRIDGE_DATABASE": f"sqlite://{folder}/bridge.db",
                "BRIDGE_SECRETS": "s" * 43,
                "BRIDGE_WECHAT_CLIENT_ID": "wx0123456789abcdef",
                "BRIDGE_WECHAT_CLIENT_SECRET": "0123456789abcdef0123456789abcdef",
                **(environ or {}),
            },
            directory=Path(folder),
        )
        async with (
            open_provider(settings, Chance(now=lambda: NOW, random_bytes=dice)) as provider,
            httpx.AsyncClient(transport=httpx.ASGITransport(create_app(provider))) as http,
        ):
            await _let_the_person_come_back(provider)
            yield RelyingParty(http, dice)


async def _let_the_person_come_back(provider: Provider) -> None:
    """Leave codes behind: for every scope value, for ``email`` alone, for a refresh token."""
    client = Client(
        client_id="rp",
        client_name="Relying Party",
        client_secret_hash=token_hash(SECRET),
        redirect_uris=(REDIRECT_URI,),
        scope=(*EVERYTHING, "offline_access"),
    )
    arrival = SignIn(
        client_id="everything",
        identity=WeChatIdentity(
            appid="wx0123456789abcdef",
            openid="oGZUI0egBJY1zhBYw2KhdUfwVJJE",
            unionid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            platform_account="main",
            nickname="张伟 🐼",
            picture="https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132",
        ),
        if_new=NewAccount(
            account_id="account",
            subject="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            handle="wxk3n7q2hd5apt",
            retired_as="erased:",
        ),
        sid="7kz3m5n2q6r4s8t1u9v0w2x4y6",
        wechat_state="state",
        delivery_hash="delivery",
        auth_time=NOW - 10,
        amr=("wechat", "qr"),
        acr=ACR,
        session_expires_at=NOW + 3600,
        audit_id="audit",
        browser_id="browser",
    )
    await provider.store.add_client(client, now=NOW)
    await provider.store.sign_in(arrival, _issue("everything", arrival.sid, EVERYTHING))
    await provider.store.issue(arrival.sid, _issue("email alone", arrival.sid, ("email",)))
    offline = _issue("offline", arrival.sid, ("openid", "offline_access"))
    await provider.store.issue(arrival.sid, offline)


def _issue(code: str, sid: str, scope: tuple[str, ...]) -> NewIssue:
    grant = Grant(grant_id=code, client_id="rp", sid=sid, scope=scope)
    answer = AuthorizationCode(
        grant=grant,
        redirect_uri=REDIRECT_URI,
        nonce="n-0S6_WzA2Mj",
        code_challenge=None,
        expires_at=NOW + 60,
    )
    return NewIssue(grant=grant, now=NOW, code=answer, code_hash=token_hash(code))
