"""A preset as a value: what a consumer is called, wants, asks and is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

# How we know: our own tests sign people in with it, or nobody tried, and its source code was read,
# its documentation, or what another provider's manual says of it.
KnownFrom = Literal["tests", "source", "documentation", "integration"]

# How it proves who it is, unless it is told otherwise
Authentication = Literal["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """What differs from one installation of a consumer to another."""

    name: str
    # What it is, as the end of a sentence: "realm is …"
    about: str
    # What it looks like, and what it is called in the manual's examples
    example: str
    # What the consumer calls it if nobody says otherwise
    default: str | None = None
    # One of ``bridge.presets.forms.FORMS``
    form: str = "segment"
    # What each value that it may have changes; None: it is filled into addresses
    choices: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    name: str
    # Whose preset it is, as its makers spell it
    consumer: str
    # Where its makers explain the settings
    manual: str
    known_from: KnownFrom
    # An example of its own address; None where that is fixed, or made of a variable
    url: str | None
    authentication: Authentication
    # Whether it can be told to use PKCE, or does so anyway
    pkce: bool
    # Whether it stands for programs of one's own, of which there are many
    is_library: bool
    variables: Mapping[str, Variable]
    # Members of ``bridge.oidc.client.Client``; addresses have variables in braces, and {b}
    members: Mapping[str, Any]
    # A Jinja template: see ``bridge.presets.settings_text``
    settings: str

    @property
    def is_public(self) -> bool:
        """RFC 6749 §2.1: it keeps no secret."""
        return self.authentication == "none"
