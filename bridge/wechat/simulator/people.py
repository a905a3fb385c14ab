"""The people who have an account at the simulated WeChat.

A WeChat nickname is any Unicode text that its owner likes, the address of the picture may be
empty or plain http, and ``unionid`` may be missing. Software that signs people in has to stand
all of it, so the people here have the names that break software.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

# WeChat's server for pictures, which a simulator that knows its own address stands in for
PICTURE_HOST = "https://thirdwx.qlogo.cn"


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A person at the simulated WeChat.

    ``key`` is a short name of ours, from which the ids are derived; it never appears in an
    answer. ``unionid`` replaces the derived one. Of a snapshot user (快照页) WeChat says
    ``is_snapshotuser`` and gives virtual ids; ``virtual_ids`` is false for the reported case of
    the flag beside the ids of a real person.
    """

    key: str
    nickname: str
    headimgurl: str = ""
    about_zh: str = ""
    about_en: str = ""
    has_unionid: bool = True
    unionid: str | None = None
    is_snapshotuser: bool = False
    virtual_ids: bool = True


def virtual(person: SimulatedPerson) -> SimulatedPerson:
    """The virtual account of a snapshot page, which stands for the person who looks at it.

    https://developers.weixin.qq.com/community/minihome/doc/000c2c34068880629ced91a2f56001
    """
    return replace(person, is_snapshotuser=True, nickname="微信用户", headimgurl="")


def picture_of(key: str, *, host: str = PICTURE_HOST) -> str:
    """An address in the form of WeChat's; its last segment is the size (132 pixels)."""
    return f"{host}/mmopen/vi_32/{sha256(key.encode()).hexdigest()}/132"


PEOPLE = (
    SimulatedPerson("zhang-wei", "张伟", picture_of("zhang-wei"), "普通的名字", "an ordinary name"),
    SimulatedPerson(
        "family",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
        "\N{REGIONAL INDICATOR SYMBOL LETTER C}\N{REGIONAL INDICATOR SYMBOL LETTER N}"
        "\N{WAVING WHITE FLAG}\N{VARIATION SELECTOR-16}\N{ZERO WIDTH JOINER}\N{RAINBOW}",
        picture_of("family"),
        "表情与旗帜",
        "emoji and flags",
    ),
    SimulatedPerson("arabic", "محمد علي", picture_of("arabic"), "从右向左书写", "right to left"),
    SimulatedPerson(
        "override",
        "Li\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
        picture_of("override"),
        "含方向控制符",
        "a direction override",
    ),
    SimulatedPerson("forty", "很长的名字" * 8, picture_of("forty"), "四十个字", "forty characters"),
    SimulatedPerson("null", "null", picture_of("null"), "名叫 null", "is called null"),
    SimulatedPerson("spaces", "   ", picture_of("spaces"), "只有空格", "only spaces"),
    SimulatedPerson("markup", '<b>&"', picture_of("markup"), "含 HTML 标记", "HTML markup"),
    SimulatedPerson("no-picture", "李娜", "", "没有头像", "no picture"),
    SimulatedPerson(
        "no-unionid",
        "王芳",
        picture_of("no-unionid"),
        "没有 unionid",
        "no unionid",
        has_unionid=False,
    ),
    SimulatedPerson(
        "http-picture",
        "陈静",
        picture_of("http-picture", host="http://wx.qlogo.cn"),
        "头像地址为 http",
        "picture over http",
    ),
    SimulatedPerson(
        "combining",
        "Zo\N{COMBINING DIAERESIS}e\N{COMBINING ACUTE ACCENT}"
        "\N{ZERO WIDTH SPACE}\N{COMBINING LONG STROKE OVERLAY}y\N{ZERO WIDTH NO-BREAK SPACE}",
        picture_of("combining"),
        "组合字符与零宽字符",
        "combining and zero width",
    ),
    SimulatedPerson(
        "snapshot",
        "微信用户",
        picture_of("snapshot"),
        "快照页的虚拟账号",
        "a snapshot page's virtual account",
        is_snapshotuser=True,
    ),
)
