"""Standard Claims that WeChat does not tell, as an operator writes them down for a person.

OpenID Connect Core 1.0 §5.1, §5.1.1 and §5.7: what each looks like.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

ClaimValue = str | int | bool | list[str] | dict[str, str]
Claims = dict[str, ClaimValue]

PROFILE = (
    *("name", "given_name", "middle_name", "family_name", "profile", "picture", "website"),
    *("gender", "birthdate", "zoneinfo", "locale"),
)
EMAIL = ("email", "email_verified")
ADDRESS = ("address",)
PHONE = ("phone_number", "phone_number_verified")

LONGEST = 1_000

#   local-part "@" domain, as far as anybody can judge without sending a letter (RFC 5321 §4.1.2)
ADDR_SPEC = re.compile(r"[^\s@\"<>]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,253}[a-z0-9])?", re.IGNORECASE)
WEB_ADDRESS = re.compile(r"https?://[^\s/?#\"<>]+[^\s\"<>]*", re.IGNORECASE)
SECURE_WEB_ADDRESS = re.compile(r"https://[^\s/?#\"<>]+[^\s\"<>]*", re.IGNORECASE)
# §5.1: ISO 8601 YYYY-MM-DD; the year may be 0000, or stand alone
BIRTHDATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))?")
ZONEINFO = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
# RFC 5646 §2.1, without what nobody uses
LOCALE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
# E.164, with an extension as RFC 3966 §3 has it
PHONE_NUMBER = re.compile(r"\+[0-9][0-9() -]{3,30}(?:;ext=[0-9]{1,10})?")

ADDRESS_MEMBERS = frozenset(
    {"formatted", "street_address", "locality", "region", "postal_code", "country"}
)


class UnfitClaim(ValueError):
    """It cannot be told to relying parties; the message says why, in one line."""


def read_standard_claim(name: str, text: str) -> ClaimValue:
    """Return the value that ``text`` writes down for one of ``READERS``; raise UnfitClaim."""
    if not text.strip() or text.strip().lower() == "null":
        raise UnfitClaim("it is blank: consumers take that, and the text null, for an error")
    if len(text) > LONGEST or not text.isprintable():
        raise UnfitClaim(f"it is one line of at most {LONGEST} characters")
    return READERS[name](text)


def _text(text: str) -> str:
    return text.strip()


def _matching(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise UnfitClaim(f"it must be {wanted}")
        return text

    return read


def _truth(text: str) -> bool:
    if text not in {"true", "false"}:
        raise UnfitClaim("it must be true or false")
    return text == "true"


def _address(text: str) -> dict[str, str]:
    """§5.1.1: one text is the member ``formatted``."""
    if not text.startswith("{"):
        return {"formatted": text.strip()}
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnfitClaim("the address is not JSON") from None
    members = cast("Mapping[str, Any]", document)
    unknown = members.keys() - ADDRESS_MEMBERS
    if unknown or not members:
        raise UnfitClaim(f"an address is made of {', '.join(sorted(ADDRESS_MEMBERS))}")
    if not all(isinstance(value, str) and value.strip() for value in members.values()):
        raise UnfitClaim("each part of an address is a text that is not blank")
    return dict(members)


_web = _matching(WEB_ADDRESS, "a web address")

READERS: dict[str, Callable[[str], ClaimValue]] = {
    **dict.fromkeys(("name", "given_name", "middle_name", "family_name", "gender"), _text),
    "profile": _web,
    "picture": _matching(SECURE_WEB_ADDRESS, "an https address"),
    "website": _web,
    "birthdate": _matching(BIRTHDATE, "YYYY-MM-DD or YYYY"),
    "zoneinfo": _matching(ZONEINFO, "a time zone such as Asia/Shanghai"),
    "locale": _matching(LOCALE, "a language tag such as zh-CN"),
    "email": _matching(ADDR_SPEC, "an e-mail address"),
    "email_verified": _truth,
    "phone_number": _matching(PHONE_NUMBER, "an international number such as +86 10 1234 5678"),
    "phone_number_verified": _truth,
    "address": _address,
}
