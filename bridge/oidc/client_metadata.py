"""Client metadata as it is sent: a JSON object (RFC 7591 §2).

Of what is known here every member is judged; what is not known is ignored, and so are the members
that carry a language tag (§2.2). ``null`` and what is empty count as omitted, as many clients
send them for nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from bridge.oidc.errors import InvalidClientMetadata, InvalidRedirectUri, OAuthError
from bridge.oidc.https_uri import UnfitURI, check_https_uri

LONGEST_TEXT = 2_000
MOST_VALUES = 20
# Three decades; more is nonsense, and no column holds it
MOST_SECONDS = 999_999_999


def unfit(name: str, why: str) -> OAuthError:
    """Return the error about a member (RFC 7591 §3.2.2); ``why`` ends the sentence."""
    kind = InvalidRedirectUri if name == "redirect_uris" else InvalidClientMetadata
    return kind(f"{name} {why}")


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """The members that were sent; each reader raises InvalidClientMetadata."""

    members: Mapping[str, Any]

    def text(self, name: str, *, longest: int = LONGEST_TEXT) -> str | None:
        """Return one line of text, or None."""
        value = self.members.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not value.isprintable():
            raise unfit(name, "must be text of one line")
        if len(value) > longest:
            raise unfit(name, f"is longer than {longest} characters")
        return value

    def texts(self, name: str, *, longest: int = LONGEST_TEXT) -> tuple[str, ...]:
        """Return texts of one line, each once."""
        value = self.members.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise unfit(name, "must be a list of texts")
        values = cast("list[object]", value)
        if len(values) > MOST_VALUES:
            raise unfit(name, f"holds more than {MOST_VALUES} values")
        # Only as a member of its own may a text be empty.
        if not all(isinstance(item, str) and item and item.isprintable() for item in values):
            raise unfit(name, "must be a list of texts of one line")
        texts = cast("list[str]", values)
        if any(len(item) > longest for item in texts):
            raise unfit(name, f"holds a text of more than {longest} characters")
        return tuple(dict.fromkeys(texts))

    def flag(self, name: str) -> bool:
        value = self.members.get(name)
        if value not in (None, "") and not isinstance(value, bool):
            raise unfit(name, "must be true or false")
        return value is True

    def seconds(self, name: str) -> int | None:
        value = self.members.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise unfit(name, "must be a whole number of seconds")
        if not 0 <= value <= MOST_SECONDS:
            raise unfit(name, f"must be from 0 to {MOST_SECONDS} seconds")
        return value

    def document(self, name: str) -> Mapping[str, Any] | None:
        value = self.members.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise unfit(name, "must be a JSON object")
        return cast("dict[str, Any]", value)

    def choice(self, name: str, supported: tuple[str, ...]) -> str | None:
        """Return one of the values that are supported, or None."""
        value = self.text(name)
        if value is not None and value not in supported:
            listed = f"must be one of: {', '.join(supported)}" if supported else "is not supported"
            raise unfit(name, listed)
        return value

    def https_uri(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None:
            _check_https_uri(name, value)
        return value

    def https_uris(self, name: str) -> tuple[str, ...]:
        """Return addresses that may have a fragment."""
        values = self.texts(name)
        for value in values:
            _check_https_uri(name, value, may_have_fragment=True)
        return values


def _check_https_uri(name: str, uri: str, *, may_have_fragment: bool = False) -> None:
    try:
        check_https_uri(uri, may_have_fragment=may_have_fragment)
    except UnfitURI as error:
        raise unfit(name, str(error)) from None


def read_client_metadata(body: bytes) -> ClientMetadata:
    """Raise InvalidClientMetadata unless it is one JSON object, in UTF-8."""
    try:
        document: object = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise InvalidClientMetadata("the body is not JSON, or nests too deeply") from None
    if not isinstance(document, dict):
        raise InvalidClientMetadata("client metadata must be a JSON object")
    return ClientMetadata(cast("dict[str, Any]", document))
