"""``state`` on the way to WeChat: the name of a sign-in that is under way."""

from bridge.ids import dated_id
from bridge.provider import Provider

# With 130 random bits nobody guesses one.
RANDOM_DIGITS = 26


def new_wechat_state(provider: Provider) -> str:
    """33 of 0-9 and a-v, which sort by age: WeChat takes letters and digits only, 128 at most."""
    return dated_id(provider.now(), provider.random_bytes, digits=RANDOM_DIGITS)
