"""What the demo shows: its own words and templates under the bridge's stylesheet."""

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bridge.demo.client import SignInFailed

_HERE: Final = Path(__file__).parent
_ISOLATED: Final = Markup("<bdi>{}</bdi>")
MESSAGES: Final[Mapping[str, Mapping[str, str]]] = tomllib.loads(
    (_HERE / "messages.toml").read_text(encoding="utf-8")
)
# The beginning of a language tag, the longer before the shorter, and what answers it
_SPOKEN: Final = (
    ("zh-hant", "zh-TW"),
    ("zh-tw", "zh-TW"),
    ("zh-hk", "zh-TW"),
    ("zh-mo", "zh-TW"),
    ("zh", "zh-CN"),
    ("en", "en"),
    ("ja", "ja"),
    ("ko", "ko"),
)
# What is compared with an expectation of ours, where the ID Token has it.
CHECKED: Final = ("iss", "aud", "exp", "iat", "nonce", "at_hash")
_ORIGIN: Final = re.compile(
    r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?(?=[/?#]|$)", re.IGNORECASE
)


def choose_language(accept_language: str) -> str:
    """Return the first language of the header that is spoken here: browsers send the best first."""
    for tag in accept_language.lower().split(","):
        for beginning, language in _SPOKEN:
            if tag.strip().startswith(beginning):
                return language
    return "en"


def origin_of(url: str) -> str | None:
    """Return the origin as a Content-Security-Policy source, or None if `url` is not plain http(s).

    What somebody else supplied must not add a directive to the policy.
    """
    match = _ORIGIN.match(url)
    return match[0] if match else None


class Pages:
    """The demo's pages; `stylesheet_url` may be on another origin."""

    def __init__(self, stylesheet_url: str) -> None:
        self._stylesheet_url = stylesheet_url
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def signed_out(self, request: Request) -> HTMLResponse:
        return self._page(request, "signed_out.html")

    def signed_in(
        self, request: Request, *, claims: dict[str, Any], name: str, picture: str
    ) -> HTMLResponse:
        return self._page(
            request,
            "signed_in.html",
            picture=picture if origin_of(picture) else "",
            name=name,
            claims=json.dumps(claims, ensure_ascii=False, indent=2),
            checked=[claim for claim in CHECKED if claim in claims],
        )

    def failed(self, request: Request, failure: SignInFailed) -> HTMLResponse:
        return self._page(
            request,
            "failed.html",
            status=failure.status,
            error=failure.error,
            description=failure.description,
        )

    def _page(
        self,
        request: Request,
        template: str,
        *,
        picture: str = "",
        status: int = 200,
        **values: Any,
    ) -> HTMLResponse:
        language = choose_language(request.headers.get("accept-language", ""))

        def say(key: str, **names: str) -> Markup:
            isolated = {name: _ISOLATED.format(value) for name, value in names.items()}
            return escape(MESSAGES[language][key]).format(**isolated)

        html = self._environment.get_template(template).render(
            say=say,
            language=language,
            stylesheet_url=self._stylesheet_url,
            picture=picture,
            **values,
        )
        return HTMLResponse(html, status, self._headers(language, picture))

    def _headers(self, language: str, picture: str) -> dict[str, str]:
        styles = origin_of(self._stylesheet_url) or "'self'"
        images = origin_of(picture) or "'none'"
        policy = (
            f"default-src 'none'; style-src {styles}; img-src {images}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        return {
            "Content-Security-Policy": policy,
            "Referrer-Policy": "strict-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
            "Content-Language": language,
            "Vary": "Accept-Language",
        }
