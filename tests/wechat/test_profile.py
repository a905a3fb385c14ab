"""What is passed on of a nickname and of a picture's address."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.wechat.profile import NOBODYS_PICTURE, read_nickname, read_picture
from bridge.wechat.simulator.people import PEOPLE

JOINER = "\N{ZERO WIDTH JOINER}"
FAMILY = f"\N{MAN}{JOINER}\N{WOMAN}{JOINER}\N{GIRL}"
RAINBOW_FLAG = f"\N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}{JOINER}\N{RAINBOW}"
WOMAN_COOK = f"\N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}{JOINER}\N{COOKING}"
SHRUG = (
    f"\N{SHRUG}\N{EMOJI MODIFIER FITZPATRICK TYPE-3}{JOINER}\N{MALE SIGN}\N{VARIATION SELECTOR-16}"
)
HEAD_SHAKING = f"\N{SLIGHTLY SMILING FACE}{JOINER}\N{LEFT RIGHT ARROW}\N{VARIATION SELECTOR-16}"

# What deceives, joins, composes and disappears, more often than chance would have it
TRICKY = st.lists(
    st.sampled_from(
        [
            *"aeé 张.^`=",
            *"\u0301\u0308\u0338\u034f\u115f\u1160\u200b\u200c\u200e\u202e\u2066\u2069\u2800",
            *"\u3164\ufe0e\ufe0f\ufeff\uffa0\ufffd\ue13c\x00\n\x1c\x7f\x85\u2028\ud83d",
            *"\u21d0\u2194\u2122\u1100\u1161",
            *"\U0001d15e\U0001f3fb\U000e0067\U000e0100",
            *FAMILY,
            RAINBOW_FLAG,
            WOMAN_COOK,
            HEAD_SHAKING,
        ]
    ),
    max_size=90,
).map("".join)


@pytest.mark.parametrize(
    ("nickname", "expected"),
    [
        ("张伟", "张伟"),
        ("محمد علي", "محمد علي"),
        ("null", "null"),
        ('<b>&"', '<b>&"'),
        ("Zo\N{COMBINING DIAERESIS}e", "Zöe"),
        ("ﬁ", "ﬁ"),  # NFC, not NFKC: what somebody chose to be called stays
        ("  a \t\n b\N{NO-BREAK SPACE}c\N{LINE SEPARATOR}d\N{IDEOGRAPHIC SPACE}", "a b c d"),
        ("Li\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe", "Lignp.exe"),
        ("a\N{RIGHT-TO-LEFT MARK}b\N{LEFT-TO-RIGHT ISOLATE}c\N{POP DIRECTIONAL ISOLATE}", "abc"),
        ("a\N{ZERO WIDTH SPACE}b\N{ZERO WIDTH NON-JOINER}c\N{ZERO WIDTH NO-BREAK SPACE}", "abc"),
        ("a\0b\x1b[31mc\x7fd\x85e", "ab[31mcd e"),
        ("a\ue13cb", "ab"),  # a picture of early iPhones, for private use
        ("a\ud83db", "ab"),  # half a character
        ("e\N{ZERO WIDTH SPACE}\N{COMBINING ACUTE ACCENT}", "é"),
        ("a\N{HANGUL FILLER}b\N{BRAILLE PATTERN BLANK}c", "abc"),
    ],
)
def test_a_nickname_is_what_can_be_seen_of_it(nickname: str, expected: str) -> None:
    assert read_nickname(nickname) == expected


@pytest.mark.parametrize("pictures", [FAMILY, RAINBOW_FLAG, WOMAN_COOK, SHRUG, HEAD_SHAKING])
def test_pictures_that_are_joined_stay_so(pictures: str) -> None:
    assert read_nickname(pictures) == pictures
    assert read_nickname(f"a{pictures}b") == f"a{pictures}b"


@pytest.mark.parametrize(
    ("nickname", "expected"),
    [
        (f"a{JOINER}b", "ab"),
        (f"{JOINER}\N{MAN}{JOINER}", "\N{MAN}"),
        (f"\N{MAN}{JOINER}{JOINER}\N{WOMAN}", "\N{MAN}\N{WOMAN}"),
        (f"`{JOINER}\N{MAN}", "`\N{MAN}"),
        (f"\N{LATIN SMALL LETTER X}\N{COMBINING TILDE}{JOINER}\N{MAN}", "x\u0303\N{MAN}"),
        (f"\N{MAN}{JOINER}\N{LEFT RIGHT ARROW}", "\N{MAN}\N{LEFT RIGHT ARROW}"),
        (f"\N{VARIATION SELECTOR-16}{JOINER}\N{MAN}", "\N{VARIATION SELECTOR-16}\N{MAN}"),
        (f"\N{MAN}\N{RIGHT-TO-LEFT OVERRIDE}{JOINER}\N{WOMAN}", f"\N{MAN}{JOINER}\N{WOMAN}"),
    ],
)
def test_a_joiner_joins_nothing_but_pictures(nickname: str, expected: str) -> None:
    assert read_nickname(nickname) == expected


@pytest.mark.parametrize(
    "nickname",
    [
        None,
        42,
        ["a"],
        {"a": 1},
        "",
        "   ",
        "\N{IDEOGRAPHIC SPACE}\n",
        "\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{HANGUL FILLER}",
        "\N{BRAILLE PATTERN BLANK}\N{HALFWIDTH HANGUL FILLER}",
        "\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{COMBINING GRAPHEME JOINER}",
        f"{JOINER}\N{VARIATION SELECTOR-16} \N{VARIATION SELECTOR-17}",
        "\ue13c\ud83d\U000e0067",
    ],
)
def test_of_which_nothing_can_be_seen_there_is_none(nickname: object) -> None:
    assert read_nickname(nickname) is None


def test_a_nickname_has_64_characters_at_most() -> None:
    assert read_nickname("长" * 65) == "长" * 64
    assert read_nickname("a" * 63 + "  b") == "a" * 63
    assert read_nickname("a" * 63 + FAMILY) == "a" * 63 + "\N{MAN}"
    assert read_nickname("a" * 62 + FAMILY) == "a" * 62 + "\N{MAN}"
    assert read_nickname(" " * 1_000 + "\N{ZERO WIDTH SPACE}" * 1_000 + "a") == "a"


@given(st.text(st.characters(exclude_categories=())) | TRICKY)
def test_a_nickname_deceives_nobody(nickname: str) -> None:
    text = read_nickname(nickname)
    if text is None:
        return
    assert text
    assert len(text) <= 64
    assert text == text.strip() == " ".join(text.split())
    assert unicodedata.is_normalized("NFC", text)
    for position, character in enumerate(text):
        if character == JOINER:
            before = text[:position].rstrip("\ufe0f\U0001f3fb\U0001f3fe")
            assert unicodedata.category(before[-1]) == "So"
            assert unicodedata.category(text[position + 1]) in {"So", "Sm"}
        else:
            assert not unicodedata.category(character).startswith("C")
            assert character == " " or not character.isspace()


@given(st.text(st.characters(exclude_categories=())) | TRICKY)
def test_a_nickname_that_was_read_is_read_as_it_is(nickname: str) -> None:
    text = read_nickname(nickname)
    assert read_nickname(text) == text


def test_everybody_at_the_simulator_has_a_name_but_two() -> None:
    names = {person.key: read_nickname(person.nickname) for person in PEOPLE}
    assert [key for key, name in names.items() if name is None] == ["spaces", "snapshot"]
    assert names["family"] == next(who.nickname for who in PEOPLE if who.key == "family")


# Pictures


@pytest.mark.parametrize(
    ("headimgurl", "picture"),
    [
        (
            "https://thirdwx.qlogo.cn/mmopen/vi_32/a/132",
            "https://thirdwx.qlogo.cn/mmopen/vi_32/a/132",
        ),
        ("http://wx.qlogo.cn/mmopen/a/0", "https://wx.qlogo.cn/mmopen/a/0"),
        (" https://wx.qlogo.cn/a?b=c&d=%20 ", "https://wx.qlogo.cn/a?b=c&d=%20"),
        ("https://a.b.qlogo.cn/a", "https://a.b.qlogo.cn/a"),
        ("HTTPS://wx.qlogo.cn/a", "https://wx.qlogo.cn/a"),
    ],
)
def test_a_picture_is_on_wechats_own_servers_over_https(headimgurl: str, picture: str) -> None:
    assert read_picture(headimgurl) == picture


@pytest.mark.parametrize(
    "headimgurl",
    [
        None,
        7,
        "",
        "   ",
        "/mmopen/a",
        "//wx.qlogo.cn/a",
        "wx.qlogo.cn/a",
        "https://",
        "https://evil.example/a",
        "https://qlogo.cn.evil.example/a",
        "https://evilqlogo.cn/a",
        "https://wx.qlogo.cn.",
        "https://.qlogo.cn/a",
        "https://wx..qlogo.cn/a",
        "https://wx.qlogo.cn@evil.example/a",
        "https://evil.example@wx.qlogo.cn/a",
        "https://evil.example\\.qlogo.cn/a",
        "https://evil.example\\@wx.qlogo.cn/a",
        "https://evil.example#.qlogo.cn/a",
        "https://evil.example?.qlogo.cn",
        "https://evil.example/.qlogo.cn",
        "https://wx.qlogo.cn:8443/a",
        "https://wx.qlogo.cn:/a",
        "https://[wx.qlogo.cn]/a",
        "https://[::1/a",
        "https://wx.qlogo.cn\n.evil.example/a",
        "https://wx.qlogo\u3002cn/a",
        "https://wx.\uff51logo.cn/a",
        "https://wx.qlogo.cn/a b",
        "https://wx.qlogo.cn/\x01",
        "https://wx.qlogo.cn/张",
        'https://wx.qlogo.cn/"><script>',
        "https://wx.qlogo.cn/" + "a" * 500,
        "javascript:alert(1)//wx.qlogo.cn",
        "javascript://wx.qlogo.cn/%0aalert(1)",
        "data:image/png;base64,AAAA",
        "ftp://wx.qlogo.cn/a",
        "file://wx.qlogo.cn/a",
    ],
)
def test_every_other_address_is_no_picture(headimgurl: object) -> None:
    assert read_picture(headimgurl, other_hosts=("http://127.0.0.1:8001",)) is None


def test_an_origin_that_stands_in_for_wechat_may_show_pictures_as_it_likes() -> None:
    others = ("http://127.0.0.1:8001", "https://wechat.example")
    for address in ("http://127.0.0.1:8001/static/a.png", "https://wechat.example/a?b#c"):
        assert read_picture(address, other_hosts=others) == address
        assert read_picture(address) is None


@pytest.mark.parametrize(
    "headimgurl",
    [
        "http://127.0.0.1:8002/a",
        "http://127.0.0.1/a",
        "https://127.0.0.1:8001/a",
        "http://somebody@127.0.0.1:8001/a",
        "http://127.0.0.1:8001.evil.example/a",
        "http://127.0.0.1:8001\\@evil.example/a",
    ],
)
def test_its_neighbours_may_not(headimgurl: str) -> None:
    assert read_picture(headimgurl, other_hosts=("http://127.0.0.1:8001",)) is None


@pytest.mark.parametrize("told", ["微信用户", " 微信\u200b用户 ", "微信用户\ufe0f"])
def test_what_wechat_calls_everybody_is_nobodys_name(told: str) -> None:
    assert read_nickname(told) is None
    assert read_nickname(f"{told}1") is not None


@pytest.mark.parametrize("host", ["https://thirdwx.qlogo.cn", "http://wx.qlogo.cn"])
@pytest.mark.parametrize("size", ["0", "132"])
def test_the_grey_picture_is_nobodys(host: str, size: str) -> None:
    name = NOBODYS_PICTURE.strip("/")
    assert read_picture(f"{host}/mmopen/vi_32/{name}/{size}") is None
    assert read_picture(f"{host}/mmopen/vi_32/{name[:-1]}/{size}") is not None
