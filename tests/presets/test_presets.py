"""What a preset makes of an operator's words."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bridge.oidc.client import Client
from bridge.oidc.provider_metadata import Offered, provider_metadata
from bridge.presets import (
    Facts,
    Preset,
    UnfitPreset,
    filled,
    preset,
    preset_names,
    settings_text,
)
from bridge.presets.forms import FORMS, read_base_url, read_value
from bridge.presets.preset import Variable

GRAFANA = "https://grafana.example.com"

OFFERED = Offered(signing_algorithms=("RS256",), ui_locales=(), scopes=("openid",), acr_values=())


def a_preset(**changed: object) -> Preset:
    members: dict[str, object] = {
        "name": "forum",
        "consumer": "Forum",
        "manual": "https://forum.example/manual",
        "known_from": "source",
        "url": "https://forum.example.com",
        "authentication": "client_secret_basic",
        "pkce": False,
        "is_library": False,
        "variables": {},
        "members": {"redirect_uris": ("{b}/callback",)},
        "settings": "",
    }
    return Preset(**{**members, **changed})  # type: ignore[arg-type]


def refusal(of: Preset, url: str | None = None, **values: str) -> str:
    with pytest.raises(UnfitPreset) as refused:
        filled(of, url=url, values=values)
    return str(refused.value)


def test_addresses_are_made_of_the_consumers_own_and_of_variables() -> None:
    variables = {"slug": Variable(name="slug", about="the slug", example="wechat")}
    forum = a_preset(
        variables=variables,
        members={
            "redirect_uris": ("{b}/in/{slug}", "com.example.forum:/{slug}"),
            "post_logout_redirect_uris": ("{b}",),
            "backchannel_logout_uri": "{b}/out?of={slug}",
        },
    )
    made = filled(forum, url="https://forum.example.com/", values={"slug": "we"})
    assert made.members == {
        "client_name": "Forum",
        "redirect_uris": ("https://forum.example.com/in/we", "com.example.forum:/we"),
        "post_logout_redirect_uris": ("https://forum.example.com",),
        "backchannel_logout_uri": "https://forum.example.com/out?of=we",
    }
    assert made.values == {"b": "https://forum.example.com", "slug": "we"}


def test_braces_elsewhere_stay_as_they_are() -> None:
    """In claims of a client's own they stand for facts about a person."""
    claims = {"id": "{number}", "login": "{b}"}
    forum = a_preset(members={"redirect_uris": ("{b}/in",), "extra_claims": claims})
    assert filled(forum, url=GRAFANA).members["extra_claims"] == claims


def test_what_is_missing_is_named_with_an_example() -> None:
    realm = Variable(name="realm", about="the realm of its people", example="master")
    forum = a_preset(variables={"realm": realm}, members={"redirect_uris": ("{b}/realms/{realm}",)})
    assert refusal(forum) == ("forum needs the address of the app: --url https://forum.example.com")
    assert refusal(forum, GRAFANA) == "forum needs the realm of its people: --with realm=master"


def test_a_default_is_taken_where_nothing_is_said() -> None:
    alias = Variable(name="alias", about="its alias", example="wechat", default="wechat")
    forum = a_preset(variables={"alias": alias}, members={"redirect_uris": ("{b}/{alias}",)})
    assert filled(forum, url=GRAFANA).members["redirect_uris"] == (f"{GRAFANA}/wechat",)
    made = filled(forum, url=GRAFANA, values={"alias": "weixin"})
    assert made.members["redirect_uris"] == (f"{GRAFANA}/weixin",)


def test_a_variable_that_it_does_not_have_is_refused_with_those_that_it_has() -> None:
    alias = Variable(name="alias", about="its alias", example="wechat", default="wechat")
    forum = a_preset(variables={"alias": alias})
    assert refusal(forum, GRAFANA, alais="x") == "forum has no variable 'alais'; it has: alias"
    assert refusal(a_preset(), GRAFANA, x="y") == "forum has no variable 'x'; it has: none"


def test_nothing_is_asked_that_only_given_members_would_need() -> None:
    forum = a_preset(members={"redirect_uris": ("{b}/callback",), "nickname": "display"})
    assert filled(forum, given=("redirect_uris",)).members == {
        "client_name": "Forum",
        "nickname": "display",
    }


def test_what_the_printed_settings_need_is_asked() -> None:
    forum = a_preset(members={}, settings="Open {{ b }}/settings.")
    assert "--url" in refusal(forum)


def test_a_choice_changes_members() -> None:
    channel = Variable(
        name="channel",
        about="the way",
        example="front",
        default="back",
        choices={"back": {}, "front": {"response_types": ("id_token",)}},
    )
    forum = a_preset(variables={"channel": channel})
    assert "response_types" not in filled(forum, url=GRAFANA).members
    made = filled(forum, url=GRAFANA, values={"channel": "front"})
    assert made.members["response_types"] == ("id_token",)
    assert refusal(forum, GRAFANA, channel="side") == "channel is back or front, and not 'side'"


def test_where_no_address_is_asked_none_is_taken() -> None:
    fixed = a_preset(url=None, members={"redirect_uris": ("https://forum.example/cb",)})
    assert filled(fixed).members["redirect_uris"] == ("https://forum.example/cb",)
    assert refusal(fixed, GRAFANA) == "forum is asked for no address: leave it out"


def test_on_this_machine_what_may_only_be_https_is_left_out() -> None:
    forum = a_preset(
        members={
            "redirect_uris": ("{b}/in",),
            "client_uri": "{b}",
            "backchannel_logout_uri": "{b}/out",
        }
    )
    assert filled(forum, url="http://localhost:3000").members == {
        "client_name": "Forum",
        "redirect_uris": ("http://localhost:3000/in",),
    }


