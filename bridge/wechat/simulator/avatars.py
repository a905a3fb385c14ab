"""Pictures of people, so that an address in ``headimgurl`` leads somewhere.

The path is in the form of WeChat's: ``/mmopen/vi_32/NAME/SIZE``. What is drawn follows from NAME.
"""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bridge.wechat.simulator.accounts import People
from bridge.wechat.simulator.people import PICTURE_HOST

# Pixels by the last segment of an address
SIZES = {0: 640, 46: 46, 64: 64, 96: 96, 132: 132}

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 132" width="{size}" height="{size}">
<path fill="hsl({hue} 45% 78%)" d="M0 0h132v132H0z"/>
<circle cx="66" cy="52" r="24" fill="hsl({hue} 40% 40%)"/>
<path fill="hsl({hue} 40% 40%)" d="M18 132a48 44 0 0 1 96 0z"/>
</svg>
"""


def picture_url(headimgurl: str, url: str | None) -> str:
    """Return the address under which a browser finds the picture; ``url`` is the simulator's."""
    return headimgurl if url is None else headimgurl.replace(PICTURE_HOST, url)


def routes(people: People) -> list[Route]:
    """Only pictures that somebody has: WeChat's address ends when its owner takes another one.

    https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsuserinfo.html
    """

    async def picture(request: Request) -> Response:
        name, size = request.path_params["name"], SIZES.get(request.path_params["size"])
        if size is None or not any(f"/{name}/" in person.headimgurl for person in people):
            return Response(status_code=404)
        svg = SVG.format(size=size, hue=int(sha256(name.encode()).hexdigest()[:4], 16) % 360)
        headers = {
            "cache-control": "public, max-age=3600",
            "content-security-policy": "default-src 'none'",
            "x-content-type-options": "nosniff",
        }
        return Response(svg, media_type="image/svg+xml", headers=headers)

    return [Route("/mmopen/vi_32/{name}/{size:int}", picture)]
