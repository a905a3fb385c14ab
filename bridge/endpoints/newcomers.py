"""Which subject somebody is given who comes for the first time."""

from bridge.provider import Provider
from bridge.wechat import WeChatIdentity, subject_for


async def new_subject(provider: Provider, identity: WeChatIdentity) -> str:
    """Return a subject that nobody had who was erased; raise WeChatUnionidMissing.

    Whoever was erased and comes back is somebody else to every app (Core §2: a subject is never
    reassigned).
    """
    erasures = 0
    subject = _subject(provider, identity, erasures)
    while await provider.store.is_retired(provider.retired(subject)):
        erasures += 1
        subject = _subject(provider, identity, erasures)
    return subject


def _subject(provider: Provider, identity: WeChatIdentity, erasures: int) -> str:
    return subject_for(
        identity,
        setting=provider.subject_setting,
        subject_key=provider.subject_key,
        erasures=erasures,
    )
