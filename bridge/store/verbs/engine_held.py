"""What all groups of verbs have in common."""

from bridge.store.engine import Engine


class EngineHeld:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
