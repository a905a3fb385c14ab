"""What WeChat's answers say: JSON under whatever name, an errcode or the members of a success.

No text here repeats what was answered.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, cast

from bridge.wechat.errcodes import Call, error_for
from bridge.wechat.errors import WeChatUnavailable

# Shapes seen: 28 characters, "o" and base64url. Wider here, but nothing that is no id.
WECHAT_ID = re.compile(r"[A-Za-z0-9_-]{6,64}")

ERRCODE = re.compile(r"-?[0-9]{1,9}")

# Control characters occur within nicknames.
_JSON = json.JSONDecoder(strict=False)


def read_answer(body: bytes, call: Call = Call.ACCESS_TOKEN) -> Mapping[str, Any]:
    """Read JSON in UTF-8, whatever the content type says; raise WeChat's errcode as a WeChatError.

    Control characters within strings and invalid bytes occur in nicknames, and are tolerated.
    """
    try:
        answer = _JSON.decode(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise WeChatUnavailable("the answer is not JSON")
    members = cast("dict[str, Any]", answer)
    errcode, errmsg = members.get("errcode", 0), members.get("errmsg")
    if errcode not in (0, "0"):
        said = errmsg if isinstance(errmsg, str) else ""
        raise error_for(_number(errcode), said, call)
    # It decrypts what WeChat tells a mini program of its people, which nothing here needs.
    # https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/login.html (2026-11)
    members.pop("session_key", None)
    return members


def _number(errcode: object) -> int | None:
    text = str(errcode) if isinstance(errcode, int | str) else ""
    return int(text) if ERRCODE.fullmatch(text) else None


def read_openid(answer: Mapping[str, Any]) -> str:
    """Return the openid; raise WeChatUnavailable where there is none, or no proper one."""
    openid = read_id(answer, "openid")
    if openid is None:
        raise WeChatUnavailable("the answer has no openid")
    return openid


def read_access_token(answer: Mapping[str, Any]) -> str:
    """Return the access token; raise WeChatUnavailable where there is none."""
    access_token = answer.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise WeChatUnavailable("the answer has no access_token")
    return access_token


def read_scope(answer: Mapping[str, Any]) -> frozenset[str]:
    """Return what was granted; WeChat separates by commas."""
    scope = answer.get("scope")
    return frozenset(filter(None, scope.split(","))) if isinstance(scope, str) else frozenset()


def read_id(answer: Mapping[str, Any], name: str) -> str | None:
    """Return a trimmed id, or None where there is none.

    Raises WeChatUnavailable where there is something that cannot be one.
    """
    value = answer.get(name)
    if value is None or value == "":
        return None
    text = value.strip() if isinstance(value, str) else ""
    if not WECHAT_ID.fullmatch(text):
        raise WeChatUnavailable(f"the answer has no proper {name}")
    return text
