"""A value that is missing or wrong: one line for each."""

from pathlib import Path

import pytest

from tests.config.examples import (
    AN_APPID,
    APP_SECRET,
    GOOD,
    HOW,
    SECRET,
    complaint,
    read,
    without,
)


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


AN_APP_SECRET = "must be the AppSecret as WeChat shows it, without spaces"
A_POSTGRESQL = "must be postgresql://user:password@host/name"
OPTIONS = (
    "host, passfile, port, sslcert, sslcrl, sslkey, sslmode, sslnegotiation, sslrootcert,"
    " target_session_attrs"
)
QUOTED = "write a sign such as # / @ or a space as %23 %2F %40 %20"
A_DATABASE = (
    "must be sqlite:///absolute/path or sqlite:relative/path, and a file;"
    " or postgresql://user:password@host/name"
)
NO_PROXY = (
    "must be http://host:port, or http://user:password@host:port with signs such as @ : /"
    " in them as %40 %3A %2F"
)
NO_NETWORK = (
    "number {} must be an address, or a network such as 10.1.0.0/16 (all bits after the slash's"
    " are 0)"
)
NOT_FETCHED = "number {} must be a host name in lower case, or a network such as 10.1.0.0/16"
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
        ("wechat.kind", "app", "must be 'website', 'official_account', 'mobile' or 'mini_program'"),
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
        ("database", "postgresql:h", A_POSTGRESQL),
        ("database", "postgresql://u:p#w@h/d", f"{A_POSTGRESQL}; {QUOTED}"),
        ("database", "postgresql://u:p w@h/d", f"{A_POSTGRESQL}; {QUOTED}"),
        (
            "database",
            "postgresql://u:p/w@h/d",
            f"{A_POSTGRESQL}; write a sign such as / or @ in the password as %2F or %40",
        ),
        (
            "database",
            "postgresql://u:p@h",
            f"{A_POSTGRESQL}, and the name of the database is missing",
        ),
        ("database", "postgresql:///d", f"{A_POSTGRESQL}, and the host is missing"),
        ("database", "postgresql://[::1/d", A_POSTGRESQL),
        (
            "database",
            "postgresql://h/d?sslmode=yes",
            "must have as sslmode one of disable, allow, prefer, require, verify-ca, verify-full",
        ),
        (
            "database",
            "postgresql://h/d?password=x",
            f"may have after ? only {OPTIONS}",
        ),
        ("database_pool", "0", "must be from 1 to 1000 connections"),
        ("database_timeout", "61", "must be from 1 to 60 seconds"),
        ("statement_cache_size", "-1", "must be from 0 to 10000 statements"),
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
        ("algorithms", "RS256,HS256", "must hold only RS256, ES256, PS256, EdDSA"),
        ("algorithms", "RS256,none", "must hold only RS256, ES256, PS256, EdDSA"),
        ("algorithms", "ES256", "must hold RS256, which every relying party may expect"),
        ("algorithms", ",", "must hold RS256, which every relying party may expect"),
        ("trusted_proxies", "10.0.0.1,proxy.internal", NO_NETWORK.format(2)),
        ("trusted_proxies", "10.0.0.1/8", NO_NETWORK.format(1)),
        ("wechat_proxy", "proxy.internal:3128", NO_PROXY),
        ("wechat_proxy", "http://u:hush@proxy.internal", NO_PROXY),
        ("keep_alive", "4", "must be from 5 to 3600 seconds"),
        ("most_connections", "15", "must be from 16 to 65000"),
        ("trusted_proxies", "*", NO_NETWORK.format(1)),
        ("trusted_proxies", "10.0.0.1:80", NO_NETWORK.format(1)),
        (
            "trusted_proxies",
            "10.0.0.1,::/0",
            "number 2 is everybody: name the proxies, or their network",
        ),
        (
            "trusted_proxies",
            "::ffff:10.0.0.0/104",
            "number 1 is IPv4 within IPv6: write it as IPv4",
        ),
        ("fetch_allowed", "rp.internal,RP.internal", NOT_FETCHED.format(2)),
        ("fetch_allowed", "10.0.0.1/8", NOT_FETCHED.format(1)),
        ("fetch_allowed", "10.0.0.0/33", NOT_FETCHED.format(1)),
        ("fetch_allowed", "https://rp.internal", NOT_FETCHED.format(1)),
        ("fetch_allowed", "rp.internal:8443", NOT_FETCHED.format(1)),
        ("fetch_allowed", "*.internal", NOT_FETCHED.format(1)),
        ("fetch_allowed", "0x7f.1", NOT_FETCHED.format(1)),
        ("family_name", "Null", "must be a name: consumers take the text null for none"),
        ("family_name", "a\u202eb", A_NAME),
        ("family_name", "a" * 201, "must have at most 200 characters"),
        ("access_token_lifetime", "299", "must be from 300 to 86400 seconds"),
        ("refresh_token_lifetime", "31536001", "must be from 300 to 31536000 seconds"),
        ("refresh_token_idle_lifetime", "299", "must be from 300 to 31536000 seconds"),
        ("refresh_token_grace", "601", "must be from 0 to 600 seconds"),
        ("session_lifetime", "-1", "must be from 0 to 2592000 seconds"),
        ("session_idle_lifetime", "0", "must be from 1 to 2592000 seconds"),
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


def test_the_algorithms_stand_in_one_order_and_once(tmp_path: Path) -> None:
    """Some consumers take the first that metadata list."""
    settings = read(tmp_path, **GOOD | {"BRIDGE_ALGORITHMS": "EdDSA,ES256,RS256,EdDSA"})
    assert settings.algorithms == ("RS256", "ES256", "EdDSA")
