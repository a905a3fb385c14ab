"""The language of a page (RFC 9110 §12.5.4, OpenID Connect Core 1.0 §3.1.2.1)."""

import re
from typing import Final

LANGUAGES: Final = ("zh-CN", "en")
"""Every language there is a message catalogue for."""

DEFAULT: Final = "en"
_OF_PRIMARY_SUBTAG: Final = {"zh": "zh-CN", "en": "en"}
# RFC 9110 §12.4.2: weight = OWS ";" OWS "q=" qvalue
_RANGE: Final = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)"
    r"(?:\s*;\s*[qQ]=(?P<weight>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?\s*"
)


def choose_language(accept_language: str | None, ui_locales: str | None = None) -> str:
    """Return the language to speak: the client's wish, else the browser's, else English.

    `ui_locales` is a list of tags separated by spaces, the first the dearest; `accept_language`
    is the header's value. What is malformed or not spoken here is passed over.
    """
    for tag in (ui_locales or "").split():
        if language := _spoken(tag):
            return language
    chosen, best = DEFAULT, 0.0
    for part in (accept_language or "").split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            continue
        language = _spoken(match["tag"])
        weight = float(match["weight"] or 1)
        if language and weight > best:
            chosen, best = language, weight
    return chosen


def _spoken(tag: str) -> str | None:
    """Any Chinese is answered in the one that is written here, any English likewise."""
    return _OF_PRIMARY_SUBTAG.get(tag.lower().partition("-")[0])
