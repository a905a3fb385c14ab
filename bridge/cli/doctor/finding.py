"""What an examination finds, and how it is written down."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "FAILED"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``text`` says what is so, and where it is not well what to do about it."""

    subject: str
    verdict: Verdict
    text: str
