"""The sign-in page in each of its forms."""

from functools import partial

from bridge.oidc.presentation import Presentation
from bridge.pages import Offer, sign_in_page

WECHAT_URL = "https://open.weixin.qq.com/connect/qrconnect?appid=wx0&scope=a%20b#wechat_redirect"
FRAME_URL = (
    "https://open.weixin.qq.com/connect/qrconnect?appid=wx0&login_type=jssdk#wechat_redirect"
)
START = "https://grafana.example/login?a=1&iss=https%3A%2F%2Fid.example"
# What a policy permits to be held in a frame
FRAMED = "https://open.weixin.qq.com 'self'"

_offer = partial(Offer, renewal="sealed", good_for=570)
_link = partial(_offer, wechat_url=WECHAT_URL)
_code = partial(_link, frame_url=FRAME_URL)
_account = "official_account"
_elsewhere = partial(_offer, way="elsewhere", start="with_phone", other=_account)

OFFERS = {
    "screen": _code(way="screen"),
    "screen and account": _code(way="screen", other=_account),
    "screen by link": _link(way="redirect", other=_account, shares="id"),
    "wechat": _link(way="wechat"),
    "wechat and website": _link(way="wechat", other="website", shares="id"),
    "elsewhere": _elsewhere(start_uri=START, draws_start=True),
    "elsewhere unknown": _elsewhere(draws_start=True),
    "phone": _code(way="phone", start="in_wechat", start_uri=START, other=_account),
    "phone by link": _link(way="phone", start="on_computer", start_uri=START),
    "phone without website": _offer(way="phone", start="in_wechat", start_uri=START),
    "phone by choice": _code(way="phone", other=_account),
    "phone_wechat": _code(way="phone_wechat", start="on_computer", start_uri=START),
    "phone_wecom": _code(way="phone_wecom", start="in_wechat", start_uri=START),
}

ask = partial(
    sign_in_page,
    language="en",
    client=Presentation(name="Grafana"),
    offer=OFFERS["wechat"],
    wechat_state="handle",
    simulated=False,
)
