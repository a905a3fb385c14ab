"""Request parameters as RFC 6749 §3.1, §3.2 and appendix B want them read.

A value is text that was sent in UTF-8. What is not, or holds NUL, is refused where it is asked
for: no relying party could have meant it, and no database stores it. Among parameters that nobody
asks for it is ignored like them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from bridge.oidc.errors import InvalidRequest

# RFC 8707 §2 and RFC 8693 §2.1: the only ones that may come more than once
REPEATABLE = frozenset({"resource", "audience"})

# More than any request needs; each costs memory before anybody has proved who they are.
MOST_PARAMETERS = 100

NAME_FIT_TO_QUOTE = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent. A parameter without a value counts as omitted (RFC 6749 §3.1).

    Of a parameter that may come more than once all values are one text, with spaces between, as
    scope has it: each is a URI or a name, and a space in it would make it none.
    """

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()

    def get(self, name: str) -> str | None:
        """Return the value, or None if it was omitted.

        Raises InvalidRequest if it is repeated, or cannot be read.
        """
        if name in self.repeated:
            raise InvalidRequest(f"{name} is repeated")
        if name in self.unreadable:
            raise InvalidRequest(f"{name} must be UTF-8 without NUL")
        return self.values.get(name)

    def required(self, name: str) -> str:
        """Return the value; raise InvalidRequest if it was omitted or is repeated."""
        value = self.get(name)
        if value is None:
            raise InvalidRequest(f"{name} is missing")
        return value

    def every(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter that may come more than once."""
        return tuple((self.get(name) or "").split())

    def check_none_repeated(self) -> None:
        """RFC 6749 §3.1, §3.2: parameters must not be included more than once."""
        for name in sorted(self.repeated):
            quoted = name if NAME_FIT_TO_QUOTE.fullmatch(name) else "a parameter"
            raise InvalidRequest(f"{quoted} is repeated")


def read_parameters(encoded: bytes) -> Parameters:
    """Read a query string or a form body (``application/x-www-form-urlencoded``).

    Raises InvalidRequest where there are too many.
    """
    values: dict[str, str] = {}
    repeated: set[str] = set()
    unreadable: set[str] = set()
    pairs = [pair for pair in encoded.split(b"&") if pair]
    if len(pairs) > MOST_PARAMETERS:
        raise InvalidRequest("too many parameters")
    for pair in pairs:
        encoded_name, _, encoded_value = pair.partition(b"=")
        name, value = _decode(encoded_name), _decode(encoded_value)
        if name is None or value == "":
            continue  # all names that we know are ASCII
        if value is None:
            unreadable.add(name)
            continue
        if name not in values:
            values[name] = value
        elif name in REPEATABLE:
            values[name] += f" {value}"
        else:
            repeated.add(name)
    return Parameters(values, frozenset(repeated), frozenset(unreadable))


def _decode(encoded: bytes) -> str | None:
    if b"%" in encoded or b"+" in encoded:
        encoded = unquote_to_bytes(encoded.replace(b"+", b" "))
    try:
        text = encoded.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text
