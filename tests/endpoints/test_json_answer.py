import json
from typing import Any

import pytest
from fastapi.responses import JSONResponse
from hypothesis import given
from hypothesis import strategies as st

from bridge.endpoints.json_answer import JSONAnswer
from tests.test_sealing import JSON


@given(st.dictionaries(st.text(), JSON))
def test_an_answer_is_written_as_the_framework_writes_it(content: dict[str, Any]) -> None:
    answer, theirs = JSONAnswer(content), JSONResponse(content)
    assert answer.body == theirs.body
    assert answer.raw_headers == theirs.raw_headers


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_null(number: float) -> None:
    """RFC 8259 §6: there is no other way to say it, and a claim of the operator's may hold it."""
    assert json.loads(bytes(JSONAnswer({"claim": number}).body)) == {"claim": None}
