"""Who may enter a relying party, as an operator writes it down."""

ANYONE, NOBODY = "anyone", "nobody"


class UnfitAccess(ValueError):
    """It does not say who may enter; the message says why, in one line."""


def read_access(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the member ``access`` of a client: ids, or None for anyone. Raises UnfitAccess."""
    reserved = {ANYONE, NOBODY}
    if any(word.lower() in reserved and word not in reserved for word in words):
        raise UnfitAccess("anyone and nobody are written in lower case")
    if reserved.intersection(words) and len(words) > 1:
        raise UnfitAccess("either anyone, or nobody, or subjects and unionids")
    if not all(word.isprintable() and word and " " not in word for word in words):
        raise UnfitAccess("a subject or unionid is one word; repeat it for another")
    if words == (ANYONE,):
        return None
    return () if words == (NOBODY,) else words
