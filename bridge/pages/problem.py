"""The page that says what went wrong, to the person and to the developer of the app."""

from typing import Final

from starlette.responses import HTMLResponse

from bridge.pages.catalogue import keys_under, speaker
from bridge.pages.rendering import render

SITUATIONS: Final = keys_under("problem")
"""What can go wrong, as a person would tell it apart; each has its heading and its text."""


def problem_page(  # noqa: PLR0913  the arguments are what stands on the page
    situation: str,
    *,
    language: str,
    error: str,
    status: int,
    description: str | None = None,
    subject: str | None = None,
    retry_url: str | None = None,
    wechat_state: str | None = None,
    request_id: str | None = None,
    simulated: bool = False,
) -> HTMLResponse:
    """Return the page for `situation`; `ValueError` if it is none of `SITUATIONS`.

    ``#error`` holds `error`, the code, and nothing else. `description` is the developer's text,
    ASCII. `subject` (``#subject``) is the id to hand to the operator. With `retry_url` there is
    ``#wechat-login``, or, where it is empty, ``#reload``, which leads to the same page; with
    `wechat_state` there is ``#cancel``, which leads back to the app. `request_id` (``#request-id``)
    is what the log calls this request by.
    """
    if situation not in SITUATIONS:
        raise ValueError(f"no such situation: {situation}")
    return render(
        "problem.html",
        language=language,
        heading=speaker(language)(f"problem.{situation}.heading"),
        status=status,
        situation=situation,
        error=error,
        description=description,
        subject=subject,
        retry_url=retry_url,
        wechat_state=wechat_state,
        request_id=request_id,
        simulated=simulated,
    )
