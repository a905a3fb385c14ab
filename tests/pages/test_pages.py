from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from starlette.responses import HTMLResponse

from bridge.oidc.presentation import Presentation
from bridge.oidc.scope import SCOPES_SUPPORTED
from bridge.pages import (
    LANGUAGES,
    NOTICES,
    SITUATIONS,
    account_page,
    consent_page,
    problem_page,
)
from tests.pages.elements import Page, read_page
from tests.pages.offers import FRAMED, OFFERS, WECHAT_URL, ask

HOSTILE = "<img src=x onerror=alert(1)> {client} \"quoted\" & 'single'"

agree = partial(
    consent_page,
    language="en",
    client=Presentation(name="Grafana"),
    person="张伟",
    scope=("openid", "profile"),
    claims=(),
    token="sealed",
    simulated=False,
)
choose = partial(
    account_page,
    language="en",
    client=Presentation(name="Grafana"),
    person="张伟",
    token="sealed",
    wechat_state="handle",
    simulated=False,
)
tell = partial(problem_page, language="en", error="server_error", status=500)

PAGES = [
    ("consent", agree),
    ("account", choose),
    *((situation, partial(tell, situation)) for situation in sorted(SITUATIONS)),
]
SIGN_IN = [
    *((name, partial(ask, offer=offer)) for name, offer in OFFERS.items()),
    *((f"notice {notice}", partial(ask, notice=notice)) for notice in sorted(NOTICES)),
]


def in_every_language(pages: Sequence[tuple[str, Callable[..., HTMLResponse]]]) -> list[Any]:
    return [
        pytest.param(partial(make, language=language), language, id=f"{name} {language}")
        for language in LANGUAGES
        for name, make in pages
    ]


EVERY_PAGE = in_every_language(PAGES + SIGN_IN)


def read(response: HTMLResponse) -> Page:
    return read_page(bytes(response.body).decode())


@pytest.mark.parametrize(("make", "language"), EVERY_PAGE)
def test_every_page_is_in_the_language_asked_for_and_says_so(
    make: Callable[[], HTMLResponse], language: str
) -> None:
    response = make()
    page = read(response)
    assert page.language == response.headers["content-language"] == language
    assert response.headers["vary"] == "Accept-Language"
    assert page.title == page.tagged("h1")[0].text != ""


@pytest.mark.parametrize(("make", "language"), EVERY_PAGE)
def test_every_page_forbids_what_it_does_not_need(
    make: Callable[[], HTMLResponse], language: str
) -> None:
    headers = make().headers
    policy, *more = headers["content-security-policy"].partition("; script-src")
    assert policy == (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    assert "".join(more) in {"", "; script-src 'self'", f"; script-src 'self'; frame-src {FRAMED}"}
    assert headers["referrer-policy"] == "strict-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-language"] == language


@pytest.mark.parametrize(("make", "language"), in_every_language(PAGES))
def test_a_page_without_scripts_permits_none(
    make: Callable[[], HTMLResponse], language: str
) -> None:
    response = make()
    assert not read(response).tagged("script"), language
    assert "script-src" not in response.headers["content-security-policy"]


@pytest.mark.parametrize(("make", "language"), EVERY_PAGE)
def test_every_page_works_under_its_own_policy(
    make: Callable[[], HTMLResponse], language: str
) -> None:
    page = read(make())
    assert page.tagged("html")[0].attributes["lang"] == language
    for script in page.tagged("script"):
        assert script.attributes["src"] == "/static/sign-in.js"
        assert script.text == ""
    assert not page.tagged("style")
    assert not [element for element in page.elements if "style" in element.attributes]
    (link,) = page.tagged("link")
    assert link.attributes == {"rel": "stylesheet", "href": "/static/style.css"}


