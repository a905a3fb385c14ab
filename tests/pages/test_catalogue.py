from string import Formatter

import pytest

from bridge.pages import LANGUAGES, NOTICES, SITUATIONS
from bridge.pages.catalogue import CATALOGUES, speaker

HOSTILE = "<script>alert(1)</script>{client}&\"'"


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


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
        "snapshot",
        "conflict",
        "unbound",
        "fault",
    } == SITUATIONS
    assert {"expired", "other_account"} == NOTICES


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


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        speaker("en")("sign_in.nothing")
