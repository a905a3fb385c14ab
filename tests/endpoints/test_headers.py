from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from bridge.endpoints.headers import SentHeaders

NAMES = ("cookie", "origin", "authorization", "x")


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=5))))
def test_what_is_found_is_what_the_framework_finds(sent: list[tuple[str, bytes]]) -> None:
    raw = [(name.encode(), value) for name, value in sent]
    ours, theirs = SentHeaders({"headers": raw}), Headers(scope={"headers": raw})
    for name in (*NAMES, "Cookie", "unknown"):
        assert ours.get(name) == theirs.get(name)
        assert ours.get(name, "") == theirs.get(name, "")
        assert (name in ours) == (name in theirs)
        assert ours.getlist(name) == theirs.getlist(name)
