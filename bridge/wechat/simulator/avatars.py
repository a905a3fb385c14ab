"""Pictures of people, so that an address in ``headimgurl`` leads somewhere.

The path is in the form of WeChat's: ``/mmopen/vi_32/NAME/SIZE``. What is drawn follows from NAME.
"""

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# WeChat's server for pictures, which a simulator that knows its own address stands in for
PICTURE_HOST = "https://thirdwx.qlogo.cn"

NAME = re.compile(r"[0-9a-f]{64}")

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132" width="132" height="132">
<path fill="hsl({hue} 45% 78%)" d="M0 0h132v132H0z"/>
<circle cx="66" cy="52" r="24" fill="hsl({hue} 40% 40%)"/>
<path fill="hsl({hue} 40% 40%)" d="M18 132a48 44 0 0 1 96 0z"/>
</svg>
"""


def picture_url(headimgurl: str, url: str | None) -> str:
    """Return the address under which a browser finds the picture; ``url`` is the simulator's."""
    return headimgurl if url is None else headimgurl.replace(PICTURE_HOST, url)


async def _picture(request: Request) -> Response:
    name = request.path_params["name"]
    if not NAME.fullmatch(name):
        return Response(status_code=404)
    svg = SVG.format(hue=int(name[:4], 16) % 360)
    headers = {
        "cache-control": "public, max-age=3600",
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
    }
    return Response(svg, media_type="image/svg+xml", headers=headers)


ROUTES = (Route("/mmopen/vi_32/{name}/{size:int}", _picture),)
