"""Rows and the values that they stand for."""

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any, cast

from pydantic_core import to_json

from bridge.oidc.account import Account, Session
from bridge.oidc.authorization_code import AuthorizationCode
from bridge.oidc.claims_request import ClaimsRequest
from bridge.oidc.client import Client
from bridge.oidc.grant import Grant
from bridge.store.engine import Row

SESSION_COLUMNS = """
    sessions.sid, sessions.auth_time, sessions.amr, sessions.appid, sessions.openid,
    sessions.unionid, accounts.account_id, accounts.subject, accounts.handle, accounts.nickname,
    accounts.picture, accounts.updated_at, accounts.standard_claims, accounts.group_names,
    sessions.acr
"""

GRANT_COLUMNS = """
    grants.grant_id, grants.client_id, grants.sid, grants.scope, grants.claims, grants.resources
"""


def account_of(row: Row) -> Account:
    return Account(
        account_id=row["account_id"],
        subject=row["subject"],
        handle=row["handle"],
        nickname=row["nickname"],
        picture=row["picture"],
        updated_at=row["updated_at"],
        claims=_read(row["standard_claims"]),
        groups=tuple(json.loads(row["group_names"])) if row["group_names"] else (),
    )


def session_of(row: Row) -> Session:
    return Session(
        sid=row["sid"],
        account=account_of(row),
        auth_time=row["auth_time"],
        amr=tuple(row["amr"].split(" ")),
        appid=row["appid"],
        openid=row["openid"],
        unionid=row["unionid"],
        acr=row["acr"],
    )


def grant_of(row: Row) -> Grant:
    claims = _read(row["claims"])
    return Grant(
        grant_id=row["grant_id"],
        client_id=row["client_id"],
        sid=row["sid"],
        scope=tuple(row["scope"].split(" ")),
        claims=ClaimsRequest(tuple(claims.get("id_token", ())), tuple(claims.get("userinfo", ()))),
        resources=tuple((row["resources"] or "").split()),
    )


def _read(members: str | None) -> dict[str, Any]:
    return json.loads(members) if members else {}


def claims_json(grant: Grant) -> str | None:
    """What was asked of the person's claims, as the column ``claims`` keeps it; None: nothing."""
    if grant.claims == ClaimsRequest():
        return None
    return json.dumps({"id_token": grant.claims.id_token, "userinfo": grant.claims.userinfo})


def code_of(row: Row) -> AuthorizationCode:
    request = json.loads(row["request"])
    return AuthorizationCode(
        grant=grant_of(row),
        redirect_uri=request["redirect_uri"],
        nonce=request["nonce"],
        code_challenge=request["code_challenge"],
        expires_at=row["expires_at"],
    )


def request_json(code: AuthorizationCode) -> str:
    """The request that the code answers, as the column ``request`` keeps it."""
    request = {
        "redirect_uri": code.redirect_uri,
        "nonce": code.nonce,
        "code_challenge": code.code_challenge,
    }
    return to_json(request).decode()


def client_of(row: Row) -> Client:
    return _client(row["client_id"], row["registration"])


def known_client_of(row: Row) -> Client | None:
    """None where it was joined, and is not registered."""
    return None if row["registration"] is None else client_of(row)


@lru_cache(maxsize=256)  # some KB each; a sign-in reads the same client five times
def _client(client_id: str, registration_text: str) -> Client:
    registration: dict[str, Any] = json.loads(registration_text)
    for name, value in registration.items():
        if isinstance(value, list):
            registration[name] = tuple(cast("list[str]", value))
    return Client(client_id=client_id, **registration)


def registration_json(client: Client) -> str:
    registration = asdict(client)
    del registration["client_id"]
    return json.dumps(registration, ensure_ascii=False)
