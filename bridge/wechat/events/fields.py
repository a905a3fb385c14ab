"""The members of a push, from XML or JSON, whichever the console says.

https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/message_push.html (as of
2026-11). Both are flat; what is nested belongs to messages that are not for us, and is left out.
The documents spell some names with a space in front (`" OpenID"`), so names are trimmed.
"""

import json
from collections.abc import Mapping
from typing import Any, cast
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bridge.wechat.events.errors import PushRefused

LARGEST_PUSH = 65_536

# Deeper than any message that WeChat describes
DEEPEST = 8

ROOT = "xml"


def read_fields(body: bytes) -> Mapping[str, str]:
    """Return the members that are text or a number, as text. Raises PushRefused."""
    try:
        text = body.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise PushRefused("the body is not UTF-8") from None
    if len(body) > LARGEST_PUSH:
        raise PushRefused("the body is too large")
    return _from_json(text) if text.startswith("{") else _from_xml(text)


def _from_json(text: str) -> dict[str, str]:
    """Numbers stay the text that they are: a time of a thousand digits is no work for us."""
    try:
        read: object = json.loads(
            text, object_pairs_hook=_without_repetition, parse_int=str, parse_float=str
        )
        members = cast("dict[str, Any]", read)
        fields = {name.strip(): value for name, value in members.items() if isinstance(value, str)}
        "".join((*fields, *fields.values())).encode()  # JSON can hold half a character
    except (ValueError, RecursionError):
        raise PushRefused("the body is not JSON") from None
    if len(fields) != sum(isinstance(value, str) for value in members.values()):
        raise PushRefused("a member is repeated")
    return fields


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is repeated")
    return members


def _from_xml(text: str) -> dict[str, str]:
    flat = _Flat()
    parser = DefusedXMLParser(target=flat, forbid_dtd=True)
    try:
        parser.feed(text)
        parser.close()
    except (ParseError, DefusedXmlException):
        raise PushRefused("the body is not plain XML") from None
    return flat.fields


class _Flat:
    """Takes the text of each element below the root as it is parsed, and builds no tree."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self._open: list[str] = []
        self._text: list[str] = []
        self._is_nested = False

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._open.append(tag)
        if len(self._open) > DEEPEST:
            raise PushRefused("the body is too deep")
        if len(self._open) == 1 and tag != ROOT:
            raise PushRefused("the body is not a message")
        self._is_nested = len(self._open) > 2  # noqa: PLR2004 - the root, and below it
        self._text.clear()

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, tag: str) -> None:
        if len(self._open) == 2 and not self._is_nested:  # noqa: PLR2004
            if tag in self.fields:
                raise PushRefused("a member is repeated")
            self.fields[tag] = "".join(self._text)
        self._open.pop()

    def close(self) -> None:
        """Nothing is kept but the fields."""
