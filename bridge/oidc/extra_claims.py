"""Claims that a relying party wants under a name or in a form of its own.

Some consumers read what no specification names: an integer ``id`` and a ``username`` as GitLab has
them (Mattermost), a ``policy`` (MinIO), a ``role``. The operator writes down for a client what each
is: a JSON value that is the same for everybody, or a text with facts about the person in braces.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, cast

from bridge.oidc.client import Client, UnfitClient
from bridge.oidc.standard_claims import Claims, ClaimValue

FACTS = ("sub", "preferred_username", "name", "email", "number", "groups")

ALL_GROUPS = "{groups}"

FACT = re.compile(r"\{(\w+)\}")

NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,100}")

# What a client decides by: never an operator's to write (RFC 7519 §4.1, Core §2, §3.3.2.11)
RESERVED = frozenset(
    {
        *("iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr"),
        *("azp", "sid", "at_hash", "c_hash", "s_hash", "events", "cnf"),
    }
)

# JSON numbers are exact up to here in every language (RFC 8259 §6).
LARGEST_NUMBER = 2**53 - 1


def read_extra_claim(name: str, text: str) -> Any:
    """Return the template that ``text`` writes down; raise UnfitClient."""
    if not NAME.fullmatch(name) or name in RESERVED:
        raise UnfitClient(f"{name}: a claim of this name cannot be added")
    template = _template(text)
    if isinstance(template, int) and abs(template) > LARGEST_NUMBER:
        raise UnfitClient(f"{name}: a number of more than 53 bits is not exact everywhere")
    texts = cast("list[object]", template) if isinstance(template, list) else [template]
    if isinstance(template, dict | float) or template is None or not texts:
        raise UnfitClient(
            f"{name}: it is a text, a whole number, true or false, or a list of texts"
        )
    if isinstance(template, list) and not all(isinstance(item, str) for item in texts):
        raise UnfitClient(f"{name}: a list holds texts only")
    for item in texts:
        _check_text(name, item)
    if template != ALL_GROUPS and any(ALL_GROUPS in str(item) for item in texts):
        raise UnfitClient(f"{name}: {ALL_GROUPS} is a list, and stands alone")
    return cast("Any", template)


def _template(text: str) -> object:
    """JSON where it is any, and else the text itself."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _check_text(name: str, item: object) -> None:
    if not isinstance(item, str):
        return
    if not item.strip() or item.strip().lower() == "null":
        raise UnfitClient(f"{name}: consumers take a blank, and the text null, for an error")
    unknown = set(FACT.findall(item)) - set(FACTS)
    if unknown:
        raise UnfitClient(f"{name}: in braces stands one of {', '.join(FACTS)}")


def extra_claims(client: Client, facts: Mapping[str, ClaimValue]) -> Claims:
    """Return them for a person; ``facts`` are ``FACTS`` of theirs but for ``number``."""
    templates = client.extra_claims or {}
    known = {**facts, "number": number_for(str(facts["sub"]))} if templates else {}
    return {name: _filled(template, known) for name, template in templates.items()}


def _filled(template: Any, facts: Mapping[str, ClaimValue]) -> ClaimValue:
    if isinstance(template, list):
        return [str(_filled(item, facts)) for item in cast("list[str]", template)]
    if not isinstance(template, str):
        value: ClaimValue = template
        return value
    whole = FACT.fullmatch(template)
    if whole is not None:
        return facts[whole[1]]  # a number stays one
    return FACT.sub(lambda fact: str(facts[fact[1]]), template)


def number_for(subject: str) -> int:
    """A positive number for the person, the same for ever: 53 bits of SHA-256.

    Of a million people two have the same by a chance of one in ten thousand.
    """
    digest = sha256(f"number\0{subject}".encode()).digest()
    return int.from_bytes(digest[:7], "big") % LARGEST_NUMBER + 1
