"""Good requests, each spoilt in some way."""

import json
import random
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote_from_bytes

from tests.fuzzing import pushes, strange
from tests.fuzzing.known import ASKED, KEY, Known
from tests.fuzzing.wire import Sent
from tests.jose.examples import signed

T = TypeVar("T")

NOT_IN_A_TARGET = bytes(byte for byte in range(256) if not 0x20 < byte < 0x7F)

BRACES = re.compile(r"{(\w+)}")

# What a good request to an endpoint holds. Others get any of the parameters that there are.
USUAL: Mapping[str, Sequence[str]] = {
    "/authorize": (
        *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state"),
        *("nonce", "prompt", "max_age", "claims", "id_token_hint"),
    ),
    "/par": (
        *("client_id", "client_secret", "redirect_uri", "response_type", "scope", "state"),
        *("nonce", "max_age", "claims", "code_challenge", "code_challenge_method"),
    ),
    "/token": (
        *("grant_type", "code", "redirect_uri", "client_id", "client_secret"),
        *("refresh_token", "scope", "subject_token", "subject_token_type", "wechat_appid"),
        *("requested_token_type",),
    ),
    "/callback/wechat": ("code", "state"),
    "/cancel": ("wechat_state",),
    "/continue": ("wechat_state",),
    "/userinfo": ("access_token",),
    "/introspect": ("token", "token_type_hint", "client_id", "client_secret"),
    "/revoke": ("token", "token_type_hint", "client_id", "client_secret"),
    "/end_session": ("id_token_hint", "post_logout_redirect_uri", "state", "client_id"),
    "/end_session/confirm": ("token of a question", "decision"),
    "/sign_in": ("request of a page", "channel"),
    "/consent": ("token of a question", "decision"),
    "/select_account": ("token of a question", "decision"),
    "/.well-known/webfinger": ("resource",),
}


TAKES_OBJECTS = ("/authorize", "/par")


