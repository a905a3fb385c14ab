"""``wechat-oidc client``: what an operator tells the bridge about relying parties."""

import asyncio
import re

import pytest

from bridge.app import open_store
from bridge.oidc.access_token import token_hash
from bridge.oidc.client import Client
from tests.cli.terminal import Operator

CALLBACK = "https://app.example.com/callback"


@pytest.fixture
def with_app(operator: Operator) -> Operator:
    """The operator, after ``client add --client-id app``."""
    operator.told("client", "add", "--client-id", "app", "--redirect-uri", CALLBACK)
    return operator


def add(operator: Operator, *options: str) -> dict[str, str]:
    """Add a client and return what was printed, by its first word."""
    lines = operator.told("client", "add", "--redirect-uri", CALLBACK, *options).splitlines()
    return dict(re.split(r"\s+", line, maxsplit=1) for line in lines)


def registered(operator: Operator, client_id: str = "app") -> Client:
    async def find() -> Client | None:
        store = await open_store(operator.settings())
        try:
            return await store.client(client_id)
        finally:
            await store.close()

    client = asyncio.run(find())
    assert client is not None
    return client


# add


def test_add_prints_all_that_the_relying_party_asks_for(operator: Operator) -> None:
    printed = add(operator, "--client-id", "app")
    assert list(printed) == [
        "client_id", "client_secret", "issuer", "discovery", "scope", "access",
    ]  # fmt: skip
    assert printed["client_id"] == "app"
    assert printed["issuer"] == "https://id.example.com"
    assert printed["discovery"] == "https://id.example.com/.well-known/openid-configuration"
    assert printed["scope"] == "openid profile email"


def test_the_secret_is_printed_once_and_kept_as_a_hash_only(operator: Operator) -> None:
    secret = add(operator, "--client-id", "app")["client_secret"]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", secret)
    assert registered(operator).client_secret_hash == token_hash(secret)
    told = operator.told("client", "show", "app") + operator.told("client", "list")
    assert secret not in told
    for file in (operator.folder / "data").rglob("*"):
        assert file.is_dir() or secret.encode() not in file.read_bytes(), file


def test_every_secret_and_every_id_is_new(operator: Operator) -> None:
    first, second = add(operator), add(operator)
    assert first["client_id"] != second["client_id"]
    assert first["client_secret"] != second["client_secret"]
    assert len(operator.told("client", "list").splitlines()) == 2


def test_without_access_anyone_may_enter_and_a_line_says_so_with_the_command(
    operator: Operator,
) -> None:
    printed = add(operator, "--client-id", "app")
    assert printed["access"] == (
        "anyone who has WeChat; to change it: wechat-oidc client update app --access SUBJECT"
    )
    assert registered(operator).access is None


def test_access_is_anyone_or_a_list(operator: Operator) -> None:
    assert "anyone who has WeChat" in add(operator, "--access", "anyone")["access"]
    printed = add(operator, "--client-id", "app", "--access", "oOne", "--access", "oTwo")
    assert "access" not in printed
    assert registered(operator).access == ("oOne", "oTwo")


@pytest.mark.parametrize("access", [("anyone", "oOne"), ("",), ("oOne oTwo",), ("o\nOne",)])
def test_access_that_is_neither_is_refused(operator: Operator, access: tuple[str, ...]) -> None:
    options = [word for listed in access for word in ("--access", listed)]
    line = operator.misused("client", "add", "--redirect-uri", CALLBACK, *options)
    assert line.startswith("Invalid value for '--access': ")


def test_a_public_client_has_no_secret_and_is_told_about_pkce(operator: Operator) -> None:
    printed = add(operator, "--client-id", "app", "--public")
    assert printed["client_secret"] == "none: a public client, PKCE is required"
    assert registered(operator).is_public
    assert "none, it is a public client" in operator.told("client", "show", "app")


def test_a_public_client_has_no_method_for_its_secret(operator: Operator) -> None:
    options = ("--redirect-uri", CALLBACK, "--auth-method", "client_secret_post")
    line = operator.misused("client", "add", "--public", *options)
    assert line == "a public client has no secret, so --auth-method has no meaning"
    add(operator, "--client-id", "app", "--public")
    line = operator.misused("client", "update", "app", "--auth-method", "client_secret_post")
    assert line == "a public client has no secret, so --auth-method has no meaning"


def test_options_end_up_in_the_registration(operator: Operator) -> None:
    add(
        operator,
        *("--client-id", "app", "--name", "应用 & Co", "--redirect-uri", "com.example.app:/cb"),
        *("--scope", "openid", "--scope", "wechat", "--auth-method", "client_secret_post"),
        *("--application-type", "native", "--id-token-alg", "ES256"),
        *("--claims-in-id-token", "none", "--email-verified", "true", "--nickname", "display"),
    )
    client = registered(operator)
    assert client == Client(
        client_id="app",
        client_name="应用 & Co",
        client_secret_hash=client.client_secret_hash,
        redirect_uris=(CALLBACK, "com.example.app:/cb"),
        token_endpoint_auth_method="client_secret_post",
        application_type="native",
        scope=("openid", "wechat"),
        id_token_signed_response_alg="ES256",
        access=None,
        claims_in_id_token="none",
        email_verified="true",
        nickname="display",
    )


