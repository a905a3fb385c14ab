"""Answers in JSON, for programs."""

from fastapi.responses import JSONResponse
from pydantic_core import to_json


class JSONAnswer(JSONResponse):
    """The framework's, written by a faster library."""

    def render(self, content: object) -> bytes:
        return to_json(content, inf_nan_mode="null")
