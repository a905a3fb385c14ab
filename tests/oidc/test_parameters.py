"""RFC 6749 §3.1, §3.2 and appendix B."""

from contextlib import suppress
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.oidc.errors import InvalidRequest
from bridge.oidc.parameters import MOST_PARAMETERS, REPEATABLE, Parameters, read_parameters
from tests.oidc import examples

NAMES = examples.TEXT.filter(lambda name: name not in REPEATABLE)


def test_the_example_of_appendix_b_is_decoded() -> None:
    """RFC 6749 appendix B."""
    parameters = read_parameters(b"text=+%25%26%2B%C2%A3%E2%82%AC")
    assert parameters.get("text") == "\u0020\u0025\u0026\u002b\u00a3\u20ac"


@given(st.dictionaries(examples.TEXT, examples.TEXT))
def test_what_was_encoded_is_decoded(sent: dict[str, str]) -> None:
    """RFC 6749 appendix B, with a space in either spelling."""
    assert read_parameters(urlencode(sent).encode()) == Parameters(sent)
    assert read_parameters(urlencode(sent, quote_via=quote).encode()) == Parameters(sent)


@given(st.binary() | st.text().map(str.encode))
def test_whatever_is_sent_is_read_or_refused_as_an_invalid_request(encoded: bytes) -> None:
    """RFC 6749 §4.1.2.1 and §5.2."""
    with suppress(InvalidRequest):
        parameters = read_parameters(encoded)
        assert all(parameters.values.values())


@given(st.lists(st.tuples(NAMES, examples.TEXT)), NAMES, examples.TEXT, examples.TEXT)
def test_no_parameter_passes_that_is_included_more_than_once(
    others: list[tuple[str, str]], name: str, one: str, other: str
) -> None:
    """RFC 6749 §3.1 and §3.2: not even with the same value."""
    parameters = examples.sent_in_order([(name, one), *others, (name, other)])
    with pytest.raises(InvalidRequest, match="repeated"):
        parameters.get(name)
    with pytest.raises(InvalidRequest, match="repeated"):
        parameters.required(name)
    with pytest.raises(InvalidRequest, match="repeated"):
        parameters.check_none_repeated()


@pytest.mark.parametrize("name", sorted(REPEATABLE))
def test_some_parameters_may_come_more_than_once(name: str) -> None:
    """RFC 8707 §2, RFC 8693 §2.1."""
    parameters = examples.sent_in_order([(name, "one"), (name, "two")])
    parameters.check_none_repeated()
    assert parameters.every(name) == ("one", "two")
    assert examples.sent_in_order([(name, "one")]).every(name) == ("one",)
    assert examples.sent_in_order([]).every(name) == ()


def test_parameters_that_come_once_pass() -> None:
    examples.sent_in_order([("one", "1"), ("two", "1")]).check_none_repeated()


@pytest.mark.parametrize("encoded", [b"state=", b"state", b"", b"&&", b"state=&state="])
def test_a_parameter_without_a_value_counts_as_omitted(encoded: bytes) -> None:
    """RFC 6749 §3.1."""
    parameters = read_parameters(encoded)
    parameters.check_none_repeated()
    assert parameters.get("state") is None
    with pytest.raises(InvalidRequest, match="state is missing"):
        parameters.required("state")


@pytest.mark.parametrize(
    "encoded",
    [b"a=%FF", b"a=%ED%A0%80", b"a=\xff", b"a=%C0%AF", b"a=%00", b"a=b\0", b"a=b&a=%FF"],
)
def test_what_is_not_utf_8_or_holds_nul_is_refused_where_it_is_asked_for(encoded: bytes) -> None:
    """RFC 6749 appendix B, RFC 3629 §3. No database stores NUL."""
    parameters = read_parameters(encoded)
    with pytest.raises(InvalidRequest, match="a must be UTF-8 without NUL"):
        parameters.get("a")


@pytest.mark.parametrize("encoded", [b"from=%D6%D0", b"%C3=a", b"%00=a"])
def test_what_cannot_be_read_is_ignored_where_nobody_asks_for_it(encoded: bytes) -> None:
    """RFC 6749 §3.1: unrecognized parameters are ignored."""
    parameters = read_parameters(b"state=x&" + encoded)
    parameters.check_none_repeated()
    assert parameters.get("state") == "x"


def test_names_are_case_sensitive_and_a_semicolon_separates_nothing() -> None:
    """RFC 6749 §3.1, WHATWG URL §5.1."""
    parameters = read_parameters(b"State=a;code=b&state=c")
    assert parameters.values == {"State": "a;code=b", "state": "c"}


@pytest.mark.parametrize("name", ["x" * 41, "a b", '"', "\\", "é", "\r\n"])
def test_a_strange_name_is_not_quoted_in_the_description(name: str) -> None:
    """RFC 6749 §5.2."""
    with pytest.raises(InvalidRequest, match=r"^a parameter is repeated$"):
        examples.sent_in_order([(name, "1"), (name, "2")]).check_none_repeated()


def test_a_request_has_a_limit() -> None:
    """What nobody needs costs memory before anybody has proved who they are."""
    names = [(f"name{number}", "x") for number in range(MOST_PARAMETERS)]
    assert len(examples.sent_in_order(names).values) == MOST_PARAMETERS
    with pytest.raises(InvalidRequest, match="too many"):
        examples.sent_in_order([*names, ("one", "more")])
