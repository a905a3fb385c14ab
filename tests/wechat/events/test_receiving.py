"""Whether a request is WeChat's: its signature, its time, and which part of it counts."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.parameters import Parameters, read_parameters
from bridge.wechat.events import (
    Delivery,
    PushRefused,
    PushSettings,
    answer_to_url_check,
    read_aes_key,
    receive,
)
from tests.wechat.events import official
from tests.wechat.events.sealing import APPID, KEY, NOW, TOKEN, seal, sign

SETTINGS = PushSettings(tokens=(TOKEN,), aes_keys=(read_aes_key(KEY),))
OFFICIAL = PushSettings(
    tokens=(official.TOKEN,), aes_keys=(read_aes_key(official.ENCODING_AES_KEY),)
)
MESSAGE = b'{"MsgType": "event", "Event": "debug_demo"}'


def query(**values: str | None) -> Parameters:
    sent = {name: value for name, value in values.items() if value is not None}
    return read_parameters(urlencode(sent).encode())


def signed(
    *more: str, at: int = NOW, nonce: str = "415670741", **changed: str | None
) -> Parameters:
    """A query as WeChat sends it; with ``more``, that of a sealed message."""
    values: dict[str, str | None] = {
        "signature": sign(TOKEN, str(at), nonce),
        "timestamp": str(at),
        "nonce": nonce,
    }
    if more:
        values |= {"encrypt_type": "aes", "msg_signature": sign(TOKEN, str(at), nonce, *more)}
    return query(**(values | changed))


def sealed_body(message: bytes = MESSAGE, **more: str) -> tuple[str, bytes]:
    encrypt = seal(message)
    return encrypt, json.dumps({"ToUserName": "gh_1", "Encrypt": encrypt} | more).encode()


def taken(parameters: Parameters, body: bytes, settings: PushSettings = SETTINGS) -> Delivery:
    return receive(parameters, body, APPID, settings, now=NOW)


# The URL check, §1.2


def test_the_echostr_is_returned_as_the_manual_has_it() -> None:
    parameters = query(**official.URL_CHECK)
    assert answer_to_url_check(parameters, OFFICIAL, now=1_714_036_504) == "4375120948345356249"


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"signature": None}, "signature is missing"),
        ({"signature": "0" * 40}, "signature is wrong"),
        ({"signature": official.PLAIN["signature"]}, "signature is wrong"),
        ({"nonce": "1514711493"}, "signature is wrong"),
        ({"nonce": None}, "nonce is missing"),
        ({"timestamp": None}, "timestamp is missing"),
        ({"timestamp": "soon"}, "timestamp is no time"),
        ({"timestamp": "-1714036504"}, "timestamp is no time"),
        ({"timestamp": "9" * 12}, "timestamp is no time"),
        ({"echostr": None}, "echostr is missing"),
        ({"echostr": "<script>"}, "echostr is not of WeChat's making"),
        ({"echostr": "9" * 257}, "echostr is not of WeChat's making"),
    ],
)
def test_nothing_is_echoed_to_who_does_not_know_the_token(
    changed: dict[str, str | None], cause: str
) -> None:
    """And no markup to who has seen a signature, which does not cover it."""
    parameters = query(**official.URL_CHECK | changed)
    with pytest.raises(PushRefused, match=cause):
        answer_to_url_check(parameters, OFFICIAL, now=1_714_036_504)


def test_a_parameter_that_is_repeated_or_no_text_is_refused() -> None:
    for spoilt in (b"nonce=1&nonce=1&timestamp=%d" % NOW, b"nonce=%%ff&timestamp=%d" % NOW):
        with pytest.raises(PushRefused, match="nonce is repeated, or no text"):
            answer_to_url_check(read_parameters(spoilt), SETTINGS, now=NOW)


# Five minutes on either side


@pytest.mark.parametrize("away", [-300, -299, 0, 299, 300])
def test_a_push_is_good_for_five_minutes_on_either_side(away: int) -> None:
    delivery = taken(signed(at=NOW + away), MESSAGE)
    assert delivery.good_until == NOW + away + 301


@pytest.mark.parametrize("away", [-301, 301, -NOW, 10 * NOW])
def test_before_and_after_it_is_refused(away: int) -> None:
    with pytest.raises(PushRefused, match="five minutes"):
        taken(signed(at=NOW + away), MESSAGE)
    with pytest.raises(PushRefused, match="five minutes"):
        answer_to_url_check(signed(at=NOW + away, echostr="1"), SETTINGS, now=NOW)


# The secure mode, §2.2


def test_the_example_of_the_manual_is_received() -> None:
    body = json.dumps({"ToUserName": "gh_97417a04a28d", "Encrypt": official.ENCRYPT}).encode()
    parameters, now = query(**official.SECURE), int(official.SECURE["timestamp"])
    delivery = receive(parameters, body, official.APPID, OFFICIAL, now=now)
    assert delivery.is_sealed
    assert delivery.fields["debug_str"] == "hello world"


@pytest.mark.parametrize("signature", [None, "0" * 40])
def test_of_a_sealed_message_only_its_own_signature_counts(signature: str | None) -> None:
    """§2.2: "do not verify signature"."""
    encrypt, body = sealed_body()
    assert taken(signed(encrypt, signature=signature), body).is_sealed


def test_a_sealed_message_may_be_xml_in_xml() -> None:
    encrypt = seal(b"<xml><MsgType>event</MsgType><Event>debug_demo</Event></xml>")
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
    assert taken(signed(encrypt), body.encode()).fields["Event"] == "debug_demo"


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"msg_signature": None}, "msg_signature is missing"),
        ({"msg_signature": "0" * 40}, "msg_signature is wrong"),
        ({"msg_signature": sign(TOKEN, str(NOW), "415670741")}, "msg_signature is wrong"),
        ({"nonce": "415670742"}, "msg_signature is wrong"),
        ({"timestamp": str(NOW + 1)}, "msg_signature is wrong"),
    ],
)
def test_a_sealed_message_that_is_not_signed_is_refused(
    changed: dict[str, str | None], cause: str
) -> None:
    encrypt, body = sealed_body()
    with pytest.raises(PushRefused, match=cause):
        taken(query(**{**signed(encrypt).values, **changed}), body)


def test_the_signature_of_one_message_is_none_of_another() -> None:
    encrypt, _ = sealed_body()
    _, other = sealed_body(b'{"MsgType": "event", "Event": "another"}')
    with pytest.raises(PushRefused, match="msg_signature is wrong"):
        taken(signed(encrypt), other)


@pytest.mark.parametrize("name", ["Encrypt", "ToUserName"])
def test_the_plain_part_of_the_compatible_mode_does_not_count(name: str) -> None:
    """兼容模式 sends both, and a signature that covers what is sealed."""
    encrypt, body = sealed_body(Event="user_authorization_revoke", OpenID="o-somebody-else")
    delivery = taken(signed(encrypt), body)
    assert delivery.fields == json.loads(MESSAGE)
    assert name not in delivery.fields


def test_what_was_sealed_is_not_taken_in_plain() -> None:
    """Who leaves out Encrypt has a signature that covers no body, and it does not count."""
    encrypt, _ = sealed_body()
    with pytest.raises(PushRefused, match="Encrypt is missing"):
        taken(signed(encrypt), MESSAGE)
    assert not taken(signed(encrypt, encrypt_type="raw"), MESSAGE).is_sealed


def test_an_empty_envelope_is_refused() -> None:
    with pytest.raises(PushRefused, match="whole number"):
        taken(signed(""), b'{"Encrypt": ""}')


def test_the_beginning_of_the_ciphertext_cannot_become_the_end_of_the_nonce() -> None:
    """The parts are joined without anything between them, so the signature stays right.

    Whoever may write a part of a message could hide another in it, behind the first blocks.
    """
    hidden = b'{"MsgType": "event", "Event": "hidden"}'
    message = b"m" * 92 + len(hidden).to_bytes(4, "big") + hidden
    for number in range(1_000):
        encrypt = seal(message, random=f"{number:016}".encode())
        nonce, rest = "415670741" + encrypt[:128], encrypt[128:]
        signature = sign(TOKEN, str(NOW), "415670741", encrypt)
        if signature == sign(TOKEN, str(NOW), nonce, rest):
            break
    else:
        pytest.fail("no ciphertext sorts as it has to")
    moved = query(timestamp=str(NOW), nonce=nonce, encrypt_type="aes", msg_signature=signature)
    with pytest.raises(PushRefused, match="nonce is not of WeChat's making"):
        taken(moved, json.dumps({"Encrypt": rest}).encode())


# The plain mode, §2.1


def test_in_the_plain_mode_the_content_is_nobodys() -> None:
    delivery = taken(signed(), MESSAGE)
    assert not delivery.is_sealed
    assert delivery.fields["Event"] == "debug_demo"


def test_without_a_signature_nothing_is_taken() -> None:
    with pytest.raises(PushRefused, match="signature is missing"):
        taken(signed(signature=None), MESSAGE)


def test_every_request_has_a_hash_of_its_own() -> None:
    first = taken(signed(), MESSAGE)
    assert taken(signed(), MESSAGE).request_hash == first.request_hash
    others = [signed(nonce="1"), signed(at=NOW + 1)]
    hashes = {taken(other, MESSAGE).request_hash for other in others}
    assert len(hashes | {first.request_hash}) == 3


def test_neither_token_nor_key_nor_content_is_printed() -> None:
    assert TOKEN not in repr(SETTINGS)
    assert repr(read_aes_key(KEY)) not in repr(SETTINGS)
    assert "debug_demo" not in repr(taken(signed(), MESSAGE))


@given(st.dictionaries(st.sampled_from(["timestamp", "nonce", "msg_signature"]), st.text()))
def test_whatever_else_the_query_says_is_refused(changed: dict[str, str]) -> None:
    encrypt, body = sealed_body()
    good = dict(signed(encrypt).values)
    if good | changed == good:
        return
    with pytest.raises(PushRefused):
        taken(Parameters(good | changed), body)
