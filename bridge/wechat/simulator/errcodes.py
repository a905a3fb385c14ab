"""What WeChat says when it does not do what it was asked: a number and a text, with HTTP 200.

https://developers.weixin.qq.com/doc/oplatform/Return_codes/Return_code_descriptions_new.html
The texts are those seen on the wire; each ends in a suffix that is new in every answer. That they
can be told at all does not say that each call tells them by itself: most come by ``faults.py``.
"""

from hashlib import sha256

ERRMSG = {
    -1: "system error",
    # https://blog.csdn.net/l_Laity/article/details/79110361 (with its hint)
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40013: "invalid appid",
    40014: "invalid access_token",
    # https://developers.weixin.qq.com/community/develop/doc/0004ac14958bb052d112b519b66800
    40029: "invalid code",
    40030: "invalid refresh_token",
    # https://github.com/overtrue/laravel-wechat/issues/136 (with its req_id)
    40125: "invalid appsecret, view more at http://t.cn/RAEkdVq",
    # https://github.com/casdoor/casdoor/blob/e6b2338/idp/wechat.go (with its rid)
    40163: "code been used",
    40164: "invalid ip, not in whitelist",
    # https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
    40226: "code blocked",
    41001: "access_token missing",
    41002: "appid missing",
    41003: "refresh_token missing",
    # https://github.com/w7corp/easywechat/issues/1782
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41007: "sub_menu data missing",
    41008: "missing code",
    41009: "missing openid",
    42001: "access_token expired",
    42002: "refresh_token expired",
    42003: "code expired",
    42007: "access_token and refresh_token exception",
    43001: "require GET method",
    43002: "require POST method",
    43003: "require https",
    # https://developers.weixin.qq.com/community/personal/oCJUswyJcPZUHyY-W6asraX0eZn4/question
    45009: "reach max api daily quota limit",
    # https://developers.weixin.qq.com/community/personal/oCJUsw3seRrMog5XeED400ipQjAs/fav
    45011: "api minute-quota reach limit, must slower, retry next minute",
    48001: "api unauthorized",
    48004: "api forbidden for irregularities",
    50001: "user unauthorized",
    50002: "user limited",
    50005: "user is unsubscribed",
    61003: "component is not authorized by this account",
    61004: "access clientip is not registered",
    61005: "component ticket is expired",
    61006: "component ticket is invalid",
    61007: "api is unauthorized to component",
    61023: "refresh_token is invalid",
    76022: "could not use this cgi_path, no permission",
}


class Refusal(Exception):
    """Ends a call with an errcode."""

    def __init__(self, errcode: int) -> None:
        super().__init__(ERRMSG.get(errcode, "unknown"))
        self.errcode = errcode


def refusal_answer(
    errcode: int, errmsg: str | None = None, *, now: int, request_id: str
) -> dict[str, object]:
    """The body for an errcode; ``request_id`` is random text, new for each call.

    The first part of a rid is the time in hexadecimal: 6206378a-793424c0-2e4091cc.
    """
    text = errmsg or ERRMSG.get(errcode, "unknown")
    digest = sha256(request_id.encode()).hexdigest()
    match errcode:
        case 40125:
            suffix = f" hints: [ req_id: {digest[:14]} ]"
        case 40001:
            suffix = f" hint: [{digest[:14]}]"
        case _:
            suffix = f", rid: {now & 0xFFFFFFFF:08x}-{digest[:8]}-{digest[8:16]}"
    return {"errcode": errcode, "errmsg": text + suffix}
