"""Pushes in WeChat's name, signed as they have to be; what they say is partly strange."""

import json
import random
from urllib.parse import urlencode

from tests.fuzzing import strange
from tests.wechat.events.sealing import APPID, KEY, TOKEN, seal, sign

PATH = "/wechat/events/{client_id}"

SETTINGS = {"BRIDGE_WECHAT_EVENTS_TOKEN": TOKEN, "BRIDGE_WECHAT_EVENTS_AES_KEY": KEY}

MESSAGE = {
    "ToUserName": "gh_870882ca4b1",
    "FromUserName": "owAqB1v0ahK_Xlc7GshIDdf2yf7E",
    "CreateTime": "1626857200",
    "MsgType": "event",
    "Event": "user_authorization_revoke",
    "OpenID": "owAqB1nqaOYYWl0Ng484G2z5NIwU",
    "AppID": APPID,
    "RevokeInfo": "301",
}
EVENTS = ("user_authorization_revoke", "user_info_modified", "user_authorization_cancellation")


def a_push(chance: random.Random, timestamp: str) -> tuple[bytes, bytes]:
    """A query and a body."""
    members: dict[str, object] = {**MESSAGE, "Event": chance.choice(EVENTS)}
    for name in chance.sample(sorted(members), k=chance.choice((0, 1, 1, 2))):
        members[name] = chance.choice((*strange.TEXT, *strange.VALUES))
    nonce = str(chance.randrange(2**31))
    query = {"timestamp": timestamp, "nonce": nonce}
    body = _written(chance, members)
    if chance.randrange(2):
        encrypt = seal(body)
        query["msg_signature"] = sign(TOKEN, timestamp, nonce, encrypt)
        body = _written(chance, {"ToUserName": "gh_1", "Encrypt": encrypt})
    query["signature"] = sign(TOKEN, timestamp, nonce)
    query["echostr"] = chance.choice(("4375120948345356249", "<script>"))
    return urlencode(query).encode(), body


def _written(chance: random.Random, members: dict[str, object]) -> bytes:
    if chance.randrange(2):
        return json.dumps(members).encode()
    texts = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in members.items())
    return f"<xml>{texts}</xml>".encode("utf-8", "surrogatepass")
