"""``wechat-oidc client add --preset``: what is registered, and what is printed."""

import pytest

from bridge.presets import preset, preset_names
from tests.presets.operator import Operator
from tests.presets.table import TABLE, expected

NAMES = tuple(TABLE)

# Those that let in whoever signs in
GATES = {"oauth2-proxy", "headscale", "tailscale", "cloudflare-access", "minio", "mod-auth-openidc"}

# Those that are told where the endpoints are, for they do not look: which of them
TYPED_IN = {
    "okta": ("authorize", "token", "jwks", "userinfo"),
    "cloudflare-access": ("authorize", "token", "jwks"),
    "casdoor": ("authorize", "token", "userinfo"),
    "logto": ("authorize", "token", "jwks"),
    "lemonldap": ("jwks",),
    "grafana": ("authorize", "token", "userinfo"),
    "wordpress": ("authorize", "token", "userinfo", "end_session"),
    "outline": ("authorize", "token", "userinfo", "end_session"),
    "mattermost": ("authorize", "token", "userinfo"),
    "portainer": ("authorize", "token", "userinfo", "end_session"),
    "pgadmin": ("authorize", "token", "userinfo"),
    "wikijs": ("authorize", "token", "userinfo", "end_session"),
    "audiobookshelf": ("authorize", "token", "userinfo", "jwks"),
    "generic": ("authorize", "token", "userinfo", "jwks", "end_session"),
}


def test_the_table_has_a_row_for_each_preset() -> None:
    assert sorted(TABLE) == list(preset_names())


@pytest.mark.parametrize("name", NAMES)
def test_what_is_registered_is_what_the_table_says(operator: Operator, name: str) -> None:
    client = operator.added(name).client
    assert client == expected(name, client)
    assert client.is_public is (TABLE[name]["authentication"] == "none")
    assert preset(name).authentication == TABLE[name]["authentication"]


@pytest.mark.parametrize("name", NAMES)
def test_it_is_called_by_its_name_unless_it_is_one_of_many(operator: Operator, name: str) -> None:
    client, known = operator.added(name).client, preset(name)
    if "--client-id" in TABLE[name]["options"]:
        assert known.is_library
        assert client.client_name == client.client_id
    else:
        assert (client.client_id, client.client_name) == (name, known.consumer)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_printed_is_all_that_it_has_to_be_told(operator: Operator, name: str) -> None:
    """Its own words hold the issuer or all endpoints, its id, its secret, and nothing unfilled."""
    _, _, settings = operator.added(name).printed.partition("\n\n")
    client = operator.added(name).client
    assert client.client_id in settings
    assert "https://id.example.com" in settings or name == "argocd-cli"
    if client.is_public:
        assert "…" not in settings
    else:
        assert "…" in settings
    for line in settings.splitlines():
        assert line == line.rstrip()
    for template in ("{{ ", "{%", "None", "(none)"):
        assert template not in settings.replace('"{{ user.', ""), template


@pytest.mark.parametrize("name", TYPED_IN)
def test_who_does_not_look_for_the_endpoints_is_told_them(operator: Operator, name: str) -> None:
    _, _, settings = operator.added(name).printed.partition("\n\n")
    paths = {
        "authorize": "/authorize",
        "token": "/token",
        "jwks": "/jwks",
        "userinfo": "/userinfo",
        "end_session": "/end_session",
    }
    for endpoint in TYPED_IN[name]:
        assert f"https://id.example.com{paths[endpoint]}" in settings, endpoint


@pytest.mark.parametrize("name", NAMES)
def test_gates_begin_with_nobody_and_say_so(operator: Operator, name: str) -> None:
    told = [
        line for line in operator.added(name).printed.splitlines() if line.startswith("access ")
    ]
    (line,) = told
    closed = name in GATES or "--access nobody" in TABLE[name]["options"]
    word = "nobody yet" if closed else "anyone who has WeChat"
    assert line.split(maxsplit=1)[1].startswith(word)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_warned_of(operator: Operator, name: str) -> None:
    assert operator.added(name).warned == ""


