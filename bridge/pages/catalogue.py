"""The message catalogues: what the pages say, by language and key."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup, escape

from bridge.pages.language import LANGUAGES

_MESSAGES: Final = Path(__file__).parent / "messages"
_ISOLATED: Final = Markup("<bdi>{}</bdi>")
_CHINESE: Final = Markup('<span lang="zh-CN">{}</span>')

WECHATS_WORDS: Final[Mapping[str, Markup]] = MappingProxyType(
    {
        "full_service": _CHINESE.format("使用完整服务"),
        "snapshot_page": _CHINESE.format("快照页"),
        "open_platform": _CHINESE.format("微信开放平台"),
    }
)
"""What a person has to find on a screen that is in Chinese, to be quoted in another language.

Marked as Chinese, so that it is read aloud and drawn as such (WCAG 2.2 §3.1.2).
"""


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield prefix + key, value
        else:
            yield from _flat(value, f"{prefix}{key}.")


def _read(language: str) -> Mapping[str, str]:
    text = (_MESSAGES / f"{language}.toml").read_text(encoding="utf-8")
    return MappingProxyType(dict(_flat(tomllib.loads(text))))


CATALOGUES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {language: _read(language) for language in LANGUAGES}
)


def keys_under(prefix: str) -> frozenset[str]:
    """Return the names that stand directly under `prefix` in the catalogues."""
    start = prefix + "."
    return frozenset(
        key.removeprefix(start).partition(".")[0]
        for key in CATALOGUES[LANGUAGES[0]]
        if key.startswith(start)
    )


@cache
def _plain(language: str, key: str) -> Markup:
    """A message without names: the same for everybody, so it is put together once."""
    return escape(CATALOGUES[language][key]).format(**WECHATS_WORDS)


def speaker(language: str) -> Callable[..., Markup]:
    """Return ``say(key, **names)``: the message in `language`, as safe HTML.

    A name is data: it is escaped, and isolated so that its direction of writing does not turn
    the sentence around it. A message may hold `WECHATS_WORDS` too. `KeyError` if the language or
    the key is unknown.
    """
    messages = CATALOGUES[language]

    def say(key: str, **names: str) -> Markup:
        if not names:
            return _plain(language, key)
        isolated = {name: _ISOLATED.format(value) for name, value in names.items()}
        return escape(messages[key]).format(**isolated, **WECHATS_WORDS)

    return say
