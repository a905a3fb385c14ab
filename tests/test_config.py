"""The operator's settings, as docs/configuration.md tells them."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bridge.config import BadSettings, Settings, WeChatApplication, read_settings

MANUAL = Path(__file__).parents[1] / "docs" / "configuration.md"
SECRET = "pT6-kQ2wZx81_vLmR0bNc4Yd7HsUeJ9a"
APP_SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"
HOW = 'make one with python3 -c "import secrets; print(secrets.token_urlsafe(32))"'

GOOD = {
    "BRIDGE_ISSUER": "https://id.example.com",
    "BRIDGE_SECRETS": SECRET,
    "BRIDGE_WECHAT_CLIENT_ID": "wx0123456789abcdef",
    "BRIDGE_WECHAT_CLIENT_SECRET": APP_SECRET,
}
GOOD_FILE = f"""
issuer = "https://id.example.com"
secrets = ["{SECRET}"]
[[wechat]]
client_id = "wx0123456789abcdef"
client_secret = "{APP_SECRET}"
"""


def read(directory: Path, file: str | None = None, **environ: str) -> Settings:
    if file is not None:
        (directory / "bridge.toml").write_text(file, encoding="utf-8")
    return read_settings(None, environ, directory=directory)


def complaint(config: Path | None, environ: Mapping[str, str], directory: Path) -> str:
    """The one line, after what holds for every one of them."""
    with pytest.raises(BadSettings) as refused:
        read_settings(config, environ, directory=directory)
    line = str(refused.value)
    assert line.isprintable()
    assert SECRET not in line
    assert APP_SECRET not in line
    # A traceback would print these, and pydantic's errors hold the values.
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    return line


def with_(**environ: str) -> dict[str, str]:
    return GOOD | {f"BRIDGE_{name}": value for name, value in environ.items()}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}


# Where settings come from


def test_the_environment_alone_is_enough(tmp_path: Path) -> None:
    settings = read(tmp_path, **GOOD)
    assert settings.issuer == "https://id.example.com"
    assert settings.secret_values == (SECRET.encode(),)
    assert settings.application.client_id == "wx0123456789abcdef"
    assert settings.application.client_secret.get_secret_value() == APP_SECRET


def test_a_file_alone_is_enough_and_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read(tmp_path, GOOD_FILE) == read(tmp_path / "empty", **GOOD)


def test_a_file_in_utf_8_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + GOOD_FILE).issuer == "https://id.example.com"


def test_the_option_names_another_file(tmp_path: Path) -> None:
    (tmp_path / "bridge.toml").write_text("nonsense", encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(GOOD_FILE, encoding="utf-8")
    assert read_settings(other, {}, directory=tmp_path).issuer == "https://id.example.com"


def test_a_variable_wins_over_the_file_setting_by_setting(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        GOOD_FILE.replace("[[wechat]]", '[[wechat]]\nplatform_account = "second"'),
        BRIDGE_ISSUER="https://other.example.com",
        BRIDGE_WECHAT_SCOPE="snsapi_base",
    )
    assert settings.issuer == "https://other.example.com"
    assert settings.secret_values == (SECRET.encode(),)
    assert settings.application.scope == "snsapi_base"
    assert settings.application.platform_account == "second"


def test_a_file_that_a_variable_names_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("another-app-secret \r\n\n", encoding="utf-8")
    settings = read(tmp_path, GOOD_FILE, BRIDGE_WECHAT_CLIENT_SECRET_FILE="secret")
    assert settings.application.client_secret.get_secret_value() == "another-app-secret"


def test_a_bad_value_that_is_overridden_does_not_matter(tmp_path: Path) -> None:
    bad = GOOD_FILE.replace("https://id", "ftp://id")
    assert read(tmp_path, bad, BRIDGE_ISSUER="https://a.example").issuer == "https://a.example"


def test_lists_are_separated_by_commas_and_in_a_named_file_one_a_line(tmp_path: Path) -> None:
    second = SECRET[::-1]
    (tmp_path / "secrets").write_text(f"{SECRET}\r\n\r\n  {second}\r\n", encoding="utf-8")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": "secrets"}
    both = (SECRET.encode(), second.encode())
    assert read(tmp_path, **environ).secret_values == both
    assert read(tmp_path, **with_(SECRETS=f"{SECRET}, {second},")).secret_values == both


def test_a_number_is_written_in_digits(tmp_path: Path) -> None:
    assert read(tmp_path, **with_(ID_TOKEN_LIFETIME="600")).id_token_lifetime == 600


@pytest.mark.parametrize(
    "name", ["BRIDGE_CONFIG", "BRIDGE_PORT", "BRIDGE_PORT_8000_TCP", "BRIDGE_SERVICE_HOST", "HOME"]
)
def test_variables_of_others_are_left_alone(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, **GOOD, **{name: "tcp://10.0.0.1:8000"}) == read(tmp_path, **GOOD)


@pytest.mark.parametrize("shown", [repr, str, Settings.model_dump_json])
def test_the_text_of_settings_shows_no_secret(
    shown: Callable[[Settings], str], tmp_path: Path
) -> None:
    text = shown(read(tmp_path, **GOOD))
    assert "id.example.com" in text
    assert SECRET not in text
    assert APP_SECRET not in text


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        read(tmp_path, **GOOD).issuer = "https://other.example"


# What follows from them


def test_the_default_database_and_its_keys_are_under_var_lib(tmp_path: Path) -> None:
    settings = read(tmp_path, **GOOD)
    assert settings.sqlite_path == Path("/var/lib/wechat-oidc/bridge.db")
    assert settings.keys_path == Path("/var/lib/wechat-oidc/keys")


@pytest.mark.parametrize(
    ("database", "path"),
    [
        ("sqlite:///srv/x.db", Path("/srv/x.db")),
        ("sqlite:data/x.db", Path("WORKING/data/x.db")),
        ("sqlite:x.db", Path("WORKING/x.db")),
        ("sqlite:../x.db", Path("WORKING/../x.db")),
    ],
)
def test_three_slashes_are_an_absolute_path_and_none_a_relative_one(
    tmp_path: Path, database: str, path: Path
) -> None:
    settings = read(tmp_path, **with_(DATABASE=database))
    assert settings.sqlite_path == Path(str(path).replace("WORKING", str(tmp_path)))
    assert settings.keys_path == settings.sqlite_path.parent / "keys"


def test_paths_are_relative_to_the_working_directory_unless_another_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings(None, with_(DATABASE="sqlite:data/x.db"))
    assert settings.sqlite_path == Path("data/x.db")


def test_the_keys_may_be_kept_elsewhere(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(KEYS_DIRECTORY="elsewhere"))
    assert settings.keys_path == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("issuer", "host"),
    [
        ("https://id.example.com:8443", "id.example.com"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://[::1]:8000", "[IPv6:::1]"),
    ],
)
def test_made_up_addresses_are_at_the_host_of_the_issuer(
    tmp_path: Path, issuer: str, host: str
) -> None:
    assert read(tmp_path, **with_(ISSUER=issuer)).email_host == host


def test_made_up_addresses_may_be_at_a_domain_of_their_own(tmp_path: Path) -> None:
    assert read(tmp_path, **with_(EMAIL_DOMAIN="nomail.example")).email_host == "nomail.example"


@pytest.mark.parametrize(
    ("hosts", "simulated"),
    [
        ({}, False),
        ({"API_HOSTS": "sh.api.weixin.qq.com,https://hk.api.weixin.qq.com"}, False),
        ({"API_HOSTS": "https://api.weixin.qq.com,http://127.0.0.1:8001"}, True),
        ({"API_HOSTS": "api.weixin.qq.com:8443"}, True),
        ({"AUTHORIZE_HOST": "http://localhost:8001"}, True),
        ({"AUTHORIZE_HOST": "open.weixin.qq.com.example"}, True),
    ],
)
def test_with_a_host_that_is_not_wechats_own_the_bridge_counts_as_simulated(
    tmp_path: Path, hosts: dict[str, str], *, simulated: bool
) -> None:
    assert read(tmp_path, **with_(**hosts)).simulated is simulated


def test_a_host_without_a_scheme_gets_https(tmp_path: Path) -> None:
    settings = read(tmp_path, **with_(API_HOSTS="sz.api.weixin.qq.com"))
    assert settings.api_hosts == ("https://sz.api.weixin.qq.com",)


def test_certificates_in_pem_form_are_taken(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    assert read(tmp_path, **with_(CA_FILE="ca.pem")).ca_file == tmp_path / "ca.pem"


# The issuer has one spelling


@pytest.mark.parametrize(
    "issuer",
    [
        "https://id.example.com",
        "https://id.example.com:8443",
        "https://xn--fsq.example",
        "https://203.0.113.7",
        "https://[2001:db8::7]:8443",
        "http://localhost:8000",
        "http://127.3.2.1",
        "http://[::1]",
    ],
)
def test_a_good_issuer_is_kept_character_by_character(tmp_path: Path, issuer: str) -> None:
    assert read(tmp_path, **with_(ISSUER=issuer)).issuer == issuer


BAD_ORIGINS = {
    "http://id.example.com": "must begin with https://; http is only for localhost",
    "http://127.0.0.1.example.com": "must begin with https://; http is only for localhost",
    "http://localhost.example.com": "must begin with https://; http is only for localhost",
    "http://128.0.0.1": "must begin with https://; http is only for localhost",
    "http://[::2]": "must begin with https://; http is only for localhost",
    "ftp://id.example.com": "must begin with https://",
    "https:/id.example.com": "must begin with https://",
    "https://id.example.com/": "must be written without the slash at the end",
    "https://id.example.com/login": "must not contain a path",
    "https://id.example.com//": "must not contain a path",
    "https://id.example.com?": "must not contain a query",
    "https://id.example.com/?a=b": "must not contain a query",
    "https://id.example.com#": "must not contain a fragment",
    "https://id.example.com#?": "must not contain a fragment",
    "https://me:word@id.example.com": "must not contain a user name or password",
    "https://ID.example.com": "must be written in lower case",
    "HTTPS://id.example.com": "must be written in lower case",
    "https://id.example.com:443": "must be written without :443, the default port of https",
    "http://localhost:80": "must be written without :80, the default port of http",
    "https://id.example.com:": "must have a port from 1 to 65535",
    "https://id.example.com:0": "must have a port from 1 to 65535",
    "https://id.example.com:08443": "must have a port from 1 to 65535",
    "https://id.example.com:65536": "must have a port from 1 to 65535",
    "https://id.example.com:https": "must have a port from 1 to 65535",
    "https://": "must name a host",
    "https://:8443": "must name a host",
    "https://id.example.com.": "must name a host",
    "https://id_1.example.com": "must name a host",
    "https://-id.example.com": "must name a host",
    "https://127.1": "must name a host: this IPv4 address is not well formed",
    "https://0x7f000001": "must name a host: this IPv4 address is not well formed",
    "https://[::g]": "must name a host: this IPv6 address is not well formed",
    "https://2001:db8::7": "must name a host, and an IPv6 address stands in brackets",
    "https://[::1": "must name a host, and an IPv6 address stands in brackets",
    "https://[fe80::1%25eth0]": "must give the IPv6 address in its short form",
    "http://[0:0:0:0:0:0:0:1]": "must give the IPv6 address in its short form",
    "https://id.example.com\n": "must be ASCII without spaces",
    "https://id. example.com": "must be ASCII without spaces",
    "https://身份.example": "must be ASCII without spaces",
}


@pytest.mark.parametrize("issuer", BAD_ORIGINS)
def test_a_bad_issuer_is_told_what_to_correct(tmp_path: Path, issuer: str) -> None:
    line = complaint(None, with_(ISSUER=issuer), tmp_path)
    assert line.startswith(f"issuer (from BRIDGE_ISSUER): {BAD_ORIGINS[issuer]}")
    assert "word" not in line.replace("password", "")


@pytest.mark.parametrize("host", sorted(BAD_ORIGINS.keys() - {"https:/id.example.com"}))
def test_the_hosts_of_wechat_are_spelt_as_strictly(tmp_path: Path, host: str) -> None:
    line = complaint(None, with_(AUTHORIZE_HOST=host), tmp_path)
    assert line.startswith(f"authorize_host (from BRIDGE_AUTHORIZE_HOST): {BAD_ORIGINS[host]}")


@given(st.text(alphabet="aZ0.:/?#@[]%-\\ \t1", max_size=12))
def test_whatever_stands_after_https_is_good_or_told_in_one_line(rest: str) -> None:
    try:
        settings = read_settings(None, with_(ISSUER=f"https://{rest}"), directory=MANUAL.parent)
    except BadSettings as refused:
        assert str(refused).startswith("issuer (from BRIDGE_ISSUER): must ")  # noqa: PT017
    else:
        assert re.fullmatch(r"https://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?", settings.issuer)


# One line for each mistake


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            without("BRIDGE_ISSUER"),
            "issuer is missing: set issuer in bridge.toml, or BRIDGE_ISSUER in the environment",
        ),
        (
            without("BRIDGE_SECRETS"),
            "secrets is missing: set secrets in bridge.toml, or BRIDGE_SECRETS in the environment; "
            + HOW,
        ),
        (
            without("BRIDGE_WECHAT_CLIENT_ID"),
            (
                "wechat.client_id is missing: set client_id under [[wechat]] in bridge.toml, "
                "or BRIDGE_WECHAT_CLIENT_ID in the environment"
            ),
        ),
        (
            without("BRIDGE_WECHAT_CLIENT_SECRET"),
            (
                "wechat.client_secret is missing: set client_secret under [[wechat]] in "
                "bridge.toml, or BRIDGE_WECHAT_CLIENT_SECRET in the environment"
            ),
        ),
    ],
)
def test_what_is_missing_is_named_with_the_places_to_set_it(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    assert complaint(None, environ, tmp_path) == line


AN_APPID = "must be an AppID: wx and 16 digits or letters from a to f, in lower case"
AN_APP_SECRET = "must be the AppSecret as WeChat shows it, without spaces"
A_DATABASE = "must be sqlite:///absolute/path or sqlite:relative/path, and a file"
A_NAME = "must be a name: not blank, one line, no spaces around it"


@pytest.mark.parametrize(
    ("setting", "value", "fault"),
    [
        ("secrets", "too-short", f"number 1 is shorter than 32 bytes; {HOW}"),
        ("secrets", f"{SECRET},{SECRET[1:]}", f"number 2 is shorter than 32 bytes; {HOW}"),
        ("secrets", "Example" * 5, f"number 1 is the example from the documentation; {HOW}"),
        ("secrets", ",", f"must hold at least one; {HOW}"),
        ("secrets", f"\udcff{SECRET}", "number 1 must be text, in UTF-8"),
        ("family_name", "\udcff", A_NAME),
        ("subject", "\udcff", "must be text, in UTF-8"),
        ("keys_directory", "\udcff", "must be a path, and not blank"),
        ("wechat.client_id", "wx0123456789ABCDEF", AN_APPID),
        ("wechat.client_id", "wx0123456789abcde", AN_APPID),
        ("wechat.client_id", "wx0123456789abcdef\n", AN_APPID),
        ("wechat.client_id", "gh_0123456789ab", AN_APPID),
        ("wechat.client_secret", "…", AN_APP_SECRET),
        ("wechat.client_secret", f"{APP_SECRET} ", AN_APP_SECRET),
        ("wechat.client_secret", f"{APP_SECRET}\n", AN_APP_SECRET),
        ("wechat.kind", "official_account", "must be 'website'"),
        ("wechat.scope", "snsapi_login", "must be 'snsapi_userinfo' or 'snsapi_base'"),
        ("wechat.platform_account", " main", A_NAME),
        ("database", "sqlite:////srv/x.db", A_DATABASE),
        ("database", "sqlite:/srv/x.db", A_DATABASE),
        ("database", "sqlite://./x.db", A_DATABASE),
        ("database", "sqlite://host/x.db", A_DATABASE),
        ("database", "sqlite:///", A_DATABASE),
        ("database", "sqlite:data/", A_DATABASE),
        ("database", "sqlite:data/..", A_DATABASE),
        ("database", "sqlite:", A_DATABASE),
        ("database", "sqlite::memory:", A_DATABASE),
        ("database", "sqlite:///x.db?mode=ro", A_DATABASE),
        ("database", "sqlite:x\n.db", A_DATABASE),
        ("database", "/srv/x.db", A_DATABASE),
        ("database", "mysql://h/d", A_DATABASE),
        (
            "database",
            "postgresql://h/d",
            "PostgreSQL is not supported yet; use sqlite:///absolute/path",
        ),
        ("keys_directory", "a\nb", "must be a path, and not blank"),
        ("api_hosts", ",", "must hold at least one"),
        (
            "api_hosts",
            "api.weixin.qq.com,https://x.example/",
            "number 2 must be written without the slash at the end",
        ),
        (
            "ca_file",
            "absent.pem",
            (
                "must name a file of certificates, and this one cannot be read: "
                "No such file or directory"
            ),
        ),
        (
            "ca_file",
            "no.pem",
            "must name a file of certificates, and this one holds no certificate in PEM form",
        ),
        ("subject", "UnionID", "must be 'either', 'unionid', 'openid' or 'opaque'"),
        ("log_level", "INFO", "must be 'debug', 'info', 'warning' or 'error'"),
        ("email_domain", "@x.example", "must be a domain name in lower case, such as example.com"),
        ("email_domain", "127.0.0.1", "must be a domain name in lower case, such as example.com"),
        ("email_domain", "X.example", "must be a domain name in lower case, such as example.com"),
        ("family_name", "Null", "must be a name: consumers take the text null for none"),
        ("family_name", "a\u202eb", A_NAME),
        ("family_name", "a" * 201, "must have at most 200 characters"),
        ("access_token_lifetime", "299", "must be from 300 to 86400 seconds"),
        ("id_token_lifetime", "86401", "must be from 300 to 86400 seconds"),
        ("id_token_lifetime", "1h", "must be a whole number of seconds"),
        ("id_token_lifetime", "3600.0", "must be a whole number of seconds"),
        ("id_token_lifetime", "3_600", "must be a whole number of seconds"),
        ("key_active", "9" * 5000, "must be a whole number of seconds"),
        ("jwks_max_age", "-1", "must be from 1 to 315360000 seconds"),
        ("wechat_connect_timeout", "61", "must be from 1 to 60 seconds"),
    ],
)
def test_a_bad_value_is_named_with_its_variable_and_what_it_must_be(
    tmp_path: Path, setting: str, value: str, fault: str
) -> None:
    (tmp_path / "no.pem").write_text("-----BEGIN NOTHING-----", encoding="utf-8")
    variable = f"BRIDGE_{setting.upper().replace('.', '_')}"
    line = complaint(None, GOOD | {variable: value}, tmp_path)
    assert line == f"{setting} (from {variable}): {fault}"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("https://id.example.com", "", "issuer (from bridge.toml): must begin with https://"),
        ('"https://id.example.com"', "1", "issuer (from bridge.toml): must be text"),
        (
            '["' + SECRET + '"]',
            "[1]",
            "secrets (from bridge.toml): number 1 must be text, in UTF-8",
        ),
        (
            '["' + SECRET + '"]',
            f'"{SECRET}"',
            "secrets (from bridge.toml): must be a list of texts",
        ),
        ('["' + SECRET + '"]', "[]", f"secrets (from bridge.toml): must hold at least one; {HOW}"),
        (
            "[[wechat]]",
            'key_active = "600"\n[[wechat]]',
            "key_active (from bridge.toml): must be a whole number of seconds",
        ),
        (
            "[[wechat]]",
            "wechat_connect_timeout = true\n[[wechat]]",
            "wechat_connect_timeout (from bridge.toml): must be a whole number of seconds",
        ),
        ("[[wechat]]", "ca_file = 1\n[[wechat]]", "ca_file (from bridge.toml): must be a path"),
        (
            "[[wechat]]",
            'ca_file = ""\n[[wechat]]',
            "ca_file (from bridge.toml): must be a path, and not blank",
        ),
        ("wx0123456789abcdef", "wx", f"wechat.client_id (from bridge.toml): {AN_APPID}"),
        ("issuer =", "isuer =", "bridge.toml: unknown setting isuer; did you mean issuer?"),
        ("issuer =", "ISSUER =", "bridge.toml: unknown setting ISSUER; did you mean issuer?"),
        ("issuer =", "zzz =", "bridge.toml: unknown setting zzz; see docs/configuration.md"),
        ("issuer =", '"a\\u001b\\nb" =', None),
        (
            "client_secret =",
            "secret =",
            "bridge.toml: unknown setting secret under [[wechat]]; did you mean client_secret?",
        ),
        (
            "[[wechat]]",
            'wechat_client_id = "x"\n[[wechat]]',
            "bridge.toml: unknown setting wechat_client_id; did you mean wechat.client_id?",
        ),
        (
            "[[wechat]]",
            'client_id = "x"\n[[wechat]]',
            "bridge.toml: client_id belongs under [[wechat]]; move it there",
        ),
        (
            "[[wechat]]",
            '[[wechat]]\nsubject = "openid"',
            "bridge.toml: subject does not belong to [[wechat]]; move it above",
        ),
        (
            "[[wechat]]",
            "[[wechat]]\n[[wechat]]",
            "bridge.toml: one application is supported in this version; keep one [[wechat]]",
        ),
        (
            "[[wechat]]",
            "[wechat]",
            "bridge.toml: wechat is a list of tables; write [[wechat]], in two brackets",
        ),
        (
            "[[wechat]]",
            "wechat = 1\n[extra]",
            "bridge.toml: unknown setting extra; see docs/configuration.md",
        ),
        ("issuer =", "issuer.url =", "issuer (from bridge.toml): must be text"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_the_file(
    tmp_path: Path, old: str, new: str, line: str | None
) -> None:
    (tmp_path / "bridge.toml").write_text(GOOD_FILE.replace(old, new), encoding="utf-8")
    told = complaint(None, {}, tmp_path)
    assert told == line or (line is None and told.startswith("bridge.toml: unknown setting a\\x1b"))


@pytest.mark.parametrize("value", ["1", '"x"', "[1]"])
def test_an_application_is_a_table(tmp_path: Path, value: str) -> None:
    (tmp_path / "bridge.toml").write_text(f"wechat = {value}", encoding="utf-8")
    assert complaint(None, GOOD, tmp_path) == (
        "bridge.toml: wechat is no value; write [[wechat]] and lines below it"
    )


def test_an_empty_list_of_applications_is_completed_from_the_environment(tmp_path: Path) -> None:
    assert read(tmp_path, "wechat = []", **GOOD).application.client_id == "wx0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('issuer = "a"\nsecrets = [', r"at line 2, (column \d+|the end of the file)"),
        ('issuer = "a"\n\nissuer = "b"', r"at line 3, (column \d+|the end of the file)"),
        (f'issuer = "a"\nsecrets = [{SECRET}]', r"at line 2, column \d+"),
        ('issuer = "a', r"at line 1, (column \d+|the end of the file)"),
        ("key_active = " + "9" * 5000, r"4300"),
        ("secrets = " + "[" * 100_000, r"recursion"),
    ],
)
def test_an_error_in_the_toml_is_told_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "bridge.toml").write_text(text, encoding="utf-8")
    line = complaint(None, {}, tmp_path)
    assert line.startswith("bridge.toml is not valid TOML: ")
    assert re.search(fault, line)


@pytest.mark.parametrize(
    ("variable", "line"),
    [
        ("BRIDGE_ISUER", "unknown variable BRIDGE_ISUER; did you mean BRIDGE_ISSUER?"),
        ("BRIDGE_CLIENT_ID", "unknown variable BRIDGE_CLIENT_ID; did you mean BRIDGE_WECHAT_CL"),
        ("BRIDGE_SECRET_FILE", "unknown variable BRIDGE_SECRET_FILE; did you mean BRIDGE_SECRETS_"),
        ("BRIDGE_ZZZ", "unknown variable BRIDGE_ZZZ; see docs/configuration.md"),
        ("BRIDGE_PORTS", "unknown variable BRIDGE_PORTS; "),
        ("BRIDGE_SERVICE", "unknown variable BRIDGE_SERVICE; "),
        ("BRIDGE_WECHAT", "unknown variable BRIDGE_WECHAT; "),
        ("BRIDGE_A\nB", "unknown variable BRIDGE_A\\nB; "),
    ],
)
def test_an_unknown_variable_is_refused_and_the_nearest_one_suggested(
    tmp_path: Path, variable: str, line: str
) -> None:
    told = complaint(None, GOOD | {variable: SECRET}, tmp_path)
    assert told.startswith(f"environment: {line}")


def test_a_variable_and_the_file_it_may_name_are_not_both_set(tmp_path: Path) -> None:
    assert complaint(None, with_(WECHAT_CLIENT_SECRET_FILE="secret"), tmp_path) == (
        "wechat.client_secret: both BRIDGE_WECHAT_CLIENT_SECRET and "
        "BRIDGE_WECHAT_CLIENT_SECRET_FILE are set; remove one of them"
    )


def test_a_variable_must_not_be_empty(tmp_path: Path) -> None:
    assert complaint(None, with_(EMAIL_DOMAIN=" "), tmp_path) == (
        "email_domain: BRIDGE_EMAIL_DOMAIN is empty; give it a value, or remove BRIDGE_EMAIL_DOMAIN"
    )


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("absent", " cannot be read: No such file or directory"),
        # The secret itself in place of its file's name.
        (SECRET, " cannot be read: No such file or directory"),
        (".", " cannot be read: Is a directory"),
        ("", " cannot be read: the variable is empty"),
        ("binary", " cannot be read: it is not UTF-8 text"),
        ("blank", " is empty; give it a value, or remove BRIDGE_SECRETS_FILE"),
    ],
)
def test_a_named_file_that_cannot_be_used_is_told_with_its_variable(
    tmp_path: Path, named: str, fault: str
) -> None:
    (tmp_path / "binary").write_bytes(SECRET.encode() + b"\xff")
    (tmp_path / "blank").write_bytes(b" \n")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": named}
    line = complaint(None, environ, tmp_path)
    assert line == f"secrets: the file named in BRIDGE_SECRETS_FILE{fault}"


def test_a_bad_value_in_a_named_file_is_told_with_its_variable(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text(f"{SECRET}\nshort\n", encoding="utf-8")
    environ = without("BRIDGE_SECRETS") | {"BRIDGE_SECRETS_FILE": "secrets"}
    assert complaint(None, environ, tmp_path) == (
        "secrets (from the file named in BRIDGE_SECRETS_FILE): "
        f"number 2 is shorter than 32 bytes; {HOW}"
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("absent.toml", "absent.toml cannot be read: No such file or directory"),
        ("folder", "folder cannot be read: Is a directory"),
        ("binary.toml", "binary.toml cannot be read: it is not UTF-8 text"),
        ("binary.toml/x", "binary.toml/x cannot be read: Not a directory"),
    ],
)
def test_a_file_that_the_option_names_must_be_readable(
    tmp_path: Path, name: str, line: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary.toml").write_bytes(b"\xff")
    assert complaint(Path(name), GOOD, tmp_path) == line


def test_a_default_file_that_is_there_must_be_readable(tmp_path: Path) -> None:
    """A broken link, or the folder that Docker makes for a file that is absent."""
    (tmp_path / "bridge.toml").symlink_to("absent")
    line = complaint(None, GOOD, tmp_path)
    assert line == "bridge.toml cannot be read: No such file or directory"
    (tmp_path / "bridge.toml").unlink()
    (tmp_path / "bridge.toml").mkdir()
    assert complaint(None, GOOD, tmp_path) == "bridge.toml cannot be read: Is a directory"


def test_a_default_file_that_cannot_be_looked_for_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = complaint(None, GOOD, tmp_path / "file")
    assert line == "bridge.toml cannot be read: Not a directory"


# Settings that contradict one another


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {"KEY_ANNOUNCED": "3599"},
            (
                "key_announced must be at least jwks_max_age: "
                "caches must learn a key before it signs; "
                "key_announced is 3599 (from BRIDGE_KEY_ANNOUNCED), "
                "jwks_max_age is 3600 (by default)"
            ),
        ),
        (
            {"KEY_PUBLISHED_ON": "3600", "ID_TOKEN_LIFETIME": "3601"},
            "key_published_on must be at least id_token_lifetime: ",
        ),
        (
            {"KEY_PUBLISHED_ON": "3600", "JWKS_MAX_AGE": "3601"},
            "key_published_on must be at least jwks_max_age: ",
        ),
        (
            {"KEY_ANNOUNCED": "86400", "KEY_ACTIVE": "86400"},
            "key_announced must be less than key_active: ",
        ),
        (
            {"WECHAT_CONNECT_TIMEOUT": "11"},
            "wechat_total_timeout must be at least wechat_connect_timeout: ",
        ),
        (
            {"WECHAT_TOTAL_TIMEOUT": "4"},
            "wechat_total_timeout must be at least wechat_answer_timeout: ",
        ),
    ],
)
def test_settings_that_contradict_one_another_are_told_with_both_values_and_sources(
    tmp_path: Path, environ: dict[str, str], line: str
) -> None:
    told = complaint(None, with_(**environ), tmp_path)
    assert told.startswith(line)
    assert all(f"is {value} (from BRIDGE_{name})" in told for name, value in environ.items())


@pytest.mark.parametrize(
    "environ",
    [
        {"KEY_ANNOUNCED": "3600"},
        {"KEY_PUBLISHED_ON": "3600"},
        {"KEY_ANNOUNCED": "86399", "KEY_ACTIVE": "86400"},
        {"WECHAT_TOTAL_TIMEOUT": "5"},
        {"WECHAT_TOTAL_TIMEOUT": "3", "WECHAT_ANSWER_TIMEOUT": "3"},
    ],
)
def test_settings_that_just_fit_are_taken(tmp_path: Path, environ: dict[str, str]) -> None:
    assert read(tmp_path, **with_(**environ)).jwks_max_age == 3600


# The manual


def paragraphs() -> dict[str, str]:
    """Heading of a setting → what stands below it."""
    parts = re.split(r"^#+ (.*)$", MANUAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        heading.strip("`"): text
        for heading, text in zip(parts[1::2], parts[2::2], strict=True)
        if heading.startswith("`")
    }


FIELDS = dict(Settings.model_fields) | {
    f"wechat.{name}": field for name, field in WeChatApplication.model_fields.items()
}


def test_the_manual_has_a_heading_for_each_setting_and_no_other() -> None:
    assert sorted(paragraphs()) == sorted(FIELDS)


@pytest.mark.parametrize("name", sorted(FIELDS.keys() - {"wechat"}))
def test_the_manual_gives_each_setting_its_variable_and_its_default(name: str) -> None:
    first = paragraphs()[name].split("\n\n")[1]
    assert f"`BRIDGE_{name.upper().replace('.', '_')}`" in first
    default = FIELDS[name].get_default()
    if FIELDS[name].is_required():
        assert "no default" in first
    elif default is None:
        assert "default: " in first
    else:
        values = cast("tuple[object, ...]", default if isinstance(default, tuple) else (default,))
        assert all(f"`{value}`" in first for value in values)


@pytest.mark.parametrize(
    ("language", "source"), [("toml", "bridge.toml"), ("sh", "the file named in X")]
)
def test_the_examples_of_the_manual_are_good_but_for_their_secrets(
    tmp_path: Path, language: str, source: str
) -> None:
    example = MANUAL.read_text(encoding="utf-8").split(f"```{language}\n")[1].split("```")[0]
    environ: dict[str, str] = {}
    if source == "bridge.toml":
        (tmp_path / source).write_text(example, encoding="utf-8")
        secret = tomllib.loads(example)["secrets"][0]
        refused = complaint(None, environ, tmp_path)
        assert refused.startswith("secrets (from bridge.toml): number 1 is the example")
        (tmp_path / source).write_text(example.replace(secret, SECRET), encoding="utf-8")
    else:
        environ |= dict(re.findall(r"^export (\w+)=(.*)$", example, flags=re.MULTILINE))
        for variable, text in (("SECRETS", SECRET), ("WECHAT_CLIENT_SECRET", APP_SECRET)):
            assert environ[f"BRIDGE_{variable}_FILE"].startswith("/run/secrets/")
            (tmp_path / variable).write_text(f"{text}\n", encoding="utf-8")
            environ[f"BRIDGE_{variable}_FILE"] = variable
    settings = read_settings(None, environ, directory=tmp_path)
    assert settings.issuer == "https://id.example.com"
    assert settings.application.client_id == "wx0123456789abcdef"
    assert settings.sqlite_path == Path("/var/lib/wechat-oidc/bridge.db")
