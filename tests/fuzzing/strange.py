"""What nobody sends who means well."""

import json
from collections.abc import Mapping, Sequence

FORM = b"application/x-www-form-urlencoded"
JSON = b"application/json"

TEXT = (
    *("", " ", "\0", "a\0b", "\r\nX-Injected: 1", "%", "%zz", "%00", "\ud800", "\ufeff", "\u202e"),
    *("<script>alert(1)</script>", "'\"><img src=x>", "{{7*7}}", "${jndi:ldap://a}", "../../etc"),
    *("javascript:alert(1)", "//203.0.113.9", "https://203.0.113.9/", "http://[::1", "http://["),
    *("http://127.0.0.1:9/callback?kept=1#f", "http://127.0.0.1:99999/callback?kept=1"),
    *("a@b@c", "acct:@", "acct:a@localhost:1", "https://localhost:x/", "\uff10\uff11", "1e999"),
    *("-1", "0", "NaN", "9" * 9, "9" * 30, "9" * 5_000, "null", "true", "[]", "{}", '"'),
    *("[" * 5_000, '{"id_token":' * 2_000, "a" * 9_000, "微信" * 500, "a." * 3_000, "e30.e30.e30"),
    *("none", "none login", "openid openid", "code code", "code id_token token", "token"),
)

# By the names of parameters: what their readers stumble over, if over anything
OF_A_KIND: Mapping[str, Sequence[str]] = {
    "claims": (
        *(
            "[" * 5_000,
            '{"a":' * 1_500,
            "{",
            "1" * 5_000,
            '{"id_token": 1}',
            '{"id_token": {"a": 1}}',
        ),
        *('{"id_token": {"sub": {"value": 1}}}', '{"id_token": {"sub": {"value": "\\ud800"}}}'),
        *(
            '{"id_token": {"acr": {"essential": true, "values": 1}}}',
            '{"userinfo": {"\\u0000": null}}',
        ),
    ),
    "max_age": ("-1", "1e3", "9" * 30, "0x1", " 1", "\u0661"),
    "request": (
        "a",
        "..",
        "W1s.W1s.",
        "e30.e30.",
        "e30.W10.",
        "_w._w._w",
        "eyJhbGciOm51bGx9.e30.",
        "....",
    ),
}

# Sent as they are, where a name or a value is expected
BYTES = (b"\xff", b"\xc0\xaf", b"%ff", b"%C0%80", b"%ed%a0%80", b"%", b"%%%", b"+", b"=", b"\x01")

# No name of a host on the Internet is among all this: somebody might be asked about it.
VALUES: Sequence[object] = json.loads(
    """[
    null, true, 0, -1, 1000000000000000000000000000000, 1.5, 1e308, [], {}, [[]], [null], [{}],
    ["x", "x"],
    ["a","b","c","d","e","f","g","h","i","j","k","l","m","n","o","p","q","r","s","t","u"],
    {"keys": 1}, {"keys": "x"}, {"keys": []}, {"keys": [{}]}, {"keys": [1]},
    {"keys": [{"kty": "RSA", "n": "AA", "e": "AA"}]}, {"keys": [{"kty": "oct", "k": "AA"}]},
    {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]},
    "https://127.0.0.1:1/x", "https://[::1]:1/", "https://0x7f.1/", "https://localhost:1/x",
    ["https://127.0.0.1:1/x#x"], ["code", "id_token"], ["implicit"], "private_key_jwt", "RS256"
    ]"""
)

DOCUMENTS = (
    *(b"", b"{", b"[]", b"null", b"1", b'"x"', b'{"a":1,"a":2}', b"[" * 20_000, b'{"a":' * 9_000),
    *(
        b"1" * 9_000,
        b'{"redirect_uris":[1e999,NaN,"\\ud800"]}',
        b'\xff\xfe{"a":1}',
        b'{"\\u0000":1}',
    ),
)

CONTENT_TYPES = (
    *(FORM, FORM + b"; charset=utf-8", FORM.upper(), JSON, b"text/plain"),
    *(b"multipart/form-data; boundary=x", b"multipart/form-data", b"", b"\xff", b";", b"a/b; c"),
)

HEADERS: Mapping[bytes, Sequence[bytes]] = {
    b"Accept": (b"application/jwt", b"*/*;q=x", b"text/html"),
    b"Accept-Language": (
        b"zh",
        b"*",
        b"en;q=x",
        b"q=",
        b"a" * 9_000,
        b"en," * 3_000,
        b"\xff;q=1e9",
    ),
    b"Access-Control-Request-Headers": (b"authorization", b"\xff"),
    b"Access-Control-Request-Method": (b"POST", b"\xff"),
    b"If-None-Match": (b"*", b"\xff"),
    b"Origin": (b"null", b"http://127.0.0.1:9", b"http://[", b"\xff", b"https://203.0.113.9", b""),
    b"Range": (b"bytes=0-0", b"bytes=9-1,\xff"),
    b"Sec-Fetch-Site": (b"cross-site", b"\xff"),
    b"Sec-Purpose": (b"prefetch", b"\xff"),
    b"User-Agent": (b"MicroMessenger", b"\xff" * 900),
    b"X-Forwarded-Host": (b"203.0.113.9",),
}

AUTHORIZATIONS = (
    *(b"Basic", b"Basic \xff", b"Basic /zr/Og==", b"Basic cnA6AA==", b"Digest x", b"bearer", b""),
    *(b"Bearer \xff", b"Bearer =", b"Bearer a b", b"Bearer " + b"." * 9_000),
)

COOKIES = (b"=", b";;", b'a="\\"', b"\xff=\xff", b"bridge-pending-=x", b"bridge-session", b",")

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")

JWS_HEADERS: Mapping[str, Sequence[object]] = {
    "alg": ("RS256", "none", "HS256", "ES256", "PS256", "EdDSA", "x", "", 1, None),
    "crit": (None, [], ["x"], "x", ["b64"]),
    "jwk": (None, {}, {"kty": "oct", "k": ""}, "x", {"kty": "RSA"}),
    "kid": ("x", "", "../../etc/passwd", 1, None, [], "\0", "9" * 3_000),
    "typ": ("JWT", "logout+jwt", 1, None),
}

JWS_CLAIMS: Sequence[object] = (
    *({}, [], "x", 1, None, {"aud": ["rp"]}, {"aud": 1}, {"aud": {}}, {"sub": None}, {"sub": 1}),
    *({"iss": "x", "exp": 1e99}, {"exp": "x"}, {"sub": "\ud800", "aud": "rp"}),
)
