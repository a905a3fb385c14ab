"""Why a fetch failed."""


class FetchFailed(Exception):
    """Its text is a short reason, fit for the log: no URL in it, and nothing of the answer."""
