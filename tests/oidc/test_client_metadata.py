"""Client metadata as JSON: RFC 7591 §2."""

from typing import Any

import pytest

from bridge.oidc.client_metadata import ClientMetadata, read_client_metadata
from bridge.oidc.errors import InvalidClientMetadata, InvalidRedirectUri, OAuthError


def metadata(value: object) -> ClientMetadata:
    return ClientMetadata({"member": value})


def refusal(name: str, value: object, *arguments: Any) -> str:
    with pytest.raises(InvalidClientMetadata) as refused:
        getattr(metadata(value), name)("member", *arguments)
    return refused.value.description


@pytest.mark.parametrize("body", [b"{}", b' {"a": null}\n', '{"名": "x"}'.encode()])
def test_it_is_a_json_object(body: bytes) -> None:
    assert isinstance(read_client_metadata(body), ClientMetadata)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"1", b"null", b"{", b"\xff", b"[" * 60_000, b'{"a":' * 9_000, b"9" * 5000]
)
def test_what_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidClientMetadata):
        read_client_metadata(body)


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        ("text", None),
        ("texts", ()),
        ("flag", False),
        ("seconds", None),
        ("document", None),
        ("https_uri", None),
        ("https_uris", ()),
    ],
)
def test_null_and_what_is_empty_count_as_omitted(name: str, nothing: object) -> None:
    """Many clients write down what they do not have."""
    assert getattr(ClientMetadata({}), name)("member") == nothing
    assert getattr(metadata(None), name)("member") == nothing
    if name not in {"texts", "https_uris"}:
        assert getattr(metadata(""), name)("member") == nothing
    else:
        assert getattr(metadata([]), name)("member") == nothing


@pytest.mark.parametrize("value", [1, True, ["a"], {}, "a\nb", "a\0", "\ud800", "a\u202eb"])
def test_a_text_is_one_line(value: object) -> None:
    assert refusal("text", value) == "member must be text of one line"


def test_a_text_has_a_length() -> None:
    assert metadata("é" * 2_000).text("member") == "é" * 2_000
    assert refusal("text", "é" * 2_001) == "member is longer than 2000 characters"


@pytest.mark.parametrize("value", ["a", 1, {}, True, ""])
def test_a_list_is_a_list(value: object) -> None:
    assert refusal("texts", value) == "member must be a list of texts"


@pytest.mark.parametrize("value", [[1], [None], [""], ["a", ["b"]], ["a\n"]])
def test_a_list_holds_texts(value: object) -> None:
    assert refusal("texts", value) == "member must be a list of texts of one line"


def test_a_list_holds_each_text_once_and_not_too_many() -> None:
    assert metadata(["b", "a", "b"]).texts("member") == ("b", "a")
    assert refusal("texts", [str(number) for number in range(21)]) == (
        "member holds more than 20 values"
    )
    assert refusal("texts", ["a" * 2_001]) == "member holds a text of more than 2000 characters"


def test_a_flag_is_true_or_false() -> None:
    assert ClientMetadata({"member": True}).flag("member")
    assert not ClientMetadata({"member": False}).flag("member")
    values: list[object] = ["true", 1, 0, [], {}]
    for value in values:
        assert refusal("flag", value) == "member must be true or false"


def test_seconds_are_a_whole_number() -> None:
    assert metadata(0).seconds("member") == 0
    for value in (True, 1.0, "1", [1]):
        assert refusal("seconds", value) == "member must be a whole number of seconds"
    for number in (-1, 1_000_000_000, 10**400):
        assert refusal("seconds", number) == "member must be from 0 to 999999999 seconds"


def test_a_document_is_an_object() -> None:
    assert metadata({"keys": []}).document("member") == {"keys": []}
    values: list[object] = ["{}", [], 1]
    for value in values:
        assert refusal("document", value) == "member must be a JSON object"


def test_a_choice_is_among_what_is_supported() -> None:
    assert metadata("b").choice("member", ("a", "b")) == "b"
    assert metadata(None).choice("member", ()) is None
    assert refusal("choice", "c", ("a", "b")) == "member must be one of: a, b"
    assert refusal("choice", "c", ()) == "member is not supported"


def test_only_of_a_list_an_address_may_have_a_fragment() -> None:
    uri = "https://rp.example/request#hash"
    assert metadata([uri]).https_uris("member") == (uri,)
    assert refusal("https_uri", uri) == "member has a fragment"
    assert refusal("https_uris", ["http://rp.example"]) == "member must begin with https://"


def test_what_is_wrong_with_redirect_uris_has_a_code_of_its_own() -> None:
    """RFC 7591 §3.2.2."""
    with pytest.raises(InvalidRedirectUri) as refused:
        ClientMetadata({"redirect_uris": "x"}).texts("redirect_uris")
    assert isinstance(refused.value, OAuthError)
    assert refused.value.description == "redirect_uris must be a list of texts"
