"""What the pages say, in the two languages that the real page has (``lang`` is cn or en).

The titles of problems are WeChat's where they are known; the hint below them is for whoever sets
up the application. A code is a number of
https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html,
or a word of ours where WeChat's number is not known.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    code: str
    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class Wording:
    language: str
    texts: Mapping[str, str]
    problems: Mapping[str, Problem]


def words_of(headers: Mapping[str, str], parameters: Mapping[str, str]) -> Wording:
    """``lang`` decides as at WeChat; without it the browser's first language does."""
    first = headers.get("accept-language", "zh")
    lang = parameters.get("lang") or ("cn" if first.lower().startswith("zh") else "en")
    return ENGLISH if lang == "en" else CHINESE


def _read(language: str) -> Wording:
    path = Path(__file__).parent / "messages" / f"{language}.toml"
    texts = tomllib.loads(path.read_text(encoding="utf-8"))
    problems = {name: Problem(**problem) for name, problem in texts.pop("problems").items()}
    return Wording(language, texts, problems)


CHINESE = _read("zh-CN")
ENGLISH = _read("en")
