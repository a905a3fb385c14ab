"""Several applications at WeChat: tables of the file, numbers in the environment."""

from pathlib import Path

import pytest

from tests.config.examples import AN_APPID, APP_SECRET, GOOD_FILE, complaint, read

SECOND = f"""
[[wechat]]
kind = "official_account"
client_id = "wx00000000000000ff"
client_secret = "{APP_SECRET}"
"""
IN_THE_ENVIRONMENT = {
    "BRIDGE_WECHAT_2_KIND": "mini_program",
    "BRIDGE_WECHAT_2_CLIENT_ID": "wx00000000000000aa",
    "BRIDGE_WECHAT_2_CLIENT_SECRET": "another-app-secret",
}


def test_each_table_is_an_application_in_the_order_of_the_file(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD_FILE + SECOND)
    assert [(known.kind, known.client_id) for known in settings.wechat] == [
        ("website", "wx0123456789abcdef"),
        ("official_account", "wx00000000000000ff"),
    ]


def test_a_numbered_variable_wins_over_the_table_of_that_number(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD_FILE + SECOND, BRIDGE_WECHAT_2_SCOPE="snsapi_base")
    assert [known.scope for known in settings.wechat] == ["snsapi_userinfo", "snsapi_base"]


def test_an_application_may_be_in_the_environment_alone(tmp_path: Path) -> None:
    settings = read(tmp_path, GOOD_FILE, **IN_THE_ENVIRONMENT)
    assert settings.wechat[1].kind == "mini_program"
    assert settings.wechat[1].client_secret.get_secret_value() == "another-app-secret"


def test_a_numbered_variable_may_name_a_file(tmp_path: Path) -> None:
    (tmp_path / "app-secret").write_text("from-a-file\n", encoding="utf-8")
    settings = read(tmp_path, GOOD_FILE + SECOND, BRIDGE_WECHAT_2_CLIENT_SECRET_FILE="app-secret")
    assert settings.wechat[1].client_secret.get_secret_value() == "from-a-file"


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"2_CLIENT_ID": "wx"}, f"wechat.2.client_id (from BRIDGE_WECHAT_2_CLIENT_ID): {AN_APPID}"),
        (
            {"2_CLIENT_ID": "wx00000000000000aa"},
            (
                "wechat.2.client_secret is missing: set client_secret under [[wechat]] number 2 in"
                " bridge.toml, or BRIDGE_WECHAT_2_CLIENT_SECRET in the environment"
            ),
        ),
        (
            {"2_CLIENT_ID": "wx0123456789abcdef", "2_CLIENT_SECRET": "x"},
            "wechat: the AppID wx0123456789abcdef is given twice",
        ),
        (
            {"3_CLIENT_ID": "wx00000000000000aa"},
            "wechat.3 (from BRIDGE_WECHAT_3_CLIENT_ID): there is no wechat.2 before it",
        ),
        (
            {"2_CLIENT_SECRET": "x", "2_CLIENT_SECRET_FILE": "y"},
            (
                "wechat.2.client_secret: both BRIDGE_WECHAT_2_CLIENT_SECRET and"
                " BRIDGE_WECHAT_2_CLIENT_SECRET_FILE are set; remove one of them"
            ),
        ),
    ],
)
def test_a_mistake_about_a_further_application_is_named_with_its_number(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    (tmp_path / "bridge.toml").write_text(GOOD_FILE, encoding="utf-8")
    given = {f"BRIDGE_WECHAT_{name}": value for name, value in environ.items()}
    assert complaint(None, given, tmp_path) == line


@pytest.mark.parametrize("number", ["0", "1", "02", "100", "-2", "x"])
def test_the_first_application_has_no_number_and_the_others_count_from_two(
    tmp_path: Path, number: str
) -> None:
    (tmp_path / "bridge.toml").write_text(GOOD_FILE, encoding="utf-8")
    line = complaint(None, {f"BRIDGE_WECHAT_{number}_SCOPE": "snsapi_base"}, tmp_path)
    assert line.startswith("environment: unknown variable ")


def test_there_are_not_more_applications_than_numbers(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text("[[wechat]]\n" * 100, encoding="utf-8")
    assert complaint(None, {}, tmp_path) == "bridge.toml: there are more than 99 [[wechat]]"