def test_what_is_not_given_is_the_default(with_app: Operator) -> None:
    client = registered(with_app)
    secret_hash = client.client_secret_hash
    assert client == Client(
        client_id="app",
        client_name="app",
        redirect_uris=(CALLBACK,),
        client_secret_hash=secret_hash,
    )


def test_a_taken_id_is_told_and_what_was_there_stays(with_app: Operator) -> None:
    before = registered(with_app)
    options = ("--client-id", "app", "--redirect-uri", "https://other.example.com/cb")
    line = with_app.refused("client", "add", *options, status=1)
    assert line == "app is taken; see wechat-oidc client show app"
    assert registered(with_app) == before


@pytest.mark.parametrize(
    ("redirect_uri", "fault"),
    [
        ("https://app.example.com/cb#here", "has no fragment"),
        ("/callback", "is absolute"),
        ("javascript:alert(1)", "is absolute"),
        ("https:///callback", "names no host"),
        ("https://user@app.example.com/", "holds no user name"),
        ("myapp:/callback", "a reversed domain name"),
        ("https://app.example.com:port/", "is malformed"),
        ("https://例子.example/", "only the characters of RFC 3986"),
        ("https://app.example.com/a b", "only the characters of RFC 3986"),
        ("https://app.example.com/\n", "only the characters of RFC 3986"),
        ("", "only the characters of RFC 3986"),
    ],
)
def test_a_bad_redirect_uri_is_told_with_the_reason(
    operator: Operator, redirect_uri: str, fault: str
) -> None:
    line = operator.misused("client", "add", "--redirect-uri", redirect_uri)
    assert line.startswith(f"Invalid value for '--redirect-uri': {redirect_uri!r}: ")
    assert fault in line
    assert operator.told("client", "list") == ""


def test_without_a_redirect_uri_there_is_no_client(operator: Operator) -> None:
    assert operator.misused("client", "add").startswith("--redirect-uri is missing")


@pytest.mark.parametrize("client_id", ["", "an app", "a/b", "a:b", "é", "a\n", "\udcff", "a" * 101])
def test_an_id_that_no_relying_party_can_have_is_refused(
    operator: Operator, client_id: str
) -> None:
    for command in (("add", "--redirect-uri", CALLBACK, "--client-id"), ("show",), ("remove",)):
        line = operator.misused("client", *command, client_id)
        assert "letters, digits and . _ ~ - only" in line


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "a\tb", "\x1b[31mred", "\udcff"])
def test_a_name_is_one_line_and_not_blank(operator: Operator, name: str) -> None:
    line = operator.misused("client", "add", "--redirect-uri", CALLBACK, "--name", name)
    assert line == "Invalid value for '--name': a name is one line, and not blank"


# list, show


def test_list_has_a_line_for_each_client(operator: Operator) -> None:
    assert operator.told("client", "list") == ""
    add(operator, "--client-id", "wiki", "--name", "维基", "--access", "oOne", "--access", "oTwo")
    add(operator, "--client-id", "app")
    assert operator.told("client", "list") == "app\tapp\tanyone\nwiki\t维基\t2 listed\n"


