"""The table ``[registration]``."""

from pathlib import Path

import pytest

from tests.config.examples import GOOD, GOOD_FILE, HOW, SECRET, complaint, read, with_


def test_nobody_registers_themselves_by_default(tmp_path: Path) -> None:
    registration = read(tmp_path, **GOOD).registration
    assert registration.mode == "closed"
    assert registration.tokens == ()
    assert registration.scopes == ("openid", "profile", "email")
    assert registration.may_enter == ()


def test_it_is_a_table_of_the_file(tmp_path: Path) -> None:
    table = f"""
[registration]
mode = "token"
tokens = ["{SECRET}"]
scopes = ["email", "openid", "email"]
access = ["u-1", "u-2"]
"""
    for file in (GOOD_FILE + table, GOOD_FILE.replace("[[wechat]]", f"{table}\n[[wechat]]")):
        registration = read(tmp_path, file).registration
        assert registration.mode == "token"
        assert registration.token_values == (SECRET.encode(),)
        assert registration.scopes == ("openid", "email")
        assert registration.may_enter == ("u-1", "u-2")


def test_each_of_its_settings_may_come_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(f"{SECRET}\n{SECRET[::-1]}\n", encoding="utf-8")
    environ = with_(
        REGISTRATION_TOKENS_FILE="tokens",
        REGISTRATION_SCOPES="openid, wechat",
        REGISTRATION_ACCESS="anyone",
    )
    registration = read(
        tmp_path, GOOD_FILE + '[registration]\nmode = "open"', **environ
    ).registration
    assert registration.mode == "open"
    assert registration.token_values == (SECRET.encode(), SECRET[::-1].encode())
    assert registration.scopes == ("openid", "wechat")
    assert registration.may_enter is None


def test_one_word_is_a_list_of_it(tmp_path: Path) -> None:
    for word, may_enter in (("anyone", None), ("nobody", ()), ("u-1", ("u-1",))):
        file = f'{GOOD_FILE}[registration]\naccess = "{word}"'
        assert read(tmp_path, file).registration.may_enter == may_enter


NO_TOKEN = f"must hold at least one where registration.mode is token; {HOW}"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("mode", "Open", "must be 'closed', 'token' or 'open'"),
        ("tokens", "too-short", f"number 1 is shorter than 32 bytes; {HOW}"),
        ("tokens", f"{SECRET},{'an example ' * 4}", f"number 2 is the example from the docum{'…'}"),
        ("tokens", f"two words {SECRET}", f"number 1 holds what no header can carry; {HOW}"),
        ("scopes", "openid,groups of people", "must hold only openid, profile, email, "),
        ("scopes", "email", "must hold openid: without it there is no OpenID Connect"),
        ("access", "Anyone", "anyone and nobody are written in lower case"),
        ("access", "anyone,u-1", "either anyone, or nobody, or subjects, unionids and groups"),
        ("access", "a b", "a subject or unionid is one word; repeat it for another"),
    ],
)
def test_a_bad_value_is_told(tmp_path: Path, name: str, value: str, fault: str) -> None:
    variable = f"BRIDGE_REGISTRATION_{name.upper()}"
    told = complaint(None, GOOD | {variable: value}, tmp_path)
    assert told.startswith(f"registration.{name} (from {variable}): {fault.removesuffix('…')}")


def test_who_asks_for_tokens_names_one(tmp_path: Path) -> None:
    told = complaint(None, with_(REGISTRATION_MODE="token"), tmp_path)
    assert told == f"registration.tokens (by default): {NO_TOKEN}"
    assert read(tmp_path, **with_(REGISTRATION_MODE="open")).registration.tokens == ()


def test_no_text_of_the_settings_shows_a_token(tmp_path: Path) -> None:
    token = SECRET[::-1]
    settings = read(tmp_path, **with_(REGISTRATION_TOKENS=token))
    assert token not in f"{settings} {settings!r} {settings.model_dump_json()}"
