import re
from string import Formatter

import pytest

from bridge.pages import LANGUAGES, NOTICES, SITUATIONS
from bridge.pages.catalogue import CATALOGUES, WECHATS_WORDS, speaker

SCRIPTS = {
    "en": re.compile("[A-Za-z]"),
    "zh-CN": re.compile("[一-鿿]"),
    "zh-TW": re.compile("[一-鿿]"),
    "ja": re.compile("[ぁ-ヿ一-鿿]"),
    "ko": re.compile("[가-힣]"),
}
# Characters that none of the others uses
ALONE = {
    "zh-CN": re.compile("[录应该请户续权账处们这为现]"),
    "zh-TW": re.compile("[錄應戶續權號處們這為]"),
    "ja": re.compile("[ぁ-ヿ]"),
    "ko": re.compile("[가-힣]"),
}
PARTICLE_AFTER_NAME = re.compile(r"\}(을|를|이|가|은|는|과|와|으로|로)(?![가-힣])")

HOSTILE = "<script>alert(1)</script>{client}&\"'"


def _placeholders(text: str) -> set[str]:
    """Those that a page fills in."""
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return names - WECHATS_WORDS.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_has_the_same_keys_and_the_same_names_in_them(language: str) -> None:
    messages, english = CATALOGUES[language], CATALOGUES["en"]
    assert messages.keys() == english.keys()
    for key, text in messages.items():
        assert _placeholders(text) == _placeholders(english[key]), key
        assert text == text.strip() != "", key


def test_the_situations_and_notices_are_those_that_the_endpoints_know() -> None:
    assert {
        "request",
        "lost",
        "refused",
        "disabled",
        "snapshot",
        "conflict",
        "unbound",
        "busy",
        "limited",
        "fault",
        "too_many",
    } == SITUATIONS
    assert {"busy", "expired", "other_account"} == NOTICES


@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_every_situation_has_a_heading_and_a_text(situation: str) -> None:
    for messages in CATALOGUES.values():
        assert messages[f"problem.{situation}.heading"]
        assert messages[f"problem.{situation}.text"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_name_in_a_message_is_escaped_and_isolated_and_not_interpreted(language: str) -> None:
    said = speaker(language)("sign_in.heading", client=HOSTILE)
    assert (
        "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;{client}&amp;&#34;&#39;</bdi>" in said.__html__()
    )


def test_what_wechat_says_in_chinese_is_marked_as_chinese_in_another_language() -> None:
    """WCAG 2.2 §3.1.2."""
    for language in ("en", "ja", "ko"):
        said = speaker(language)("problem.snapshot.text").__html__()
        assert '<span lang="zh-CN">使用完整服务</span>' in said
    assert "使用完整服务" in speaker("zh-CN")("problem.snapshot.text").__html__()
    assert "使用完整服務" in speaker("zh-TW")("problem.snapshot.text").__html__()


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        speaker("en")("sign_in.nothing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_catalogue_is_written_in_its_own_script(language: str) -> None:
    """Nothing is left in another language by mistake, WeChat's own words included."""
    for key, text in CATALOGUES[language].items():
        assert SCRIPTS[language].search(text), key
    characters = "".join(CATALOGUES[language].values())
    for other, alone in ALONE.items():
        assert language == other or not alone.search(characters), other


@pytest.mark.parametrize("key", sorted(CATALOGUES["ko"]))
def test_no_korean_particle_depends_on_how_a_name_ends(key: str) -> None:
    """Nobody knows whether the name ends in a vowel, so neither 을 nor 를 may follow it."""
    assert not PARTICLE_AFTER_NAME.search(CATALOGUES["ko"][key])
