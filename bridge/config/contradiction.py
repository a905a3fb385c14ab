"""Settings that cannot hold together."""

from pydantic import BaseModel


class Contradiction(ValueError):
    """Settings, each good in itself, that cannot all hold. ``names`` are of seconds."""

    def __init__(self, settings: BaseModel, names: tuple[str, ...], rule: str) -> None:
        super().__init__(rule)
        self.seconds: dict[str, int] = {name: getattr(settings, name) for name in names}
