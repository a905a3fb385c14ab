"""What the load generator is told to do, and what it says when it is done. As JSON, one a line."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

# Nobody listens there, nothing follows a redirection to it.
REDIRECT_URI = "http://127.0.0.1:9/callback"
CLIENT_SECRET = "relying-party-secret-8c1f-0d2b-77aa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``number`` times an operation, ``in_flight`` at once.

    ``site`` says whose pages are on the way, ``url`` is the issuer's; for what needs no sign-in
    it is the address that is asked for. People and addresses are counted on from ``first``, so
    that no two jobs have the same.
    """

    operation: str
    url: str
    number: int
    in_flight: int
    first: int = 0
    site: str = "bridge"
    wechat_url: str = ""
    # Within WeChat, where nobody is asked, and only the id is told
    in_wechat: bool = False
    client_ids: tuple[str, ...] = ("rp",)
    scope: str = "openid profile offline_access"
    alg: str = "RS256"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str | bytes) -> "Job":
        members: dict[str, Any] = json.loads(text)
        members["client_ids"] = tuple(members["client_ids"])
        return cls(**members)


@dataclass(frozen=True, slots=True)
class Report:
    """Seconds from the first to the last, and of each operation."""

    seconds: float
    latencies: list[float] = field(repr=False)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str | bytes) -> "Report":
        return cls(**json.loads(text))
