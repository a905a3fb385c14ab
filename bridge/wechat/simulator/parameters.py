"""The parameters of a call, from the query or from a form."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_BODY = 65_536


async def read_form(request: Request) -> dict[str, str]:
    """Read an urlencoded body; of a repeated name the first value. Raises HTTP 400 and 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise HTTPException(400) from error
    return first_values(pairs)


def first_values(pairs: list[tuple[str, str]]) -> dict[str, str]:
    return dict(reversed(pairs))