def test_what_is_made_of_good_parts_is_judged_as_a_whole() -> None:
    forum = a_preset(members={"redirect_uris": ("{b}/in?code=1",)})
    assert "the answer does" in refusal(forum, GRAFANA)


def test_scope_values_that_are_not_offered_are_left_out_and_told() -> None:
    forum = a_preset(members={"redirect_uris": (), "scope": ("openid", "wechat", "email")})
    made = filled(forum, offered=("openid", "email", "profile"))
    assert (made.members["scope"], made.left_out) == (("openid", "email"), ("wechat",))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("grafana.example.com", "is that of the app"),
        ("ftp://grafana.example.com", "is that of the app"),
        ("https://", "is that of the app"),
        ("https://grafana.example.com:port", "is malformed"),
        ("https://[::1", "is malformed"),
        ("https://user@grafana.example.com", "holds what no address"),
        ("https://grafana.example.com/a b", "holds what no address"),
        ("https://grafana.example.com/{b}", "holds what no address"),
        ("https://grafana.example.com/$(id)", "holds what no address"),
        ("https://grafana.example.com/a'b", "holds what no address"),
        ("HTTPS://grafana.example.com", "holds what no address"),
        ("https://grafana.example.com?x=1", "ends before the query"),
        ("https://grafana.example.com/#x", "ends before the query"),
        ("http://grafana.example.com", "in the clear"),
        ("http://localhost.example.com", "in the clear"),
    ],
)
def test_an_address_that_is_none_of_an_app_is_refused(url: str, told: str) -> None:
    with pytest.raises(UnfitPreset, match=told) as refused:
        read_base_url(url, example=GRAFANA)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://grafana.example.com/", GRAFANA),
        ("https://example.com/grafana/", "https://example.com/grafana"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_an_address_is_taken_without_the_slash_at_its_end(url: str, base: str) -> None:
    assert read_base_url(url, example=GRAFANA) == base


VALUES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "label": (("contoso", "a-1"), ("", "-a", "a.b", "a/b", "contoso.onmicrosoft.com")),
    "lower": (("Contoso",), ("a.b",)),
    "segment": (("wechat", "a.b_c~d", "My%20Realm"), ("", "a/b", "a b", "a?b", "微信", "%zz")),
    "host": (("tenant.eu.auth0.com",), ("https://x.y", "localhost", "x.y/z", "a..b", "x.y\n")),
    "path": (
        ("/", "/protected/redirect_uri"),
        ("", "protected", "/a?b", "/a b", "/a#b", "/a;b", "/$a"),
    ),
    "scheme": (("com.example.app",), ("com.Example", "app", "com.example:/", "1.a")),
}


@pytest.mark.parametrize("form", VALUES)
def test_a_value_has_the_form_of_its_variable(form: str) -> None:
    good, bad = VALUES[form]
    for value in good:
        expected = value.lower() if form == "lower" else value
        assert read_value("x", value, form=form, example="e") == expected
    for value in bad:
        with pytest.raises(UnfitPreset, match=r"^x is .* such as e, and not "):
            read_value("x", value, form=form, example="e")


def test_each_form_is_tried_here() -> None:
    assert VALUES.keys() == FORMS.keys()


def test_an_unknown_preset_is_told_with_those_that_are_like_it() -> None:
    with pytest.raises(UnfitPreset, match=r"'grafna': did you mean grafana"):
        preset("grafna")
    with pytest.raises(UnfitPreset, match=r"'../grafana': did you mean"):
        preset("../grafana")
    with pytest.raises(UnfitPreset, match=r"'qqqqqqqq'; wechat-oidc client presets"):
        preset("qqqqqqqq")


@pytest.mark.parametrize("name", preset_names())
def test_what_is_printed_can_be_filled_whatever_else_is_typed(name: str) -> None:
    """One address where it has several, one scope value, no secret, nowhere to go back to."""
    known = preset(name)
    values = {variable.name: variable.example for variable in known.variables.values()}
    made = filled(known, url=known.url, values=values)
    uri = "https://other.example.com/callback"
    client = Client(client_id="other", client_name="x", redirect_uris=(uri,), scope=("openid",))
    metadata = provider_metadata("https://id.example.com", OFFERED)
    facts = Facts(client=client, client_secret=None, metadata=metadata, email_domain="x.example")
    assert "other" in settings_text(known, made.values, facts)


def test_everything_that_is_printed_is_the_operators_own() -> None:
    """Another issuer, another id, another secret, another domain; nothing of ours is left."""
    metadata = provider_metadata("https://login.example.org", OFFERED)
    for name in preset_names():
        known = preset(name)
        values = {variable.name: variable.example for variable in known.variables.values()}
        made = filled(known, url=known.url, values=values)
        nobody = Client(client_id="c-7", client_name="x", redirect_uris=("https://x.example/cb",))
        client = replace(nobody, **made.members)
        facts = Facts(
            client=client, client_secret="s3cret", metadata=metadata, email_domain="p.example"
        )
        text = settings_text(known, made.values, facts)
        assert "id.example.com" not in text, name
        assert ("s3cret" in text) is not known.is_public, name


@pytest.mark.parametrize("name", preset_names())
def test_every_file_is_a_preset_whose_examples_are_good(name: str) -> None:
    known = preset(name)
    values = {variable.name: variable.example for variable in known.variables.values()}
    made = filled(known, url=known.url, values=values)
    assert made.left_out == ()
    assert known.manual.startswith("https://")
    for variable in known.variables.values():
        assert variable.form in FORMS
