"""Many invalid codes in a row are another application's, and the operator should know."""

from bridge.wechat.errors import WeChatCodeRejected, WeChatCodesInvalid
from bridge.wechat.invalid_codes import SAID_AGAIN, SUSPICIOUS, InvalidCodes


def invalid() -> WeChatCodeRejected:
    failure = WeChatCodeRejected("errcode 40029, rid x", errcode=40029)
    failure.call = "/sns/oauth2/access_token"
    return failure


def test_as_many_in_a_row_are_said_once_and_then_once_in_a_while() -> None:
    codes = InvalidCodes()
    said = [
        number
        for number in range(1, 2 * SAID_AGAIN + 1)
        if isinstance(codes.judge(invalid()), WeChatCodesInvalid)
    ]
    assert said == [SUSPICIOUS, SAID_AGAIN, 2 * SAID_AGAIN]


def test_what_is_said_has_the_number_of_wechat_and_of_codes() -> None:
    codes = InvalidCodes()
    last = [codes.judge(invalid()) for _ in range(SUSPICIOUS)][-1]
    assert str(last) == "errcode 40029, rid x; 5 codes in a row were invalid"
    assert (last.errcode, last.call) == (40029, "/sns/oauth2/access_token")


def test_a_good_code_shows_that_the_appid_is_right() -> None:
    codes = InvalidCodes()
    for _ in range(SUSPICIOUS - 1):
        codes.judge(invalid())
    codes.good()
    assert type(codes.judge(invalid())) is WeChatCodeRejected


def test_a_code_that_was_late_says_nothing_about_the_appid() -> None:
    codes = InvalidCodes()
    for errcode in (40163, 42003, 41008, None) * SUSPICIOUS:
        late = WeChatCodeRejected(errcode=errcode)
        assert codes.judge(late) is late
