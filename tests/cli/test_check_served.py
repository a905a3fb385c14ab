"""What WeChat fetches from the bridge, fetched by the doctor first."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.cli.doctor.issuer import examine_issuer
from bridge.cli.doctor.served import examine_files, examine_pushes
from bridge.wechat.events.signature import is_signed
from tests.cli.examining import NOBODY, answering, examined
from tests.cli.terminal import APPID, Operator
from tests.serving import free_port

TOKEN = "TokenOfTheConsole"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECURE = {"WECHAT_EVENTS_TOKEN": TOKEN, "WECHAT_EVENTS_AES_KEY": AES_KEY}
PROOF = "AbCdEfGh12345678"


def test_the_address_of_pushes_is_asked_as_wechats_console_asks(operator: Operator) -> None:
    with answering("ECHOSTR") as (url, asked):
        ((verdict, text),) = examined(examine_pushes, operator, ISSUER=url, **SECURE)
    assert verdict == "ok"
    assert text == (
        f"{APPID}: {url}/wechat/events/{APPID} answers; it is the 服务器地址 (URL) of 消息推送 in"
        " WeChat's console"
    )
    (address,) = map(urlsplit, asked)
    assert address.path == f"/wechat/events/{APPID}"
    told = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert is_signed(told["signature"], (TOKEN,), told["timestamp"], told["nonce"])


def test_a_bridge_of_ours_answers_as_the_doctor_wants_it(operator: Operator) -> None:
    """Serve in earnest: what the doctor asks for is what the bridge gives."""
    port = free_port()
    here = operator.with_settings(ISSUER=f"http://localhost:{port}", MP_VERIFY=PROOF, **SECURE)
    verdicts: list[str] = []

    def visit(_lines: list[str]) -> None:
        for examination in (examine_issuer, examine_files, examine_pushes):
            verdicts.extend(verdict for verdict, _ in examined(examination, here))

    simulated = here.with_settings(API_HOSTS=NOBODY, AUTHORIZE_HOST=NOBODY)
    simulated.serving("serve", "--port", str(port), meanwhile=visit)
    assert verdicts == ["ok", "ok", "ok"]


@pytest.mark.parametrize(("answer", "status"), [("ECHOSTR\n", 200), ("", 200), ("ECHOSTR", 403)])
def test_another_answer_than_the_echo_has_failed(
    operator: Operator, answer: str, status: int
) -> None:
    with answering(answer, status=status) as (url, _):
        ((verdict, text),) = examined(examine_pushes, operator, ISSUER=url, **SECURE)
    assert verdict == "FAILED"
    assert "restart the bridge" in text
    assert TOKEN not in text


def test_a_bridge_that_is_not_running_is_a_warning(operator: Operator) -> None:
    proofs = {"MP_VERIFY": PROOF}
    ((verdict, text),) = examined(examine_pushes, operator, ISSUER=NOBODY, **SECURE)
    assert (verdict, text[-22:]) == ("warning", "is the bridge running?")
    ((verdict, text),) = examined(examine_files, operator, ISSUER=NOBODY, **proofs)
    assert (verdict, text[-22:]) == ("warning", "is the bridge running?")
    with answering("ECHOSTR", status=502) as (url, _):
        ((verdict, _),) = examined(examine_pushes, operator, ISSUER=url, **SECURE)
    assert verdict == "warning"


def test_without_pushes_nobody_hears_of_a_withdrawal(operator: Operator) -> None:
    ((verdict, text),) = examined(examine_pushes, operator)
    assert verdict == "warning"
    assert text.endswith("(setting wechat.events_token)")
    assert examined(examine_pushes, operator, AUTHORIZE_HOST=NOBODY) == []


@pytest.mark.parametrize(
    ("in_plain", "text"), [("note", "and set wechat.events_aes_key"), ("act", "events_in_plain")]
)
def test_pushes_whose_content_nobody_signs_are_a_warning(
    operator: Operator, in_plain: str, text: str
) -> None:
    with answering("ECHOSTR") as (url, _):
        good, (verdict, what) = examined(
            examine_pushes,
            operator,
            ISSUER=url,
            WECHAT_EVENTS_TOKEN=TOKEN,
            WECHAT_EVENTS_IN_PLAIN=in_plain,
        )
    assert good[0] == "ok"
    assert verdict == "warning"
    assert text in what


@pytest.mark.parametrize(
    ("answer", "verdict"), [(PROOF, "ok"), (f"{PROOF}\n", "FAILED"), ("<html>", "FAILED")]
)
def test_the_proof_of_a_domain_is_fetched_to_the_letter(
    operator: Operator, answer: str, verdict: str
) -> None:
    with answering(answer) as (url, asked):
        ((told, text),) = examined(examine_files, operator, ISSUER=url, MP_VERIFY=PROOF)
    assert told == verdict
    assert asked == [f"/MP_verify_{PROOF}.txt"]
    assert text.startswith(f"{url}/MP_verify_{PROOF}.txt is ")