def test_a_scope_value_that_is_not_offered_is_left_out_with_a_warning(
    operator: Operator,
) -> None:
    little = operator.with_settings(SCOPES="openid,profile,email")
    added = little.add("--preset harbor --client-id small --url https://harbor.example.com")
    assert added.client.scope == ("openid", "profile", "email")
    assert "OIDC Scope             openid,profile,email\n" in added.printed
    assert "Group Claim Name" not in added.printed
    assert added.warned == "".join(
        f"warning: it would like to ask for {value}, but the setting scopes does not name that\n"
        for value in ("groups", "offline_access")
    )


# What else may be typed


def test_a_second_of_its_kind_takes_another_id(operator: Operator) -> None:
    operator.added("grafana")
    told = operator.refused(f"--preset grafana {TABLE['grafana']['options']}", status=1)
    assert told.startswith("grafana is taken; see wechat-oidc client show grafana; --client-id")


def test_what_is_typed_goes_before_the_preset(operator: Operator) -> None:
    added = operator.add(
        "--preset discourse --client-id forum --name 'The Forum' --url https://f.example.com"
        " --redirect-uri https://other.example.com/cb --scope openid --email-verified true"
        " --access oSomebody"
    )
    client = added.client
    assert (client.client_id, client.client_name) == ("forum", "The Forum")
    assert client.redirect_uris == ("https://other.example.com/cb",)
    assert client.post_logout_redirect_uris == ("https://f.example.com",)
    assert (client.scope, client.email_verified) == (("openid",), "true")
    assert client.access == ("oSomebody",)
    assert "authorize scope                 openid\n" in added.printed


def test_a_gate_is_opened_by_name(operator: Operator) -> None:
    options = "--preset headscale --client-id open --url https://h.example.com --access anyone"
    assert operator.add(options).client.access is None


def test_auth0_by_the_front_channel_is_answered_with_an_id_token(operator: Operator) -> None:
    options = "--preset auth0 --client-id front --with domain=acme.auth0.com --with channel=front"
    added = operator.add(options)
    assert added.client.response_types == ("id_token",)
    assert "Front Channel" in added.printed


def test_a_signer_of_its_own_has_no_secret_to_print(operator: Operator) -> None:
    """Entra External ID may sign who it is."""
    added = operator.add(
        "--preset entra-external --client-id entra --with tenant=contoso --with tenant_id=1"
        " --auth-method private_key_jwt --jwks-uri https://keys.example.com/jwks"
    )
    assert "client_secret  none: it signs with a key of its own" in added.printed
    assert "Client secret            (none)" in added.printed


def test_azures_names_are_written_in_lower_case(operator: Operator) -> None:
    added = operator.add("--preset azure-b2c --client-id b2c --with tenant=Contoso")
    (redirect_uri,) = added.client.redirect_uris
    assert redirect_uri == redirect_uri.lower()


def test_on_this_machine_http_will_do(operator: Operator) -> None:
    added = operator.add("--preset nextcloud --client-id dev --url http://localhost:8080")
    assert added.client.backchannel_logout_uri is None
    assert added.client.redirect_uris[0] == "http://localhost:8080/apps/user_oidc/code"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("--preset grafna", "did you mean grafana?"),
        ("--preset keycloak", "keycloak needs the address of the app: --url https://keycloak"),
        ("--preset keycloak --url https://k.example", "--with realm=staff"),
        ("--preset keycloak --url https://k.example --with rea=x", "it has: realm, alias"),
        ("--preset keycloak --url https://k.example --with realm", "is not NAME=VALUE"),
        ("--preset keycloak --with realm=a --with realm=b", "realm is given twice"),
        ("--preset keycloak --url https://k.example --with realm=a/b", "realm is one word of an"),
        ("--preset grafana --url grafana.example.com", "is that of the app, such as"),
        ("--preset grafana --url http://grafana.example.com", "in the clear"),
        ("--preset tailscale --url https://t.example", "is asked for no address"),
        ("--preset generic", "--redirect-uri is missing"),
        ("--preset spa --url https://s.example --auth-method client_secret_post", "no secret"),
        ("--url https://grafana.example.com", "--url goes with --preset"),
        ("--with realm=x", "--with goes with --preset"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(operator: Operator, options: str, line: str) -> None:
    told = operator.refused(options)
    assert line in told
    assert told.count("\n") == 1
