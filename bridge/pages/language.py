"""The language of a page (RFC 9110 §12.5.4, OpenID Connect Core 1.0 §3.1.2.1)."""

import re
from collections.abc import Iterator
from typing import Final

LANGUAGES: Final = ("zh-CN", "zh-TW", "en", "ja", "ko")
"""Every language there is a message catalogue for."""

DEFAULT: Final = "en"
_OF_PRIMARY_SUBTAG: Final = {"en": "en", "ja": "ja", "ko": "ko"}
# zh-cmn and zh-yue are older forms of cmn and yue (RFC 5646 §4.1.2).
_CHINESE: Final = frozenset({"zh", "cmn", "yue"})
_TRADITIONAL: Final = frozenset({"hant", "tw", "hk", "mo", "yue"})
_SIMPLIFIED: Final = "hans"
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
    """Return the nearest language that is spoken here (RFC 4647 §3.4), or None.

    Chinese is told apart by its script, and where no script is named by the region: people in
    Taiwan, Hong Kong and Macao read the traditional one.
    """
    primary, *others = _subtags(tag)
    if primary not in _CHINESE:
        return _OF_PRIMARY_SUBTAG.get(primary)
    if _SIMPLIFIED in others or _TRADITIONAL.isdisjoint((primary, *others)):
        return "zh-CN"
    return "zh-TW"


def _subtags(tag: str) -> Iterator[str]:
    """Go through the subtags up to the first extension: RFC 5646 §2.2.6, a singleton opens it."""
    primary, *others = tag.lower().split("-")
    yield primary
    for subtag in others:
        if len(subtag) == 1:
            return
        yield subtag
