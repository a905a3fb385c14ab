"""The options that say how what a relying party is told is kept from others.

Which ``sub`` it is told, and how ID Token and UserInfo are signed and encrypted.
"""

from collections.abc import Mapping
from typing import Any

import click

from bridge.oidc.encryption import (
    CONTENT_ENCRYPTIONS,
    DEFAULT_CONTENT_ENCRYPTION,
    ENCRYPTION_ALGORITHMS,
)
from bridge.oidc.signing import SIGNING_ALGORITHMS, UNSIGNED
from bridge.oidc.subject import SUBJECT_TYPES_SUPPORTED

# UserInfo that nobody signs
PLAIN = "json"

# What is not encrypted
NOT_ENCRYPTED = "none"


def as_protected(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that were given; where a word takes a member back, it is None."""
    members = dict(given)
    if members.get("userinfo_signed_response_alg") == PLAIN:
        members["userinfo_signed_response_alg"] = None
    for told in ("id_token", "userinfo"):
        if members.get(f"{told}_encrypted_response_alg") == NOT_ENCRYPTED:
            members[f"{told}_encrypted_response_alg"] = None
            members[f"{told}_encrypted_response_enc"] = None
    return members


PROTECTION_OPTIONS = (
    click.option(
        "--subject-type",
        type=click.Choice(SUBJECT_TYPES_SUPPORTED),
        help="pairwise: a sub that apps of other hosts are not told.  [default: public]",
    ),
    click.option(
        "--sector-identifier-uri",
        metavar="URL",
        help="pairwise: apps with the same host here are told the same sub.",
    ),
    click.option(
        "--id-token-alg",
        "id_token_signed_response_alg",
        type=click.Choice([*SIGNING_ALGORITHMS, UNSIGNED]),
        help="How its ID Tokens are signed; none: by nobody.  [default: RS256]",
    ),
    click.option(
        "--userinfo-alg",
        "userinfo_signed_response_alg",
        type=click.Choice([PLAIN, *SIGNING_ALGORITHMS]),
        help="How UserInfo is signed; json: it is not.  [default: json]",
    ),
    click.option(
        "--id-token-encryption-alg",
        "id_token_encrypted_response_alg",
        type=click.Choice([NOT_ENCRYPTED, *ENCRYPTION_ALGORITHMS]),
        help="How its ID Tokens are encrypted, with its own key.  [default: none]",
    ),
    click.option(
        "--id-token-encryption-enc",
        "id_token_encrypted_response_enc",
        type=click.Choice(CONTENT_ENCRYPTIONS),
        help=f"… and their content.  [default: {DEFAULT_CONTENT_ENCRYPTION}]",
    ),
    click.option(
        "--userinfo-encryption-alg",
        "userinfo_encrypted_response_alg",
        type=click.Choice([NOT_ENCRYPTED, *ENCRYPTION_ALGORITHMS]),
        help="How UserInfo is encrypted, with its own key.  [default: none]",
    ),
    click.option(
        "--userinfo-encryption-enc",
        "userinfo_encrypted_response_enc",
        type=click.Choice(CONTENT_ENCRYPTIONS),
        help=f"… and its content.  [default: {DEFAULT_CONTENT_ENCRYPTION}]",
    ),
)