@pytest.mark.parametrize("notice", sorted(NOTICES))
def test_a_notice_says_why_the_page_is_shown_again(notice: str) -> None:
    assert read(ask(notice=notice))["notice"].text
    others = {read(ask(notice=other))["notice"].text for other in NOTICES}
    assert len(others) == len(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "make",
    [ask, agree, choose, partial(tell, "fault")],
    ids=["sign-in", "consent", "account", "problem"],
)
def test_a_simulated_wechat_is_announced_on_the_page(
    make: Callable[..., HTMLResponse], language: str
) -> None:
    announced = read(make(language=language, simulated=True))
    assert announced["simulated"].text
    assert "simulated" not in read(make(language=language, simulated=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_a_problem_shows_its_code_and_nothing_else_in_the_error_element(
    situation: str, language: str
) -> None:
    response = problem_page(situation, language=language, error="access_denied", status=403)
    page = read(response)
    assert response.status_code == 403
    assert page["error"].text == "access_denied"
    for absent in ("subject", "description", "wechat-login", "cancel", "request-id"):
        assert absent not in page


def test_each_situation_is_told_apart() -> None:
    for language in LANGUAGES:
        told = {read(tell(situation, language=language)).title for situation in SITUATIONS}
        assert len(told) == len(SITUATIONS)


def test_what_a_problem_page_is_given_is_shown_as_data() -> None:
    page = read(
        problem_page(
            "refused",
            language="zh-CN",
            error=HOSTILE,
            status=403,
            description=HOSTILE,
            subject=HOSTILE,
            retry_url=WECHAT_URL,
            wechat_state="handle",
            request_id=HOSTILE,
        )
    )
    for shown in ("error", "description", "subject", "request-id"):
        assert page[shown].text == HOSTILE
    assert page["wechat-login"].attributes["href"] == WECHAT_URL
    assert page["cancel"].tag == "button"
    assert page.tagged("form")[0].attributes["action"] == "/cancel"
    assert not page.tagged("img")


def test_an_unknown_situation_or_notice_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no such situation: weather"):
        tell("weather")
    with pytest.raises(ValueError, match="no such notice: weather"):
        ask(notice="weather")


PRESENTED = Presentation(
    name="Grafana",
    client_uri="https://grafana.example/",
    logo_uri="https://cdn.grafana.example:8443/logo.png?a=1&b=2",
    policy_uri="https://grafana.example/privacy",
    tos_uri="https://grafana.example/terms",
)


@pytest.mark.parametrize("make", [ask, agree, choose], ids=["sign-in", "consent", "account"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_about_a_client_show_logo_policy_and_terms(
    make: Callable[..., HTMLResponse], language: str
) -> None:
    """OpenID Connect Dynamic Client Registration 1.0 §2."""
    page = read(make(language=language, client=PRESENTED))
    assert page["logo"].tag == "img"
    assert page["logo"].attributes["src"] == PRESENTED.logo_uri
    assert page["logo"].attributes["alt"] == ""  # the name stands beside it
    links = {"website": "client_uri", "policy": "policy_uri", "terms": "tos_uri"}
    for name, member in links.items():
        link = page[name]
        assert link.text
        assert link.attributes["href"] == getattr(PRESENTED, member)
        assert link.attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize("make", [ask, agree, choose], ids=["sign-in", "consent", "account"])
def test_a_logo_may_come_from_its_own_origin_and_nothing_else_may(
    make: Callable[..., HTMLResponse],
) -> None:
    """Content Security Policy §6.1.5."""
    headers = make(client=PRESENTED).headers
    assert headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; "
        "img-src 'self' https://cdn.grafana.example:8443; base-uri 'none'; frame-ancestors 'none'"
    )


def test_what_a_client_does_not_have_is_not_shown() -> None:
    page = read(ask())
    for absent in ("logo", "website", "policy", "terms", "unverified"):
        assert absent not in page


@pytest.mark.parametrize("make", [ask, agree, choose], ids=["sign-in", "consent", "account"])
@pytest.mark.parametrize(("language", "word"), [("en", "Unverified"), ("zh-CN", "未经验证")])
def test_a_client_that_nobody_vouches_for_is_called_so_with_where_it_leads(
    make: Callable[..., HTMLResponse], language: str, word: str
) -> None:
    page = read(make(language=language, client=Presentation(name=HOSTILE, unverified_at="rp.test")))
    assert word in page["unverified"].text
    assert "rp.test" in page["unverified"].text
    assert [element.text for element in page.tagged("bdi")].count(HOSTILE) >= 2
    assert not page.tagged("img")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_can_be_answered_without_scripts(language: str) -> None:
    page = read(agree(language=language))
    (form,) = page.tagged("form")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/consent")
    (token,) = page.tagged("input")
    assert (token.attributes["name"], token.attributes["value"]) == ("token", "sealed")
    decisions = {"allow": "allow", "deny": "deny", "other-account": "other"}
    for name, value in decisions.items():
        button = page[name]
        assert (button.tag, button.attributes["type"]) == ("button", "submit")
        assert (button.attributes["name"], button.attributes["value"]) == ("decision", value)
        assert button.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_says_line_by_line_what_the_client_gets(language: str) -> None:
    """Core §3.1.2.4: in plain words, and none that stands for nothing."""
    claims = ("phone_number", "zoneinfo")
    here = tuple(value for value in SCOPES_SUPPORTED if value != "offline_access")
    page = read(agree(language=language, scope=here, claims=claims))
    lines = [element.text for element in page.tagged("li")]
    assert len(lines) == len(here) + len(claims)
    assert any("zoneinfo" in line for line in lines)
    assert not any("phone_number" in line for line in lines)
    away = read(agree(language=language, scope=("offline_access", "openid"), claims=claims))
    assert away.tagged("li")[-1].text not in lines


def test_what_the_question_is_about_is_data() -> None:
    page = read(agree(client=Presentation(name=HOSTILE), person=HOSTILE, claims=(HOSTILE,)))
    assert not page.tagged("img")
    assert {element.text for element in page.tagged("bdi")} == {HOSTILE}
    page = read(choose(client=Presentation(name=HOSTILE), person=HOSTILE, wechat_state=HOSTILE))
    assert not page.tagged("img")
    assert {element.text for element in page.tagged("bdi")} == {HOSTILE}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_account_is_gone_on_with_or_another_is_used_or_neither(language: str) -> None:
    page = read(choose(language=language))
    question, cancel = page.tagged("form")
    assert (question.attributes["method"], question.attributes["action"]) == (
        "post",
        "/select_account",
    )
    assert cancel.attributes["action"] == "/cancel"
    assert page["continue"].attributes["value"] == "continue"
    assert "张伟" in page["continue"].text
    assert page["other-account"].attributes["value"] == "other"
    assert page["cancel"].text