@dataclass(frozen=True)
class Hostile:
    """Sends what ``chance`` suggests. The same chance and knowledge make the same requests."""

    chance: random.Random
    known: Known

    def request(self, path: str, methods: Sequence[str]) -> Sent:
        """A request to this path; as a rule by one of these methods."""
        method = self._any(strange.METHODS if self._one_in(12) else methods)
        headers, body, query = self._headers(path), None, b""
        if method != "POST" or self._one_in(6):
            query = b"?" + self._form(path)
        if method not in ("GET", "HEAD", "OPTIONS"):
            content_type, body = self._body(path)
            headers.append((b"Content-Type", content_type))
        if path == pushes.PATH and not self._one_in(4):
            signed_query, body = pushes.a_push(self.chance, self.known.parameters["timestamp"][0])
            query = b"?" + signed_query
        target = self._filled(path) + query
        return Sent(method, _on_one_line(target), tuple(headers), body)

    def _filled(self, path: str) -> bytes:
        """The path, with what it has instead of parameters in braces."""
        filled = path.encode()
        for name in BRACES.findall(path):
            value = self._value() if self._one_in(4) else self._good(f"{name} of the path")
            filled = filled.replace(f"{{{name}}}".encode(), value.replace(b"/", b"%2F"))
        return filled

    def _body(self, path: str) -> tuple[bytes, bytes]:
        """Its media type, which may be another's, and what it is."""
        of_json = path.startswith("/register")
        body = self._document() if of_json else self._form(path)
        content_type = strange.JSON if of_json else strange.FORM
        if self._one_in(8):
            body = self._garbage()
        return self._any(strange.CONTENT_TYPES) if self._one_in(8) else content_type, body

    def _any(self, choices: Sequence[T]) -> T:
        return self.chance.choice(choices)

    def _one_in(self, number: int) -> bool:
        return self.chance.randrange(number) == 0

    def _good(self, name: str) -> bytes:
        return _quoted(self._any(self.known.parameters[name]))

    def _form(self, path: str) -> bytes:
        """A query or a body: of the usual parameters some are missing, wrong or too many."""
        every = sorted(self.known.parameters)
        usual = USUAL.get(path) or self.chance.choices(every, k=self.chance.randrange(6))
        if path in TAKES_OBJECTS and self._one_in(4):
            secret = self._good("client_secret") if path == "/par" else b""
            signed_request = _quoted(self._request_object())
            return b"client_id=rp&client_secret=%b&request=%b" % (secret, signed_request)
        spoilt = self.chance.choices(usual, k=self._any((0, 1, 1, 2))) if usual else []
        pairs: list[bytes] = []
        for name in usual:
            value = self._spoilt(name) if name in spoilt else self._good(name)
            is_missing = name in spoilt and self._one_in(4)
            sent = name.partition(" ")[0].encode()
            pairs += [] if is_missing else [sent + b"=" + value]
        for _ in range(self._any((0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 120))):
            surplus = self._any(every).encode() if self._one_in(2) else self._bytes()
            pairs.append(surplus + self._any((b"=", b"", b"==")) + self._value())
        return b"&".join(pairs)

    def _request_object(self) -> str:
        """Signed as it has to be; what it says is partly strange."""
        claims = dict(ASKED)
        for name in self.chance.sample(sorted(claims), k=self._any((0, 1, 1, 2))):
            claims[name] = self._any(strange.TEXT if self._one_in(2) else strange.VALUES)
        if self._one_in(3):
            return self._any((self._jws(), *strange.OF_A_KIND["request"]))
        return signed(KEY, "ES256", None, claims)

    def _document(self) -> bytes:
        """Client metadata, of which some members are missing, wrong or strange."""
        document = dict(self.known.metadata)
        for name in self.chance.sample(sorted(document), k=self._any((0, 1, 1, 2, 3))):
            document.pop(name)
            if not self._one_in(4):
                texts = self._one_in(2)
                document[name] = self._any(strange.TEXT if texts else strange.VALUES)
        if self._one_in(4):
            document[self._any(strange.TEXT)] = self._any(strange.VALUES)
        return json.dumps(document, ensure_ascii=self._one_in(2)).encode("utf-8", "surrogatepass")

    def _spoilt(self, name: str) -> bytes:
        if name in strange.OF_A_KIND and self._one_in(2):
            return _quoted(self._any(strange.OF_A_KIND[name]))
        return self._value()

    def _value(self) -> bytes:
        kind = self.chance.randrange(5)
        if kind == 0:
            return self._bytes()
        if kind == 1:
            return _quoted(self._jws())
        if kind == 2:
            return _quoted(
                self._any(self.known.parameters[self._any(sorted(self.known.parameters))])
            )
        return _quoted(self._any(strange.TEXT))

    def _bytes(self) -> bytes:
        if self._one_in(2):
            return self._any(strange.BYTES)
        return self.chance.randbytes(self.chance.randrange(20))

    def _garbage(self) -> bytes:
        if self._one_in(4):
            return self._any((self._bytes(), b"a=" + b"b" * 70_000))
        return self._any(strange.DOCUMENTS)

    def _jws(self) -> str:
        """One of ours, of which parts are exchanged."""
        parts = self._any(self.known.parameters["id_token_hint"]).split(".")
        header = {name: self._any(choices) for name, choices in strange.JWS_HEADERS.items()}
        exchanged = (
            _base64url({name: value for name, value in header.items() if value is not None}),
            _base64url(self._any(strange.JWS_CLAIMS)),
            self._any(("", "x", "AA", "=", "\xff")),
        )
        return ".".join(self._any(pair) for pair in zip(parts, exchanged, strict=True))

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        names = self.chance.sample(sorted(strange.HEADERS), k=self.chance.randrange(4))
        headers = [(name, self._any(strange.HEADERS[name])) for name in names]
        if not self._one_in(4):
            headers.append((b"Cookie", self._cookies()))
        if self._one_in(1 if path.startswith("/register/") else 8):
            headers.append((b"Authorization", self._authorization(path)))
        return headers

    def _authorization(self, path: str) -> bytes:
        """Credentials of a client, or of the bearer of a token."""
        secret = self._any(self.known.parameters["client_secret"])
        pair = self._any((f"rp:{secret}", "rp:", ":", "rp", "rp:x", "\0:\0", "%ff:%00"))
        basic, bearer = b64encode(pair.encode()), self._any(self.known.parameters["access_token"])
        good: Sequence[bytes] = (b"Basic " + basic, b"Bearer " + bearer.encode())
        if path.startswith("/register"):
            good = (b"Bearer " + self.known.registration_token.encode(),)
        return self._any(strange.AUTHORIZATIONS if self._one_in(3) else good)

    def _cookies(self) -> bytes:
        """Ours, of which some are cut or exchanged, and others that are nobody's."""
        values = list(self.known.cookies.values())
        pairs: list[bytes] = []
        for name, value in self.known.cookies.items():
            other = self._any(values) if self._one_in(6) else value
            cut = self._any((0, 7, -1)) if self._one_in(6) else None
            pairs.append(name.encode() + b"=" + other[:cut].encode())
        pairs += [self._any(strange.COOKIES)] * self._one_in(3)
        return b"; ".join(pairs)


def _quoted(text: str) -> bytes:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass")).encode()


def _base64url(document: object) -> str:
    return urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _on_one_line(target: bytes) -> bytes:
    """Without what the server refuses by itself, or takes for the end of the line."""
    return target.translate(None, delete=NOT_IN_A_TARGET)
