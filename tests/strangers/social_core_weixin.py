"""python-social-auth's backends for WeChat, as a site runs them.

``{"do": …}`` a line, ``{"is": …}`` or ``{"error": …, "said": …}`` back. WeChat's names lead to
WECHAT_AT, host:port; TLS still asks for the name.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, ClassVar

from social_core.backends.weixin import WeixinOAuth2, WeixinOAuth2APP
from social_core.exceptions import AuthException
from social_core.storage import BaseStorage, NonceMixin
from social_core.strategy import BaseStrategy
from urllib3.util import connection

BACKENDS: dict[str, Any] = {"weixin": WeixinOAuth2, "weixinapp": WeixinOAuth2APP}

HOST, PORT = os.environ["WECHAT_AT"].split(":")


def by_name(address: tuple[str, int], *rest: Any, **options: Any) -> Any:
    leads_there = address[0].endswith(".weixin.qq.com")
    return connect((HOST, int(PORT)) if leads_there else address, *rest, **options)


connect, connection.create_connection = connection.create_connection, by_name


class Nonces(NonceMixin):
    """Its ``state`` is good once; where it is kept is the site's affair."""

    kept: ClassVar[set[tuple[str, int, str]]] = set()

    @classmethod
    def use(cls, server_url: str, timestamp: int, salt: str) -> bool:
        cls.kept.add((server_url, timestamp, salt))
        return True

    @classmethod
    def consume(cls, server_url: str, timestamp: int, salt: str) -> bool:
        known = (server_url, timestamp, salt) in cls.kept
        cls.kept.discard((server_url, timestamp, salt))
        return known


class Storage(BaseStorage):
    nonce = Nonces


class Site(BaseStrategy[Any]):
    """The least that a site has to be: settings, a session, a request, and one page."""

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__(Storage)
        self.settings = settings
        self.session: dict[str, Any] = {}
        self.request: dict[str, str] = {}

    def get_setting(self, name: str) -> Any:
        return self.settings[name]

    def request_data(self, merge: bool = True) -> dict[str, str]:  # noqa: ARG002, FBT001, FBT002
        return self.request

    def build_absolute_uri(self, path: str | None = None) -> str:
        return path or ""

    def session_get(self, name: str, default: Any = None) -> Any:
        return self.session.get(name, default)

    def session_set(self, name: str, value: Any) -> None:
        self.session[name] = value

    def session_pop(self, name: str) -> Any:
        return self.session.pop(name, None)

    def authenticate(self, backend: Any, *_arguments: Any, **told: Any) -> Any:
        response = told["response"]
        return {
            "uid": backend.get_user_id(None, response),
            "details": backend.get_user_details(response),
            "response": response,
        }


site: Site
backend: Any


def configure(*, which: str, redirect_uri: str, settings: dict[str, Any]) -> str:
    global site, backend  # noqa: PLW0603 - one site for each process
    site = Site(settings)
    backend = BACKENDS[which](site, redirect_uri)
    return str(backend.name)


def authorization_url() -> str:
    return str(backend.auth_url())


def user(**came_back: str) -> Any:
    site.request = backend.data = came_back
    return backend.auth_complete()


DOINGS: dict[str, Callable[..., Any]] = {
    "configure": configure,
    "authorization_url": authorization_url,
    "user": user,
}

for line in sys.stdin:
    asked: dict[str, Any] = json.loads(line)
    try:
        answer = {"is": DOINGS[asked.pop("do")](**asked)}
    except AuthException as error:
        answer = {
            "error": type(error).__name__,
            "said": getattr(error, "provider_code", str(error)),
        }
    print(json.dumps(answer), flush=True)  # noqa: T201
