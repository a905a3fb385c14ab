"""The table of what each preset has to register: ``table.toml``, as clients."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, cast

from bridge.oidc.client import Client
from bridge.oidc.scope import DEFAULT_SCOPE, SCOPES_BY_DEFAULT

TABLE: Mapping[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("table.toml").read_text("utf-8")
)

_MEMBERS = {field.name for field in fields(Client)}


def expected(name: str, registered: Client) -> Client:
    """What the table says of a client; what it says nothing of is as it is registered."""
    row = TABLE[name]
    beside = [value for value in row.get("scope", ()) if value in SCOPES_BY_DEFAULT]
    wanted = {*DEFAULT_SCOPE, *beside}
    members: dict[str, Any] = {
        member: tuple(cast("list[str]", value)) if isinstance(value, list) else value
        for member, value in row.items()
        if member in _MEMBERS
    }
    members["scope"] = tuple(value for value in SCOPES_BY_DEFAULT if value in wanted)
    for member in ("client_id", "client_name", "client_secret_hash", "client_uri"):
        members[member] = getattr(registered, member)
    return Client(**members)