def test_show_says_how_a_client_is_registered_and_never_shows_a_hash(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--name", "An App", "--scope", "openid")
    shown = operator.told("client", "show", "app")
    members = dict(re.split(r"\s+", line, maxsplit=1) for line in shown.splitlines())
    assert members == {
        "client_id": "app",
        "client_name": "An App",
        "redirect_uris": CALLBACK,
        "application_type": "web",
        "response_types": "code",
        "grant_types": "authorization_code",
        "scope": "openid",
        "subject_type": "public",
        "id_token_signed_response_alg": "RS256",
        "access_token_format": "opaque",
        "consent": "never",
        "access": "anyone",
        "claims_in_id_token": "scope",
        "email_verified": "auto",
        "nickname": "username",
        "secret": "set",
    }
    assert str(registered(operator).client_secret_hash) not in shown


def test_show_tells_who_may_enter(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--access", "oOne", "--access", "oTwo")
    assert re.search(r"^access +oOne oTwo$", operator.told("client", "show", "app"), re.MULTILINE)


def test_list_and_show_say_who_has_registered_itself(operator: Operator) -> None:
    add_self_registered(operator)
    assert operator.told("client", "list") == "photos\tphotos.example\tnobody\tself-registered\n"
    shown = operator.told("client", "show", "photos")
    assert re.search("^registration +self-registered$", shown, re.MULTILINE)
    assert token_hash("registration token") not in shown


def add_self_registered(operator: Operator) -> None:
    """A public client, as it is after POST /register."""
    photos = Client(
        client_id="photos",
        client_name="photos.example",
        redirect_uris=("https://photos.example/cb",),
        token_endpoint_auth_method="none",
        registration_token_hash=token_hash("registration token"),
        is_self_registered=True,
        access=(),
    )

    async def put_in() -> None:
        store = await open_store(operator.settings())
        try:
            assert await store.add_client(photos, now=1)
        finally:
            await store.close()

    asyncio.run(put_in())


# update, remove


def test_what_has_registered_itself_is_opened_by_the_operator(operator: Operator) -> None:
    add_self_registered(operator)
    operator.told("client", "update", "photos", "--access", "oOne")
    assert registered(operator, "photos").access == ("oOne",)
    assert registered(operator, "photos").is_self_registered


PAGES = {
    "--client-uri": "client_uri",
    "--logo-uri": "logo_uri",
    "--policy-uri": "policy_uri",
    "--tos-uri": "tos_uri",
    "--initiate-login-uri": "initiate_login_uri",
}


def test_what_people_are_shown_of_a_client_is_given_by_options(operator: Operator) -> None:
    uri = "https://app.example.com/page"
    options = [word for option in PAGES for word in (option, uri)]
    contacts = ("--contact", "ops@app.example.com", "--contact", "运维")
    add(operator, "--client-id", "app", *options, *contacts)
    client = registered(operator)
    assert {getattr(client, member) for member in PAGES.values()} == {uri}
    assert client.contacts == ("ops@app.example.com", "运维")


def test_what_people_are_shown_is_https(with_app: Operator) -> None:
    for option in PAGES:
        line = with_app.misused("client", "update", "app", option, "http://app.example.com/")
        assert line == (
            f"Invalid value for '{option}': 'http://app.example.com/' must begin with https://"
        )
    assert with_app.misused("client", "update", "app", "--contact", "a\nb") == (
        "Invalid value for '--contact': a contact is one line, and not blank"
    )


def test_update_changes_what_is_given_and_nothing_else(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--name", "An App", "--access", "oOne")
    before = registered(operator)
    assert operator.told("client", "update", "app", "--nickname", "omit") == "app is changed\n"
    after = registered(operator)
    assert after.nickname == "omit"
    assert (after.client_name, after.access) == ("An App", ("oOne",))
    assert after.client_secret_hash == before.client_secret_hash


def test_update_opens_a_list_to_anyone_and_closes_it_again(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--access", "oOne")
    operator.told("client", "update", "app", "--access", "anyone")
    assert registered(operator).access is None
    operator.told("client", "update", "app", "--access", "oTwo")
    assert registered(operator).access == ("oTwo",)


def test_update_without_a_change_is_a_mistake(with_app: Operator) -> None:
    assert with_app.misused("client", "update", "app").startswith("nothing to change")


def test_update_refuses_a_bad_redirect_uri(with_app: Operator) -> None:
    line = with_app.misused("client", "update", "app", "--redirect-uri", "myapp:/callback")
    assert "a reversed domain name" in line
    assert registered(with_app).redirect_uris == (CALLBACK,)


def test_remove_forgets_a_client(with_app: Operator) -> None:
    assert with_app.told("client", "remove", "app") == "app is removed\n"
    assert with_app.told("client", "list") == ""


@pytest.mark.parametrize("command", [("show",), ("update", "--nickname", "omit"), ("remove",)])
def test_a_client_that_is_not_registered_is_told(
    operator: Operator, command: tuple[str, ...]
) -> None:
    line = operator.refused("client", *command, "nobody", status=1)
    assert line == "nobody is not registered; see wechat-oidc client list"


def test_nobody_is_a_word_like_anyone(operator: Operator) -> None:
    add(operator, "--client-id", "app", "--access", "nobody")
    assert registered(operator).access == ()
    assert "nobody" in operator.told("client", "list")
    assert re.search(r"^access +nobody$", operator.told("client", "show", "app"), re.MULTILINE)
    line = operator.misused("client", "update", "app", "--access", "Nobody")
    assert line.endswith("anyone and nobody are written in lower case")
    operator.told("client", "update", "app", "--access", "anyone")
    assert registered(operator).access is None


def test_codes_in_the_clear_are_warned_of_and_refused_without_a_secret(
    operator: Operator,
) -> None:
    """RFC 9700 §2.6."""
    plain = ("--redirect-uri", "http://app.lan/callback")
    result = operator.run("client", "add", "--client-id", "app", *plain)
    assert result.exit_code == 0
    assert result.stderr == "warning: codes travel in the clear to http://app.lan/callback\n"
    line = operator.misused("client", "add", "--public", *plain)
    assert line == "a public client's redirect URI is https, loopback or an app's own"
