"""Fetching what clients name: URLs that a stranger chose, asked from inside the operator's network.

======================  ==============================================================
`addresses`             which addresses may be connected to
`url`                   which URLs may be fetched
`lookup`                names to addresses; what is connected to is what was checked
`answers`               what is kept of former fetches
`fetcher`               one exchange, bounded in size, time and number
======================  ==============================================================

Nothing of a response's body, nor a URL's path and query, reaches the log.
"""

from bridge.fetching.errors import FetchFailed
from bridge.fetching.fetcher import Fetcher, Reach, open_fetcher

__all__ = ["FetchFailed", "Fetcher", "Reach", "open_fetcher"]
