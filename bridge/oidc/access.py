"""Who may enter a relying party, as an operator writes it down."""

from collections.abc import Collection

from bridge.oidc.groups import UnfitGroup, check_group_name

ANYONE, NOBODY = "anyone", "nobody"

# What stands before the name of a group; no id holds a colon.
GROUP = "group:"


class UnfitAccess(ValueError):
    """It does not say who may enter; the message says why, in one line."""


def read_access(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the member ``access`` of a client: ids and groups, or None for anyone.

    Raises UnfitAccess.
    """
    reserved = {ANYONE, NOBODY}
    if any(word.lower() in reserved and word not in reserved for word in words):
        raise UnfitAccess("anyone and nobody are written in lower case")
    if reserved.intersection(words) and len(words) > 1:
        raise UnfitAccess("either anyone, or nobody, or subjects, unionids and groups")
    for word in words:
        _check_word(word)
    if words == (ANYONE,):
        return None
    return () if words == (NOBODY,) else words


def _check_word(word: str) -> None:
    if not word.isprintable() or not word or " " in word:
        raise UnfitAccess("a subject or unionid is one word; repeat it for another")
    if word.startswith(GROUP):
        try:
            check_group_name(word.removeprefix(GROUP))
        except UnfitGroup as error:
            raise UnfitAccess(str(error)) from None
    elif ":" in word:
        raise UnfitAccess(f"no id holds a colon; a group is written {GROUP}NAME")


def groups_in(access: Collection[str] | None) -> tuple[str, ...]:
    """Return the names of the groups that a client admits."""
    words = access or ()
    return tuple(word.removeprefix(GROUP) for word in words if word.startswith(GROUP))


def is_listed(
    access: Collection[str] | None, ids: Collection[str | None], groups: Collection[str]
) -> bool:
    """Whether a person with one of these ids, or in one of these groups, may enter."""
    if access is None:
        return True
    # What WeChat calls somebody is never taken for a group.
    named = {id_ for id_ in ids if id_ and not id_.startswith(GROUP)}
    named.update(f"{GROUP}{name}" for name in groups)
    return not named.isdisjoint(access)
