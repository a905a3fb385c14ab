"""From a template and its values to a response that a browser treats with care."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from bridge.pages.catalogue import speaker

# No form-action: Chromium applies it to every redirect after a POST, the relying party's included.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src {images}; "
    "base-uri 'none'; frame-ancestors {framed_by}"
)
_HEADERS: Final = {
    # no-referrer would make the origin of our own forms "null".
    "Referrer-Policy": "strict-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(  # noqa: PLR0913 - what its policy permits
    template: str,
    *,
    language: str,
    heading: Markup,
    status: int = 200,
    script: str | None = None,
    images: str | None = None,
    framed: str | None = None,
    framed_by: str = "'none'",
    **values: Any,
) -> HTMLResponse:
    """Return the page: `template` filled with `values`, under a policy without scripts.

    `script` is where scripts may come from after all, `images` an origin of pictures beside ours,
    `framed` the origins of what it holds in frames, `framed_by` who may hold it in one.
    """
    pictures = "'self'" if images is None else f"'self' {images}"
    policy = _POLICY.format(images=pictures, framed_by=framed_by)
    if script is not None:
        policy += f"; script-src {script}"
    if framed is not None:
        policy += f"; frame-src {framed}"
    html = _ENVIRONMENT.get_template(template).render(
        say=speaker(language), language=language, heading=heading, **values
    )
    told = {"Content-Language": language, "Content-Security-Policy": policy}
    if framed_by != "'none'":
        told["X-Frame-Options"] = "SAMEORIGIN"  # for browsers that do not know frame-ancestors
    return HTMLResponse(html, status, _HEADERS | told)
