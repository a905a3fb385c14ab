"""That somebody asks too often is said now and then, and not once for each refused request."""

import logging
from collections.abc import Callable

from bridge.limiting.limit import Limit
from bridge.telemetry import Event, emit

# Seconds between two lines about one limit
INTERVAL = 60


class Refusals:
    """One line when a limit begins to refuse, then one a minute with how many there were."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._said_at = dict[Limit, int]()
        self._unsaid = dict[Limit, int]()

    def note(
        self, limit: Limit, *, endpoint: str, address: str | None, client_id: str | None
    ) -> None:
        """``address`` is a pseudonym. All three are written of the one that is said."""
        now = self._now()
        refused = self._unsaid[limit] = self._unsaid.get(limit, 0) + 1
        said_at = self._said_at.get(limit)
        if said_at is not None and said_at <= now < said_at + INTERVAL:
            return
        self._said_at[limit] = now
        self._unsaid[limit] = 0
        emit(
            Event.RATE_LIMIT_EXCEEDED,
            logging.WARNING,
            limit=limit,
            endpoint=endpoint,
            client_id=client_id,
            address=address,
            refused=refused,
        )
